import { assumed, type Operation, operations, partial, refused } from "./operation.ts";

const kind = (
  plural: string,
  list: string,
  verbs: [get: string, post: string, put: string, patch: string, del: string],
) =>
  operations("schemaregistry", "/data/foundation/schemaregistry", [
    [list, "GET", `/:container/${plural}`, assumed("`title==` of Adobe's own resources is in our words")],
    [verbs[0], "GET", `/:container/${plural}/:id`],
    [verbs[1], "POST", `/tenant/${plural}`],
    [verbs[2], "PUT", `/tenant/${plural}/:id`, assumed("refusal of a breaking change in use: XDM-4000-400 is ours")],
    [verbs[3], "PATCH", `/tenant/${plural}/:id`, assumed("refusal of a breaking change in use: XDM-4000-400 is ours")],
    [verbs[4], "DELETE", `/tenant/${plural}/:id`, assumed("refusal while used: XDM-4000-400 is ours")],
  ]);

const NO_RPC = refused("import, export, sample data and audit log are outside the emulator");

export const SCHEMA_REGISTRY_OPERATIONS: Operation[] = [
  ...kind("fieldgroups", "listFieldGroups", [
    "retrieveFieldGroup",
    "createFieldGroup",
    "updateFieldGroup",
    "patchFieldGroup",
    "removeFieldGroup",
  ]),
  ...kind("mixins", "listMixins", ["lookupMixin", "createMixin", "replaceMixin", "updateMixin", "removeMixin"]),
  ...kind("schemas", "listSchemas", ["retrieveSchema", "createSchema", "updateSchema", "patchSchema", "deleteSchema"]),
  ...kind("classes", "listClasses", ["retrieveClass", "createClass", "replaceClass", "updateClass", "removeClass"]),
  ...kind("datatypes", "listDataTypes", [
    "retrieveDataType",
    "createDataType",
    "replaceDatatype",
    "updateDataType",
    "deleteDatatype",
  ]),
  ...operations("schemaregistry", "/data/foundation/schemaregistry", [
    ["retrieveStats", "GET", "/stats", partial("classUsage as an object, as in the docs; the spec has a list")],
    ["listBehaviors", "GET", "/global/behaviors"],
    ["retrieveBehavior", "GET", "/global/behaviors/:id"],
    ["listDescriptors", "GET", "/:container/descriptors"],
    ["retrieveDescriptor", "GET", "/:container/descriptors/:id"],
    ["createDescriptor", "POST", "/tenant/descriptors"],
    ["updateDescriptor", "PUT", "/tenant/descriptors/:id", assumed("201 with `@id` as in the docs; the spec has 200")],
    [
      "deleteDescriptor",
      "DELETE",
      "/tenant/descriptors/:id",
      assumed("the primary identity of a schema in Profile is refused with XDM-1528-400"),
    ],
    ["listUnionSchemas", "GET", "/tenant/unions"],
    ["retrieveUnionSchema", "GET", "/tenant/unions/:id", assumed("the composed schemas of the class, merged")],
    ["retrieveExportPayload", "GET", "/rpc/export/:id", NO_RPC],
    ["importResource", "POST", "/rpc/import", NO_RPC],
    ["retrieveSampleData", "GET", "/rpc/sampledata/:id", NO_RPC],
    ["retrieveAuditLog", "GET", "/rpc/auditlog/:id", NO_RPC],
  ]),
];
