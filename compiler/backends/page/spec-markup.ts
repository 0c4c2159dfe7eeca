// A spec as HTML in colours, by its tokens.

import { lex, tokens } from "../../../grammar/tokens.ts";
import { escapeMarkup } from "../../common/markup.ts";

const keywords: ReadonlySet<string> = new Set(
  tokens.flatMap(({ category, word }) => (category === "keyword" && word !== undefined ? [word] : [])),
);
/** Between these, a keyword's word is a name. */
const AFTER_NAME: ReadonlySet<string> = new Set([":", "(", ",", ".", ")"]);

interface Coloured {
  readonly start: number;
  readonly text: string;
  readonly colour: "comment" | "keyword" | "number" | "string";
}

export function specMarkup(spec: string): string {
  const { tokens: all, docs, comments } = lex(spec);
  const coloured: Coloured[] = [...docs, ...comments].map(({ startOffset, image }) => ({
    ...{ start: startOffset, text: image, colour: "comment" },
  }));
  for (const [i, { tokenType, startOffset, image }] of all.entries()) {
    const isWord = keywords.has(image) && !AFTER_NAME.has(all[i + 1]?.image ?? "");
    const colour =
      tokenType.name === "NumberLiteral"
        ? "number"
        : tokenType.name === "StringLiteral"
          ? "string"
          : isWord && all[i - 1]?.image !== "."
            ? "keyword"
            : null;
    if (colour !== null) coloured.push({ start: startOffset, text: image, colour });
  }
  let html = "";
  let at = 0;
  for (const { start, text, colour } of coloured.toSorted((a, b) => a.start - b.start)) {
    html += `${escapeMarkup(spec.slice(at, start))}<span class="${colour}">${escapeMarkup(text)}</span>`;
    at = start + text.length;
  }
  return html + escapeMarkup(spec.slice(at));
}
