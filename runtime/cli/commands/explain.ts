// dinc explain CODE: what a diagnostic means, with a bad and a good example; or what a word of the field that dinc has not is here.

import { catalog, findEntry } from "../../../compiler/diagnostics/catalog/index.ts";
import { explainWord, meaningsOf } from "../../../compiler/diagnostics/field-words/field-words.ts";
import { explainEntry, importedExample } from "../../../compiler/tools/explain/reference.ts";
import { examinerOf } from "../../../compiler/tools/lint/lint.ts";
import { suggest } from "../../../grammar/closest-word.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";

export async function explain(code: string, terminal: Terminal): Promise<number> {
  const entry = findEntry(code);
  if (entry === null) {
    const meanings = meaningsOf(code);
    if (meanings.length > 0) {
      for (const word of meanings) terminal.out(explainWord(word, code));
      return exitCodes.clean;
    }
    const near = suggest(
      code,
      catalog.flatMap((known) => [known.code, known.name]),
    );
    throw new UsageError(`no diagnostic is called ${code}${near === null ? "" : `; did you mean ${near}?`}`);
  }
  terminal.out(explainEntry(entry, examinerOf(entry, { resolve: importedExample })));
  return exitCodes.clean;
}
