import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  compileXdmValidator,
  composeSchema,
  type FlatFields,
  fieldAt,
  flattenFields,
  listFields,
  standardClasses,
  standardFieldGroups,
  standardResources,
  suggestField,
  unflattenFields,
} from "./index.ts";

const TENANT_GROUP = {
  $id: "https://ns.adobe.com/acme/mixins/1",
  title: "Capillary",
  ...unflattenFields({
    "_acme.capillary.expiredPoints": { type: "number" },
    "_acme.capillary.stores[].code": { type: "string" },
  }),
};
const SECOND_GROUP = {
  $id: "https://ns.adobe.com/acme/mixins/2",
  ...unflattenFields({ "_acme.other": { type: "string" } }),
};
const resolve = (id: string) => [TENANT_GROUP, SECOND_GROUP].find((group) => group.$id === id);

const compose = (cls: string, ...groups: string[]) =>
  composeSchema({ title: "t", allOf: [cls, ...groups].map(($ref) => ({ $ref })) }, resolve);
const profile = compose(
  standardClasses.profile,
  standardFieldGroups["identity-map"],
  standardFieldGroups["loyalty-details"],
  standardFieldGroups["personal-contact-details"],
  TENANT_GROUP.$id,
  SECOND_GROUP.$id,
);
const event = compose(standardClasses.experienceEvent, standardFieldGroups["commerce-details"]);

describe("standard resources", () => {
  test("every reference of every resource resolves", () => {
    for (const id of standardResources.keys()) expect(() => composeSchema({ allOf: [{ $ref: id }] })).not.toThrow();
  });
  test("ids and kinds follow the registry's conventions", () => {
    for (const [id, resource] of standardResources) {
      expect(resource.$id).toBe(id);
      expect(resource["meta:altId"]).toMatch(/^_xdm\.[a-z0-9.-]+$/);
    }
    expect(standardResources.get(standardClasses.profile)?.["meta:altId"]).toBe("_xdm.context.profile");
  });
});

describe("composeSchema", () => {
  test("tenant fields of two groups live side by side", () => {
    expect(Object.keys(fieldAt(profile, "_acme")?.properties ?? {})).toEqual(["capillary", "other"]);
  });
  test("the event class requires id and time, its parts keep their own requireds", () => {
    expect(event.required).toEqual(["_id", "timestamp"]);
    expect(fieldAt(event, "productListItems[*]")?.required).toEqual(["SKU"]);
    expect(fieldAt(event, "commerce.purchases")?.required).toEqual(["value"]);
  });
  test("a schema keeps its own title, not its class's", () => {
    expect(profile.title).toBe("t");
    expect(profile["meta:intendedToExtend"]).toBeUndefined();
  });
  test("an unknown or circular reference is an error that names it", () => {
    expect(() => composeSchema({ allOf: [{ $ref: "https://ns.adobe.com/acme/mixins/9" }] })).toThrow(/mixins\/9/);
    const loop = {
      $id: "l",
      definitions: { a: { properties: { x: { $ref: "#/definitions/a" } } } },
      allOf: [{ $ref: "#/definitions/a" }],
    };
    expect(() => composeSchema(loop)).toThrow(/back to itself/);
  });
});

describe("fieldAt and suggestField", () => {
  test.each([
    ["identityMap.Email[0].id", "string"],
    ["identityMap.Email[*].primary", "boolean"],
    ["loyalty.lifetimePoints", "number"],
    ["_acme.capillary.stores[2].code", "string"],
    ["personalEmail.address", "string"],
  ])("%s is a %s", (path, type) => expect(fieldAt(profile, path)?.type).toBe(type));

  test.each([
    "identityMap.Email.id",
    "loyalty.nope",
    "loyalty[0]",
    "loyalty.points.x",
    "xdm:loyalty.points",
    "a..b",
    "",
    "[0]",
  ])("%s is no field", (path) => expect(fieldAt(profile, path)).toBeUndefined());

  test.each([
    ["loyalty.lifeTimePoint", "loyalty.lifetimePoints"],
    ["identityMap.Email.id", "identityMap.Email[0].id"],
    ["loyality.points", "loyalty.points"],
    ["personalEmail.adress", "personalEmail.address"],
    ["expiredPoints2", undefined],
  ])("%s suggests %s", (path, wanted) => expect(suggestField(profile, path)).toBe(wanted));

  test("a name that exists once elsewhere is found there", () => {
    expect(suggestField(event, "storeCode")).toBe("commerce.commerceScope.storeCode");
  });
  test("prototype names are no fields", () => {
    expect(fieldAt(profile, "loyalty.constructor")).toBeUndefined();
    expect(fieldAt(profile, "__proto__")).toBeUndefined();
  });
  test("listed fields can be looked up again", () => {
    for (const { path, field } of listFields(event)) {
      if (!path.includes("{key}")) expect(fieldAt(event, path)).toBe(field);
    }
  });
});

