/**
 * What the SDK loads at every start without need, and here only when it is used: the TypeScript compiler and what packs a
 * program's packages, which serve the serialising of functions; the Automation API; and the source maps of its own files, by
 * which it translates a stack for every promise it makes. Without them program and provider host need half the time (measured).
 */
const LATER = [
  "../../typescript-shim",
  "@npmcli/arborist",
  "normalize-package-data",
  "./automation",
  "source-map-support/register",
];

/** Functions and classes, which the SDK's tracing takes out of these at once and calls only where somebody traces. */
const CALLED_LATER = [
  "exporter-zipkin",
  "instrumentation",
  "instrumentation-grpc",
  "resources",
  "sdk-trace-base",
  "sdk-trace-node",
];

/**
 * Text of a module that runs before the SDK's `script`. What the SDK's own files ask for is answered by a stand-in for the
 * module's exports; whoever else loads one of these gets it as ever.
 */
export function loadedLater(script: string): string {
  const sdk = script.slice(0, script.lastIndexOf("cmd"));
  return `
import Module from "node:module";
const load = Module._load;
Module._load = function (request, parent, isMain) {
  const now = () => load.call(Module, request, parent, isMain);
  if (!parent?.filename?.startsWith(${JSON.stringify(sdk)})) return now();
  if (${JSON.stringify(CALLED_LATER.map((name) => `@opentelemetry/${name}`))}.includes(request)) {
    const called = (name) => new Proxy(function () {}, {
      apply: (_, self, args) => now()[name].apply(self, args),
      construct: (_, args) => new (now()[name])(...args),
    });
    return new Proxy({}, { get: (_, name) => called(name) });
  }
  if (!${JSON.stringify(LATER)}.includes(request)) return now();
  const property = (name) => (name === "default" && !now().__esModule ? now() : now()[name]);
  return new Proxy({}, { get: (_, name) => name === "__esModule" || property(name), has: (_, name) => name in now() });
};`;
}
