// A small model and rows for predictions, in a folder of their own.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import { nativeAvailable } from "../../runtime/native/load.ts";
import { runHere } from "./run-here.ts";

export const HEAD = "item_id,price,clicked,tags,click";
/**
 * One column, bound so often: with twelve, a row takes 2 KB when it is encoded, so that rows held as a whole
 * could not be overlooked.
 */
export const pasts = { few: [..."ab"], many: [..."abcdefghijkl"] };
export const line = (i: number, steps = 5) => {
  const history = Array.from({ length: steps + (i % 20) }, (_, step) => `i${(i * 7 + step * step) % 97}`);
  const tags = i % 3 === 0 ? "" : i % 2 === 0 ? "a|b" : "c";
  return `i${(i * i) % 97},${(i % 40) / 4},${history.join("|")},${tags},${(i * i) % 97 > 40 ? 1 : 0}`;
};
export const csv = (rows: number, steps?: number) =>
  `${HEAD}\n${Array.from({ length: rows }, (_, i) => `${line(i, steps)}\n`).join("")}`;
const specOf = (pasts: readonly string[]) => `model tiny
features item {
  item_id : id  embed 4
  price   : number |> standardize
  tags    : set(id, max: 3)  embed 2
}
${pasts.map((past) => `history ${past}(max: 50) { item_id <-> clicked }`).join("\n")}
label click : binary
net { predict click = concat(item_id, price, tags, ${pasts.map((past) => `last(${past})`).join(", ")}) |> dense(1) |> sigmoid }
train { batch 256  epochs 1 }
`;

export class Predicting {
  readonly folder = mkdtempSync(join(tmpdir(), "dinc-predict-"));
  readonly backend: "node" | "wasm";

  constructor(backend: "node" | "wasm" = nativeAvailable() ? "node" : "wasm") {
    this.backend = backend;
    afterAll(() => rmSync(this.folder, { recursive: true }));
    this.write("train.csv", csv(3000));
    this.write("dinc.yaml", "spec: model.din\ndata: { train: train.csv }\n");
  }

  at(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string): void {
    writeFileSync(this.at(name), text);
  }

  async train(out: string, pasts: readonly string[]): Promise<void> {
    this.write("model.din", specOf(pasts));
    // A test that is tried again trains again.
    const args = ["train", "--backend", this.backend, "--out", out, "--force"];
    const { code, err } = await runHere(args, { cwd: this.folder });
    expect(code, err).toBe(0);
  }

  /** Arguments of `dinc predict` with the run `run`. */
  arguments(...more: readonly string[]): string[] {
    return ["predict", "run", "--backend", this.backend, ...more];
  }
}
