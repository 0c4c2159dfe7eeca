// What a checker of open documents is asked, and what it answers: plain data, which can go to a thread and come from it.

import type { Diagnostic } from "vscode-languageserver-types";
import type { Depth } from "../../compiler/tools/lsp/published.ts";
import type { Failure } from "./asking.ts";

/** What has changed since the question before it, and how much is wanted. */
export interface Question {
  readonly depth: Depth;
  readonly open: readonly {
    readonly path: string;
    readonly language: string;
    readonly version: number;
    readonly text: string;
  }[];
  readonly closed: readonly string[];
  /** What checking ended at, and why. It is left alone. */
  readonly barred: readonly ExcludedDocument[];
  /** All that are open. */
  readonly folders: readonly string[];
  /** Files may have come or gone. */
  readonly isDiskChanged: boolean;
}

export interface ExcludedDocument {
  readonly path: string;
  readonly why: Failure;
  /** How much it may take: "30 seconds". */
  readonly limit: string;
}

/** All that is wrong with a file. */
export interface PublishedDiagnostics {
  readonly uri: string;
  readonly version?: number;
  readonly diagnostics: Diagnostic[];
}
