// The model that a server ranks with, and how it takes another one: threads with the new files start beside those that
// score, then requests go to them, and the old threads end with their last answer.

import { realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import type { About } from "../../compiler/serve/about.ts";
import type { RankerStats } from "../../compiler/serve/stats.ts";
import type { Answer, RankingQuestion } from "./answer.ts";
import type { RankingEngine } from "./ranker.ts";
import { type PatchedWeights, ScoringThreads, type ThreadEvent, type ThreadOptions } from "./threads.ts";

/** Where models come from. */
export interface CompiledModelSource {
  /** A text that changes with the files. Throws if they cannot be read. */
  look(): Promise<string>;
  /** The folder of the compiled model, as it is now. */
  folder(): Promise<string>;
  /** Is told when nothing reads a folder any more, which `folder` gave. */
  left?(folder: string): Promise<void>;
  /** Ends a `folder` that is under way, which then throws. */
  end?(): void;
}

/** The folder of a compiled model, or a link to one of several: /models/current → /models/2026-11-27. */
export function folderSource(path: string): CompiledModelSource {
  return {
    folder: () => realpath(path),
    look: async () => stateOf(await realpath(path), "model.weights.bin", "model.js"),
  };
}

/** Changes when one of the files is replaced. A file that is missing is a state, too, unless it is the first one. */
export async function stateOf(folder: string, ...names: readonly string[]): Promise<string> {
  const states = names.map(async (name, i) => {
    const found = await stat(join(folder, name)).catch((error: unknown) => {
      if (i === 0) throw error;
      return null;
    });
    return found === null ? "none" : `${found.mtimeMs} ${found.size} ${found.ino}`;
  });
  return [folder, ...(await Promise.all(states))].join(" ");
}

export class ServingModel {
  private readonly source: CompiledModelSource;
  private readonly start: (folder: string, patched: PatchedWeights | null) => Promise<ScoringThreads>;
  private threads: ScoringThreads;
  /** The files that are loaded, or were refused. */
  private seen: string;
  /** Settles when no reload is under way. */
  private reloading: Promise<unknown> = Promise.resolve();
  private isClosing = false;

  private constructor(
    source: CompiledModelSource,
    start: (folder: string, patched: PatchedWeights | null) => Promise<ScoringThreads>,
    threads: ScoringThreads,
    seen: string,
  ) {
    this.source = source;
    this.start = start;
    this.threads = threads;
    this.seen = seen;
  }

  /** Loads the model and scores its golden requests. Throws an Error that says why it cannot be used. */
  static async open(
    script: URL,
    source: CompiledModelSource,
    options: ThreadOptions,
    tell: (event: ThreadEvent) => void,
  ): Promise<ServingModel> {
    const start = (folder: string, patched: PatchedWeights | null) =>
      ScoringThreads.start(script, folder, options, patched, tell);
    const seen = await source.look();
    return new ServingModel(source, start, await start(await source.folder(), null), seen);
  }

  get about(): About {
    return this.threads.about;
  }

  get engine(): RankingEngine {
    return this.threads.engine;
  }

  get openApi(): string | null {
    return this.threads.openApi;
  }

  /** The number of threads that can answer. */
  get ready(): number {
    return this.threads.ready;
  }

  answer(question: RankingQuestion, body: string): Promise<Answer> {
    return this.threads.answer(question, body);
  }

  /** The counts since this model was taken. */
  stats(): Promise<RankerStats | null> {
    return this.threads.stats();
  }

  /**
   * Takes what the source has now; resolves with whether it is another model. Throws if it cannot be used: then the
   * loaded model stays, and the refused files are not tried again.
   */
  reload(): Promise<boolean> {
    return this.next(() => this.takeNew());
  }

  /**
   * Takes the weights that a patch leads to from the present ones. They are in memory only: the files stay as they are, and
   * when they change, they are taken. Throws an Error that says why the patch cannot be used; the loaded model then stays.
   */
  patch(patch: Uint8Array): Promise<About> {
    return this.next(async () => {
      const { folder, weights, engine } = this.threads;
      if (engine === "C")
        throw new Error(
          "this server scores in C, whose weights are a file of their own: give it another run, or start it with WebAssembly",
        );
      void this.switchTo(await this.start(folder, { weights, patch }));
      return this.about;
    });
  }

  /** Runs a change of the model after those before it. */
  private next<T>(change: () => Promise<T>): Promise<T> {
    const changed = this.reloading.then(change);
    this.reloading = changed.catch(() => {});
    return changed;
  }

  private async takeNew(): Promise<boolean> {
    if (this.isClosing) return false;
    const found = await this.source.look();
    if (found === this.seen) return false;
    this.seen = found;
    const folder = await this.source.folder();
    const last = this.threads.folder;
    try {
      const threads = await this.start(folder, null);
      void this.switchTo(threads).then(() => this.source.left?.(last));
    } catch (error) {
      await this.source.left?.(folder);
      throw error;
    }
    return true;
  }

  /** Whoever asked needn't wait until the old threads have ended. */
  private switchTo(threads: ScoringThreads): Promise<void> {
    const last = this.threads;
    this.threads = threads;
    return last.close();
  }

  /** Takes no other files any more, and ends the threads after their last answer. */
  async close(): Promise<void> {
    this.isClosing = true;
    this.source.end?.();
    await this.reloading;
    await this.threads.close();
  }
}
