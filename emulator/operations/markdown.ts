/** The parts of docs/emulator.md that are made from the tables. */
import { OPERATIONS, type Operation } from "../routes-table.ts";
import { DEVIATIONS } from "./deviations.ts";

const TITLES: Record<string, string> = {
  ims: "Adobe IMS",
  sandbox: "Sandboxes",
  schemaregistry: "Schema Registry",
  catalog: "Catalog",
  flowservice: "Flow Service",
  conversion: "Data Prep",
  inlet: "Streaming inlets",
  capillary: "Capillary",
};
const MARKED = /(<!-- generated: ([a-z]+) -->)[\s\S]*?(<!-- end -->)/g;

/** The page with its generated parts made anew; the text around them stays. */
export function emulatorPage(page: string): string {
  const parts: Record<string, () => string> = { operations, deviations, summary };
  return page.replaceAll(MARKED, (_, open: string, name: string, close: string) => {
    const made = parts[name];
    if (!made) throw new Error(`docs/emulator.md asks for an unknown part: ${name}`);
    return `${open}\n\n${made()}\n\n${close}`;
  });
}

function summary(): string {
  const rows = Map.groupBy(OPERATIONS, ({ service }) => service);
  const count = (all: Operation[], support: Operation["support"]) =>
    all.filter((one) => one.support === support).length;
  return table(
    ["service", "supported", "partial", "refused (501)", "verified by doc", "assumed"],
    [...rows].map(([service, all]) => {
      const offered = all.filter(({ support }) => support !== "refused");
      const verified = offered.filter(({ basis }) => basis === "verified-by-doc").length;
      const numbers = [count(all, "supported"), count(all, "partial"), count(all, "refused"), verified];
      return [TITLES[service] ?? service, ...numbers.map(String), String(offered.length - verified)];
    }),
  );
}

function operations(): string {
  return [...Map.groupBy(OPERATIONS, ({ service }) => service)]
    .map(([service, all]) => {
      const rows = all.map(({ id, method, path, support, basis, reason }) => [
        `\`${id}\``,
        `\`${method} ${path}\``,
        support,
        support === "refused" ? "" : basis,
        reason ?? "",
      ]);
      return `### ${TITLES[service] ?? service}\n\n${table(["operation", "path", "support", "basis", "remark"], rows)}`;
    })
    .join("\n\n");
}

function deviations(): string {
  const readable = (pattern: RegExp) =>
    pattern.source === "." ? "all" : `\`${pattern.source.replaceAll("\\/", "/")}\``;
  return table(
    ["operations", "part", "difference", "reason"],
    DEVIATIONS.map(({ operation, part, what, reason }) => [
      readable(operation),
      readable(part),
      readable(what),
      reason,
    ]),
  );
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
