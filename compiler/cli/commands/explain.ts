// dinc explain CODE: what a diagnostic means, from the catalogue.

import * as data from "../../diagnostics/catalog/data.ts";
import * as expressions from "../../diagnostics/catalog/expressions.ts";
import * as model from "../../diagnostics/catalog/model.ts";
import * as run from "../../diagnostics/catalog/run.ts";
import * as syntax from "../../diagnostics/catalog/syntax.ts";
import { suggest } from "../../diagnostics/suggest.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";

interface Entry {
  readonly code: string;
  readonly name: string;
  readonly severity: string;
  readonly explanation: string;
}

function isEntry(value: unknown): value is Entry {
  return typeof value === "object" && value !== null && "code" in value && "explanation" in value;
}

const catalogue = [syntax, model, expressions, data, run]
  .flatMap((part) => Object.values<unknown>(part))
  .filter(isEntry);

export async function explain(code: string, terminal: Terminal): Promise<number> {
  const wanted = code.toLowerCase();
  const entry = catalogue.find(({ code, name }) => code.toLowerCase() === wanted || name === wanted);
  if (entry === undefined) {
    const near = suggest(
      code,
      catalogue.flatMap((known) => [known.code, known.name]),
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
