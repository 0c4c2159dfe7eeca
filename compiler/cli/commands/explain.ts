// dinc explain CODE: what a diagnostic means, from the catalogue.

import { catalog, findEntry } from "../../diagnostics/catalog/index.ts";
import { suggest } from "../../diagnostics/suggest.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";

export async function explain(code: string, terminal: Terminal): Promise<number> {
  const entry = findEntry(code);
  if (entry === null) {
    const near = suggest(
      code,
      catalog.flatMap((known) => [known.code, known.name]),
    );
    throw new UsageError(`no diagnostic is called ${code}${near === null ? "" : `; did you mean ${near}?`}`);
  }
  terminal.out(`${entry.code} ${entry.name} (${entry.severity})\n\n${wrapped(entry.explanation, 80)}\n`);
  return exitCodes.clean;
}

function wrapped(text: string, width: number): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join("\n");
}
