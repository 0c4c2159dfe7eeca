// Copies a block of the standard library above its user, to be changed there.

import { lineText, positionAt } from "../../../common/source-file.ts";
import { isLibrary } from "../snapshot.ts";
import { syntaxOf, withDocs } from "../syntax.ts";
import { lineBreakOf } from "../text-edits.ts";
import type { ParsedCode, Refactoring } from "./place.ts";

/** Applies if the cursor is on the block's name. */
export function copyBlock(
  { snapshot, path, file, syntax }: ParsedCode,
  offset: number,
): readonly Refactoring[] {
  const symbol = snapshot.mentionAt(path, offset)?.symbol;
  const home = symbol?.declaration?.file.path;
  if (symbol?.kind !== "block" || home === undefined || !isLibrary(home) || isLibrary(path)) return [];
  const library = syntaxOf(snapshot, home);
  const user = syntax.items.findLast(({ tokens }) => tokens[0]!.startOffset <= offset);
  if (library === null || user === undefined || symbol.whole === null) return [];
  const { start, end } = symbol.whole;
  const block = library.file.text.slice(withDocs(library, start), end);
  const lineBreak = lineBreakOf(file);
  const at = aboveComments(file, user.tokens[0]!.startOffset);
  return [
    {
      title: `copy \`${symbol.name}\` of the standard library into this file`,
      kind: "rewrite",
      edits: [
        {
          span: { file, start: at, end: at },
          text: `${block.replaceAll("\n", lineBreak)}${lineBreak}${lineBreak}`,
        },
      ],
    },
  ];
}

/** The start of the comments directly above the construct at `start`. */
function aboveComments(file: ParsedCode["file"], start: number): number {
  let { line, column } = positionAt(file, start);
  if (
    lineText(file, line)
      .slice(0, column - 1)
      .trim() !== ""
  )
    return start;
  while (
    line > 1 &&
    lineText(file, line - 1)
      .trim()
      .startsWith("//")
  )
    line--;
  return file.lineStarts[line - 1]!;
}
