// Prints diagnostics: the findings of `dinc check` to standard output, all others as messages.

import { type Diagnostic, wordedFor } from "../../compiler/diagnostics/diagnostic.ts";
import { renderPretty, summarize } from "../../compiler/diagnostics/render/pretty.ts";
import { type Format, render } from "../../compiler/diagnostics/render/render.ts";
import { version } from "../files/version.ts";
import { shellWords } from "./shell-words.ts";
import type { Terminal } from "./terminal.ts";

/** Only for terminals; formats for programs contain all diagnostics. */
const MOST = 100;

/** Writes options as in a shell. */
const inShell = (diagnostic: Diagnostic): Diagnostic => wordedFor(diagnostic, shellWords);

/** Prints messages that accompany a command's result. */
export function printDiagnostics(diagnostics: readonly Diagnostic[], terminal: Terminal): void {
  if (diagnostics.length === 0) return;
  terminal.say(readable(diagnostics.map(inShell), terminal.color.messages).trimEnd());
}

/** The first hundred diagnostics, errors first, and the number of further ones. */
export function readable(diagnostics: readonly Diagnostic[], color: boolean): string {
  if (diagnostics.length <= MOST) return renderPretty(diagnostics, { color });
  const isError = ({ severity }: Diagnostic) => severity === "error";
  const chosen = [
    ...diagnostics.filter(isError),
    ...diagnostics.filter((diagnostic) => !isError(diagnostic)),
  ];
  const shown = new Set(chosen.slice(0, MOST));
  const text = renderPretty(
    diagnostics.filter((diagnostic) => shown.has(diagnostic)),
    { color },
  );
  return `${text}\nand ${summarize(chosen.slice(MOST))} more\n`;
}

/** Prints findings, with a closing line for people. `files` is the number of checked files. */
export function printFindings(
  found: readonly Diagnostic[],
  files: number,
  format: Format,
  terminal: Terminal,
): void {
  const diagnostics = found.map(inShell);
  if (format !== "pretty") {
    terminal.out(render(diagnostics, format, { version: version() }));
    return;
  }
  const checked = files === 1 ? "1 file" : `${files} files`;
  terminal.out(readable(diagnostics, terminal.color.data));
  const [first] = diagnostics;
  if (first === undefined) terminal.say(`${checked} checked: no findings`);
  else terminal.say(`\n${summarize(diagnostics)}; \`dinc explain ${first.code}\` says more about a code`);
}
