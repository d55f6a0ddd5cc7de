import type { AepClient } from "../aep/client.ts";
import { flowService } from "../aep/flow-service.ts";
import { AepError } from "../errors.ts";
import type { Spec } from "./capillary-to-aep.ts";

/**
 * The one spec of that name in Flow Service. Names are not unique there by contract, so several are an error.
 * @throws AepError AEP_NOT_FOUND when there is none, AEP_CONFIG_INVALID when there are several (with their ids)
 */
export async function lookupSpec(
  client: AepClient,
  sandbox: string,
  collection: "connectionSpecs" | "flowSpecs",
  name: string,
): Promise<Spec> {
  const found: Spec[] = [];
  for await (const { id, version } of flowService(client, sandbox).list(collection, [`name==${name}`])) {
    found.push({ id, version: typeof version === "string" ? version : "1.0" });
  }
  const [only, ...others] = found;
  const where = `${collection} name=="${name}"`;
  if (!only) {
    throw new AepError("AEP_NOT_FOUND", `Sandbox ${sandbox} has no spec of that name.`, {
      where,
      hint: "Check the spelling against the source's card in the catalogue, or give the spec by id.",
    });
  }
  if (others.length === 0) return only;
  throw new AepError(
    "AEP_CONFIG_INVALID",
    `${found.length} specs have that name: ${found.map(({ id }) => id).join(", ")}.`,
    {
      where,
      hint: "Give the one that is meant by id.",
    },
  );
}
