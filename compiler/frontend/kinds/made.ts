// Describes the encoder of a feature in generated code as data, which every target language writes in its own
// way.

import { quoted, typed } from "../../common/quoting.ts";
import type { Serve } from "./serve.ts";

/** A number, a text, a list of these, a call of compiler/serve, or a value in the file beside the code. */
export type EmittedValue =
  | number
  | string
  | readonly EmittedValue[]
  | { readonly kind: "call"; readonly name: keyof Serve; readonly of: readonly EmittedValue[] }
  | { readonly kind: "vocabulary" }
  /** All learned numbers of the transform at an index in the pipe, or one of them. */
  | { readonly kind: "learned"; readonly place: number; readonly at: number | null }
  | { readonly kind: "variable"; readonly text: string };

export type Call = Extract<EmittedValue, { readonly kind: "call" }>;

export function call(name: keyof Serve, ...of: readonly EmittedValue[]): Call {
  return { kind: "call", name, of };
}

export const vocabulary: EmittedValue = { kind: "vocabulary" };

export function learned(place: number, at: number | null = null): EmittedValue {
  return { kind: "learned", place, at };
}

/** Tells whether a name of compiler/serve is a class. */
export function isClass(name: string): boolean {
  return /^[A-Z]/.test(name);
}

/**
 * Writes it as an expression of generated TypeScript; `owner` is the feature that owns the vocabulary and
 * transforms.
 */
export function typescriptOf(made: EmittedValue, owner: string): string {
  if (typeof made === "number") return `${made}`;
  if (typeof made === "string") return quoted(made);
  if (!("kind" in made)) return `[${made.map((each) => typescriptOf(each, owner)).join(", ")}]`;
  switch (made.kind) {
    case "call": {
      const given = made.of.map((each) => typescriptOf(each, owner)).join(", ");
      return `${isClass(made.name) ? "new " : ""}${made.name}(${given})`;
    }
    case "vocabulary":
      return `file.vocabulary(${quoted(owner)})`;
    case "learned": {
      const all = `file.learned(${quoted(owner)}, ${made.place})`;
      return made.at === null ? all : `${all}[${made.at}]${typed("!")}`;
    }
    case "variable":
      return made.text;
  }
}
