// The items of a model after its imports and variants are resolved, and before its params are replaced by values.

import type { Expression, Identifier, Item, ParamItem } from "../syntax/nodes.ts";

export type ParamType = "Int" | "Float" | "String" | "List[Int]" | "List[Float]" | "Name";

export interface ParamValue {
  readonly item: ParamItem;
  readonly type: ParamType;
  /** A number, a string, a list of numbers or a name; an error where the default is none of them. */
  readonly value: Expression;
  /** What gave it that value; null for the default. */
  readonly by: string | null;
}

/** A param's value without its syntax. */
export type ParamData = number | string | readonly number[];

/** What a model consists of, as its text says it: without imports and variants, params not yet replaced. */
export interface Assembly {
  readonly name: Identifier | null;
  readonly doc: string;
  readonly items: readonly Item[];
  readonly changed: ReadonlySet<Item>;
  readonly params: ReadonlyMap<string, ParamValue>;
}
