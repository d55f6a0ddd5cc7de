/**
 * The connection specs the emulator offers, as `GET /connectionSpecs` answers them. Ids, auth spec names and parameter
 * names are documented; the JSON Schemas are this project's reading of the parameter tables.
 */
import type { Entity } from "../store.ts";
import { BATCH_PROVIDER, CAPILLARY, DATA_LAKE, HTTP_API, SFTP, STREAMING_PROVIDER } from "./ids.ts";

const text = (description: string) => ({ type: "string", description });
const secret = (description: string) => ({ type: "string", description, format: "password" });
const schema = (properties: Entity, extra: Entity = {}): Entity => ({
  $schema: "http://json-schema.org/draft-07/schema#",
  type: "object",
  properties,
  ...extra,
});
const permissionsInfo = {
  view: [{ "@type": "lowLevel", name: "EnterpriseSource", permissions: ["read"] }],
  manage: [{ "@type": "lowLevel", name: "EnterpriseSource", permissions: ["write"] }],
};

const SFTP_COMMON = {
  host: text("Name or address of the server"),
  port: { type: "integer", description: "Port of the server", default: 22, minimum: 1, maximum: 65535 },
  userName: text("User to sign in as"),
  maxConcurrentConnections: { type: "integer", description: "Sessions at the same time" },
  folderPath: text("Folder the connection is confined to"),
};

const httpApi: Entity = {
  id: HTTP_API,
  name: "Streaming Connection",
  providerId: STREAMING_PROVIDER,
  version: "1.0",
  authSpec: [
    {
      name: "Streaming Connection",
      type: "Basic_Authentication",
      spec: schema(
        {
          sourceId: text("Identifier of the data's origin, unique in the organisation"),
          dataType: { type: "string", enum: ["xdm", "raw"], description: "Whether messages are XDM or need a mapping" },
          name: text("Name of the streaming connection"),
          authenticationRequired: { type: "boolean", description: "Whether senders need an access token" },
          inletUrl: { type: "string", description: "Where to send data", readOnly: true },
          inletId: { type: "string", description: "Identifier of the inlet", readOnly: true },
        },
        { required: ["dataType"] },
      ),
    },
  ],
  sourceSpec: { attributes: { uiAttributes: { isSource: true } }, spec: schema({}) },
  attributes: {
    isSource: true,
    isDraftModeSupported: true,
    category: "STREAMING",
    connectionType: "streaming",
    uiAttributes: { label: "HTTP API" },
  },
  permissionsInfo,
};

const capillary: Entity = {
  id: CAPILLARY,
  name: "Capillary Streaming Events",
  providerId: BATCH_PROVIDER,
  version: "1.0",
  authSpec: [
    {
      name: "OAuth generic-rest-connector",
      type: "OAuth2.0",
      spec: schema(
        {
          host: text("Base URL of the API; stored, the emulator always polls its own Capillary endpoint"),
          clientId: text("Key of the API client"),
          clientSecret: secret("Secret of the API client"),
          accessToken: secret("Access token"),
        },
        { anyOf: [{ required: ["clientId", "clientSecret"] }, { required: ["accessToken"] }] },
      ),
    },
  ],
  sourceSpec: {
    attributes: { uiAttributes: { isSource: true } },
    spec: schema({
      stream: { type: "string", description: "Which events of the feed to fetch (this emulator's own)" },
    }),
  },
  attributes: {
    isSource: true,
    isDraftModeSupported: true,
    category: "LOYALTY",
    connectionType: "loyalty",
    uiAttributes: { label: "Capillary Streaming Events" },
  },
  permissionsInfo,
};

const sftp: Entity = {
  id: SFTP,
  name: "sftp",
  providerId: BATCH_PROVIDER,
  version: "1.0",
  authSpec: [
    {
      name: "Basic Authentication for sftp",
      type: "BasicAuthentication",
      spec: schema(
        { ...SFTP_COMMON, password: secret("Password of the user") },
        { required: ["host", "userName", "password"] },
      ),
    },
    {
      name: "SSH PublicKey Authentication for sftp",
      type: "SSHPublicKey",
      spec: schema(
        {
          ...SFTP_COMMON,
          privateKeyContent: secret("Private key in PEM form, Base64-encoded"),
          passPhrase: secret("Pass phrase of the private key"),
        },
        { required: ["host", "userName", "privateKeyContent"] },
      ),
    },
  ],
  sourceSpec: {
    attributes: { uiAttributes: { isSource: true } },
    spec: schema(
      {
        path: text("File or folder, with * as wildcard"),
        type: { type: "string", enum: ["file", "folder"] },
        recursive: { type: ["boolean", "string"] },
      },
      { required: ["path"] },
    ),
  },
  exploreSpec: { name: "FileSystem", type: "FileSystem" },
  attributes: {
    isSource: true,
    isDraftModeSupported: true,
    category: "CLOUD STORAGE",
    connectionType: "file",
    uiAttributes: { label: "SFTP" },
  },
  permissionsInfo,
};

const dataLake: Entity = {
  id: DATA_LAKE,
  name: "Data Lake",
  providerId: BATCH_PROVIDER,
  version: "1.0",
  targetSpec: { spec: schema({ dataSetId: text("Dataset the data lands in") }, { required: ["dataSetId"] }) },
  attributes: { isTarget: true, isDraftModeSupported: true, connectionType: "dataLake" },
  permissionsInfo,
};

export const CONNECTION_SPECS: readonly Entity[] = [httpApi, capillary, sftp, dataLake];

/** The connection spec with this id, if the emulator offers it. */
export function connectionSpec(id: unknown): Entity | undefined {
  return CONNECTION_SPECS.find((spec) => spec["id"] === id);
}

const secrets = new WeakMap<Entity, string[]>();

/** Names of the auth parameters a connection of this spec keeps secret. */
export function secretParams(spec: Entity | undefined, specName: unknown): string[] {
  const auth: Entity | undefined = spec?.["authSpec"]?.find((item: Entity) => item["name"] === specName);
  if (!auth) return [];
  const known = secrets.get(auth) ?? passwordsOf(auth["spec"]?.["properties"] ?? {});
  secrets.set(auth, known);
  return known;
}

function passwordsOf(properties: Record<string, Entity>): string[] {
  return Object.keys(properties).filter((name) => properties[name]?.["format"] === "password");
}
