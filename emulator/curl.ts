/** A recorded call as a curl command for a shell. Credentials are variables of `aep emulator --env-file`, never values. */
import type { CallRecord, World } from "./store.ts";

/** Where the call log has "****" the command has a variable. */
export function curlOf(world: World, call: CallRecord): string {
  const lines = [`curl -X ${call.method} ${doubleQuoted(world.origin + withVariables(call.path))}`];
  if (call.path.startsWith("/data/"))
    lines.push(
      `-H "Authorization: Bearer $AEP_ACCESS_TOKEN"`,
      `-H "x-api-key: $AEP_CLIENT_ID"`,
      `-H ${singleQuoted(`x-gw-ims-org-id: ${world.org}`)}`,
    );
  if (call.path.startsWith("/capillary/v2")) lines.push(`-H "X-CAP-API-OAUTH-TOKEN: $CAPILLARY_ACCESS_TOKEN"`);
  if (call.sandbox !== null) lines.push(`-H ${singleQuoted(`x-sandbox-name: ${call.sandbox}`)}`);
  for (const [name, value] of Object.entries(call.requestHeaders))
    lines.push(`-H ${singleQuoted(`${name}: ${value}`)}`);
  lines.push(...bodyOf(call));
  return `${lines.join(" \\\n  ")}\n`;
}

function bodyOf(call: CallRecord): string[] {
  const { requestBody: body, requestHeaders } = call;
  if (body === undefined || call.method === "GET") return [];
  if (!requestHeaders["content-type"]?.startsWith("application/x-www-form-urlencoded"))
    return [`--data ${masked(JSON.stringify(body))}`];
  return Object.entries(body as Record<string, string>).map(
    ([name, value]) =>
      `--data-urlencode ${value === "****" ? `"${name}=$AEP_CLIENT_SECRET"` : singleQuoted(`${name}=${value}`)}`,
  );
}

/** JSON in single quotes; a masked secret leaves them for a variable. */
function masked(json: string): string {
  return singleQuoted(json).replaceAll('"****"', `"'"$SECRET"'"`);
}

function withVariables(path: string): string {
  return path.replaceAll(/=(\*{4}|%2A%2A%2A%2A)/g, "=$$AEP_CLIENT_SECRET");
}

function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Variables stay alive in it; everything else a shell would touch does not. */
function doubleQuoted(text: string): string {
  return `"${text.replaceAll(/["\\`]|\$(?!AEP_CLIENT_SECRET)/g, "\\$&")}"`;
}
