/** A token of Capillary's APIs: whether its endpoint is there and lets these credentials in. */
import { z } from "zod";
import { parseRefusal } from "../aep/errors.ts";
import { send } from "../aep/http.ts";
import { registerSecret } from "../aep/secret.ts";
import { shaped } from "../aep/shape.ts";
import { AepError } from "../errors.ts";

const PATH = "/v3/oauth/token/generate";
const generated = z.looseObject({
  data: z.looseObject({ accessToken: z.string(), ttlSeconds: z.coerce.number().optional() }).nullish(),
  errors: z.unknown().optional(),
});

/**
 * Asks for a token with a client's key and secret, and gives its lifetime in seconds (Capillary doc; 300 in its sample).
 * @throws AepError AEP_UNREACHABLE, AEP_TIMEOUT; AEP_REFUSED when the credentials are refused
 */
export async function requestCapillaryToken(
  endpoint: string,
  credentials: { key: string; secret: string },
  timeout: number,
): Promise<number | undefined> {
  const call = { method: "POST", path: PATH } as const;
  const answer = await send({ endpoint: endpoint.replace(/\/+$/, ""), timeout })({ ...call, json: credentials });
  const where = `POST ${PATH}`;
  if (answer.status >= 300) {
    const { message, apiCode } = parseRefusal(answer);
    throw new AepError("AEP_REFUSED", message, { where, status: answer.status, apiCode, hint: ADVICE });
  }
  const { data } = shaped(generated, answer, call);
  // Refusals may come with status 200: then there is no token.
  if (!data)
    throw new AepError("AEP_REFUSED", "Capillary gave no token for these credentials", { where, hint: ADVICE });
  registerSecret(data.accessToken);
  return data.ttlSeconds;
}

const ADVICE = "Check the client's key and secret in Capillary, and that CAPILLARY_ENDPOINT is your cluster's host.";
