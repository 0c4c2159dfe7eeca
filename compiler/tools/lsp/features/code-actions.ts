// Code actions at a position: fixes of mistakes there, all certain fixes of the file, a comment that ignores
// a warning, a missing import, and refactorings that keep the model's computation.

import {
  type CodeAction,
  type CodeActionContext,
  CodeActionKind,
  DiagnosticSeverity,
} from "vscode-languageserver-types";
import { append } from "../../../common/arrays.ts";
import { lineText, positionAt, type Span, textOf } from "../../../common/source-file.ts";
import { fixAll, isCertain } from "../../../diagnostics/apply-fixes.ts";
import { unknownFunction } from "../../../diagnostics/catalog/expressions.ts";
import {
  suppressedError,
  suppressionWithoutReason,
  unknownSuppression,
  unusedSuppression,
} from "../../../diagnostics/catalog/syntax.ts";
import type { Diagnostic, Fix } from "../../../diagnostics/diagnostic.ts";
import { lint } from "../../lint/lint.ts";
import { declaring, importing, writtenPath } from "../imports.ts";
import { type Depth, toLsp } from "../published.ts";
import { copyBlock } from "../refactorings/copy-block.ts";
import { extractLet } from "../refactorings/extract-let.ts";
import { inlineLet } from "../refactorings/inline-let.ts";
import { pipes } from "../refactorings/pipes.ts";
import { codeOf, type Refactoring } from "../refactorings/place.ts";
import type { Snapshot } from "../snapshot.ts";
import { editsTo, lineBreakOf, workspaceEdit } from "../text-edits.ts";
import { diagnosticsFor } from "./diagnostics.ts";

export const fixAllKind = `${CodeActionKind.SourceFixAll}.dinc`;

/** All kinds of actions, which the protocol announces. */
export const actionKinds = [
  CodeActionKind.QuickFix,
  CodeActionKind.RefactorExtract,
  CodeActionKind.RefactorInline,
  CodeActionKind.RefactorRewrite,
  fixAllKind,
] as const;

/** `context` has the diagnostics shown there, and the requested kinds. */
export function codeActions(
  snapshot: Snapshot,
  path: string,
  range: Span,
  { diagnostics, only }: CodeActionContext,
): readonly CodeAction[] {
  const isAsked = (kind: string) =>
    only === undefined || only.some((each) => kind === each || kind.startsWith(`${each}.`));
  const actions: CodeAction[] = [];
  if (isAsked(CodeActionKind.QuickFix)) {
    // Advice takes long, so it is computed only if some is shown, or a comment ignores some.
    const depth = diagnostics.some(
      ({ severity, code }) => severity === DiagnosticSeverity.Information || code === unusedSuppression.code,
    )
      ? "whole"
      : "quick";
    append(actions, quickFixes(snapshot, path, range, depth));
  }
  if (only !== undefined && isAsked(fixAllKind)) append(actions, allFixes(snapshot, path));
  if (isAsked(CodeActionKind.Refactor) || (only?.some((kind) => kind.startsWith("refactor")) ?? false))
    append(
      actions,
      refactorings(snapshot, path, range).filter(({ kind }) => isAsked(kind ?? "")),
    );
  return actions;
}

function quickFixes(snapshot: Snapshot, path: string, range: Span, depth: Depth): readonly CodeAction[] {
  const found = diagnosticsFor(snapshot, path, depth).get(path) ?? [];
  const here = found.filter(
    ({ location }) =>
      location.kind === "text" && location.span.start <= range.end && range.start <= location.span.end,
  );
  const actions = here.flatMap((diagnostic) => [
    ...diagnostic.fixes.map((fix) => fixing(snapshot, diagnostic, fix)),
    ...imports(snapshot, path, diagnostic),
  ]);
  const certain = found.filter(({ fixes }) => fixes.some(isCertain)).length;
  const all = certain > 1 && here.some(({ fixes }) => fixes.some(isCertain)) ? allFixes(snapshot, path) : [];
  const ignored = here.flatMap((diagnostic) => ignoring(snapshot, diagnostic));
  return [...actions, ...all.map((each) => ({ ...each, kind: CodeActionKind.QuickFix })), ...ignored];
}

