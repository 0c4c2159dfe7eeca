// The items of a model after its imports and variants are resolved, and before its params are replaced by values.

import type { Expression, Identifier, Item, ParamItem } from "../syntax/nodes.ts";

export type ParamType = "Int" | "Float" | "String" | "List[Int]" | "List[Float]" | "Name";

export interface ParamValue {
  readonly item: ParamItem;
  readonly type: ParamType;
  /** A number, a string, a list of numbers or a name; an error if the default is none of these. */
  readonly value: Expression;
  /** The source of the value; null for the default. */
  readonly by: string | null;
}

/** A param's value without its syntax. */
export type ParamData = number | string | readonly number[];

/** The items of a model in its text: without imports and variants, and with params not yet replaced. */
export interface Assembly {
  readonly name: Identifier | null;
  readonly doc: string;
  readonly items: readonly Item[];
  readonly changed: ReadonlySet<Item>;
  readonly params: ReadonlyMap<string, ParamValue>;
}
