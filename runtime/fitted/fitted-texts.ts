// Fitted values as texts of files: `fitted.json` with the transforms' numbers, and one file for each
// vocabulary. Run folders and folders of prepared rows contain the same files.

import type { Fitted } from "../../compiler/frontend/model/model.ts";

/** The names of the files. */
export const fittedFiles = {
  fitted: "fitted.json",
  vocabulary: (feature: string): string => `vocab/${feature}.jsonl`,
} as const;

/** The version of `fitted.json`. */
export const FITTED_VERSION = 2;

/** The texts of the files, by name. */
export function* fittedTexts(fitted: Fitted): Generator<readonly [name: string, text: string]> {
  for (const [feature, values] of fitted.vocabularies)
    yield [fittedFiles.vocabulary(feature), vocabularyText(values)];
  yield [fittedFiles.fitted, fittedText(fitted)];
}

/** One value a line as a JSON string, so that line breaks and lone surrogates in ids survive. */
function vocabularyText(values: readonly string[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join("");
}

function fittedText({ vocabularies, transforms }: Fitted): string {
  const value = {
    version: FITTED_VERSION,
    vocabularies: Object.fromEntries(
      [...vocabularies].map(([feature, values]) => [
        feature,
        { file: fittedFiles.vocabulary(feature), values: values.length },
      ]),
    ),
    transforms: Object.fromEntries(transforms),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}
