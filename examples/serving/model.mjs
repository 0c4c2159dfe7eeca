// The model that a server ranks with, and how it takes another one. A folder is what `dinc compile` wrote, or
// a link to one of several: /models/current → /models/2026-11-27.
import { readFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Loads it and scores its golden requests. Throws where the files do not fit each other. */
export async function openModel(folder, { threads } = {}) {
  const model = new Model(folder, threads);
  await model.open();
  return model;
}

class Model {
  #folder;
  #threads;
  #pool;
  /** Which files are loaded, or were tried. */
  #seen;
  /** Settles when no reload is under way. */
  #reloading = Promise.resolve();

  constructor(folder, threads) {
    this.#folder = folder;
    this.#threads = threads;
  }

  async open() {
    this.#seen = await this.#look();
    this.#pool = await this.#poolOf(this.#seen);
  }

  get about() {
    return this.#pool.about;
  }

  /** The scores, and the model that they are from. */
  async rank(request) {
    const pool = this.#pool;
    const { about } = pool;
    return { about, scores: await pool.rank(request) };
  }

  /** What was counted of requests since these weights were taken. */
  stats() {
    return this.#pool.stats();
  }

  /**
   * Takes what the folder has now: "nothing" where it is the same, "weights" of the loaded program, or
   * another "module". Throws where they do not fit each other; then the loaded model stays, and files that
   * were refused are not tried again.
   */
  reload() {
    const reloaded = this.#reloading.then(() => this.#reload());
    this.#reloading = reloaded.catch(() => {});
    return reloaded;
  }

  async #reload() {
    const found = await this.#look();
    if (found.key === this.#seen.key) return "nothing";
    const isSameFolder = found.folder === this.#seen.folder;
    this.#seen = found;
    try {
      await this.#pool.replace(await readFile(found.weights));
      return "weights";
    } catch (error) {
      // Weights of another program need its module. Node has loaded this folder's already.
      if (error.name !== "RankerWeightsError" || isSameFolder) throw error;
    }
    const last = this.#pool;
    this.#pool = await this.#poolOf(found);
    await last.close();
    return "module";
  }

  /** Scores what was asked, then ends. */
  async close() {
    await this.#reloading;
    await this.#pool.close();
  }

  async #look() {
    const folder = await realpath(this.#folder);
    const weights = join(folder, "model.weights.bin");
    const { mtimeMs, size, ino } = await stat(weights);
    return { folder, weights, key: [folder, mtimeMs, size, ino].join(" ") };
  }

  async #poolOf({ folder, weights }) {
    const { createPool } = await import(pathToFileURL(join(folder, "model.pool.js")).href);
    return createPool({
      weights: await readFile(weights),
      threads: this.#threads,
      verify: true,
      stats: true,
    });
  }
}
