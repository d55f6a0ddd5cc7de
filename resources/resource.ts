import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { type KindName, pointer, typeToken } from "./pointer.ts";

/** A value the program may give plainly, as a promise or as another resource's output, at every depth. */
type DeepInput<T> = pulumi.Input<
  T extends readonly (infer E)[]
    ? DeepInput<E>[]
    : unknown extends T
      ? unknown
      : T extends object
        ? { [K in keyof T]: DeepInput<T[K]> }
        : T
>;

/** Constructor arguments of a kind, derived from its zod schema: one truth for types, checks and docs. */
export type ArgsOf<S extends z.ZodType> = { [K in keyof z.input<S>]: DeepInput<z.input<S>[K]> };

/** What a resource class needs to know of its kind. */
export interface ResourceShape {
  name: KindName;
  /** Every input and output key; all are registered, so that each becomes an output that resolves. */
  keys: readonly string[];
  /** Root keys whose outputs are always encrypted in state. */
  secretKeys?: readonly string[];
}

/**
 * Base of the nine classes: registers the kind's type token and the frozen pointer to its handlers. The SDK keeps the call
 * stack of each of a resource's some thirty promises as a text, for debugging the SDK itself; writing those texts was most
 * of what a large program cost. The stack by which a resource's place in the source is found is not one of them.
 */
export abstract class AepResource extends pulumi.CustomResource {
  constructor(shape: ResourceShape, name: string, args: pulumi.Inputs, opts?: pulumi.CustomResourceOptions) {
    const declared = Object.fromEntries(shape.keys.map((key) => [key, undefined]));
    const frames = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      super(
        typeToken(shape.name),
        name,
        { ...declared, ...args, __provider: pointer(shape.name) },
        pulumi.mergeOptions({ additionalSecretOutputs: [...(shape.secretKeys ?? [])] }, opts),
      );
    } catch (error) {
      Error.stackTraceLimit = frames;
      if (error instanceof Error) Error.captureStackTrace(error, new.target);
      throw error;
    } finally {
      Error.stackTraceLimit = frames;
    }
  }
}
