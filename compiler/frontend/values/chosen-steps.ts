// The steps that a search chose, as an axis of their own: a list of the largest possible length, with the
// chosen steps at its end. Everything that goes along such a list leaves out the other elements, so they
// never affect a result.

import type { Span } from "../../common/source-file.ts";
import type { NodeId } from "../../middle/graph/graph.ts";

export class ChosenSteps {
  /** The name of the `let`, once it is known. */
  name: string | null = null;
  /** The axis that they were chosen from. */
  readonly axis: string;
  /** The location of the search. */
  readonly span: Span;
  /** The indices of the chosen steps, 0 for missing ones; null in a check. */
  readonly places: NodeId | null;
  /** 1 for a chosen step, else 0. */
  readonly there: NodeId | null;

  constructor(axis: string, span: Span, places: NodeId | null, there: NodeId | null) {
    this.axis = axis;
    this.span = span;
    this.places = places;
    this.there = there;
  }

  /** Its name in messages and types. */
  get shown(): string {
    return this.name ?? `top ${this.axis}`;
  }
}
