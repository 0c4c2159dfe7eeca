// Diagnostics as text: for people, or for programs in one of the formats that they read.

import { unreachable } from "../../common/internal-error.ts";
import type { Diagnostic } from "../diagnostic.ts";
import { renderConcise } from "./concise.ts";
import { renderGithub } from "./github.ts";
import { renderJson } from "./json.ts";
import { renderPretty } from "./pretty.ts";
import { renderSarif } from "./sarif.ts";

/**
 * `pretty` shows each with its lines of the text, `concise` has a line for each. `json`, `sarif` (2.1.0) and `github` (the
 * commands of GitHub's workflows) are for programs.
 */
export type Format = "pretty" | "concise" | "json" | "sarif" | "github";

export interface RenderOptions {
  /** Of `pretty`: with ANSI colours. */
  readonly color?: boolean;
  /** Of `sarif`: the version of dinc that it names. */
  readonly version?: string;
}

/** Diagnostics as one text, which ends with a line break; of none, `pretty` and `concise` make an empty one. */
export function render(
  diagnostics: readonly Diagnostic[],
  format: Format,
  options: RenderOptions = {},
): string {
  switch (format) {
    case "pretty":
      return renderPretty(diagnostics, { color: options.color ?? false });
    case "concise":
      return renderConcise(diagnostics);
    case "json":
      return renderJson(diagnostics);
    case "sarif":
      return renderSarif(diagnostics, options.version);
    case "github":
      return renderGithub(diagnostics);
    default:
      return unreachable(format, "format");
  }
}
