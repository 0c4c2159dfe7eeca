// Rows of a made-up log of films, prepared for models of the zoo, and the packages that train on them.

import { existsSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { runHere } from "../cli/run-here.ts";
import { root } from "../cli/spawn.ts";

export const BATCH = 64;

/** Rows that are hard to read: histories of no step and of many, padded to one length; extreme numbers; ids that no training row has. */
const HOSTILE = {
  lengths: [0, 0, 1, 3, 45],
  padded: 48,
  prices: ["0", "-0", "1e-40", "5e3", "0.25"],
} as const;

/** Of `data`, for hostile rows. */
export const HOSTILE_SETTINGS = "  padding: 0\n";

/**
 * Who likes an item follows from whom it is shown and what was liked before, so that there is something to learn. `isHostile`:
 * as HOSTILE has it.
 */
export function filmRows(count: number, seed: number, isHostile = false): string {
  const random = Random.of(seed, "films");
  const lines = Array.from({ length: count }, () => {
    const [user, item] = [random.integer(40), random.integer(60)];
    const length = isHostile ? HOSTILE.lengths[random.integer(5)]! : random.integer(8);
    const steps = Array.from({ length }, () => random.integer(60));
    const matches = steps.filter((step) => step % 7 === item % 7).length - steps.length / 7;
    const liked = random.normal() + matches + (((user * item) % 5) - 2) / 2 > 0 ? 1 : 0;
    const seen = steps.slice(1).map((step) => (step + user) % 60);
    const joined = (values: readonly string[]) => {
      const padding = Array.from({ length: isHostile ? HOSTILE.padded - values.length : 0 }, () => "0");
      return [...padding, ...values].join("|");
    };
    const list = (value: (step: number) => string) => joined(steps.map(value));
    const price = isHostile ? HOSTILE.prices[random.integer(5)]! : (item % 9) / 2;
    const isNew = isHostile && seed !== 1 && random.integer(3) === 0;
    const id = (letter: string, number: number) => `${letter}${isNew ? number + 1000 : number}`;
    const tags = (of: number, separator: string) =>
      Array.from({ length: of % 4 }, (_, i) => `t${(of + 3 * i) % 11}`).join(separator);
    return [
      ...[
        id("u", user),
        user % 2 === 0 ? "M" : "F",
        18 + user,
        `job ${user % 6}`,
        id("i", item),
        id("g", item % 7),
      ],
      ...[list((step) => `i${step}`), list((step) => `g${step % 7}`), list((step) => tags(step, ";"))],
      ...[list((step) => String(step % 5)), tags(item, "|"), price, `${user % 3}|${item % 2}|1`],
      ...[liked, random.integer(2) * liked, tags(user + item, "|")],
      ...[1 + ((user + item) % 9), (user * item) % 4, item % 3 === 0 ? "" : (liked + user) % 2],
      ...[joined(seen.map((step) => `i${step}`)), joined(seen.map((step) => `g${step % 7}`))],
      ...[(user % 5) + liked, 1 + ((item + liked) % 4), `i${steps.at(-1) ?? item}`, `${user}-${item % 7}`],
    ].join(",");
  });
  return `user_id,gender,age,occupation,item_id,genre,hist_item_id,hist_genre,hist_tags,stars,tags,price,face,like,buy,moods,place,minutes,again,hist_item_id_seen,hist_genre_seen,watched,grade,latest,request\n${lines.join("\n")}\n`;
}

export class Films {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async write(rows: { readonly train: number; readonly test: number }): Promise<Films> {
    const folder = await mkdtemp(join(tmpdir(), "dinc-torchrec-"));
    await writeFile(join(folder, "train.csv"), filmRows(rows.train, 1));
    await writeFile(join(folder, "test.csv"), filmRows(rows.test, 2));
    await writeFile(join(folder, "dinc.yaml"), "data:\n  train: train.csv\n  test: test.csv\n");
    return new Films(folder);
  }

  at(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  /** The spec of a model: one of its own, or of the zoo. */
  spec(model: string): string {
    const own = this.at(`${model}.din`);
    return existsSync(own) ? own : join(root, "examples", "zoo", `${model}.din`);
  }

  /** What a command says on standard output, where it succeeds. */
  async dinc(...args: readonly string[]): Promise<string> {
    const { code, err, out } = await runHere(args, { cwd: this.folder });
    expect(code, err).toBe(0);
    return out;
  }

  /** `rows`, prepared for `spec`, and `package`, compiled from it. */
  async prepare(spec: string, rows: string, ...options: readonly string[]): Promise<void> {
    const settings = ["--set", `train.batch=${BATCH}`, "--set", "train.epochs=1"];
    await this.dinc("prepare", spec, "-c", "dinc.yaml", ...settings, "--out", rows, ...options);
  }

  async compile(spec: string, folder: string): Promise<void> {
    await this.dinc("compile", spec, "--target", "torchrec", "--out", folder);
  }
}
