import { AepError } from "../errors.ts";
import { parseRefusal } from "./errors.ts";
import type { Dispatch } from "./http.ts";
import { registerSecret } from "./secret.ts";
import type { Settings } from "./settings.ts";

/** Seconds before its end at which a token counts as used up; Adobe's tokens live 24 hours. */
const EARLY_SECONDS = 500;
/** `expires_in` is documented in seconds, but some answers give milliseconds; no token lives 11 days. */
const MILLISECONDS_FROM = 1_000_000;

export interface TokenSource {
  /** A usable access token; one request for all callers that ask at once. */
  token(): Promise<string>;
  /** Says that the API refused `token`; the next `token()` asks IMS again. */
  refused(token: string): void;
}

/** OAuth server-to-server tokens of IMS (v3, everything in the form body so that no secret stands in a URL). */
export function imsTokens(settings: Settings, send: Dispatch, now: () => number = Date.now): TokenSource {
  let current: { token: string; until: number } | undefined;
  let pending: Promise<string> | undefined;

  const fetchToken = async () => {
    const granted = await requestToken(settings, send);
    const early = Math.min(EARLY_SECONDS, granted.seconds / 2);
    current = { token: granted.token, until: now() + (granted.seconds - early) * 1000 };
    return granted.token;
  };
  return {
    token() {
      if (current && now() < current.until) return Promise.resolve(current.token);
      pending ??= fetchToken().finally(() => {
        pending = undefined;
      });
      return pending;
    },
    refused(token) {
      if (current?.token === token) current = undefined;
    },
  };
}

/**
 * Asks IMS for one token; `seconds` is how long it lives.
 * @throws AepError AEP_AUTH_FAILED, AEP_RESPONSE_INVALID, AEP_UNREACHABLE
 */
export async function requestToken(settings: Settings, send: Dispatch): Promise<{ token: string; seconds: number }> {
  const answer = await send({
    method: "POST",
    path: `${settings.imsEndpoint}/ims/token/v3`,
    authenticated: false,
    idempotent: true,
    form: {
      grant_type: "client_credentials",
      client_id: settings.clientId,
      client_secret: settings.clientSecret.reveal(),
      scope: settings.scopes,
    },
  });
  const where = "POST /ims/token/v3";
  if (answer.status !== 200) {
    const { message, apiCode } = parseRefusal(answer);
    throw new AepError("AEP_AUTH_FAILED", message, { where, status: answer.status, apiCode });
  }
  const body = (answer.body ?? {}) as { access_token?: unknown; expires_in?: unknown };
  const seconds = Number(body.expires_in);
  if (typeof body.access_token !== "string" || !(seconds > 0)) {
    throw new AepError("AEP_RESPONSE_INVALID", "IMS answered without a usable token", { where });
  }
  registerSecret(body.access_token);
  return { token: body.access_token, seconds: seconds > MILLISECONDS_FROM ? seconds / 1000 : seconds };
}