function fixing(snapshot: Snapshot, diagnostic: Diagnostic, fix: Fix): CodeAction {
  return {
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [toLsp(snapshot, diagnostic)],
    edit: workspaceEdit(snapshot, fix.edits),
    ...(isCertain(fix) ? { isPreferred: true } : {}),
  };
}

function imports(snapshot: Snapshot, path: string, diagnostic: Diagnostic): readonly CodeAction[] {
  const { code, location } = diagnostic;
  if (code !== unknownFunction.code || location.kind !== "text") return [];
  const block = textOf(location.span);
  if (!/^\w+$/.test(block)) return [];
  const files = declaring(snapshot, path, block);
  return files.flatMap((file) => {
    const written = writtenPath(path, file);
    const edit = importing(snapshot, path, written);
    if (edit === null) return [];
    return [
      {
        title: `import \`${block}\` from "${written}"`,
        kind: CodeActionKind.QuickFix,
        diagnostics: [toLsp(snapshot, diagnostic)],
        edit: workspaceEdit(snapshot, [edit]),
        ...(files.length === 1 ? { isPreferred: true } : {}),
      },
    ];
  });
}

/** A warning about an ignoring comment is not ignored by another comment. */
const aboutComments = new Set(
  [suppressedError, unusedSuppression, unknownSuppression, suppressionWithoutReason].map(({ code }) => code),
);

/** A comment above the warning's line and its documentation. Errors cannot be ignored. */
function ignoring(snapshot: Snapshot, diagnostic: Diagnostic): readonly CodeAction[] {
  const { code, severity, location } = diagnostic;
  if (severity === "error" || location.kind !== "text" || aboutComments.has(code)) return [];
  const { file } = location.span;
  let { line } = positionAt(file, location.span.start);
  while (line > 1 && /^\s*\/\/\/(?!\/)/.test(lineText(file, line - 1))) line--;
  const start = file.lineStarts[line - 1]!;
  const [indent] = /^[ \t]*/.exec(lineText(file, line))!;
  const text = `${indent}// dinc-ignore ${code}: reason${lineBreakOf(file)}`;
  return [
    {
      title: `ignore ${code} here, with a reason`,
      kind: CodeActionKind.QuickFix,
      diagnostics: [toLsp(snapshot, diagnostic)],
      edit: workspaceEdit(snapshot, [{ span: { file, start, end: start }, text }]),
    },
  ];
}

/** Does the same as `dinc lint --fix`. */
function allFixes(snapshot: Snapshot, path: string): readonly CodeAction[] {
  const file = snapshot.file(path);
  const text = snapshot.keeping(`fixed ${path}`, () => fixedText(snapshot, path));
  if (file === null || text === file.text) return [];
  const edit = workspaceEdit(snapshot, editsTo(file, text));
  return [{ title: "apply all certain fixes", kind: fixAllKind, edit }];
}

function fixedText(snapshot: Snapshot, path: string): string {
  const file = snapshot.file(path);
  return file === null ? "" : fixAll(file, (each) => lint(each, snapshot.sources)).file.text;
}

const kindOf: Readonly<Record<Refactoring["kind"], string>> = {
  extract: CodeActionKind.RefactorExtract,
  inline: CodeActionKind.RefactorInline,
  rewrite: CodeActionKind.RefactorRewrite,
};

function refactorings(snapshot: Snapshot, path: string, range: Span): readonly CodeAction[] {
  const code = codeOf(snapshot, path);
  if (code === null) return [];
  const isCursor = range.start === range.end;
  const found = isCursor
    ? [inlineLet, pipes, copyBlock].flatMap((each) => each(code, range.start))
    : extractLet(code, range);
  return found.map(({ title, kind, edits }) => ({
    title,
    kind: kindOf[kind],
    edit: workspaceEdit(snapshot, edits),
  }));
}
