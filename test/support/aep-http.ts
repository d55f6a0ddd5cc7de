/** Bare HTTP against an emulator: no client of ours in between, so that a test sees what goes over the wire. */
import type { Emulator } from "../../emulator/index.ts";

export type Body = any;
export interface Answer {
  status: number;
  body: Body;
  headers: Headers;
}
export interface Call {
  body?: unknown;
  /** `null` leaves a header out. */
  headers?: Record<string, string | null>;
}

export interface AepHttp {
  /** `path` below /data/foundation, with token, key, organisation and sandbox `dev`. */
  aep(method: string, path: string, call?: Call): Promise<Answer>;
  /** `path` below /__emulator. */
  control(method: string, path: string, body?: unknown): Promise<Answer>;
  token(): Promise<string>;
}

const SCOPE = "openid,AdobeID,read_organizations,additional_info.projectedProductContext,session";

export function aepHttp(emulator: Emulator): AepHttp {
  const token = async () => {
    const form = { grant_type: "client_credentials", client_id: "emulator", client_secret: "emulator", scope: SCOPE };
    const answer = await fetch(`${emulator.url}/ims/token/v3`, { method: "POST", body: new URLSearchParams(form) });
    return ((await answer.json()) as Body).access_token as string;
  };
  let known: Promise<string> | undefined;
  return {
    token,
    control: (method, path, body) => send(method, `${emulator.url}/__emulator/${path}`, body, {}),
    aep: async (method, path, call = {}) => {
      known ??= token();
      const headers: Record<string, string | null> = {
        authorization: `Bearer ${await known}`,
        "x-api-key": "emulator",
        "x-gw-ims-org-id": "EMULATOR@AdobeOrg",
        "x-sandbox-name": "dev",
        ...call.headers,
      };
      return send(method, `${emulator.url}/data/foundation/${path}`, call.body, headers);
    },
  };
}

async function send(
  method: string,
  url: string,
  body: unknown,
  headers: Record<string, string | null>,
): Promise<Answer> {
  const all: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
  for (const [name, value] of Object.entries(headers)) {
    if (value === null) delete all[name];
    else all[name] = value;
  }
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const answer = await fetch(url, { method, headers: all, ...(text === undefined ? {} : { body: text }) });
  const answered = await answer.text();
  return { status: answer.status, body: parsed(answered), headers: answer.headers };
}

function parsed(text: string): Body {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
