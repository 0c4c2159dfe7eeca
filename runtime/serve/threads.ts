// Threads that have opened the same model and score requests side by side, each in the thread with the fewest.

import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { About } from "../../compiler/serve/about.ts";
import { type RankerStats, sumStats } from "../../compiler/serve/stats.ts";
import { type Answer, FAILED, type RankingQuestion, refusal } from "./answer.ts";
import { sharedMemory } from "./memory.ts";
import type { ServerOptions } from "./options.ts";
import type { RankingEngine } from "./ranker.ts";
import type { Message, ThreadCall, ThreadData } from "./thread.ts";

/** Marks the data of a thread of a server. */
export const ROLE = "dinc server";

export interface StartedThread extends ThreadData {
  readonly role: typeof ROLE;
}

export type ThreadOptions = Pick<ServerOptions, "threads" | "maxCandidates" | "timeout">;

export class ScoringThreads {
  readonly about: About;
  readonly engine: RankingEngine;
  /** The requests and answers as OpenAPI, in JSON; null if the folder lacks it. */
  readonly openApi: string | null;
  /** The folder of the code. */
  readonly folder: string;
  readonly weights: Uint8Array;
  private readonly threads: readonly Thread[];
  private readonly timeout: number;

  private constructor(
    { about, engine }: ReadyThread,
    { folder, weights, openApi }: LoadedFiles,
    threads: readonly Thread[],
    timeout: number,
  ) {
    this.about = about;
    this.engine = engine;
    this.folder = folder;
    this.weights = weights;
    this.openApi = openApi;
    this.threads = threads;
    this.timeout = timeout;
  }

  /**
   * `script` starts a thread. The weights are those of the folder, or those to which a patch leads. Throws an Error that says
   * why they cannot be used.
   */
  static async start(
    script: URL,
    folder: string,
    options: ThreadOptions,
    patched: PatchedWeights | null,
  ): Promise<ScoringThreads> {
    const { threads: count, maxCandidates, timeout } = options;
    let weights = patched?.weights ?? (await sharedBytesOf(join(folder, "model.weights.bin")));
    const openApi = await readFile(join(folder, "openapi.json"), "utf8").catch(() => null);
    const threads: Thread[] = [];
    try {
      // One after the other: threads that score meanwhile lose one core at most. The first one applies the patch and checks
      // the files.
      let ready: ReadyThread | undefined;
      for (let i = 0; i < count; i++) {
        const isFirst = i === 0;
        const patch = isFirst ? (patched?.patch ?? null) : null;
        const started = { role: ROLE, folder, weights, patch, verify: isFirst, maxCandidates } as const;
        const thread = new Thread(script, started);
        threads.push(thread);
        ready = await thread.ready;
        weights = ready.weights;
      }
      return new ScoringThreads(ready!, { folder, weights, openApi }, threads, timeout);
    } catch (error) {
      await Promise.all(threads.map((thread) => thread.end()));
      throw error;
    }
  }

  /** Whether any thread can answer. */
  get areAlive(): boolean {
    return this.threads.some(({ waiting }) => Number.isFinite(waiting));
  }

  answer(kind: RankingQuestion, body: string): Promise<Answer> {
    const idle = this.threads.reduce((best, thread) => (thread.waiting < best.waiting ? thread : best));
    return idle.answer(kind, body, Date.now() + 1000 * this.timeout);
  }

  /** The sum of what all threads counted; null if they count nothing. */
  async stats(): Promise<RankerStats | null> {
    const all = await Promise.all(this.threads.map((thread) => thread.stats()));
    const counted = all.filter((stats) => stats !== null);
    return counted.length === 0 ? null : sumStats(counted);
  }

  /** Ends the threads after they have answered. */
  async close(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.drain()));
  }
}

export interface PatchedWeights {
  readonly weights: Uint8Array;
  /** Leads from the weights to those to rank with. */
  readonly patch: Uint8Array;
}

interface LoadedFiles extends Pick<ThreadData, "folder" | "weights"> {
  readonly openApi: string | null;
}

/** Reads a file into memory that threads share. */
async function sharedBytesOf(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const bytes = sharedMemory(size);
    for (let at = 0; at < size; ) {
      const { bytesRead } = await file.read(bytes, at, Math.min(size - at, MOST_READ_AT_ONCE), at);
      if (bytesRead === 0) throw new Error(`${path} is cut short`);
      at += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

const MOST_READ_AT_ONCE = 2 ** 26;

type ReadyThread = Extract<Message, { readonly kind: "ready" }>;
type Told = Extract<Message, { readonly id: number }>;

class Thread {
  readonly ready: Promise<ReadyThread>;
  private readonly worker: Worker;
  /** Calls that wait for their message; null is told to them if the thread ends. */
  private readonly open = new Map<number, (message: Told | null) => void>();
  private calls = 0;
  private hasEnded = false;
  private whenIdle: (() => void) | null = null;

  constructor(script: URL, started: StartedThread) {
    this.worker = new Worker(script, { workerData: started });
    this.ready = new Promise((resolve, reject) => {
      const end = (reason: string) => {
        this.hasEnded = true;
        reject(new Error(reason));
        for (const id of [...this.open.keys()]) this.take(id, null);
      };
      this.worker.on("message", (message: Message) => {
        if (message.kind === "ready") resolve(message);
        else if (message.kind === "unusable") reject(new Error(message.reason));
        else this.take(message.id, message);
      });
      this.worker.on("error", (error) => end(`a thread ended: ${error.message}`));
      this.worker.on("exit", (code) => end(`a thread ended with code ${code}`));
    });
    // Callers that wait get the error.
    this.ready.catch(() => {});
  }

  /** The number of its open calls; infinite if it has ended, so that others are chosen. */
  get waiting(): number {
    return this.hasEnded ? Number.POSITIVE_INFINITY : this.open.size;
  }

  async answer(kind: RankingQuestion, body: string, until: number): Promise<Answer> {
    const told = await this.call((id) => ({ kind, id, body, until }));
    return told?.kind === "answer" ? told.answer : { ...refusal(500, FAILED), failure: "a thread ended" };
  }

  async stats(): Promise<RankerStats | null> {
    const told = await this.call((id) => ({ kind: "stats", id }));
    return told?.kind === "stats" ? told.stats : null;
  }

  private call(callOf: (id: number) => ThreadCall): Promise<Told | null> {
    if (this.hasEnded) return Promise.resolve(null);
    const id = this.calls++;
    return new Promise((resolve) => {
      this.open.set(id, resolve);
      this.worker.postMessage(callOf(id));
    });
  }

  async drain(): Promise<void> {
    if (this.open.size > 0)
      await new Promise<void>((resolve) => {
        this.whenIdle = resolve;
      });
    await this.end();
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private take(id: number, message: Told | null): void {
    this.open.get(id)?.(message);
    this.open.delete(id);
    if (this.open.size === 0) this.whenIdle?.();
  }
}
