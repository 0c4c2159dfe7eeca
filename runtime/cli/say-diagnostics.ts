// Prints diagnostics: as the findings of `dinc check` on standard output, elsewhere as messages.

import { unreachable } from "../../compiler/common/internal-error.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { renderConcise } from "../../compiler/diagnostics/render/concise.ts";
import { renderGithub } from "../../compiler/diagnostics/render/github.ts";
import { renderJson } from "../../compiler/diagnostics/render/json.ts";
import { renderPretty, summarize } from "../../compiler/diagnostics/render/pretty.ts";
import { renderSarif } from "../../compiler/diagnostics/render/sarif.ts";
import { version } from "../files/version.ts";
import type { Terminal } from "./terminal.ts";

export type Format = "pretty" | "concise" | "json" | "sarif" | "github";

/** Nobody reads more of them in a terminal. The forms for programs have all. */
const MOST = 100;

/** Messages beside a command's own result. */
export function sayDiagnostics(diagnostics: readonly Diagnostic[], terminal: Terminal): void {
  if (diagnostics.length === 0) return;
  terminal.say(readable(diagnostics, terminal.color.messages).trimEnd());
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
      terminal.out(readable(diagnostics, terminal.color.data));
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
