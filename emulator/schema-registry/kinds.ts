/** The four kinds of resources a tenant can make, as the registry tells them apart. */
export type ResourceKind = "fieldgroups" | "schemas" | "classes" | "datatypes";

export interface KindFacts {
  kind: ResourceKind;
  /** Segment inside `$id` and value of `meta:resourceType`: field groups are still called mixins there. */
  segment: "mixins" | "schemas" | "classes" | "datatypes";
  /** Number of the 404 code, one per kind; 1012 is documented for schemas, the others are assumed. */
  notFound: number;
  /** What a create must carry (Adobe's OpenAPI file). */
  required: readonly string[];
  /** Schemas are the concrete end; everything else can be built upon. */
  abstract: boolean;
}

export const KINDS: Record<ResourceKind, KindFacts> = {
  classes: {
    kind: "classes",
    segment: "classes",
    notFound: 1011,
    required: ["type", "title", "description", "allOf"],
    abstract: true,
  },
  schemas: {
    kind: "schemas",
    segment: "schemas",
    notFound: 1012,
    required: ["type", "title", "description", "allOf"],
    abstract: false,
  },
  fieldgroups: {
    kind: "fieldgroups",
    segment: "mixins",
    notFound: 1013,
    required: ["type", "title", "description"],
    abstract: true,
  },
  datatypes: { kind: "datatypes", segment: "datatypes", notFound: 1014, required: ["type", "title"], abstract: true },
};

/** 404 codes of what is no tenant kind; assumed. */
export const NOT_FOUND = { behaviors: 1010, descriptors: 1015, unions: 1016 } as const;
