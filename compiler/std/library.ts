// The standard library's blocks, parsed once. Users read it in compiler/std/*.din.

import type { BlockItem } from "../ast/nodes.ts";
import { invariant } from "../internal-error.ts";
import { parse } from "../parse.ts";
import { sourceFile } from "../source/source-file.ts";
import { librarySources } from "./library.generated.ts";

let blocks: ReadonlyMap<string, BlockItem> | undefined;

export function libraryBlocks(): ReadonlyMap<string, BlockItem> {
  if (blocks !== undefined) return blocks;
  const found = new Map<string, BlockItem>();
  for (const { path, text } of librarySources) {
    const { value, diagnostics } = parse(sourceFile(path, text));
    invariant(diagnostics.length === 0, `${path} does not parse: ${diagnostics[0]?.message}`);
    for (const item of value.items) {
      invariant(item.kind === "block" && !found.has(item.name.name), `${path} holds more than new blocks`);
      found.set(item.name.name, item);
    }
  }
  blocks = found;
  return found;
}
