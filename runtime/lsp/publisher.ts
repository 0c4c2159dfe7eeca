// Tells an editor what is wrong with what it has open: what the checker finds at once, advice when the author pauses. A thread of
// its own finds it, one question at a time: what changes meanwhile is one question more.

import type { Connection } from "vscode-languageserver";
import type { SourceFile } from "../../compiler/source/source-file.ts";
import type { WorkspaceDisk } from "./disk.ts";
import type { Documents } from "./documents.ts";
import type { Question, Told } from "./judge.ts";
import { Thread } from "./thread.ts";

/** Milliseconds without a change that are a pause. */
const PAUSE = 300;

export class Publisher {
  private readonly connection: Connection;
  private readonly documents: Documents;
  private readonly disk: WorkspaceDisk;
  private readonly log: (problem: unknown) => void;
  private readonly thread: Thread<Question, readonly Told[]>;
  /** What the thread has, by path. */
  private known = new Map<string, SourceFile>();
  /** Something changed that was not asked about yet. */
  private isChanged = false;
  private isDiskChanged = false;
  /** The author has paused, and advice was not asked for yet. */
  private isPaused = false;
  private pause: NodeJS.Timeout | undefined;

  constructor(
    connection: Connection,
    documents: Documents,
    disk: WorkspaceDisk,
    log: (problem: unknown) => void,
  ) {
    this.connection = connection;
    this.documents = documents;
    this.disk = disk;
    this.log = log;
    const workerData = { library: disk.library.href };
    this.thread = new Thread(new URL("./judge-worker.js", import.meta.url), { workerData }, log);
  }

  /** Some text is another. */
  changed(): void {
    this.isChanged = true;
    this.isPaused = false;
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.paused(), PAUSE);
    this.next();
  }

  /** Files on the disk, or the folders, may be others. */
  diskChanged(): void {
    this.isDiskChanged = true;
    this.changed();
  }

  private paused(): void {
    this.isPaused = true;
    this.next();
    // Completion goes by types as they were at the last pause.
    try {
      const snapshot = this.documents.snapshot();
      for (const path of this.documents.specs()) snapshot.analysis(path);
    } catch (error) {
      this.log(error);
    }
  }

  private next(): void {
    if (this.thread.isBusy || !(this.isChanged || this.isPaused)) return;
    const answer = this.thread.ask(this.question());
    this.isChanged = false;
    this.isDiskChanged = false;
    this.isPaused = false;
    void answer.then((told) => {
      for (const each of told ?? []) void this.connection.sendDiagnostics(each);
      this.next();
    });
  }

  private question(): Question {
    const now = this.documents.all();
    // One that was started anew is told everything.
    const before = this.thread.isRunning ? this.known : new Map<string, SourceFile>();
    this.known = new Map(now.map(({ path, file }) => [path, file]));
    return {
      depth: this.isPaused ? "whole" : "quick",
      open: now
        .filter(({ path, file }) => before.get(path) !== file)
        .map(({ file, ...document }) => ({ ...document, text: file.text })),
      closed: [...before.keys()].filter((path) => !this.known.has(path)),
      folders: this.disk.folders(),
      isDiskChanged: this.isDiskChanged,
    };
  }
}
