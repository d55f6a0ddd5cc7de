/** What `aep drift` finds: differences between what a stack last deployed and what AEP holds now. */
import type { KindName } from "../../resources/pointer.ts";

/** Why a difference is there, as far as it can be known. */
export const CLASSES = {
  edited: {
    title: "edited by hand",
    means: "somebody wrote the object after this project did",
    level: "warning",
  },
  gone: { title: "gone", means: "the object was deleted in AEP", level: "error" },
  default: {
    title: "default changed by Adobe",
    means: "nobody wrote the object since this project did, and AEP shows another value",
    level: "warning",
  },
  masked: {
    title: "secret masked",
    means: "AEP shows a mask where the value stood; whether it changed cannot be told",
    level: "note",
  },
  rotated: {
    title: "perhaps rotated",
    means:
      "a connection with credentials was written after this project wrote it, and nothing that can be seen differs",
    level: "note",
  },
} as const;
export type DriftClass = keyof typeof CLASSES;
/** Classes that cannot be told from nothing: shown, and not counted as drift. */
const UNSURE: ReadonlySet<DriftClass> = new Set(["masked", "rotated"]);

/** A place in the repository, 1-based, the path with forward slashes and relative to the project's folder. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

/** Who wrote an object last, as the API says. */
export interface Written {
  by: string | undefined;
  /** Epoch milliseconds. */
  at: number | undefined;
}

export interface Difference extends Written {
  class: DriftClass;
  kind: KindName;
  /** The resource's name in the program. */
  name: string;
  /** Name or title in AEP. */
  label: string | undefined;
  urn: string;
  id: string | undefined;
  /** `rows["a.b"].source`; undefined when the object as a whole is meant. */
  path: string | undefined;
  /** As last deployed. */
  expected: unknown;
  /** As AEP holds it. */
  found: unknown;
  place: Place;
}

export interface StackDrift {
  stack: string;
  /** Objects compared. */
  objects: number;
  /** What counts. */
  differences: Difference[];
  /** What is worth a look and cannot be told from nothing. */
  notes: Difference[];
  /** Why the stack, or a part of it, could not be checked. */
  failure?: string;
  /** Nothing is deployed, so there is nothing to compare. */
  empty?: true;
}

export const counts = (difference: Difference): boolean => !UNSURE.has(difference.class);
