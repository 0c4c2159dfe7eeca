// Prints diagnostics: as the findings of `dinc check` on standard output, elsewhere as messages.

import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { renderConcise } from "../diagnostics/render/concise.ts";
import { renderGithub } from "../diagnostics/render/github.ts";
import { renderJson } from "../diagnostics/render/json.ts";
import { renderPretty, summarize } from "../diagnostics/render/pretty.ts";
import { renderSarif } from "../diagnostics/render/sarif.ts";
import { unreachable } from "../internal-error.ts";
import type { Terminal } from "./terminal.ts";
import { version } from "./version.ts";

export type Format = "pretty" | "concise" | "json" | "sarif" | "github";

/** Messages beside a command's own result. */
export function sayDiagnostics(diagnostics: readonly Diagnostic[], terminal: Terminal): void {
  if (diagnostics.length === 0) return;
  terminal.say(renderPretty(diagnostics, { color: terminal.color.messages }).trimEnd());
}

/** The findings themselves, with a closing line for people. `files` is how many were checked. */
export function printFindings(
  diagnostics: readonly Diagnostic[],
  files: number,
  format: Format,
  terminal: Terminal,
): void {
  switch (format) {
    case "json":
      terminal.out(renderJson(diagnostics));
      return;
    case "concise":
      terminal.out(renderConcise(diagnostics));
      return;
    case "sarif":
      terminal.out(renderSarif(diagnostics, version()));
      return;
    case "github":
      terminal.out(renderGithub(diagnostics));
      return;
    case "pretty": {
      const checked = files === 1 ? "1 file" : `${files} files`;
      terminal.out(renderPretty(diagnostics, { color: terminal.color.data }));
      if (diagnostics.length === 0) terminal.say(`${checked} checked: no findings`);
      else {
        const [first] = diagnostics;
        terminal.say(`\n${summarize(diagnostics)}; \`dinc explain ${first!.code}\` says more about a code`);
      }
      return;
    }
    default:
      unreachable(format, "format");
  }
}
