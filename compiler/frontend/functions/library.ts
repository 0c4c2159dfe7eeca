// The standard library's blocks. Each file is parsed once, when one of its blocks is needed: most specs use
// few. Users read it in compiler/std/*.din.

import { invariant } from "../../common/internal-error.ts";
import { sourceFile } from "../../common/source-file.ts";
import type { BlockItem } from "../syntax/nodes.ts";
import { parse } from "../syntax/parse.ts";
import { librarySources } from "./library.generated.ts";
import { languageFunctions } from "./registry.ts";

/** Blocks by name. */
export type Library = Pick<ReadonlyMap<string, BlockItem>, "get" | "keys">;

type Source = (typeof librarySources)[number];

/**
 * The file of each block, by the block's name; declarations begin a line, because the formatter lays them out
 * this way.
 */
const sources = new Map<string, Source>();
for (const source of librarySources)
  for (const [, name] of source.text.matchAll(/^block (\w+)/gm)) sources.set(name!, source);

const blocks = new Map<string, BlockItem>();

export const library: Library = {
  get(name) {
    const source = sources.get(name);
    if (source !== undefined && !blocks.has(name)) read(source);
    return blocks.get(name);
  },
  keys: () => sources.keys(),
};

/** Tells whether the language itself has a block or a function of this name. */
export function hasCallable(name: string): boolean {
  return sources.has(name) || languageFunctions.has(name);
}

function read({ path, text }: Source): void {
  const { value, diagnostics } = parse(sourceFile(path, text));
  invariant(diagnostics.length === 0, `${path} does not parse: ${diagnostics[0]?.message}`);
  for (const item of value.items) {
    invariant(item.kind === "block" && sources.has(item.name.name), `${path} holds more than new blocks`);
    blocks.set(item.name.name, item);
  }
}
