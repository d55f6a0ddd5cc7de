/** Schema Registry: schemas, field groups, descriptors, unions. */
import type { CodeTable } from "../table.ts";

const GONE = "Check the $id or the sandbox; run `aep pulumi refresh` to see what is gone.";
const ACCEPT = "Report it: the Accept header is written by this program; a proxy may change it.";

export const REGISTRY: CodeTable = {
  service: "Schema Registry",
  source:
    "Adobe, Schema Registry API guide and XDM troubleshooting guide; which number stands for which case is in part assumed",
  codes: [
    ["XDM-1006-400", "A list takes no version", "The Accept header of a list named a version.", ACCEPT],
    ["XDM-1007-400", "A lookup needs a version", "The Accept header of a single object named none.", ACCEPT],
    [
      "XDM-1008-400",
      "The Accept header does not fit a list of descriptors",
      "Descriptors have media types of their own.",
      ACCEPT,
    ],
    [
      "XDM-1009-400",
      "The Accept header does not fit a descriptor",
      "Descriptors have media types of their own.",
      ACCEPT,
    ],
    [
      "XDM-1010-404",
      "The resource does not exist",
      "Nothing with this id is in this container: deleted, another sandbox, or global where tenant was asked.",
      GONE,
    ],
    ["XDM-1011-404", "The class does not exist", "Nothing with this id is among the classes.", GONE],
    ["XDM-1012-404", "The schema does not exist", "Nothing with this id is among the schemas.", GONE],
    ["XDM-1013-404", "The field group does not exist", "Nothing with this id is among the field groups.", GONE],
    ["XDM-1014-404", "The data type does not exist", "Nothing with this id is among the data types.", GONE],
    ["XDM-1015-404", "The descriptor does not exist", "Nothing with this @id is among the descriptors.", GONE],
    [
      "XDM-1016-404",
      "The union does not exist",
      "No schema of this class is in Profile.",
      "Enable a schema of the class for Profile first.",
    ],
    [
      "XDM-1020-400",
      "The namespace is violated",
      "Something stands where only Adobe's or another tenant's resources may.",
      "Put own fields under _<tenant id>; check aep:tenantId.",
    ],
    [
      "XDM-1021-400",
      "A field is outside the tenant's object",
      "Own fields must stand under _<tenant id>.",
      "Move the field below _{tenant} in the XDM file; check aep:tenantId.",
    ],
    [
      "XDM-1022-400",
      "A field's name is not allowed",
      "Letters, digits, - and _, and no _ in front.",
      "Rename the field in the XDM file and in the mappings that write it.",
    ],
    [
      "XDM-1413-400",
      "The schemas of the union contradict each other",
      "Two schemas of one class that are in Profile give a field two types.",
      "Give the field the same type in both, or keep one of them out of Profile.",
    ],
    [
      "XDM-1521-400",
      "The title is taken",
      "Titles are unique over all kinds of resources of the tenant: a schema and a field group cannot share one.",
      "Choose another title, or adopt the object that has it (`aep adopt`).",
    ],
    [
      "XDM-1526-400",
      "A schema cannot leave Profile",
      "The union tag can be set, never removed.",
      "Make a new schema that is not in Profile.",
    ],
    [
      "XDM-1527-400",
      "The tag is not known",
      "The only immutable tag is union.",
      "Report it: the tag is written by this program.",
    ],
    [
      "XDM-1528-400",
      "Profile needs an identity",
      "The schema has neither a primary identity descriptor nor an identity map.",
      "Name a primary identity in the schema's XDM file, or add the field group identityMap.",
    ],
    [
      "XDM-2010-403",
      "Permission management denies access",
      "The credential may not do this with schemas.",
      "Ask an administrator for the Data Modeling permissions of this sandbox.",
    ],
    [
      "XDM-3005-400",
      "The import was refused",
      "The resources to import do not fit together or are incomplete.",
      "Import the resources that the message names first.",
    ],
  ],
  families: [
    {
      written: "XDM-101*-404",
      pattern: /^XDM-101\d-404$/,
      title: "The resource does not exist",
      cause: "One code per kind of resource; nothing with this id is there.",
      mend: GONE,
    },
    {
      written: "XDM-102*-400",
      pattern: /^XDM-102\d-400$/,
      title: "The namespace is violated",
      cause: "A field or a name is not where a tenant's may be.",
      mend: "Put own fields under _<tenant id>; check aep:tenantId.",
    },
    {
      written: "XDM-152*-400",
      pattern: /^XDM-152\d-400$/,
      title: "The schema does not fit Profile, or its title is taken",
      cause: "Rules of unions, identities and titles.",
      mend: "Read the detailed message; check identities in the schema's XDM file.",
    },
    {
      written: "XDM-4000-400",
      pattern: /^XDM-4000-400$/,
      title: "A schema in use cannot be broken or deleted",
      cause: "A dataset uses it or it is in Profile: only additions are allowed.",
      mend: "Only add fields; delete the datasets first if it must go.",
      source: "assumed: the refusal is documented, its code is not; the emulator uses this one",
    },
    {
      written: "XDM-*-400",
      pattern: /^XDM-\d{4}-400$/,
      title: "The registry refused the resource",
      cause: "The resource itself is not acceptable; the detailed message says which part.",
      mend: "Correct the XDM file and apply again.",
    },
    {
      written: "XDM-*-403",
      pattern: /^XDM-\d{4}-403$/,
      title: "The registry does not permit it",
      cause: "The credential lacks a permission.",
      mend: "Ask an administrator for the Data Modeling permissions of this sandbox.",
    },
    {
      written: "XDM-*-404",
      pattern: /^XDM-\d{4}-404$/,
      title: "The registry does not know the resource",
      cause: "Deleted, or in another sandbox.",
      mend: GONE,
    },
    {
      written: "XDM-*-5xx",
      pattern: /^XDM-\d{4}-5\d\d$/,
      title: "The registry failed",
      cause: "A failure of the service.",
      mend: "Run the same command again; if it persists, open a ticket with the request id.",
    },
  ],
};
