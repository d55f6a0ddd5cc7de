/** Checks of the sandbox's services: what the credential may do there, and whether what the stack builds on is known. */
import type { Call } from "../../aep/http.ts";
import { AepError } from "../../errors.ts";
import { KINDS } from "../../resources/kinds.ts";
import type { KindName } from "../../resources/pointer.ts";
import { lookupSpec } from "../../resources/spec-lookup.ts";
import { type Finding, fail, pass, skip } from "../finding.ts";
import { answersOf, fieldsAsked } from "../mapping/fields.ts";
import { count } from "../print.ts";
import type { Check } from "./check.ts";
import type { Facts } from "./facts.ts";

const GROUP = "Services";
const DATA_LAKE = "c604ff05-7f1a-43c0-8e18-33bf874cb11c";

/** A harmless read of a service, and the kinds whose permissions it stands for. */
interface Probe {
  id: string;
  title: string;
  call: Pick<Call, "path" | "query" | "headers">;
  kinds: readonly KindName[];
}

const PROBES: readonly Probe[] = [
  {
    id: "flow-service",
    title: "Flow Service",
    call: { path: "/data/foundation/flowservice/connections", query: [["limit", 1]] },
    kinds: ["BaseConnection", "SourceConnection", "TargetConnection", "Dataflow"],
  },
  {
    id: "schema-registry",
    title: "Schema Registry",
    call: {
      path: "/data/foundation/schemaregistry/tenant/schemas",
      query: [["limit", 1]],
      headers: { accept: "application/vnd.adobe.xed-id+json" },
    },
    kinds: ["FieldGroup", "Schema", "IdentityDescriptor"],
  },
  {
    id: "catalog",
    title: "Catalog",
    call: { path: "/data/foundation/catalog/dataSets", query: [["limit", 1]] },
    kinds: ["Dataset"],
  },
  {
    id: "data-prep",
    title: "Data Prep",
    call: {
      path: "/data/foundation/conversion/mappingSets",
      query: [
        ["limit", 1],
        ["start", 0],
      ],
    },
    kinds: ["MappingSet"],
  },
];

export const serviceChecks: Check<Facts>[] = [
  ...PROBES.map(
    (probe): Check<Facts> => ({
      id: probe.id,
      title: probe.title,
      group: GROUP,
      needs: ["sandbox"],
      run: (facts) => readable(facts, probe),
    }),
  ),
  { id: "specs", title: "Connection and flow specs", group: GROUP, needs: ["config", "flow-service"], run: specs },
  {
    id: "fields",
    title: "Recorded standard fields",
    group: GROUP,
    needs: ["mappings", "schema-registry"],
    run: fields,
  },
];

/** Reading proves the permission to view; whether the credential may also manage shows only when something is written. */
async function readable(facts: Facts, { title, call, kinds }: Probe): Promise<Finding> {
  const { client, sandbox } = facts.get("context");
  const permissions = [...new Set(kinds.flatMap((kind) => KINDS[kind].permissions.split(", ")))].join(", ");
  try {
    await client({ method: "GET", sandbox, ...call });
    return pass(`readable; deploying needs the permissions ${permissions}`);
  } catch (error) {
    if (!(error instanceof AepError) || error.code !== "AEP_FORBIDDEN") throw error;
    const ids = [error.apiCode, error.requestId && `request id ${error.requestId}`].filter(Boolean).join(", ");
    return fail(
      `${title} refuses this credential: ${error.message}${ids === "" ? "" : ` [${ids}]`}`,
      `Have an administrator give the credential's role in sandbox ${sandbox}: ${permissions} (Adobe Experience Platform, Permissions, Roles).`,
    );
  }
}

type Collection = "connectionSpecs" | "flowSpecs";

async function specs(facts: Facts): Promise<Finding> {
  const { DEFAULT_SPECS } = await import("../../resources/capillary-to-aep.ts");
  const { flows, client, sandbox } = facts.get("context");
  const wanted = new Map<string, { collection: Collection; id?: string; lookup?: string; by: string }>();
  const want = (
    collection: Collection,
    choice: { id?: string | undefined; lookup?: string | undefined },
    by: string,
  ) => {
    const { id, lookup } = choice;
    const one = { collection, by, ...(id !== undefined && { id }), ...(lookup !== undefined && { lookup }) };
    wanted.set(`${collection} ${id ?? lookup}`, one);
  };
  want("connectionSpecs", { id: DATA_LAKE }, "every target connection");
  for (const { name, mode, source } of facts.get("config").pipelines) {
    want("connectionSpecs", source.connectionSpec ?? DEFAULT_SPECS[mode].connectionSpec, `pipeline ${name}`);
    want("flowSpecs", source.flowSpec ?? DEFAULT_SPECS[mode].flowSpec, `pipeline ${name}`);
  }
  const unknown: string[] = [];
  for (const { collection, id, lookup, by } of wanted.values()) {
    if (lookup !== undefined) await lookupSpec(client, sandbox, collection, lookup);
    else if (!(await flows.spec(collection, id ?? ""))) unknown.push(`${collection}/${id} (${by})`);
  }
  if (unknown.length === 0) return pass(`all ${wanted.size} are known to the sandbox`);
  return fail(
    `unknown to the sandbox: ${unknown.join(", ")}`,
    "Give the source's own spec in the stack file (source.connectionSpec, source.flowSpec), by id or by lookup of its name.",
  );
}

async function fields(facts: Facts): Promise<Finding> {
  const { pipelines, tenantId: tenant, standardFields, stack } = facts.get("config");
  const files = [...new Set(pipelines.flatMap(({ flows }) => flows.map(({ mapping }) => mapping)))];
  const asked = fieldsAsked(files, { tenant, ...(standardFields && { standardFields }) });
  if (asked.length === 0) return skip("no row has a fall-back (orTenant), so there is nothing to ask");
  const has = await answersOf(asked, facts.get("context").registry);
  const wrong = asked.filter(
    ({ field }, index) => standardFields?.[field] !== undefined && standardFields[field] !== has[index],
  );
  const unused = asked.filter(({ field }, index) => standardFields?.[field] === undefined && has[index]);
  const mend = `Run \`aep mapping fields --stack ${stack} --write\`, then look at a preview.`;
  const names = (list: typeof asked) => list.map(({ field }) => field).join(", ");
  if (wrong.length > 0) return fail(`the sandbox says otherwise than the stack file: ${names(wrong)}`, mend);
  // What is not recorded is written to its fall-back, which is right in every sandbox.
  if (unused.length > 0)
    return pass(
      `the sandbox has ${names(unused)}, not recorded: their fall-backs are written ("aep mapping fields --stack ${stack} --write" records them)`,
    );
  return pass(`${count(asked.length, "field")} with a fall-back, as the sandbox has them`);
}
