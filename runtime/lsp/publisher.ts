// Publishes diagnostics for the open documents: findings at once, advice when the author pauses. The checker
// handles one request at a time; meanwhile changes are collected for the next request. A document that
// exceeds the checker's limits is skipped until it changes, so that others are not affected.

import type { Connection } from "vscode-languageserver";
import type { SourceFile } from "../../compiler/common/source-file.ts";
import { importedPaths } from "../../compiler/frontend/modules/program.ts";
import { isConfig } from "../../compiler/tools/lsp/config/view.ts";
import type { Asking, Limits } from "./asking.ts";
import type { ExcludedDocument, PublishedDiagnostics, Question } from "./checking.ts";
import type { Documents } from "./documents.ts";
import type { EditorDisk, LanguageServices } from "./language-services.ts";

/** The milliseconds without a change that count as a pause. */
const PAUSE = 300;

/** A document that made the checker fail, with the texts that may be the cause. */
interface Left extends ExcludedDocument {
  readonly files: ReadonlyMap<string, SourceFile>;
}

export class Publisher {
  private readonly connection: Connection;
  private readonly documents: Documents;
  private readonly disk: EditorDisk;
  private readonly log: (problem: unknown) => void;
  private readonly limits: Limits;
  private readonly thread: Asking<Question, readonly PublishedDiagnostics[]>;
  /** By path: the texts that the checker has. */
  private known = new Map<string, SourceFile>();
  /** A change that was not requested yet. */
  private isChanged = false;
  private isDiskChanged = false;
  /** The author has paused, and advice was not requested yet. */
  private isPaused = false;
  private pause: ReturnType<typeof setTimeout> | undefined;
  private readonly left = new Map<string, Left>();
  /** Texts that the checker has completed. */
  private readonly passed = new WeakSet<SourceFile>();
  private waiting: (() => void)[] = [];

  constructor(
    connection: Connection,
    documents: Documents,
    { disk, checker }: LanguageServices,
    log: (problem: unknown) => void,
    limits: Limits,
  ) {
    this.connection = connection;
    this.documents = documents;
    this.disk = disk;
    this.log = log;
    this.limits = limits;
    this.thread = checker(log, limits);
    // A text that the checker might not complete is not analysed in the server's own thread, which cannot be
    // stopped.
    disk.mayAnalyse = (file) => this.passed.has(file) && !this.left.has(file.path);
  }

  /** A text has changed. */
  changed(): void {
    this.isChanged = true;
    this.isPaused = false;
    clearTimeout(this.pause);
    this.pause = setTimeout(() => {
      this.isPaused = true;
      this.next();
    }, PAUSE);
    this.next();
  }

  /** Files on the disk, or the folders, may have changed. */
  diskChanged(): void {
    this.isDiskChanged = true;
    this.left.clear();
    this.changed();
  }

  /** Resolves when it is known whether a document may be analysed; undefined if it is known already. */
  settled(path: string): Promise<void> | undefined {
    const file = this.documents.file(path);
    if (file === undefined || this.passed.has(file) || this.left.has(path)) return undefined;
    return new Promise<void>((resolve) => this.waiting.push(resolve)).then(() => this.settled(path));
  }

  private next(): void {
    if (this.thread.isBusy || !(this.isChanged || this.isPaused)) return;
    const question = this.question();
    const checked = this.known;
    const answer = this.thread.ask(question);
    this.isChanged = false;
    this.isDiskChanged = false;
    this.isPaused = false;
    void answer.then((diagnostics) => {
      if (diagnostics === null) this.failed(question, checked);
      else this.came(diagnostics, question, checked);
      const { waiting } = this;
      this.waiting = [];
      for (const resolve of waiting) resolve();
      this.next();
    });
  }

  private came(
    diagnostics: readonly PublishedDiagnostics[],
    { depth }: Question,
    checked: ReadonlyMap<string, SourceFile>,
  ): void {
    for (const [path, file] of checked) if (!this.left.has(path)) this.passed.add(file);
    for (const each of diagnostics) void this.connection.sendDiagnostics(each);
    if (depth === "whole") this.warmUp();
  }

  /** Completion uses the types of the last pause. */
  private warmUp(): void {
    try {
      const snapshot = this.documents.snapshot();
      for (const path of this.documents.specs()) snapshot.analysis(path);
    } catch (error) {
      this.log(error);
    }
  }

  /** Excludes the document that was being checked until it changes; the others are requested again. */
  private failed({ depth }: Question, checked: ReadonlyMap<string, SourceFile>): void {
    const { at: path, failure } = this.thread;
    if (path === null || failure === null || !checked.has(path)) {
      // No single document is the cause, so the same request would fail again.
      for (const [each, file] of checked) this.leave(each, new Map([[each, file]]), failure ?? "mistake");
      return;
    }
    this.leave(path, this.filesOf(path, checked), failure);
    this.isChanged = true;
    this.isPaused ||= depth === "whole";
  }

  private leave(path: string, files: ReadonlyMap<string, SourceFile>, why: ExcludedDocument["why"]): void {
    const { milliseconds, megabytes } = this.limits;
    const limit = why === "memory" ? `${megabytes} MB` : `${milliseconds / 1000} seconds`;
    this.left.set(path, { path, why, limit, files });
  }

  /** A document and its possible causes: its imports, or all specs for dinc.yaml. */
  private filesOf(path: string, checked: ReadonlyMap<string, SourceFile>): ReadonlyMap<string, SourceFile> {
    if (isConfig(path)) return checked;
    const files = new Map<string, SourceFile>();
    const open = [path];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const file = checked.get(next);
      if (file === undefined || files.has(next)) continue;
      files.set(next, file);
      for (const imported of importedPaths(file)) open.push(imported);
    }
    return files;
  }

  private question(): Question {
    const now = this.documents.all();
    // A new thread needs all texts.
    const before = this.thread.isRunning ? this.known : new Map<string, SourceFile>();
    this.known = new Map(now.map(({ path, file }) => [path, file]));
    for (const [path, { files }] of this.left)
      if ([...files].some(([each, file]) => this.known.get(each) !== file)) this.left.delete(path);
    return {
      depth: this.isPaused ? "whole" : "quick",
      open: now
        .filter(({ path, file }) => before.get(path) !== file)
        .map(({ file, ...document }) => ({ ...document, text: file.text })),
      closed: [...before.keys()].filter((path) => !this.known.has(path)),
      barred: [...this.left.values()].map(({ path, why, limit }) => ({ path, why, limit })),
      folders: this.disk.folders(),
      isDiskChanged: this.isDiskChanged,
    };
  }
}
