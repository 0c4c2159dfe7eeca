// Threads that have opened the same model and score requests side by side, each in the thread with the fewest. A thread that
// ends, or is stuck, is replaced.

import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { About } from "../../compiler/serve/about.ts";
import { type RankerStats, sumStats } from "../../compiler/serve/stats.ts";
import type { Answer, RankingQuestion } from "./answer.ts";
import { sharedMemory } from "./memory.ts";
import type { ServerOptions } from "./options.ts";
import type { RankingEngine } from "./ranker.ts";
import type { ThreadData } from "./thread.ts";
import { type ReadyThread, ROLE, ThreadHandle } from "./thread-handle.ts";

export type ThreadOptions = Pick<ServerOptions, "threads" | "maxCandidates" | "timeout">;

/** A change of the number of threads, which is `ready` afterwards. */
export type ThreadEvent =
  | { readonly kind: "thread-ended"; readonly reason: string; readonly ready: number }
  | { readonly kind: "thread-replaced"; readonly ready: number };

/** Milliseconds until the first replacement; each thread in succession that ends soon doubles it. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 30_000;
/** A thread that lived longer than these milliseconds did not end soon. */
const LONG_LIFE = 60_000;

export class ScoringThreads {
  readonly about: About;
  readonly engine: RankingEngine;
  /** The requests and answers as OpenAPI, in JSON; null if the folder lacks it. */
  readonly openApi: string | null;
  /** The folder of the code. */
  readonly folder: string;
  readonly weights: Uint8Array;
  private readonly threads: ThreadHandle[];
  private readonly newThread: () => ThreadHandle;
  private readonly tell: (event: ThreadEvent) => void;
  /** The counts of threads that ended. */
  private countedBefore: RankerStats | null = null;
  private readonly closing = new AbortController();

  private constructor(
    { about, engine }: ReadyThread,
    { folder, weights, openApi }: LoadedFiles,
    threads: ThreadHandle[],
    newThread: () => ThreadHandle,
    tell: (event: ThreadEvent) => void,
  ) {
    this.about = about;
    this.engine = engine;
    this.folder = folder;
    this.weights = weights;
    this.openApi = openApi;
    this.threads = threads;
    this.newThread = newThread;
    this.tell = tell;
    for (const i of threads.keys()) void this.keep(i);
  }

  /**
   * `script` starts a thread. The weights are those of the folder, or those to which a patch leads. Throws an Error that says
   * why they cannot be used.
   */
  static async start(
    script: URL,
    folder: string,
    { threads: count, maxCandidates, timeout }: ThreadOptions,
    patched: PatchedWeights | null,
    tell: (event: ThreadEvent) => void,
  ): Promise<ScoringThreads> {
    let weights = patched?.weights ?? (await sharedBytesOf(join(folder, "model.weights.bin")));
    const openApi = await readFile(join(folder, "openapi.json"), "utf8").catch(() => null);
    const newThread = (patch: Uint8Array | null, verify: boolean) =>
      new ThreadHandle(script, { role: ROLE, folder, weights, patch, verify, maxCandidates }, timeout);
    const threads: ThreadHandle[] = [];
    try {
      // One after the other: threads that score meanwhile lose one core at most. The first one applies the patch and checks
      // the files.
      let ready: ReadyThread | undefined;
      for (let i = 0; i < count; i++) {
        const isFirst = i === 0;
        const thread = newThread(isFirst ? (patched?.patch ?? null) : null, isFirst);
        threads.push(thread);
        ready = await thread.ready;
        weights = ready.weights;
      }
      const files = { folder, weights, openApi };
      return new ScoringThreads(ready!, files, threads, () => newThread(null, false), tell);
    } catch (error) {
      await Promise.all(threads.map((thread) => thread.end()));
      throw error;
    }
  }

  /** The number of threads that can answer. */
  get ready(): number {
    return this.threads.filter(({ isReady }) => isReady).length;
  }

  answer(kind: RankingQuestion, body: string): Promise<Answer> {
    const idle = this.threads.reduce((best, thread) => (thread.waiting < best.waiting ? thread : best));
    return idle.answer(kind, body);
  }

  /** The sum of what all threads counted; null if they count nothing. A thread that ended lost what nobody had asked it. */
  async stats(): Promise<RankerStats | null> {
    const all = await Promise.all(this.threads.map((thread) => thread.stats()));
    return sumOf([this.countedBefore, ...all]);
  }

  /** Ends the threads after they have answered. */
  async close(): Promise<void> {
    this.closing.abort();
    await Promise.all(this.threads.map((thread) => thread.drain()));
  }

  /** Replaces the threads at a place of the list, one after the other. */
  private async keep(place: number): Promise<void> {
    const { signal } = this.closing;
    for (let soon = 0; ; soon++) {
      const last = this.threads[place]!;
      const reason = await last.ended;
      if (reason === null || signal.aborted) return;
      this.countedBefore = sumOf([this.countedBefore, last.lastStats]);
      this.tell({ kind: "thread-ended", reason, ready: this.ready });
      if (Date.now() - last.since > LONG_LIFE) soon = 0;
      await setTimeout(Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** soon), undefined, { signal }).catch(
        () => {},
      );
      if (signal.aborted) return;
      const next = this.newThread();
      this.threads[place] = next;
      await next.ready.then(
        () => this.tell({ kind: "thread-replaced", ready: this.ready }),
        // `ended` says why.
        () => {},
      );
    }
  }
}

function sumOf(all: readonly (RankerStats | null)[]): RankerStats | null {
  const counted = all.filter((stats) => stats !== null);
  return counted.length === 0 ? null : sumStats(counted);
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
