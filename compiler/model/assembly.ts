// A model as its text says it, put together from imports and variants.

import type { Identifier, Item } from "../ast/nodes.ts";
import type { ParamValue } from "../reuse/params.ts";

/** What a model consists of, as its text says it: without imports and variants, params not yet replaced. */
export interface Assembly {
  readonly name: Identifier | null;
  readonly doc: string;
  readonly items: readonly Item[];
  readonly changed: ReadonlySet<Item>;
  readonly params: ReadonlyMap<string, ParamValue>;
}
