// The facts of a library in C that its header, its code, its test and its README share.

import type { CPart } from "./inputs.ts";

/** A value of a request or of candidates that the caller gives. */
export interface LibraryColumn {
  /** The name of the input. */
  readonly input: string;
  /** In messages: `history.clicks.item_id`. */
  readonly field: string;
  readonly identifier: string;
  readonly holds: "ids" | "numbers" | "sets" | "weights";
  /** The numbers of a row; for a set and its weights the most ids. */
  readonly width: number;
  /** The index of the history that it is a field of, or -1. */
  readonly history: number;
}

/** A label, or an output of candidates, and its part of the scores of a call. */
export interface LibraryLabel {
  readonly name: string;
  readonly identifier: string;
  readonly width: number;
  /** Numbers for each candidate before its own. */
  readonly before: number;
  readonly link: "sigmoid" | "softmax" | "number";
  /** For classes that are whole numbers, the first; null for classes without an order. */
  readonly low: number | null;
}

/** An output that a request has once. */
export interface RequestOutput {
  readonly name: string;
  readonly identifier: string;
  readonly width: number;
  /** Numbers of the outputs before it. */
  readonly before: number;
}

/** The facts of a module that its header, its test and its README need. */
export interface LibraryFacts {
  readonly prefix: string;
  readonly model: string;
  readonly program: string;
  readonly sessionBytes: number;
  /** Bytes of a session that explains; 0 for a model without attention over a history. */
  readonly explainingBytes: number;
  /** Bytes that a session copies for the user of another one. */
  readonly sharedBytes: number;
  /** The most candidates of a call, if they see one another; null if any number of them may be scored. */
  readonly together: number | null;
  /** The heads of all attentions over histories. */
  readonly attentions: number;
  /** Tables whose rows the caller gives. */
  readonly stores: readonly { readonly name: string; readonly width: number }[];
  readonly histories: readonly { readonly name: string; readonly identifier: string; readonly max: number }[];
  readonly user: readonly LibraryColumn[];
  readonly candidate: readonly LibraryColumn[];
  readonly labels: readonly LibraryLabel[];
  readonly requestOutputs: readonly RequestOutput[];
  /** The parts of a request with raw values, in their order, and candidates. */
  readonly parts: readonly CPart[];
  readonly candidates: CPart;
}
