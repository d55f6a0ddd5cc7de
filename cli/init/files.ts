/** The files of a new project, and of a new sandbox in one that is there. */
import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { stackPath } from "../../config.ts";
import { filesOfStack, localStack, type StackAnswers, sandboxStack } from "./stack-text.ts";
import { packageFacts, templateFile, templateFiles } from "./template.ts";

export interface NewProject extends StackAnswers {
  /** What package.json depends on: a version, or where the package is. */
  package: string | undefined;
  workflows: boolean;
}

/** Text by path from the project folder. */
export type Files = Map<string, string>;

/** The program of a new project. */
export const INDEX = `/** The Pulumi program: pulumi-aep's own, which declares what the stack file says. Own resources may be declared beside it. */
export { default } from "pulumi-aep/program";
`;

const IGNORED = ["node_modules/", ".aep/", ".pulumi/", "out/", "*.log", "*.env"];

const TSCONFIG = {
  compilerOptions: {
    target: "ES2024",
    module: "NodeNext",
    strict: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
    types: ["node"],
  },
  include: ["*.ts", "ci"],
};

export function projectFiles(folder: string, answers: NewProject): Files {
  const sandbox = sandboxStack(answers);
  return new Map([
    ["package.json", json(packageJson(basename(resolve(folder)), answers.package))],
    ["Pulumi.yaml", templateFile("Pulumi.yaml")],
    ["index.ts", INDEX],
    ["tsconfig.json", json(TSCONFIG)],
    [".gitignore", `${IGNORED.join("\n")}\n`],
    ["README.md", readme(answers)],
    ["stacks/Pulumi.local.yaml", localStack(answers.template)],
    [stackPath(answers.stack), sandbox],
    ...content(sandbox),
    ...templateFiles("events/*", "docs/json-schema/*.json"),
    ...(answers.workflows ? workflows() : []),
  ]);
}

/** Only what is not there yet: the stack file, and the files that its flows name. */
export function sandboxFiles(folder: string, answers: StackAnswers): Files {
  const sandbox = sandboxStack(answers);
  const missing = [...content(sandbox)].filter(([path]) => !existsSync(join(folder, path)));
  return new Map([[stackPath(answers.stack), sandbox], ...missing]);
}

/** Mappings that the stack's flows name, and the schemas with their field groups. */
function content(stack: string): Files {
  const mappings = filesOfStack(stack).filter((path) => path.startsWith("mappings/"));
  return templateFiles("xdm/*.yaml", ...mappings);
}

/** The pipeline as it stands here; its scripts find `aep` as a package, and the one module they share beside them. */
function workflows(): Files {
  const files = templateFiles(".github/workflows/{preview,deploy,deploy-stack,drift}.yml", "ci/**/*.{sh,ts,txt}");
  const own = [...files].map(([path, text]) => [path, text.replaceAll("cli/aep.ts", "node_modules/.bin/aep")] as const);
  const up = (path: string) => (path.split("/").length > 2 ? "../" : "./");
  const shared = own.map(([path, text]) => [path, text.replaceAll(/"(\.\.\/)+errors\.ts"/g, `"${up(path)}errors.ts"`)]);
  return new Map([...(shared as [string, string][]), ["ci/errors.ts", templateFile("errors.ts")]]);
}

function packageJson(name: string, spec: string | undefined): unknown {
  const { version, dependencies } = packageFacts();
  return {
    name:
      name
        .toLowerCase()
        .replaceAll(/[^a-z0-9-]+/g, "-")
        .replaceAll(/^-+|-+$/g, "") || "aep",
    private: true,
    type: "module",
    engines: { node: ">=22.18" },
    scripts: { aep: "aep", emulator: "aep emulator", test: "aep mapping test" },
    dependencies: { "@pulumi/pulumi": dependencies["@pulumi/pulumi"], "pulumi-aep": spec ?? version },
    devDependencies: { "@types/node": "^24.0.0", typescript: "^6.0.0" },
  };
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function readme({ stack, sandbox, template }: StackAnswers): string {
  const source = template === "rest" ? "polled every 15 minutes" : "pushed to streaming inlets";
  return `# Experience Platform ingestion

Capillary loyalty, ${source}, as code: pipelines per sandbox in \`stacks/\`, mappings in \`mappings/\`, schemas in \`xdm/\`, sample events in
\`events/\`. Made with pulumi-aep.

\`\`\`sh
npm install
npm test                                    # golden tests of the mappings
npm run emulator -- --env-file emulator.env # Experience Platform and Capillary on this machine, until Ctrl-C
\`\`\`

In another terminal, without any account:

\`\`\`sh
set -a; . ./emulator.env; set +a
export PULUMI_CONFIG_PASSPHRASE=laptop
npx aep pulumi stack init local
npx aep pulumi up --stack local
\`\`\`

On sandbox \`${sandbox}\`: \`export AEP_CLIENT_ID=... AEP_CLIENT_SECRET=...\`, \`npx aep doctor --stack ${stack}\`, \`pulumi stack init ${stack}\`,
\`pulumi up --stack ${stack}\`.
`;
}
