import { assumed, operations, partial, refused } from "./operation.ts";

const SEEDED_SPECS = refused("specs are seeded; creating and changing them is for providers");
const PROVIDER_CODES = assumed(
  "codes of the sources provider are typed CONNECTOR-<code>-400: their prefix is undocumented",
);
const FILTER_CODES = assumed(
  "which of 1440..1454 stands for which mistake in a filter; 20 objects a page without limit",
);
const LABELS = assumed("params and data are taken and not picked up by a running flow, as the docs warn");

export const FLOW_SERVICE_OPERATIONS = operations("flowservice", "/data/foundation/flowservice", [
  ["listConnections", "GET", "/connections", FILTER_CODES],
  ["createConnection", "POST", "/connections", PROVIDER_CODES],
  ["getConnectionsByFilters", "POST", "/connections/search"],
  ["retrieveConnection", "GET", "/connections/:id"],
  ["patchConnection", "PATCH", "/connections/:id"],
  ["deleteConnection", "DELETE", "/connections/:id", assumed("allowed while only orphan source connections use it")],
  ["testConnection", "GET", "/connections/:id/test"],
  ["getByConnectionId", "GET", "/connections/:id/explore", partial("SFTP connections; other sources answer 1336")],
  ["exploreConfigByConnectionId", "GET", "/connections/:id/configs", refused("provider configuration is undocumented")],
  ["performAction", "POST", "/connections/:id/action"],
  ["listConnectionSpecs", "GET", "/connectionSpecs", partial("the specs an ingestion of files and streams needs")],
  [
    "retrieveConnectionSpec",
    "GET",
    "/connectionSpecs/:id",
    partial("the specs an ingestion of files and streams needs"),
  ],
  ["createConnectionSpec", "POST", "/connectionSpecs", SEEDED_SPECS],
  ["updateConnectionSpec", "PUT", "/connectionSpecs/:id", SEEDED_SPECS],
  ["exploreByConnectionSpecId", "GET", "/connectionSpecs/:id/explore", SEEDED_SPECS],
  ["configByConnectionSpecId", "GET", "/connectionSpecs/:id/configs", SEEDED_SPECS],
  ["listFlows", "GET", "/flows", FILTER_CODES],
  [
    "createFlow",
    "POST",
    "/flows",
    assumed("provider codes as CONNECTOR-; a schedule for a streaming spec is refused with 1397"),
  ],
  ["getFlowsByFilters", "POST", "/flows/search"],
  ["retrieveFlow", "GET", "/flows/:id"],
  ["patchFlow", "PATCH", "/flows/:id", assumed("only the documented paths; every other one 1365")],
  ["deleteByFlow", "DELETE", "/flows/:id", assumed("its runs and its inlet go with it")],
  [
    "postStateTransition",
    "POST",
    "/flows/:id/action",
    assumed("enable of an enabled flow counts as a wrong state, 1422"),
  ],
  ["listFlowSpecs", "GET", "/flowSpecs", partial("the specs an ingestion of files and streams needs")],
  ["retrieveFlowSpec", "GET", "/flowSpecs/:id", partial("the specs an ingestion of files and streams needs")],
  ["searchFlowSpecs", "POST", "/flowSpecs/search", partial("the specs an ingestion of files and streams needs")],
  ["createFlowSpec", "POST", "/flowSpecs", SEEDED_SPECS],
  ["updateFlowSpec", "PUT", "/flowSpecs/:id", SEEDED_SPECS],
  ["listFlowRuns", "GET", "/runs"],
  ["createFlowRun", "POST", "/runs", partial("frequency once; run times taken as seconds or milliseconds")],
  ["retrieveFlowRun", "GET", "/runs/:id"],
  ["updateRun", "PUT", "/runs/:id", partial("for providers only: FLOW-1427-400, as documented for a user's token")],
  ["postAction", "POST", "/runs/:id/action"],
  ["getSourceConnections", "GET", "/sourceConnections", FILTER_CODES],
  ["createSourceConnection", "POST", "/sourceConnections", PROVIDER_CODES],
  ["retrieveSourceConnection", "GET", "/sourceConnections/:id"],
  ["patchSourceConnection", "PATCH", "/sourceConnections/:id", LABELS],
  ["deleteSourceConnection", "DELETE", "/sourceConnections/:id"],
  ["performAction_1", "POST", "/sourceConnections/:id/action"],
  ["getTargetConnections", "GET", "/targetConnections", FILTER_CODES],
  ["createTargetConnection", "POST", "/targetConnections", PROVIDER_CODES],
  ["retrieveTargetConnection", "GET", "/targetConnections/:id"],
  ["patchTargetConnection", "PATCH", "/targetConnections/:id", LABELS],
  ["deleteTargetConnection", "DELETE", "/targetConnections/:id"],
  ["performAction_2", "POST", "/targetConnections/:id/action"],
]);
