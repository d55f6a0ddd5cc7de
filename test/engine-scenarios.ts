/**
 * What can happen to a stack, as data: each scenario is a row of commands with the program and the world they meet. The
 * engine's own tests say what has to come of it; the parity suite runs the same on the real CLI and compares.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SECRET, SIGNATURE } from "../engine/values/wire.ts";
import type { Entry, ProgramFile, Scratch } from "./engine-harness.ts";

const POINTER =
  'exports.handler=()=>require("module").createRequire(process.cwd()+"/")("engine-fixture/dynamic").Thing';

export interface Action {
  args: string[];
  /** The program from here on. */
  program?: ProgramFile;
  /** What happens to the world first. */
  before?: (scratch: Scratch) => void;
  exitCode?: number;
  /** What the embedded engine's steps have to be. */
  steps?: string[];
}

export interface Scenario {
  name: string;
  actions: Action[];
}

const UP = ["up", "--yes", "--skip-preview", "--parallel", "1", "--stack", "dev"];
const PREVIEW = ["preview", "--stack", "dev", "--json"];
const DIFF = ["preview", "--stack", "dev", "--diff"];
const NOTHING = ["preview", "--stack", "dev", "--expect-no-changes"];
const DRIFT = ["refresh", "--preview-only", "--stack", "dev", "--json", "--expect-no-changes"];
const REFRESH = ["refresh", "--yes", "--skip-preview", "--stack", "dev"];
const DESTROY = ["destroy", "--yes", "--skip-preview", "--parallel", "1", "--stack", "dev"];

const thing = (name: string, props: Record<string, unknown> = {}, more: Partial<Entry> = {}): Entry => ({
  kind: "Thing",
  name,
  props: { title: name.toUpperCase(), ...props },
  ...more,
});

const rows = { "r.one": { source: "p" }, "r.two": { source: "q" } };

/** Fills an import file: every object exists at the far end already, and is described as it is there. */
function adopt(scratch: Scratch): void {
  const file = join(scratch.project, "import.json");
  const document = JSON.parse(readFileSync(file, "utf8"));
  for (const entry of document.resources) {
    if (entry.component) continue;
    const serial = entry.name === "a" ? 1 : 2;
    const live = {
      color: "blue",
      title: entry.name.toUpperCase(),
      ...(entry.name === "a" ? { rows } : { note: "hush" }),
    };
    writeFileSync(join(scratch.world, `thing-${serial}.json`), JSON.stringify({ ...live, serial }));
    const note = entry.name === "b" ? { note: { [SIGNATURE]: SECRET, plaintext: '"hush"' } } : {};
    entry.id = `thing-${serial}`;
    entry.inputs = { ...live, ...note, __provider: POINTER };
    entry.outputs = { ...entry.inputs, serial };
  }
  writeFileSync(file, JSON.stringify(document));
}

/** A group, a thing with everything in it, one that hangs on its id, one on its output. */
const family: ProgramFile = {
  resources: [
    { kind: "Group", name: "g" },
    thing(
      "a",
      { kind: "x", rows, note: "hush", list: [1, 2, 3], "odd key": { 'a"b': 1 } },
      { parent: "g", secrets: ["note"] },
    ),
    thing("b", { kind: "y", owner: "${a.id}" }, { parent: "g" }),
    thing("c", { size: "${b.serial}" }),
  ],
  outputs: { aId: "${a.id}", note: "${a.note}", serial: "${c.serial}" },
};

/** The same program with some resources changed by name; undefined removes one. */
function changed(program: ProgramFile, changes: Record<string, Partial<Entry> | undefined>): ProgramFile {
  const resources = program.resources.flatMap((entry) => {
    if (!(entry.name in changes)) return [entry];
    const change = changes[entry.name];
    return change ? [{ ...entry, ...change, props: { ...entry.props, ...change.props } }] : [];
  });
  return { ...program, resources };
}

