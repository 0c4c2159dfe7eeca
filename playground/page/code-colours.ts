// Colours code in the tabs like the spec in the editor. It is loaded when a tab first shows code.

import { wastLanguage } from "@codemirror/lang-wast";
import { highlightTree, type Tag, tagHighlighter, tags } from "@lezer/highlight";
import { parser as javascript } from "@lezer/javascript";
import { parser as python } from "@lezer/python";
import { element } from "./elements.ts";

export type CodeLanguage = "typescript" | "python" | "webassembly";

const parsers = {
  typescript: javascript.configure({ dialect: "ts" }),
  python,
  webassembly: wastLanguage.parser,
};

const classes: Readonly<Record<string, readonly Tag[]>> = {
  "din-comment": [tags.comment],
  "din-keyword": [tags.keyword, tags.bool, tags.null, tags.self],
  "din-number": [tags.number],
  "din-string": [tags.string],
  "din-type": [tags.typeName, tags.className],
  "din-function": [tags.function(tags.variableName), tags.function(tags.propertyName)],
};

const highlighter = tagHighlighter(
  Object.entries(classes).flatMap(([name, all]) => all.map((tag) => ({ tag, class: name }))),
);

/** Colours an element whose children each hold one text. */
export function colourCode(code: HTMLElement, language: CodeLanguage): void {
  const tokens: Token[] = [];
  highlightTree(parsers[language].parse(code.textContent ?? ""), highlighter, (from, to, name) => {
    tokens.push({ from, to, name });
  });
  let start = 0;
  let next = 0;
  for (const piece of code.children) {
    const text = piece.textContent ?? "";
    const end = start + text.length;
    const parts: (string | HTMLElement)[] = [];
    let at = start;
    // A token, such as a comment of several lines, can go on in the following piece.
    for (; next < tokens.length && tokens[next]!.from < end; next++) {
      const { from, to, name } = tokens[next]!;
      const [first, last] = [Math.max(from, start), Math.min(to, end)];
      parts.push(text.slice(at - start, first - start));
      parts.push(element("span", { class: name }, text.slice(first - start, last - start)));
      at = last;
      if (to > end) break;
    }
    piece.replaceChildren(...parts, text.slice(at - start));
    start = end;
  }
}

interface Token {
  readonly from: number;
  readonly to: number;
  readonly name: string;
}