describe("compileXdmValidator", () => {
  const row = { _id: "1", timestamp: "2025-07-14T18:00:00Z" };
  const check = (extra: object) => compileXdmValidator(event)({ ...row, ...extra });

  test("a good row has no violations", () => {
    expect(
      check({ productListItems: [{ SKU: "a", quantity: 1 }], identityMap: { Email: [{ id: "x", primary: true }] } }),
    ).toEqual([]);
  });
  test("violations speak the streaming validation's words", () => {
    expect(check({ person: {} })).toEqual([
      { pointer: "#", keyword: "additionalProperties", message: "extraneous key [person] is not permitted" },
    ]);
    expect(check({ _id: 5 })).toEqual([
      { pointer: "#/_id", keyword: "type", message: "expected type: String, found: Long" },
    ]);
    expect(check({ timestamp: undefined })[0]?.message).toBe("required key [timestamp] not found");
    expect(check({ timestamp: "2025-07-14T12:00:00" })[0]).toMatchObject({ pointer: "#/timestamp", keyword: "format" });
    expect(
      check({ productListItems: [{ quantity: 1.5 }] })
        .map((v) => v.keyword)
        .sort(),
    ).toEqual(["required", "type"]);
    expect(check({ identityMap: { Email: [{ authenticatedState: "no" }] } })[0]?.keyword).toBe("enum");
  });
  test("values never appear in messages", () => {
    const text = JSON.stringify(
      check({ timestamp: "jane@example.com", identityMap: { Email: [{ authenticatedState: "jane@example.com" }] } }),
    );
    expect(text).not.toContain("jane@");
  });
  test("the validator is compiled once per schema", () => {
    expect(compileXdmValidator(event)).toBe(compileXdmValidator(event));
  });
});

describe("flat fields", () => {
  const name = fc.stringMatching(/^[a-z][a-zA-Z0-9_]{0,8}$/).filter((text) => text !== "constructor");
  const leaf = fc.record(
    {
      type: fc.constantFrom("string", "number", "integer", "boolean"),
      title: fc.string({ minLength: 1, maxLength: 8 }),
      enum: fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 3 }),
    },
    { requiredKeys: ["type"] },
  );
  const container = fc.constantFrom("", "", "[]", "{}", "[][]");
  const path = fc.array(fc.tuple(name, container), { minLength: 1, maxLength: 4 });
  // Prefix the depth so that no path is a container of another with a leaf's type.
  const fields = fc.dictionary(
    path.map(
      (steps) =>
        `_acme.${steps.map(([n, c], i) => `l${i === steps.length - 1 ? "eaf" : i}${n}${c.replace("[][]", i ? "[]" : "[][]")}`).join(".")}`,
    ),
    leaf,
    { maxKeys: 8 },
  );

  test("flatten undoes unflatten", () => {
    fc.assert(
      fc.property(fields, (flat) => {
        const shapes = new Map<string, string>();
        for (const key of Object.keys(flat)) {
          for (const match of key.matchAll(/([^.[{]+)((?:\[\]|\{\})*)(?=\.|$)/g)) {
            const at = key.slice(0, match.index) + match[1];
            fc.pre((shapes.get(at) ?? match[2]) === match[2]);
            shapes.set(at, match[2]!);
          }
        }
        expect(flattenFields(unflattenFields(flat))).toEqual(flat);
      }),
    );
  });

  test("what the registry adds does not show, what a container says of itself does", () => {
    const flat: FlatFields = {
      "_acme.a": { title: "A", required: ["b"], type: "object" },
      "_acme.a.b": { type: "string", title: "B" },
      "_acme.tags[]": { type: "string" },
      "_acme.free": { type: "object" },
    };
    const body = unflattenFields(flat);
    const answered = JSON.parse(
      JSON.stringify(body, (_key, value) => (value?.type ? { ...value, "meta:xdmType": "object" } : value)),
    );
    expect(flattenFields(answered)).toEqual(flat);
  });
});
