// A spec as HTML in colours, by its tokens.

import { escapeMarkup } from "../../common/markup.ts";
import { sourceFile } from "../../common/source-file.ts";
import { shownTokens } from "../../frontend/syntax/shown-tokens.ts";

/** The token types for which the page's style sheet has a colour. */
const COLOURED: ReadonlySet<string> = new Set(["comment", "keyword", "number", "string"]);

export function specMarkup(spec: string): string {
  let html = "";
  let at = 0;
  for (const { offset, length, type } of shownTokens(sourceFile("model.din", spec))) {
    if (!COLOURED.has(type)) continue;
    const text = spec.slice(offset, offset + length);
    html += `${escapeMarkup(spec.slice(at, offset))}<span class="${type}">${escapeMarkup(text)}</span>`;
    at = offset + length;
  }
  return html + escapeMarkup(spec.slice(at));
}
