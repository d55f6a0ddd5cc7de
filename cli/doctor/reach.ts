/** Checks of what lies outside of AEP's APIs: the source, and the endpoint that events are sent to. */
import { send } from "../../aep/http.ts";
import { requestCapillaryToken } from "../../capillary/token.ts";
import type { PipelineConfig } from "../../config.ts";
import { AepError } from "../../errors.ts";
import { fromEnvironment } from "../../resources/environment.ts";
import { isPlain, type Plain } from "../../resources/values.ts";
import { type Finding, fail, pass, skip } from "../finding.ts";
import { duration } from "../progress.ts";
import type { Check } from "./check.ts";
import { REQUEST_MS } from "./credentials.ts";
import type { Facts } from "./facts.ts";

const GROUP = "Source and inlet";
/** Capillary's host depends on the cluster an organisation is on; no public document lists them with their organisations. */
const CAPILLARY = "CAPILLARY_ENDPOINT";

export const reachChecks: Check<Facts>[] = [
  { id: "capillary", title: "Capillary", group: GROUP, needs: ["config"], run: capillary },
  { id: "sftp", title: "SFTP servers", group: GROUP, needs: ["config"], run: sftp },
  { id: "streaming", title: "Streaming endpoint", group: GROUP, needs: ["config", "credentials"], run: streaming },
];

async function capillary(facts: Facts): Promise<Finding> {
  const polled = facts.get("config").pipelines.filter(({ source }) => source.auth !== undefined);
  if (polled.length === 0) return skip("no pipeline of this stack polls Capillary");
  const opened = polled.map((pipeline) => ({ pipeline, params: paramsOf(pipeline) }));
  const endpoint = process.env[CAPILLARY]?.trim();
  if (!endpoint)
    return skip(
      `the credentials of ${opened.map(({ pipeline }) => pipeline.name).join(", ")} are at hand, the host is not known`,
      `Set ${CAPILLARY} to your cluster's host, such as https://eu.api.capillarytech.com.`,
    );
  const lifetimes: string[] = [];
  for (const { pipeline, params } of opened) {
    const [key, secret] = [params["clientId"], params["clientSecret"]];
    if (typeof key !== "string" || typeof secret !== "string")
      return skip(
        `the credentials of ${pipeline.name} stand encrypted in the stack file and are opened in a deployment only`,
      );
    const seconds = await requestCapillaryToken(endpoint, { key, secret }, REQUEST_MS);
    lifetimes.push(`${pipeline.name} is let in${seconds === undefined ? "" : `, for ${duration(seconds)}`}`);
  }
  return pass(`${endpoint}: ${lifetimes.join("; ")}`);
}

/** @throws AepError AEP_CREDENTIAL_MISSING when a variable that the stack names is not set */
function paramsOf({ name, source }: PipelineConfig): Plain {
  try {
    const params = fromEnvironment(source.auth?.params ?? {});
    return isPlain(params) ? params : {};
  } catch (error) {
    if (!(error instanceof AepError)) throw error;
    throw new AepError(error.code, error.message, { where: `pipeline ${name}`, hint: error.hint });
  }
}

async function sftp(facts: Facts): Promise<Finding> {
  const { resources } = facts.get("config");
  const { declaredConnections, tryLogin } = await import("./sftp.ts");
  const connections = resources === undefined ? [] : declaredConnections(resources);
  if (connections.length === 0) return skip("the stack has no SFTP connection");
  const reached: string[] = [];
  for (const connection of connections) reached.push(`${connection.name}: ${await tryLogin(connection, REQUEST_MS)}`);
  return pass(reached.join("; "));
}

/** What a gateway answers for a service behind it that is down. */
const DOWN = new Set([500, 502, 503, 504]);

/** Any other answer shows that the endpoint is there; nothing is sent to an inlet. */
async function streaming(facts: Facts): Promise<Finding> {
  if (!facts.get("config").pipelines.some(({ mode }) => mode === "httpStreaming"))
    return skip("no pipeline of this stack streams");
  const { streamingEndpoint } = facts.get("settings");
  const answer = await send({ endpoint: streamingEndpoint, timeout: REQUEST_MS })({
    method: "GET",
    path: "/collection",
  });
  return DOWN.has(answer.status)
    ? fail(`${streamingEndpoint} answers with status ${answer.status}`, "Try again later; see Adobe's status page.")
    : pass(`${streamingEndpoint} answers`);
}
