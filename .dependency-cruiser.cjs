// Arrows point one way: index -> resources -> aep, cli -> everything;
// emulator and engine know no other room than mapping. errors.ts and still-runs.ts are the leaves everyone may use.
const room = (name) => `^${name}/`;
const leaf = ["^errors\\.ts$", "^still-runs\\.ts$"];
const only = (name, allowed) => ({
  name: `${name}-imports-only-${allowed.join("-") || "itself"}`,
  severity: "error",
  from: { path: room(name) },
  to: {
    path: "^[^/]+(/|\\.ts$)",
    pathNot: ["node_modules", room(name), ...leaf, ...allowed.map(room)],
    dependencyTypesNot: ["core", "npm", "npm-dev"],
  },
});
module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    { name: "no-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    { name: "leaves-import-no-room", severity: "error", from: { path: leaf }, to: { path: "^[a-z]+/" } },
    only("mapping", []),
    only("aep", []),
    only("engine", ["mapping"]),
    only("emulator", ["mapping"]),
    only("capillary", ["aep", "mapping"]),
    only("resources", ["aep", "mapping", "capillary"]),
    {
      name: "nothing-imports-cli",
      severity: "error",
      from: { pathNot: ["^cli/"] },
      to: { path: "^cli/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "\\.test\\.ts$" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default"],
    },
  },
};
