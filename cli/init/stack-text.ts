/** The stack file of a sandbox, made of this project's own forms so that there is one text to keep right. */
import { isMap, isSeq, parseDocument, type YAMLMap } from "yaml";
import { templateFile } from "./template.ts";

export const TEMPLATES = { rest: "genericRest", stream: "httpStreaming" } as const;
export type TemplateName = keyof typeof TEMPLATES;

export interface StackAnswers {
  template: TemplateName;
  /** Name of the stack, and of its file. */
  stack: string;
  orgId: string | undefined;
  sandbox: string;
  tenantId: string | undefined;
}

/** `stacks/Pulumi.<stack>.yaml` for a real sandbox; what was not answered stays a placeholder, which every command names. */
export function sandboxStack({ template, stack, orgId, sandbox, tenantId }: StackAnswers): string {
  const form = templateFile("stacks/Pulumi.dev.yaml")
    .replace("Development sandbox.", `Sandbox ${sandbox}.`)
    .replaceAll("--stack dev", `--stack ${stack}`)
    .replace("<Capillary client key>", "env:CAPILLARY_CLIENT_ID");
  return withPipelines(form, template, {
    "aep:sandbox": sandbox,
    ...(orgId !== undefined && { "aep:orgId": orgId }),
    ...(tenantId !== undefined && { "aep:tenantId": tenantId }),
  });
}

/** `stacks/Pulumi.local.yaml`: the same pipelines against the emulator. */
export function localStack(template: TemplateName): string {
  return withPipelines(templateFile("stacks/Pulumi.local.yaml"), template, {});
}

function withPipelines(form: string, template: TemplateName, values: Record<string, string>): string {
  const document = parseDocument(form);
  for (const [key, value] of Object.entries(values)) document.setIn(["config", key], value);
  const pipelines = document.getIn(["config", "aep:pipelines"]);
  if (isSeq<YAMLMap>(pipelines))
    pipelines.items = pipelines.items.filter((one) => isMap(one) && one.get("mode") === TEMPLATES[template]);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** Paths of the files that the stack's flows name. */
export function filesOfStack(text: string): string[] {
  const pipelines = parseDocument(text).toJS().config["aep:pipelines"] as { flows: Record<string, string>[] }[];
  const named = pipelines.flatMap(({ flows }) => flows.flatMap(({ schema, mapping }) => [schema, mapping]));
  return [...new Set(named.filter((path) => path !== undefined))];
}
