/** One seed for every property test, so that a run repeats: AEP_SEED gives another one, `AEP_SEED=random` a new one each time. */
import { configureGlobal, readConfigureGlobal } from "fast-check";

const asked = process.env["AEP_SEED"];

if (asked !== "random")
  configureGlobal({ ...readConfigureGlobal(), seed: asked === undefined ? 20_261_122 : Number(asked) });
