// Tells an editor what is wrong with what it has open: what the checker finds at once, advice when the author pauses. A thread of
// its own finds it, one question at a time: what changes meanwhile is one question more.

import { Worker } from "node:worker_threads";
import type { Connection } from "vscode-languageserver";
import type { SourceFile } from "../../compiler/source/source-file.ts";
import type { WorkspaceDisk } from "./disk.ts";
import type { Documents } from "./documents.ts";
import type { Question, Told } from "./judge.ts";

/** Milliseconds without a change that are a pause. */
const PAUSE = 300;

type Answer =
  | { readonly kind: "done"; readonly told: readonly Told[] }
  | { readonly kind: "failed"; readonly error: unknown };

export class Publisher {
  private readonly connection: Connection;
  private readonly documents: Documents;
  private readonly disk: WorkspaceDisk;
  private readonly log: (problem: unknown) => void;
  private worker: Worker | null = null;
  /** What the thread has, by path. */
  private known = new Map<string, SourceFile>();
  private isAsked = false;
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
    if (this.isAsked || !(this.isChanged || this.isPaused)) return;
    this.worker ??= this.start();
    this.worker.postMessage(this.question());
    this.isAsked = true;
    this.isChanged = false;
    this.isDiskChanged = false;
    this.isPaused = false;
  }

  private question(): Question {
    const now = this.documents.all();
    const before = this.known;
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

  private start(): Worker {
    const library = this.disk.library.href;
    const worker = new Worker(new URL("./judge-worker.js", import.meta.url), { workerData: { library } });
    worker.on("message", (answer: Answer) => {
      this.isAsked = false;
      if (answer.kind === "failed") this.log(answer.error);
      else for (const each of answer.told) void this.connection.sendDiagnostics(each);
      this.next();
    });
    worker.on("error", (error) => {
      this.log(error);
      // The next change starts another, which is told everything.
      this.worker = null;
      this.known = new Map();
      this.isAsked = false;
    });
    // The editor ends the server, whatever is being judged.
    worker.unref();
    return worker;
  }
}
