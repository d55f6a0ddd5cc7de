/** One object of each kind. docs/resources.md shows the parts between the marks; a test applies the whole to the emulator. */
import {
  BaseConnection,
  Dataflow,
  Dataset,
  FieldGroup,
  IdentityDescriptor,
  MappingSet,
  Schema,
  SourceConnection,
  TargetConnection,
} from "pulumi-aep";

const sandbox = "dev";

// example: FieldGroup
const loyalty = new FieldGroup("loyalty", {
  sandbox,
  title: "Loyalty fields",
  intendedToExtend: ["https://ns.adobe.com/xdm/context/profile"],
  fields: {
    "_acme.loyalty.points": { type: "integer", title: "Points" },
    "_acme.loyalty.tier": { type: "string", enum: ["silver", "gold"] },
    "_acme.loyalty.coupons[].code": { type: "string" },
  },
});
// end

// example: Schema
const members = new Schema("members", {
  sandbox,
  title: "Loyalty members",
  class: "https://ns.adobe.com/xdm/context/profile",
  fieldGroups: [loyalty.id, "https://ns.adobe.com/xdm/context/profile-personal-details"],
});
// end

// example: IdentityDescriptor
const email = new IdentityDescriptor("members-email", {
  sandbox,
  schema: members.id,
  property: "/personalEmail/address",
  namespace: "Email",
  primary: true,
  enableProfile: true, // one way: a schema in Profile stays there
});
// end

// example: Dataset
const dataset = new Dataset(
  "members",
  { sandbox, name: "Loyalty members", schema: members.id, profile: true, tags: { team: ["crm"] } },
  { dependsOn: email, protect: true },
);
// end

// example: BaseConnection
const account = new BaseConnection("loyalty", {
  sandbox,
  name: "Loyalty account",
  connectionSpec: { id: "6360f136-5980-4111-8bdf-15d29eab3b5a" }, // a REST source; ids of your own: GET /connectionSpecs
  auth: {
    specName: "OAuth generic-rest-connector",
    params: {
      clientId: "loyalty",
      clientSecret: "env:LOYALTY_CLIENT_SECRET", // read when the API is called, stored nowhere
      accessToken: "env:LOYALTY_ACCESS_TOKEN",
    },
  },
});
// end

// example: SourceConnection
const source = new SourceConnection("members", {
  sandbox,
  name: "Loyalty members source",
  baseConnection: account.id,
  connectionSpec: { id: "6360f136-5980-4111-8bdf-15d29eab3b5a" },
  data: { format: "json" },
});
// end

// example: TargetConnection
const target = new TargetConnection("members", {
  sandbox,
  name: "Loyalty members target",
  dataset: dataset.id,
  schema: members.id,
});
// end

// example: MappingSet
const mapping = new MappingSet("members", {
  sandbox,
  name: "Loyalty members mapping",
  schema: members.id,
  rows: {
    "_acme.loyalty.points": { sourceType: "ATTRIBUTE", source: "loyalty.points" },
    "_acme.loyalty.tier": { sourceType: "EXPRESSION", source: "lower(loyalty.tier)" },
    "personalEmail.address": { sourceType: "ATTRIBUTE", source: "email" },
  },
});
// end

// example: Dataflow
const flow = new Dataflow("members", {
  sandbox,
  name: "Loyalty members",
  flowSpec: { id: "6499120c-0b15-42dc-936e-847ea3c24d72" },
  sourceConnection: source.id,
  targetConnection: target.id,
  mapping: { id: mapping.id, version: mapping.version },
  schedule: { frequency: "minute", interval: 30 },
});
// end

export const flowId = flow.id;