/** The same, where the second cannot do without the first. */
const hosted = changed(family, { b: { props: { owner: undefined, host: "${a.id}" } } });

export const scenarios: Scenario[] = [
  {
    name: "import from a file",
    actions: [
      { args: UP, program: { resources: [{ kind: "Group", name: "g" }] } },
      {
        args: ["preview", "--stack", "dev", "--import-file", "import.json"],
        program: {
          resources: [
            { kind: "Group", name: "g" },
            { kind: "Group", name: "h" },
            thing("a", { rows }, { parent: "g" }),
            thing("b", { note: "hush" }, { parent: "h", secrets: ["note"], dependsOn: ["a"] }),
          ],
        },
        steps: ["create h", "create a", "create b"],
      },
      {
        args: [
          "import",
          "--file",
          "import.json",
          "--generate-code=false",
          "--protect=false",
          "--yes",
          "--skip-preview",
          "--stack",
          "dev",
          "--parallel",
          "1",
        ],
        before: adopt,
        steps: ["import h", "import a", "import b"],
      },
      { args: NOTHING, steps: [] },
      { args: DRIFT, steps: [] },
      {
        args: ["import", "--file", "import.json", "--generate-code=false", "--yes", "--skip-preview", "--stack", "dev"],
      },
    ],
  },
  {
    name: "create, look again, destroy",
    actions: [
      { args: PREVIEW, program: family, steps: ["create g", "create a", "create b", "create c"] },
      { args: DIFF },
      { args: UP, steps: ["create g", "create a", "create b", "create c"] },
      { args: NOTHING, steps: [] },
      { args: [...PREVIEW, "--show-sames"] },
      { args: DRIFT, steps: [] },
      {
        args: ["destroy", "--preview-only", "--stack", "dev", "--diff"],
        steps: ["delete c", "delete b", "delete a", "delete g"],
      },
      { args: DESTROY, steps: ["delete c", "delete b", "delete a", "delete g"] },
    ],
  },
  {
    name: "update in place names exactly the paths",
    actions: [
      { args: UP, program: family },
      {
        args: PREVIEW,
        program: changed(family, {
          a: { props: { rows: { ...rows, "r.one": { source: "changed" }, "r.new": { source: "n" } }, list: [1, 9] } },
        }),
        steps: ['update a [list[1], list[2], rows["r.new"], rows["r.one"].source]'],
      },
      { args: DIFF },
      { args: UP, steps: ['update a [list[1], list[2], rows["r.new"], rows["r.one"].source]'] },
      { args: NOTHING, steps: [] },
    ],
  },
  {
    name: "replacement, the new one first",
    actions: [
      { args: UP, program: family },
      { args: PREVIEW, program: changed(family, { a: { props: { kind: "xx" } } }) },
      { args: DIFF },
      {
        args: UP,
        steps: [
          "create-replacement a [kind]",
          "replace a [kind]",
          "create-replacement b [owner]",
          "replace b [owner]",
          "update c [size]",
          "delete-replaced b",
          "delete-replaced a",
        ],
      },
      { args: NOTHING, steps: [] },
      { args: DESTROY },
    ],
  },
  {
    name: "replacement, the old one first, with everything that hangs on it",
    actions: [
      { args: UP, program: hosted },
      { args: PREVIEW, program: changed(hosted, { a: { props: { kind: "xx", exclusive: true } } }) },
      { args: DIFF },
      {
        args: UP,
        steps: [
          "delete-replaced b",
          "delete-replaced a",
          "replace a [exclusive, kind]",
          "create-replacement a [exclusive, kind]",
          "replace b",
          "create-replacement b",
          "update c [size]",
        ],
      },
      { args: NOTHING, steps: [] },
    ],
  },
  {
    name: "deleteBeforeReplace as an option, replaceOnChanges",
    actions: [
      {
        args: UP,
        program: {
          resources: [thing("a", { rows }, { options: { deleteBeforeReplace: true, replaceOnChanges: ["rows"] } })],
        },
      },
      {
        args: PREVIEW,
        program: {
          resources: [
            thing(
              "a",
              { rows: { "r.one": { source: "z" } } },
              { options: { deleteBeforeReplace: true, replaceOnChanges: ["rows"] } },
            ),
          ],
        },
      },
      {
        args: UP,
        steps: [
          "delete-replaced a",
          'replace a [rows["r.one"].source, rows["r.two"]]',
          'create-replacement a [rows["r.one"].source, rows["r.two"]]',
        ],
      },
      { args: NOTHING, steps: [] },
    ],
  },
  {
    name: "drift is named by its path, and what is gone comes back",
    actions: [
      { args: UP, program: family },
      {
        args: DRIFT,
        before: (scratch) => {
          scratch.tamper("A", (object) => {
            object["rows"]["r.two"].source = "drifted";
            object["extra"] = "by hand";
          });
          scratch.vanish("B");
        },
        exitCode: 7,
      },
      // One read after the other: what is shown as it comes would come in any order.
      { args: ["refresh", "--preview-only", "--parallel", "1", "--stack", "dev", "--diff"] },
      { args: ["preview", "--refresh", "--parallel", "1", "--stack", "dev", "--diff"] },
      { args: REFRESH },
      { args: DRIFT, steps: [] },
      { args: PREVIEW, steps: ['update a [extra, rows["r.two"].source]', "create b", "update c [size]"] },
      { args: UP, steps: ['update a [extra, rows["r.two"].source]', "create b", "update c [size]"] },
      { args: NOTHING, steps: [] },
    ],
  },
  {
    name: "up --refresh sees the drift and mends it in one run",
    actions: [
      { args: UP, program: family },
      {
        args: [...UP, "--refresh"],
        before: (scratch) =>
          scratch.tamper("C", (object) => {
            object["size"] = 99;
          }),
        steps: ["update c [size]"],
      },
      { args: NOTHING, steps: [] },
    ],
  },
  {
    name: "removed from the program",
    actions: [
      { args: UP, program: family },
      { args: PREVIEW, program: { ...changed(family, { c: undefined, b: undefined }), outputs: {} } },
      {
        args: UP,
        program: { ...changed(family, { c: undefined, b: undefined }), outputs: {} },
        steps: ["delete c", "delete b"],
      },
      { args: NOTHING, steps: [] },
    ],
  },
  {
    name: "protect",
    actions: [
      {
        args: UP,
        program: {
          resources: [thing("a", { kind: "x" }, { options: { protect: true } }), thing("b", {}, { dependsOn: ["a"] })],
        },
      },
      {
        args: PREVIEW,
        program: {
          resources: [thing("a", { kind: "y" }, { options: { protect: true } }), thing("b", {}, { dependsOn: ["a"] })],
        },
        exitCode: 1,
      },
      { args: UP, exitCode: 1 },
      { args: UP, program: { resources: [thing("b")] }, exitCode: 1 },
      { args: ["destroy", "--yes", "--skip-preview", "--stack", "dev"], exitCode: 1 },
      { args: UP, program: { resources: [thing("a", { kind: "x" }), thing("b", {}, { dependsOn: ["a"] })] } },
      { args: DESTROY },
    ],
  },
  {
    name: "retainOnDelete",
    actions: [
      { args: UP, program: { resources: [thing("a", {}, { options: { retainOnDelete: true } })] } },
      { args: DIFF, program: { resources: [] } },
      { args: UP, steps: ["delete a"] },
    ],
  },
  {
    name: "ignoreChanges",
    actions: [
      {
        args: UP,
        program: {
          resources: [thing("a", { rows, size: 1 }, { options: { ignoreChanges: ["size", 'rows["r.one"].source'] } })],
        },
      },
      {
        args: PREVIEW,
        program: {
          resources: [
            thing(
              "a",
              { rows: { "r.one": { source: "other" }, "r.two": { source: "seen" } }, size: 2 },
              { options: { ignoreChanges: ["size", 'rows["r.one"].source'] } },
            ),
          ],
        },
        steps: ['update a [rows["r.two"].source]'],
      },
      { args: UP },
      {
        args: DRIFT,
        before: (scratch) =>
          scratch.tamper("A", (object) => {
            object["size"] = 7;
          }),
      },
      { args: NOTHING, steps: [] },
    ],
  },
  {
    name: "created but not ready: kept with its id, tried again by the next update",
    actions: [
      {
        args: UP,
        program: { resources: [thing("a", { fail: "init" }), thing("b", {}, { dependsOn: ["a"] })] },
        exitCode: 1,
      },
      { args: PREVIEW, program: { resources: [thing("a", { fail: "init" }), thing("b", {}, { dependsOn: ["a"] })] } },
      {
        args: UP,
        program: { resources: [thing("a"), thing("b", {}, { dependsOn: ["a"] })] },
        steps: ["update a [fail]", "create b"],
      },
      { args: NOTHING, steps: [] },
    ],
  },
  {
    name: "a refused create, update and delete leave the state as it was",
    actions: [
      {
        args: UP,
        program: { resources: [thing("a"), thing("b", { fail: "create" }, { dependsOn: ["a"] })] },
        exitCode: 1,
      },
      { args: UP, program: { resources: [thing("a", { size: 1, fail: "update" })] }, exitCode: 1 },
      { args: UP, program: { resources: [thing("a", { fail: "delete" })] } },
      { args: UP, program: { resources: [] }, exitCode: 1 },
      { args: UP, program: { resources: [thing("a")] } },
      { args: NOTHING, steps: [] },
    ],
  },
  {
    name: "a provider that says only that something differs",
    actions: [
      { args: UP, program: { resources: [thing("a", { thinDiff: true, size: 1 })] } },
      { args: PREVIEW, program: { resources: [thing("a", { thinDiff: true, size: 2 })] }, steps: ["update a"] },
      { args: DIFF },
      {
        args: DRIFT,
        before: (scratch) =>
          scratch.tamper("A", (object) => {
            object["size"] = 9;
          }),
        exitCode: 7,
      },
      { args: UP },
    ],
  },
  {
    name: "secrets: in inputs, outputs, lists and by name",
    actions: [
      {
        args: UP,
        program: {
          resources: [
            thing(
              "a",
              { note: "one", auth: { user: "u", pass: "p" }, list: ["s"] },
              { secrets: ["note", "list"], options: { additionalSecretOutputs: ["serial"] } },
            ),
            thing("b", { copied: "${a.note}" }),
          ],
          outputs: { pass: "kept", plain: 1 },
          secretOutputs: ["pass"],
        },
      },
      { args: NOTHING, steps: [] },
      {
        args: PREVIEW,
        program: {
          resources: [
            thing(
              "a",
              { note: "two", auth: { user: "u", pass: "p" }, list: ["s"] },
              { secrets: ["note", "list"], options: { additionalSecretOutputs: ["serial"] } },
            ),
            thing("b", { copied: "${a.note}" }),
          ],
          outputs: { pass: "kept", plain: 1 },
          secretOutputs: ["pass"],
        },
      },
      { args: DIFF },
      { args: UP },
      { args: DRIFT, steps: [] },
    ],
  },
  {
    name: "the program throws, a check fails, a name is taken twice",
    actions: [
      { args: UP, program: family },
      { args: ["preview", "--stack", "dev"], program: { ...family, throws: "boom" }, exitCode: 1 },
      { args: UP, exitCode: 1 },
      { args: PREVIEW, program: changed(family, { c: { props: { title: "" } } }), exitCode: 1 },
      { args: UP, program: { resources: [thing("a"), thing("a", {}, { dependsOn: ["a"] })] }, exitCode: 1 },
      { args: PREVIEW, program: family },
    ],
  },
];
