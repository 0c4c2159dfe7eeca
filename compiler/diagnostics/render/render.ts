// Renders diagnostics as text: for people, or for programs in one of their formats.

import { unreachable } from "../../common/internal-error.ts";
import type { Diagnostic } from "../diagnostic.ts";
import { renderConcise } from "./concise.ts";
import { renderGithub } from "./github.ts";
import { renderJson } from "./json.ts";
import { renderPretty } from "./pretty.ts";
import { renderSarif } from "./sarif.ts";

/**
 * `pretty` shows each diagnostic with its lines of the text; `concise` has one line for each. `json`, `sarif`
 * (2.1.0) and `github` (GitHub's workflow commands) are for programs.
 */
export type Format = "pretty" | "concise" | "json" | "sarif" | "github";

export interface RenderOptions {
  /** For `pretty`: whether to use ANSI colours. */
  readonly color?: boolean;
  /** For `sarif`: the version of dinc. */
  readonly version?: string;
}

/**
 * Renders diagnostics as one text that ends with a line break. Without diagnostics, the text is empty for
 * `pretty` and `concise`.
 */
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
