// The colours that the language server gives a spec. `build.mjs` keeps those of the first text, so that it has them before the
// server has begun.

import { sourceFile } from "../../compiler/common/source-file.ts";
import { meantTokens } from "../../compiler/tools/lsp/features/semantic-tokens.ts";
import { type Disk, Snapshot } from "../../compiler/tools/lsp/snapshot.ts";
import { colourClasses } from "./colour-classes.ts";

/** By classes of the style sheet: the offset and the length of each token, one after the other. */
export type SpecColours = Readonly<Record<string, readonly number[]>>;

export function coloursOf(spec: string): SpecColours {
  const file = sourceFile("model.din", spec);
  const disk: Disk = { read: () => null, specs: () => [], uriOf: (path) => path };
  const mentions = new Snapshot(new Map([[file.path, file]]), disk).mentions(file.path);
  const colours: Record<string, number[]> = {};
  for (const { offset, length, type, modifiers } of meantTokens(file, mentions))
    (colours[colourClasses([type, ...modifiers])] ??= []).push(offset, length);
  return colours;
}
