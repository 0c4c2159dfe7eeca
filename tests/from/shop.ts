// A small shop by day: rows, a spec and trainings of it, each in a folder of its own.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { resume, train } from "../../runtime/driver/train.ts";
import type { TrainedRun, TrainOptions } from "../../runtime/driver/train-run.ts";
import { openRun } from "../../runtime/run/open-run.ts";
import { readState } from "../../runtime/run/optimizer-file.ts";
import type { Run } from "../../runtime/run/run-folder.ts";

export const SPEC = `model shop
features user { user_id : id  embed 4 }
features item {
  item_id : id(min_count: 2)  embed 4
  shelf   : enum("top", "low")  embed 2
  price   : number |> log1p |> standardize
  size    : number |> quantiles(3)  embed 2
  cover   : vector(3) |> codes(levels: 2, of: 4)  embed 2
}
history clicks(max: 5) { item_id <-> clicked }
label click : binary
net {
  let interest = mean(clicks) |> dense(4, dice)
  predict click = concat(user_id, item_id, shelf, price, size, cover, interest) |> dense(8, dice) |> dropout(0.2) |> dense(1) |> sigmoid
}
train { batch 16  epochs 1  optimizer adam(learning_rate: 1e-3) }
`;

/** Rows of a day; items of later days are partly new. */
export function rowsOf(day: number, count = 200): string {
  const item = (i: number) => `i${((i * i * 7 + i) % 23) + 5 * day}`;
  const line = (i: number) =>
    [
      `u${(i % 13) + 3 * day}`,
      item(i),
      i % 3 === 0 ? "top" : "low",
      1 + ((i * 31 + day) % 50),
      (i * 17) % 40,
      `${(i * 3 + day) % 11}|${(i * 7) % 5}|${i % 4}`,
      `${item(i + 1)}|${item(i + 2)}`,
      (i * 5 + (i % 3)) % 7 < 3 ? 1 : 0,
    ].join(",");
  const head = "user_id,item_id,shelf,price,size,cover,clicked,click";
  const rare = `u0,rare${day},low,3,4,1|2|3,i1,${day % 2}`;
  return [head, ...Array.from({ length: count - 1 }, (_, i) => line(i)), rare, ""].join("\n");
}

export class Shop {
  readonly folder = mkdtempSync(join(tmpdir(), "dinc-from-"));

  constructor() {
    afterAll(() => rmSync(this.folder, { recursive: true }));
    this.write("model.din", SPEC);
    for (const day of [0, 1, 2]) this.write(`day${day}.csv`, rowsOf(day));
  }

  at(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  write(name: string, text: string): string {
    writeFileSync(this.at(name), text);
    return this.at(name);
  }

  /** Trains on a day, and reads the run. */
  async train(
    out: string,
    day: number,
    options: Partial<TrainOptions> = {},
    spec = "model.din",
  ): Promise<Trained> {
    const asked = this.asked(day, options);
    const trained = await train(this.at(spec), { ...asked, out: this.at(out) });
    return { trained, ...(await this.read(out)) };
  }

  resume(out: string, day: number, options: Partial<TrainOptions>): Promise<TrainedRun | null> {
    return resume(this.at("model.din"), { ...this.asked(day, options), out: this.at(out) });
  }

  asked(day: number, { set = [], ...options }: Partial<TrainOptions> = {}) {
    const files = [`data.train=${this.at(`day${day}.csv`)}`, `data.test=${this.at("day2.csv")}`];
    const from = typeof options.from === "string" ? { from: this.at(options.from) } : {};
    return { backend: "wasm" as const, threads: 1, ...options, ...from, set: [...files, ...set] };
  }

  async read(out: string) {
    const { run } = await openRun(this.at(out));
    return { run, state: await readState(this.at(out), run.manifest, (path) => new Error(path)) };
  }
}

export interface Trained {
  readonly trained: TrainedRun;
  readonly run: Run;
  readonly state: Awaited<ReturnType<typeof readState>>;
}

/** All weights by name. */
export function weightsOf({ tables, parameters }: Run): Map<string, Float32Array> {
  return new Map([
    ...tables.map(({ name, values }) => [`table ${name}`, values] as const),
    ...[...parameters].map(([name, { values }]) => [name, values] as const),
  ]);
}

/** The row of a value in a table of ids. */
export function rowOf({ fitted, tables }: Run, feature: string, value: string): Float32Array {
  const { width, values } = tables.find(({ name }) => name === feature)!;
  const row = 2 + fitted.vocabularies.get(feature)!.indexOf(value);
  return values.subarray(row * width, (row + 1) * width);
}
