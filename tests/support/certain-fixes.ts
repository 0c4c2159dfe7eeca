// What is left of a spec's errors after a certain fix: none of its own, and none that the fix makes.

import { type SourceFile, sourceFile } from "../../compiler/common/source-file.ts";
import { applyFixes, isCertain } from "../../compiler/diagnostics/apply-fixes.ts";
import { type Diagnostic, hasErrors } from "../../compiler/diagnostics/diagnostic.ts";
import { renderConcise } from "../../compiler/diagnostics/render/concise.ts";
import { type CheckOptions, check } from "../../compiler/frontend/check/check.ts";

/**
 * Applies each certain fix alone. Returns what is wrong with the text afterwards: any error if the fix was the answer to the
 * only message, otherwise its own error, or one that was not there before. Lines that could not be read may hide others.
 */
export function errorsLeft(
  file: SourceFile,
  diagnostics: readonly Diagnostic[],
  options: CheckOptions = {},
): string[] {
  const before = new Set(diagnostics.map(textOf));
  return diagnostics.flatMap((diagnostic) =>
    diagnostic.fixes.filter(isCertain).flatMap((fix) => {
      const { text } = applyFixes(file, [{ ...diagnostic, fixes: [fix] }]);
      const left = check(sourceFile(file.path, text), options).diagnostics.filter((each) =>
        hasErrors([each]),
      );
      const others = diagnostics.filter((each) => each !== diagnostic);
      const mayHide = others.some((each) => isUnreadable(each) && hasErrors([each]));
      const isWrong = (each: Diagnostic) =>
        others.length === 0 ||
        textOf(each) === textOf(diagnostic) ||
        (!before.has(textOf(each)) && (!mayHide || isUnreadable(each)));
      const wrong = left.filter(isWrong);
      return wrong.length === 0 ? [] : [`${fix.title}:\n${renderConcise(wrong)}`];
    }),
  );
}

function isUnreadable({ code }: Diagnostic): boolean {
  return code.startsWith("DIN01");
}

function textOf({ code, message, location }: Diagnostic): string {
  const name =
    location.kind === "text" ? location.span.file.text.slice(location.span.start, location.span.end) : "";
  return `${code} ${message} ${name}`;
}
