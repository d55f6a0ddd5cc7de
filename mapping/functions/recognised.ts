import { type Category, type FunctionSpec, param } from "./types.ts";

/** Functions that are documented but whose result depends on what is not here: map types, Profile, Adobe's device data, Analytics. */

function spec(
  name: string,
  category: Category,
  params: string[],
  returns: string,
  doc: string,
  example: string,
  repeat?: number,
): FunctionSpec {
  const parameters = params.map((one) => param(one, "any"));
  return {
    name,
    category,
    tier: "C",
    params: parameters,
    returns,
    doc,
    example,
    ...(repeat === undefined ? {} : { repeat }),
  };
}

const PHONE = '"Mozilla/5.0 (iPhone; CPU iPhone OS 5_1_1 like Mac OS X)"';

function agent(name: string, doc: string): FunctionSpec {
  return spec(name, "User agent", ["userAgent"], "string", doc, `${name}(${PHONE})`);
}

function product(name: string, what: string, withKey = false): FunctionSpec {
  return spec(
    `aa_get_product_${name}`,
    "Analytics",
    withKey ? ["products", "name"] : ["products"],
    "list",
    `The ${what} of an Analytics products string; Web SDK and Analytics flows only.`,
    `aa_get_product_${name}(products${withKey ? ', "event1"' : ""})`,
  );
}

function destinations(name: string, doc: string): FunctionSpec {
  return { ...spec(name, "Arrays", ["list", "value"], "any", doc, `${name}(items, value)`), destinationsOnly: true };
}

export const RECOGNISED_FUNCTIONS: readonly FunctionSpec[] = [
  spec(
    "map_get_values",
    "Maps",
    ["map", "key"],
    "list",
    "The values of keys of a map.",
    'map_get_values(book, "author")',
    1,
  ),
  spec(
    "map_has_keys",
    "Maps",
    ["map", "key"],
    "boolean",
    "Whether a map has the keys.",
    'map_has_keys(book, "author")',
    1,
  ),
  spec(
    "add_to_map",
    "Maps",
    ["map", "more"],
    "map",
    "Several maps as one; the first that has a key wins.",
    "add_to_map(book, other)",
    1,
  ),
  {
    ...spec(
      "object_to_map",
      "Maps",
      ["object", "key"],
      "map",
      "A map of keys and values, of an object, or of a list of objects by one attribute.",
      'object_to_map(addresses, "type")',
    ),
    params: [param("object", "any"), param("key?", "any")],
    repeat: 1,
  },
  spec(
    "array_to_map",
    "Maps",
    ["list", "key"],
    "map",
    "A map of a list of objects by one attribute.",
    'array_to_map(addresses, "type")',
  ),
  spec("to_map", "Maps", ["key", "value"], "map", "A map of keys and values.", 'to_map("key", "value")', 2),
  {
    ...spec(
      "upsert_array_append",
      "Arrays",
      ["list"],
      "list",
      "Appends to the array in Profile; as it is on an insert.",
      "upsert_array_append([123, 456])",
    ),
    params: [param("list", "list"), param("index?", "integer")],
  },
  {
    ...spec(
      "upsert_array_replace",
      "Arrays",
      ["list"],
      "list",
      "Replaces elements of the array in Profile; as it is on an insert.",
      "upsert_array_replace([123, 456], 1)",
    ),
    params: [param("list", "list"), param("index?", "integer")],
  },
  spec(
    "fpid_to_ecid",
    "Special",
    ["fpid"],
    "string",
    "Turns a first-party device id into an Experience Cloud id.",
    'fpid_to_ecid("4ed70bee-b654-420a-a3fd-b58b6b65e991")',
  ),
  agent("ua_os_name", "The operating system's name."),
  agent("ua_os_version_major", "The operating system's major version."),
  agent("ua_os_version", "The operating system's version."),
  agent("ua_os_name_version", "The operating system's name and version."),
  agent("ua_agent_version", "The agent's version."),
  agent("ua_agent_version_major", "The agent's name and major version."),
  agent("ua_agent_name", "The agent's name."),
  agent("ua_device_class", "The device's class, such as Phone."),
  spec(
    "aa_get_event_id",
    "Analytics",
    ["events", "name"],
    "string",
    "The id of an event in an Analytics events string; Web SDK and Analytics flows only.",
    'aa_get_event_id("event101=5:123456,scOpen", "event101")',
  ),
  spec(
    "aa_get_event_value",
    "Analytics",
    ["events", "name"],
    "number",
    "The value of an event in an Analytics events string; Web SDK and Analytics flows only.",
    'aa_get_event_value("event101=5:123456,scOpen", "event101")',
  ),
  product("categories", "categories"),
  product("names", "names"),
  product("quantities", "quantities"),
  product("prices", "prices"),
  product("event_values", "values of an event", true),
  product("evars", "values of an eVar", true),
  destinations("array_to_string", "Joins a list; Destinations only (in a source mapping use join)."),
  destinations("filterArray", "Keeps the items a condition holds for; Destinations only."),
  destinations("transformArray", "Changes every item; Destinations only."),
  destinations("flattenArray", "Flattens a list; Destinations only."),
];
