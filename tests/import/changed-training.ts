// A training's folder that is changed and imported, for tests of what an import does with anything.

import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { type Diagnostic, DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { importRun } from "../../runtime/driver/import.ts";
import { writeFlushed } from "../../runtime/files/atomic.ts";
import { openRun } from "../../runtime/run/open-run.ts";
import { readSafetensors, writePieces } from "../../runtime/run/safetensors.ts";
import type { Tensor } from "../../runtime/run/safetensors-bytes.ts";
import { safetensorsPieces } from "../../runtime/run/safetensors-bytes.ts";
import { runHere } from "../cli/run-here.ts";
import { readRecord, writeRecord, writeTrained } from "./trained.ts";

export const spec = `model small
features item {
  item_id : id  embed 4
  price   : number |> standardize
}
history clicks(max: 5) { item_id <-> clicked }
label click : binary
net { predict click = concat(item_id, price, mean(clicks)) |> dense(4, dice) |> dense(1) |> sigmoid }
train { batch 16  epochs 2  metrics auc }
`;
const rows = (count: number) =>
  `item_id,price,clicked,click\n${Array.from({ length: count }, (_, i) => `i${i % 7},${i % 4},i1|i${i % 5},${i % 2}\n`).join("")}`;

export class ChangedTraining {
  readonly folder: string;
  private made = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Prepares, trains, and puts what the training of a package would leave into `out`. */
  static async make(): Promise<ChangedTraining> {
    const training = new ChangedTraining(mkdtempSync(join(tmpdir(), "dinc-changed-")));
    const { folder } = training;
    const write = (name: string, text: string) => writeFileSync(training.at(name), text);
    write("model.din", spec);
    write("train.csv", rows(60));
    write("test.csv", rows(20).replaceAll("i6", "i2"));
    write("dinc.yaml", "spec: model.din\ndata: { train: train.csv, test: test.csv }\n");
    for (const command of [
      "prepare --out rows",
      "prepare --out others --set data.train=test.csv",
      "train --backend wasm --out run",
    ]) {
      const ran = await runHere([...command.split(" "), "-c", "dinc.yaml"], { cwd: folder });
      expect(ran.code, ran.err).toBe(0);
    }
    await writeTrained(training.at("out"), training.at("run"), training.at("rows"));
    return training;
  }

  at(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  /**
   * What an import of a changed copy says: warnings, or what it is refused with. Nothing else may come of it,
   * soon, and nothing be left. `rows` are named where they are given.
   */
  async imported(change: Change, rows?: string): Promise<readonly Diagnostic[]> {
    const out = this.at(`out-${++this.made}`);
    cpSync(this.at("out"), out, { recursive: true });
    await change(out);
    const [run, warnings] = [`${out}-run`, [] as Diagnostic[]];
    const started = performance.now();
    try {
      await importRun(out, {
        ...{ out: run, backend: "wasm", ...(rows === undefined ? {} : { rows }) },
        onEvent: (event) => event.kind === "diagnostics" && warnings.push(...event.diagnostics),
      });
      await openRun(run);
      return warnings;
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      expect(existsSync(run)).toBe(false);
      return error.diagnostics;
    } finally {
      expect(performance.now() - started).toBeLessThan(20_000);
      expect(readdirSync(this.folder).filter((name) => /partial|replaced/.test(name))).toEqual([]);
      rmSync(run, { recursive: true, force: true });
      rmSync(out, { recursive: true, force: true });
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Changes the folder of a training. */
export type Change = (out: string) => void | Promise<void>;

/** The record with other fields; what is undefined is left out. */
export const record = (fields: object) => (out: string) => writeRecord(out, merged(readRecord(out), fields));
function merged(value: object, fields: object): object {
  const changes = Object.entries(fields).map(([name, other]) => {
    const before = (value as Record<string, unknown>)[name];
    const isPart = isObject(before) && isObject(other);
    return [name, isPart ? merged(before, other) : other] as const;
  });
  return { ...value, ...Object.fromEntries(changes) };
}
const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
export const file = (name: string, change: (text: string) => string) => async (out: string) => {
  writeFileSync(join(out, name), change(readFileSync(join(out, name), "utf8")));
  await writeRecord(out, readRecord(out));
};
export const weights = (change: (tensors: Map<string, Tensor>) => void) => async (out: string) => {
  const path = join(out, "weights.safetensors");
  const { tensors } = await readSafetensors(path);
  change(tensors);
  await writeFlushed(path, (handle) => writePieces(handle, safetensorsPieces(tensors)));
  await writeRecord(out, readRecord(out));
};
/** The header of the weights as another text, and what it says of its length. */
export const header = (change: (text: string) => string, claimed?: bigint) => async (out: string) => {
  const path = join(out, "weights.safetensors");
  const bytes = readFileSync(path);
  const end = 8 + Number(bytes.readBigUInt64LE(0));
  const text = Buffer.from(change(bytes.toString("utf8", 8, end)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(claimed ?? BigInt(text.length));
  writeFileSync(path, Buffer.concat([length, text, bytes.subarray(end)]));
  await writeRecord(out, readRecord(out));
};
export const instead = (name: string, put: (path: string) => void) => (out: string) => {
  rmSync(join(out, name));
  put(join(out, name));
};
export const TABLE = "table.item_id";
export const edited = (
  tensors: Map<string, Tensor>,
  values: (old: Float32Array) => Float32Array,
  dims?: number[],
) => {
  const old = tensors.get(TABLE)!;
  tensors.set(TABLE, { dims: dims ?? old.dims, values: values(old.values) });
};
