// The questions to a checker of open documents, and its answers. They are plain data, which can be sent
// between threads.

import type { Diagnostic } from "vscode-languageserver-types";
import type { Depth } from "../../compiler/tools/lsp/published.ts";
import type { Failure } from "./asking.ts";

/** The changes since the previous question, and the depth of the check. */
export interface Question {
  readonly depth: Depth;
  readonly open: readonly {
    readonly path: string;
    readonly language: string;
    readonly version: number;
    readonly text: string;
  }[];
  readonly closed: readonly string[];
  /** Documents that made the checker fail, with reasons. They are not checked. */
  readonly barred: readonly ExcludedDocument[];
  /** The folders of the workspace. */
  readonly folders: readonly string[];
  /** Files may have been added or removed. */
  readonly isDiskChanged: boolean;
}

export interface ExcludedDocument {
  readonly path: string;
  readonly why: Failure;
  /** The exceeded limit, such as "30 seconds". */
  readonly limit: string;
}

/** All findings in a file. */
export interface PublishedDiagnostics {
  readonly uri: string;
  readonly version?: number;
  readonly diagnostics: Diagnostic[];
}
