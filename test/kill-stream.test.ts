import { killedDeployments } from "./support/kill-scenario.ts";

killedDeployments("httpStreaming");
