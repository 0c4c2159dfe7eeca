// Quick fixes for mistakes in dinc.yaml.

import { type CodeAction, CodeActionKind, type Range } from "vscode-languageserver-types";
import { isCertain } from "../../../diagnostics/apply-fixes.ts";
import { toLsp } from "../published.ts";
import { rangeOf, spanOf } from "../ranges.ts";
import type { ConfigView } from "./view.ts";

/** Fixes of the mistakes that touch a range. */
export function configFixes(view: ConfigView, range: Range): readonly CodeAction[] {
  const { file, workspace } = view;
  const selection = spanOf(file, range);
  return view.diagnostics.flatMap((diagnostic) => {
    const { location, fixes } = diagnostic;
    if (
      location.kind !== "text" ||
      location.span.start > selection.end ||
      selection.start > location.span.end
    )
      return [];
    return fixes.map((fix) => ({
      title: fix.title,
      kind: CodeActionKind.QuickFix,
      diagnostics: [toLsp(workspace, diagnostic)],
      ...(isCertain(fix) ? { isPreferred: true } : {}),
      edit: {
        changes: {
          [workspace.uriOf(file.path)]: fix.edits.map(({ span, text }) => ({
            range: rangeOf(span),
            newText: text,
          })),
        },
      },
    }));
  });
}
