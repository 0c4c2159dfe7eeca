// The open documents with their unsaved changes, and the resulting snapshot of the workspace.

import type { TextDocumentContentChangeEvent } from "vscode-languageserver";
import { type SourceFile, sourceFile } from "../../compiler/common/source-file.ts";
import { spanOf } from "../../compiler/tools/lsp/ranges.ts";
import { Snapshot } from "../../compiler/tools/lsp/snapshot.ts";
import type { EditorDisk } from "./language-services.ts";

export class Documents {
  private readonly open = new Map<string, SourceFile>();
  /** By path: the editor's version numbers. */
  private readonly versions = new Map<string, number>();
  private readonly languages = new Map<string, string>();
  private readonly disk: EditorDisk;
  private current: Snapshot | null = null;
  private last: Snapshot | null = null;

  constructor(disk: EditorDisk) {
    this.disk = disk;
  }

  /** The paths of open documents. */
  paths(): readonly string[] {
    return [...this.open.keys()];
  }

  /** All open documents. */
  all(): readonly {
    readonly path: string;
    readonly language: string;
    readonly version: number;
    readonly file: SourceFile;
  }[] {
    return [...this.open].map(([path, file]) => ({
      path,
      language: this.languages.get(path) ?? "",
      version: this.versions.get(path) ?? 0,
      file,
    }));
  }

  /** The paths of open specs, including unsaved ones. */
  specs(): readonly string[] {
    return this.paths().filter((path) => path.endsWith(".din") || this.languages.get(path) === "din");
  }

  file(path: string): SourceFile | undefined {
    return this.open.get(path);
  }

  /** The version of an open document. */
  version(path: string): number | undefined {
    return this.versions.get(path);
  }

  put(path: string, language: string, version: number, text: string): void {
    this.languages.set(path, language);
    this.versions.set(path, version);
    this.open.set(path, sourceFile(path, text));
    this.changed();
  }

  /** Each change applies to the result of the previous one. */
  change(path: string, version: number, changes: readonly TextDocumentContentChangeEvent[]): void {
    let file = this.open.get(path) ?? sourceFile(path, "");
    for (const change of changes) {
      if ("range" in change) {
        const { start, end } = spanOf(file, change.range);
        file = sourceFile(path, file.text.slice(0, start) + change.text + file.text.slice(end));
      } else file = sourceFile(path, change.text);
    }
    this.versions.set(path, version);
    this.open.set(path, file);
    this.changed();
  }

  close(path: string): void {
    this.languages.delete(path);
    this.versions.delete(path);
    this.open.delete(path);
    this.changed();
  }

  /** A file on the disk may have changed. */
  changed(): void {
    this.last = this.current ?? this.last;
    this.current = null;
  }

  snapshot(): Snapshot {
    this.current ??= new Snapshot(new Map(this.open), this.disk, this.last);
    return this.current;
  }
}
