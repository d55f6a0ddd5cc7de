import { killedDeployments } from "./support/kill-scenario.ts";

/** AEP_KILL_ALL tries every cut point, which takes some ten minutes. */
const sample = process.env["AEP_KILL_ALL"] ? Number.POSITIVE_INFINITY : 2;
killedDeployments({ mode: "genericRest", sample });
