// Prints diagnostics: as the findings of `dinc check` on standard output, elsewhere as messages.

import { type Diagnostic, wordedFor } from "../../compiler/diagnostics/diagnostic.ts";
import { renderPretty, summarize } from "../../compiler/diagnostics/render/pretty.ts";
import { type Format, render } from "../../compiler/diagnostics/render/render.ts";
import { version } from "../files/version.ts";
import { shellWords } from "./shell-words.ts";
import type { Terminal } from "./terminal.ts";

/** Nobody reads more of them in a terminal. The forms for programs have all. */
const MOST = 100;

/** Names options as a shell has them. */
const inShell = (diagnostic: Diagnostic): Diagnostic => wordedFor(diagnostic, shellWords);

/** Messages beside a command's own result. */
export function printDiagnostics(diagnostics: readonly Diagnostic[], terminal: Terminal): void {
  if (diagnostics.length === 0) return;
  terminal.say(readable(diagnostics.map(inShell), terminal.color.messages).trimEnd());
}

/** The first hundred, errors before anything else, and how many more there are. */
function readable(diagnostics: readonly Diagnostic[], color: boolean): string {
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

/** The findings themselves, with a closing line for people. `files` is how many were checked. */
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
