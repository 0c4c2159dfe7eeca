// The services that a language server uses: files that are not open, the checker, and the computation of
// costs. `on-this-machine.ts` implements them with the disk and threads; a page has neither.

import type { SourceFile } from "../../compiler/common/source-file.ts";
import type { ConfigView } from "../../compiler/tools/lsp/config/view.ts";
import type { CostSummary } from "../../compiler/tools/lsp/cost-summary.ts";
import type { Disk, Snapshot } from "../../compiler/tools/lsp/snapshot.ts";
import type { Asking, Limits } from "./asking.ts";
import type { PublishedDiagnostics, Question } from "./checking.ts";

export interface LanguageServices {
  readonly disk: EditorDisk;
  readonly configs: Configs;
  readonly checker: (log: Log, limits: Limits) => Asking<Question, readonly PublishedDiagnostics[]>;
  readonly costs: (log: Log, limits: Limits) => Costs;
}

export type Log = (problem: unknown) => void;

/** Files by their editor names. */
export interface EditorDisk extends Disk {
  /** Set by the publisher; see `Disk`. */
  mayAnalyse: (file: SourceFile) => boolean;
  /** The folders of the workspace. */
  folders(): readonly string[];
  /** Sets the folders of the workspace. */
  open(folders: readonly string[]): void;
  /** Files may have been added or removed. */
  forget(): void;
  /** The compiler's name of a document. */
  pathOf(uri: string): string;
  /** The path of a workspace folder; null if it is not on this machine. */
  folderAt(uri: string): string | null;
}

/** The views of dinc.yaml for the features. */
export interface Configs {
  /** Null if there is no such document. */
  at(snapshot: Snapshot, path: string): ConfigView | null;
}

export interface Costs {
  /** Null if there is no such model, or if a newer text was requested meanwhile. */
  costOf(snapshot: Snapshot, path: string, variant: string | null): Promise<CostSummary | null>;
}
