/** One object of every kind in sandbox dev, each referring to the ones before it. */
import { expect } from "vitest";
import type { KindName } from "../../resources/pointer.ts";
import type { Props, ProviderHost } from "./provider-host.ts";

const PROFILE = "https://ns.adobe.com/xdm/context/profile";
const IDENTITY_MAP = "https://ns.adobe.com/xdm/context/identitymap";
const CONTACT = "https://ns.adobe.com/xdm/context/profile-personal-details";
const HTTP_API = "bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb";
const HTTP_API_FLOW = "c1a19761-d2c7-4702-b9fa-fe91f0613e81";
const CAPILLARY = "6360f136-5980-4111-8bdf-15d29eab3b5a";
const REST_FLOW = "6499120c-0b15-42dc-936e-847ea3c24d72";

export interface Created {
  kind: KindName;
  id: string;
  inputs: Props;
  outs: Props;
}
export type EveryKind = Record<KindName, Created>;

/** Check, then create, as the engine does. */
export async function create(host: ProviderHost, kind: KindName, news: Props): Promise<Created> {
  const { inputs, failures } = await host.check(kind, {}, { sandbox: "dev", ...news });
  expect(failures).toEqual([]);
  return { kind, inputs, ...(await host.create(kind, inputs)) };
}

/** Inputs of every kind; references are filled in from what was made before. */
const INPUTS: Record<KindName, (made: Partial<EveryKind>) => Props> = {
  FieldGroup: () => ({
    title: "Loyalty fields",
    description: "Made by a test",
    intendedToExtend: [PROFILE],
    fields: { "_acme.points": { type: "integer", title: "Points" }, "_acme.tiers[].name": { type: "string" } },
  }),
  Schema: ({ FieldGroup }) => ({
    title: "Loyalty",
    description: "Made by a test",
    class: PROFILE,
    fieldGroups: [FieldGroup?.id, IDENTITY_MAP, CONTACT],
  }),
  IdentityDescriptor: ({ Schema }) => ({
    schema: Schema?.id,
    property: "/personalEmail/address",
    namespace: "Email",
    primary: true,
    enableProfile: true,
  }),
  Dataset: ({ Schema }) => ({
    name: "Loyalty",
    description: "Made by a test",
    schema: Schema?.id,
    profile: true,
    identity: true,
    tags: { team: ["crm"] },
  }),
  BaseConnection: () => ({
    name: "Loyalty base",
    description: "Made by a test",
    connectionSpec: { id: CAPILLARY },
    auth: {
      specName: "OAuth generic-rest-connector",
      params: { clientId: "key", clientSecret: "canary-secret-1", accessToken: "canary-token-1" },
    },
  }),
  SourceConnection: ({ BaseConnection }) => ({
    name: "Loyalty source",
    description: "Made by a test",
    baseConnection: BaseConnection?.id,
    connectionSpec: { id: CAPILLARY },
    data: { format: "json", properties: { encoding: "UTF-8" } },
    params: { path: "/loyalty" },
  }),
  TargetConnection: ({ Dataset, Schema }) => ({
    name: "Loyalty target",
    description: "Made by a test",
    dataset: Dataset?.id,
    schema: Schema?.id,
  }),
  MappingSet: ({ Schema }) => ({
    name: "Loyalty mapping",
    schema: Schema?.id,
    rows: {
      "_acme.points": { sourceType: "ATTRIBUTE", source: "points" },
      "personalEmail.address": { sourceType: "EXPRESSION", source: "lower(email)" },
      "personalEmail.label": { sourceType: "STATIC", source: "loyalty" },
    },
  }),
  Dataflow: ({ SourceConnection, TargetConnection, MappingSet }) => ({
    name: "Loyalty flow",
    description: "Made by a test",
    flowSpec: { id: REST_FLOW },
    sourceConnection: SourceConnection?.id,
    targetConnection: TargetConnection?.id,
    mapping: { id: MappingSet?.id, version: MappingSet?.outs["version"] },
    schedule: { startTime: Math.floor(Date.now() / 1000) + 3600, frequency: "minute", interval: 30 },
  }),
};

/** The chain for a streaming source: HTTP API, no schedule, an inlet. */
export const STREAMING: Partial<Record<KindName, Props>> = {
  BaseConnection: {
    connectionSpec: { id: HTTP_API },
    auth: {
      specName: "Streaming Connection",
      params: { sourceId: "loyalty-1", dataType: "raw", name: "Loyalty", authenticationRequired: false },
    },
  },
  SourceConnection: { connectionSpec: { id: HTTP_API } },
  Dataflow: { flowSpec: { id: HTTP_API_FLOW }, schedule: undefined },
};

/** Inputs of a kind as a program would give them. */
export function inputsOf(kind: KindName, made: Partial<EveryKind>, overrides: Props = {}): Props {
  const merged = { ...INPUTS[kind](made), ...overrides };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}

export async function createEveryKind(
  host: ProviderHost,
  overrides: Partial<Record<KindName, Props>> = {},
): Promise<EveryKind> {
  const made: Partial<EveryKind> = {};
  for (const kind of Object.keys(INPUTS) as KindName[]) {
    made[kind] = await create(host, kind, inputsOf(kind, made, overrides[kind]));
  }
  return made as EveryKind;
}
