/** Checks of the credentials and of what they open: token, organisation, sandbox, tenant. No value is ever shown. */
import { catalog } from "../../aep/catalog.ts";
import { type AepClient, createClient } from "../../aep/client.ts";
import { dataPrep } from "../../aep/data-prep.ts";
import { flowService } from "../../aep/flow-service.ts";
import { send } from "../../aep/http.ts";
import { requestToken } from "../../aep/ims.ts";
import { listSandboxes } from "../../aep/sandboxes.ts";
import { schemaRegistry } from "../../aep/schema-registry.ts";
import { readSetting, readSettings, type SettingOrigin, settingOrigins } from "../../aep/settings.ts";
import { Reads } from "../../resources/reads.ts";
import { at } from "../../resources/values.ts";
import { stackSettings } from "../connect.ts";
import { type Finding, fail, pass, warn } from "../finding.ts";
import { duration } from "../progress.ts";
import type { Check } from "./check.ts";
import type { Facts } from "./facts.ts";

const GROUP = "Credentials and sandbox";

/** A check-up is to end soon: a service that does not answer is not waited for as long as in a deployment. */
export const REQUEST_MS = 15_000;
const DEADLINE_MS = 6_000;

export const credentialChecks: Check<Facts>[] = [
  { id: "credentials", title: "Credentials", group: GROUP, needs: ["stack"], run: credentials },
  { id: "token", title: "Token", group: GROUP, needs: ["credentials"], run: token },
  { id: "organisation", title: "Organisation", group: GROUP, needs: ["token"], run: organisation },
  { id: "sandbox", title: "Sandbox", group: GROUP, needs: ["organisation"], run: sandbox },
  { id: "tenant", title: "Tenant id", group: GROUP, needs: ["sandbox"], run: tenant },
];

async function credentials(facts: Facts): Promise<Finding> {
  const source = await stackSettings(facts.get("stack"));
  const origins = settingOrigins(source);
  const settings = readSettings(source);
  facts.learn("source", source);
  facts.learn("settings", settings);
  facts.learn("client", createClient(settings, { timeout: REQUEST_MS, deadline: DEADLINE_MS }));
  return pass([origins.orgId, origins.clientId, origins.clientSecret].map(nameOf).join(", "));
}

const nameOf = ({ from, variable, key }: SettingOrigin): string =>
  from === "environment" ? variable : `stack key ${key}`;

async function token(facts: Facts): Promise<Finding> {
  const settings = facts.get("settings");
  const granted = await requestToken(settings, send({ endpoint: settings.imsEndpoint, timeout: REQUEST_MS }));
  const scopes = scopesOf(granted.token) ?? `asked for ${settings.scopes}`;
  return pass(`from ${settings.imsEndpoint}, ends in ${duration(granted.seconds)}; scopes: ${scopes}`);
}

/** An access token of IMS is a JWT whose payload says its scopes (seen in public code, not documented); undefined otherwise. */
function scopesOf(token: string): string | undefined {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    const scope = at(payload, "scope");
    return typeof scope === "string" ? scope : undefined;
  } catch {
    return undefined;
  }
}

/** The gateway compares the organisation with the token's. Callers who may not list sandboxes get the same comparison. */
async function organisation(facts: Facts): Promise<Finding> {
  const { orgId } = facts.get("settings");
  await facts
    .get("client")({ method: "GET", path: "/data/foundation/sandbox-management/", query: [["limit", 1]] })
    .catch((error) => {
      if (!isForbidden(error)) throw error;
    });
  return pass(`${orgId}, and the token is of it`);
}

async function sandbox(facts: Facts): Promise<Finding> {
  const client = facts.get("client");
  const name = readSetting("sandbox", facts.get("source"));
  if (name === undefined) return fail("no sandbox is named", "Set aep:sandbox in the stack file, or AEP_SANDBOX.");
  const context = contextOf(client, name);
  try {
    const all = await listSandboxes(client);
    const found = all.find((one) => one.name === name);
    if (!found)
      return fail(
        `there is no sandbox "${name}", or it is not open to this credential`,
        `Set aep:sandbox (or AEP_SANDBOX) to one of: ${all.map((one) => one.name).join(", ") || "none is open"}.`,
      );
    if (found.state !== undefined && found.state !== "active")
      return fail(`"${name}" is ${found.state}`, "Wait until it is active; creating one takes about half a minute.");
    facts.learn("context", context);
    return pass(`${name}, ${found.state ?? "state not told"}, ${found.type ?? "type not told"}`);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    facts.learn("context", context);
    return warn(
      `${name}: this credential may not list sandboxes, so it is not known whether it exists`,
      'Give the credential\'s role the permission "View Sandboxes".',
    );
  }
}

function contextOf(client: AepClient, name: string) {
  return {
    sandbox: name,
    client,
    flows: flowService(client, name),
    catalog: catalog(client, name),
    registry: schemaRegistry(client, name),
    dataPrep: dataPrep(client, name),
    reads: new Reads(),
  };
}

const isForbidden = (error: unknown): boolean => (error as { code?: unknown }).code === "AEP_FORBIDDEN";

async function tenant(facts: Facts): Promise<Finding> {
  const tenantId = readSetting("tenantId", facts.get("source"));
  const told = await facts.get("context").registry.tenantId();
  if (told === tenantId) return pass(`${tenantId}, as Schema Registry says`);
  return fail(
    `the stack says ${tenantId ?? "nothing"}, Schema Registry says ${told}`,
    `Set aep:tenantId (or AEP_TENANT_ID) to ${told}.`,
  );
}
