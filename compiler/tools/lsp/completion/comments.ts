// `// dinc-ignore CODE: reason`: the codes of the diagnostics on the line that the comment is about.

import { CompletionItemKind } from "vscode-languageserver-types";
import { lineText, positionAt } from "../../../common/source-file.ts";
import type { Diagnostic } from "../../../diagnostics/diagnostic.ts";
import type { CursorContext, Word } from "../cursor/context.ts";
import { diagnosticsOf } from "../published.ts";
import type { Snapshot } from "../snapshot.ts";
import type { Offer } from "./offer.ts";

type Comment = Extract<CursorContext, { readonly kind: "comment" }>;

/** The directive up to the cursor, as a word to replace; null if a code cannot be written there. */
export function directiveAt({ text, start }: Comment, path: string, snapshot: Snapshot): Word | null {
  const [, before = "", typed] = /^(\/\/[ \t]*(?:dinc-ignore[ \t]+)?)([\w-]*)$/.exec(text) ?? [];
  const file = snapshot.file(path);
  if (typed === undefined || file === null) return null;
  return { typed, span: { file, start: start + before.length, end: start + text.length } };
}

export function suppressionOffers(
  { text, start }: Comment,
  path: string,
  snapshot: Snapshot,
): readonly Offer[] {
  const isDirective = /^\/\/[ \t]*dinc-ignore[ \t]/.test(text);
  const found = new Map(onLineOf(start, path, snapshot).map((each) => [each.code, each]));
  return [...found.values()].map(({ code, message }) => {
    const label = isDirective ? code : `dinc-ignore ${code}`;
    return {
      label,
      kind: CompletionItemKind.EnumMember,
      detail: message,
      rank: 0,
      text: `${label}: `,
      snippet: `${label}: \${1:reason}`,
    };
  });
}

/** Warnings and advice on the line that a comment at `start` refers to. */
function onLineOf(start: number, path: string, snapshot: Snapshot): readonly Diagnostic[] {
  const file = snapshot.file(path)!;
  const { line, column } = positionAt(file, start);
  let spoken = line;
  const isAlone =
    lineText(file, line)
      .slice(0, column - 1)
      .trim() === "";
  if (isAlone)
    do spoken++;
    while (spoken <= file.lineStarts.length && /^\s*(\/\/.*)?$/.test(lineText(file, spoken)));
  const advice = snapshot.latest(`lint ${path}`, () => diagnosticsOf(snapshot, path, "whole"));
  // The comment itself may cause a warning.
  const isComment = (at: number) => at >= start && positionAt(file, at).line === line;
  return [...diagnosticsOf(snapshot, path, "quick"), ...advice].filter(
    ({ severity, location }) =>
      severity !== "error" &&
      location.kind === "text" &&
      location.span.file.path === path &&
      !isComment(location.span.start) &&
      positionAt(location.span.file, location.span.start).line === spoken,
  );
}
