// The steps that a search chose, as an axis of their own: a list of as many as there may be, of which those
// that are there stand at the end. Whatever goes along such a list leaves out the others, so that nothing of
// them is in any result.

import type { Span } from "../../common/source-file.ts";
import type { NodeId } from "../../middle/graph/graph.ts";

export class ChosenSteps {
  /** That of the `let`, once it is known. */
  name: string | null = null;
  /** The axis that they were chosen from. */
  readonly axis: string;
  /** Where they are chosen. */
  readonly span: Span;
  /** Their places, 0 where none is; null while only checking. */
  readonly places: NodeId | null;
  /** 1 where one is, else 0. */
  readonly there: NodeId | null;

  constructor(axis: string, span: Span, places: NodeId | null, there: NodeId | null) {
    this.axis = axis;
    this.span = span;
    this.places = places;
    this.there = there;
  }

  /** As messages and types call it. */
  get shown(): string {
    return this.name ?? `top ${this.axis}`;
  }
}
