// Where a language server is: the files that are not open, and who checks and who computes costs.
// `on-this-machine.ts` has the disk and threads; a page has neither.

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

/** Files as an editor calls them. */
export interface EditorDisk extends Disk {
  /** Set by who knows; see `Disk`. */
  mayAnalyse: (file: SourceFile) => boolean;
  /** Of the workspace. */
  folders(): readonly string[];
  /** These are the folders of the workspace from now on. */
  open(folders: readonly string[]): void;
  /** Files may have come or gone. */
  forget(): void;
  /** The compiler's name of a document. */
  pathOf(uri: string): string;
  /** The path of a folder of the workspace; null for one that is not here. */
  folderAt(uri: string): string | null;
}

/** What features of dinc.yaml look at. */
export interface Configs {
  /** Null where there is no such document. */
  at(snapshot: Snapshot, path: string): ConfigView | null;
}

export interface Costs {
  /** Null where there is no such model, or where a newer text has been asked about meanwhile. */
  costOf(snapshot: Snapshot, path: string, variant: string | null): Promise<CostSummary | null>;
}
