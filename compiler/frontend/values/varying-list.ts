// Lists whose number of elements differs by row: the steps that a search chose, and the values of a set that
// is not pooled. Each is a list of the largest possible length, with a row's elements at its end. Everything
// that goes along such a list leaves out the other places, so they never affect a result.

import type { Span } from "../../common/source-file.ts";
import type { NodeId } from "../../middle/graph/graph.ts";

export type ListOrigin =
  /** The steps that a search chose from an axis, by their indices: 0 for missing ones; null in a check. */
  | { readonly kind: "search"; readonly axis: string; readonly places: NodeId | null }
  /** The values of a feature that is a set, or of a field that has a set in each step of `history`. */
  | { readonly kind: "set"; readonly history: string | null };

export class VaryingList {
  /** For a search the name of the `let`, once it is known; for a set the name of the feature. */
  name: string | null;
  readonly from: ListOrigin;
  /** The location of the search, or of the feature. */
  readonly span: Span;
  /** 1 for an element, 0 for a place without one; null in a check. */
  readonly there: NodeId | null;

  constructor(name: string | null, from: ListOrigin, span: Span, there: NodeId | null) {
    this.name = name;
    this.from = from;
    this.span = span;
    this.there = there;
  }

  /** Its name in messages and types. */
  get shown(): string {
    return this.name ?? (this.from.kind === "search" ? `top ${this.from.axis}` : "");
  }
}

/** Tells whether two lists have the same elements. Each search chooses others. */
export function isSameList(a: VaryingList | undefined, b: VaryingList | undefined): boolean {
  if (a === b) return true;
  return a?.from.kind === "set" && b?.from.kind === "set" && a.name === b.name;
}
