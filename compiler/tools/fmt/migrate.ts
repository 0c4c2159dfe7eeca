// Writes the new form for each retired form of a text, and changes nothing else: a text in standard layout keeps it, another
// text keeps its own. The model's Graph stays the same.

import type { SourceFile } from "../../common/source-file.ts";
import { sourceFile } from "../../common/source-file.ts";
import { type Fixed, fixAll } from "../../diagnostics/apply-fixes.ts";
import { retiredForm } from "../../diagnostics/catalog/syntax.ts";
import { type CheckOptions, check } from "../../frontend/check/check.ts";
import { format } from "./format.ts";

/** The diagnostics are the retired forms that only the author can replace. */
export function migrate(file: SourceFile, options: CheckOptions = {}): Fixed {
  const retired = (text: SourceFile) =>
    check(text, options).diagnostics.filter(
      ({ code, location }) =>
        code === retiredForm.code && location.kind === "text" && location.span.file === text,
    );
  const fixed = fixAll(file, retired);
  if (fixed.count === 0 || format(file).value !== file.text) return fixed;
  return { ...fixed, file: sourceFile(file.path, format(fixed.file).value) };
}
