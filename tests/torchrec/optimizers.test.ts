// Every optimizer of a package against dinc's formulas: rows of tables, and sums over sets of them, that
// processes share, and dense weights beside them, after steps in which the processes have some ids of the
// same rows.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { DEFAULT_SETTINGS } from "../../compiler/frontend/check/train.ts";
import type { OptimizerTable } from "../../compiler/middle/training/optimizers/define-optimizer.ts";
import { optimizerOf, optimizers } from "../../compiler/middle/training/optimizers/registry.ts";
import { scalarsAt, schedules } from "../../compiler/middle/training/schedules.ts";
import type { L2, Optimizer, Schedule } from "../../compiler/middle/training/settings.ts";
import { decayOf } from "../../compiler/train/tables.ts";
import { runFork } from "./forks.ts";
import { copyRuntime, noTorch, script } from "./torchrun.ts";

const STEPS = 3;
const sizes = {
  items: { rows: 11, width: 8 },
  shops: { rows: 5, width: 8 },
  days: { rows: 3, width: 3 },
  brands: { rows: 7, width: 8 },
  moods: { rows: 4, width: 3 },
};
type TableName = keyof typeof sizes;
const names = Object.keys(sizes) as TableName[];
/** Of sets, whose rows are summed before they are exchanged. */
const summed: readonly TableName[] = ["brands", "moods"];

interface Wanted {
  readonly optimizer: Optimizer;
  readonly schedule?: Schedule;
  readonly clipNorm?: number;
  readonly l2?: L2;
  readonly miniBatchAware?: number;
  readonly frozen?: readonly TableName[];
  readonly sharding?: string;
  /** Whether FBGEMM's own kernel has the formula. */
  readonly fused?: boolean;
}

const sgd: Optimizer = { kind: "sgd", learningRate: 0.1 };
const momentum: Optimizer = { kind: "momentum", learningRate: 0.1, momentum: 0.8, nesterov: false };
const adam: Optimizer = { kind: "adam", learningRate: 0.1, beta1: 0.8, beta2: 0.99, epsilon: 1e-6 };
const adamw: Optimizer = { ...adam, kind: "adamw", weightDecay: 0.3 };
const adagrad: Optimizer = {
  ...{ kind: "adagrad", learningRate: 0.1, initialAccumulator: 0.1, epsilon: 1e-8, rowWise: false },
};
const byRow: Optimizer = { ...adagrad, rowWise: true };
const ftrl: Optimizer = { kind: "ftrl", learningRate: 0.1, beta: 0.5, l1: 0.02, l2: 0.2 };
const grda: Optimizer = { kind: "grda", learningRate: 0.1, fullRate: 0.1, c: 0.5, mu: 0.6 };
const l2: L2 = { dense: 0.05, tables: 0.02 };

const wanted: readonly Wanted[] = [
  { optimizer: sgd, fused: true },
  { optimizer: sgd, schedule: { kind: "linear", warmup: 1, final: 0.1 }, fused: true },
  { optimizer: sgd, l2, clipNorm: 0.5 },
  { optimizer: momentum },
  { optimizer: { ...momentum, nesterov: true }, schedule: { kind: "cosine", warmup: 0, final: 0.2 } },
  { optimizer: sgd, sharding: "row_wise", fused: true },
  { optimizer: adagrad, sharding: "row_wise", fused: true },
  { optimizer: adam, sharding: "row_wise" },
  { optimizer: adam, sharding: "table_wise", clipNorm: 0.3 },
  { optimizer: adam, sharding: "column_wise", frozen: ["shops"] },
  { optimizer: adam, l2, schedule: { kind: "exponential", every: 2, factor: 0.5, warmup: 2 } },
  { optimizer: adam, miniBatchAware: 0.4 },
  { optimizer: adamw },
  { optimizer: adamw, l2 },
  { optimizer: adagrad, fused: true },
  { optimizer: adagrad, l2, schedule: { kind: "step", every: 1, factor: 0.5, warmup: 0 } },
  { optimizer: byRow },
  { optimizer: byRow, clipNorm: 0.4 },
  { optimizer: ftrl },
  { optimizer: grda, schedule: { kind: "linear", warmup: 0, final: 0.5 } },
  { optimizer: ftrl, l2, frozen: ["items", "days"] },
  { optimizer: { ...adam, rows: "all" }, clipNorm: 0.3, frozen: ["shops"] },
  { optimizer: adam, l2: { ...l2, rows: "all" }, clipNorm: 0.3, sharding: "row_wise" },
  { optimizer: { ...adam, epsilon: 0, epsilonHat: 1e-3 } },
  { optimizer: { ...adamw, rows: "all", epsilonHat: 1e-3 }, sharding: "column_wise" },
  { optimizer: { ...momentum, rows: "all" }, schedule: { kind: "linear", warmup: 0, final: 0.5 } },
  { optimizer: { ...grda, rows: "all" } },
  { optimizer: sgd, l2: { ...l2, rows: "all" } },
];

interface Case {
  readonly tables: Record<TableName, number[][]>;
  readonly matrix: number[][];
  readonly bias: number[];
  readonly counts: Record<TableName, number[]>;
  /** By step and rank. */
  readonly steps: {
    readonly ids: Record<TableName, number[]>;
    /** How many ids each set has; of other tables, one for each gradient. */
    readonly lengths: Record<TableName, number[]>;
    readonly gradients: Record<TableName | "matrix", number[][]> & { readonly bias: number[] };
  }[][];
}

function caseOf(seed: number, ranks: number): Case {
  const random = Random.of(seed, "optimizers");
  const numbers = (n: number) => Array.from({ length: n }, () => Math.fround(random.normal()));
  const matrix = (rows: number, width: number) => Array.from({ length: rows }, () => numbers(width));
  const each = <T>(of: (name: TableName) => T) =>
    Object.fromEntries(names.map((name) => [name, of(name)])) as Record<TableName, T>;
  const whole = (below: number) => Math.floor(random.next() * below);
  const ofRank = () => {
    const sets = 1 + whole(4);
    const lengths = each((name) =>
      summed.includes(name) ? Array.from({ length: sets }, () => whole(4)) : Array(1 + whole(6)).fill(1),
    );
    const ids = each((name) =>
      lengths[name].flatMap((length) => Array.from({ length }, () => whole(sizes[name].rows))),
    );
    const gradients = each((name) => matrix(lengths[name].length, sizes[name].width));
    return { ids, lengths, gradients: { ...gradients, matrix: matrix(3, 2), bias: numbers(2) } };
  };
  return {
    tables: each((name) => matrix(sizes[name].rows, sizes[name].width)),
    matrix: matrix(3, 2),
    bias: numbers(2),
    counts: each((name) => Array.from({ length: sizes[name].rows }, () => whole(4))),
    steps: Array.from({ length: STEPS }, () => Array.from({ length: ranks }, ofRank)),
  };
}

function tableOf(optimizer: Optimizer, values: number[][], decay: OptimizerTable["decay"]): OptimizerTable {
  const width = values[0]!.length;
  const slots = optimizerOf(optimizer).slots(optimizer);
  return {
    width,
    values: Float32Array.from(values.flat()),
    slots: slots.map(({ initial, byRow }) =>
      new Float32Array(values.length * (byRow ? 1 : width)).fill(initial),
    ),
    decay,
  };
}

/** The steps of a case as dinc makes them. */
function byDinc(given: Case, { optimizer, schedule, clipNorm, l2, miniBatchAware, frozen }: Wanted) {
  const settings = { optimizer, schedule: schedule ?? ({ kind: "constant", warmup: 0 } as const) };
  const pullOfAll = l2?.rows === "all" ? l2.tables : 0;
  const hasAllRows = pullOfAll > 0 || ("rows" in optimizer && optimizer.rows === "all");
  const pull = (name: TableName) =>
    miniBatchAware === undefined
      ? (l2?.tables ?? 0) - pullOfAll
      : decayOf(miniBatchAware, Float64Array.from(given.counts[name]));
  const tables = new Map(names.map((name) => [name, tableOf(optimizer, given.tables[name], pull(name))]));
  // A matrix and a bias are a table of one row each; only matrices are pulled to 0.
  const dense = optimizer.kind === "adagrad" ? { ...optimizer, rowWise: false } : optimizer;
  const ofBias = dense.kind === "adamw" ? { ...dense, weightDecay: 0 } : dense;
  const matrix = tableOf(dense, [given.matrix.flat()], l2?.dense ?? null);
  const bias = tableOf(ofBias, [given.bias], null);
  given.steps.forEach((ranks, step) => {
    const sums = new Map(
      names.map((name) => {
        const { values, width } = tables.get(name)!;
        const pulled = (row: number) =>
          [...values.slice(row * width, (row + 1) * width)].map((w) => w * pullOfAll);
        const rows = new Map<number, number[]>(
          hasAllRows ? Array.from({ length: sizes[name].rows }, (_, row) => [row, pulled(row)]) : [],
        );
        for (const { ids, lengths, gradients } of ranks) {
          const of = lengths[name].flatMap((length, i) => Array<number>(length).fill(i));
          ids[name].forEach((id, i) => {
            rows.set(id, plus(rows.get(id), gradients[name][of[i]!]!));
          });
        }
        return [name, rows] as const;
      }),
    );
    const ofMatrix = ranks.map(({ gradients }) => gradients.matrix.flat()).reduce((a, b) => plus(a, b));
    const ofB = ranks.map(({ gradients }) => gradients.bias).reduce((a, b) => plus(a, b));
    const trained = names.filter((name) => frozen?.includes(name) !== true);
    const all = [ofMatrix, ofB, ...trained.flatMap((name) => [...sums.get(name)!.values()])].flat();
    const norm = Math.sqrt(all.reduce((sum, value) => sum + value * value, 0)) + 1e-6;
    const factor = clipNorm === undefined ? 1 : Math.min(1, clipNorm / norm);
    const update = (of: Optimizer, table: OptimizerTable, rows: ReadonlyMap<number, number[]>) => {
      const gradients = Float32Array.from([...rows.values()].flat(), (value) => value * factor);
      const scalars = scalarsAt({ ...DEFAULT_SETTINGS, ...settings, optimizer: of }, step + 1, STEPS);
      optimizerOf(of).rows(of, { table, rows: Int32Array.from(rows.keys()), gradients, scalars });
    };
    for (const name of trained) update(optimizer, tables.get(name)!, sums.get(name)!);
    update(dense, matrix, new Map([[0, ofMatrix]]));
    update(ofBias, bias, new Map([[0, ofB]]));
  });
  const values = names.map((name) => [name, [...tables.get(name)!.values]] as const);
  return { ...Object.fromEntries(values), matrix: [...matrix.values], bias: [...bias.values] };
}

function plus(a: readonly number[] | undefined, b: readonly number[]): number[] {
  return a === undefined ? [...b] : a.map((value, i) => value + b[i]!);
}

type Found = Record<TableName | "matrix", number[][]> & { readonly bias: number[]; readonly fused: boolean };

describe.skipIf(noTorch !== null).each([1, 2])("%i process(es) with shared tables", (ranks) => {
  const cases = wanted.map((_, i) => caseOf(i, ranks));
  let folder = "";
  let found: readonly Found[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "dinc-torchrec-"));
    await copyRuntime(folder);
    const given = wanted.map((settings, i) => ({
      ...cases[i],
      ...{ schedule: { kind: "constant", warmup: 0 }, clipNorm: null, miniBatchAware: null, sharding: null },
      ...{ l2: { dense: 0, tables: 0 }, frozen: [], summed },
      ...settings,
    }));
    await writeFile(join(folder, "cases.json"), JSON.stringify(given));
    const { code, stderr } = await runFork([script("optimizers.py"), "cases.json", "found.json"], {
      folder,
      ranks,
    });
    expect(code, stderr).toBe(0);
    found = JSON.parse(await readFile(join(folder, "found.json"), "utf8"));
  }, 400_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(wanted.map((settings, i) => [JSON.stringify(settings), i] as const))("%s", (_, i) => {
    const expected = byDinc(cases[i]!, wanted[i]!);
    for (const [name, values] of Object.entries(expected)) {
      const got = (found[i]![name as keyof Found] as number[][]).flat();
      expect(got).toHaveLength(values.length);
      got.forEach((value, at) => {
        expect(Math.abs(value - values[at]!), `${name}[${at}]`).toBeLessThan(
          2e-6 * (1 + Math.abs(values[at]!)),
        );
      });
    }
    expect(found[i]!.fused).toBe(wanted[i]!.fused ?? false);
  });

  test("every optimizer and every schedule is among them", () => {
    expect(new Set(wanted.map(({ optimizer }) => optimizer.kind))).toEqual(new Set(Object.keys(optimizers)));
    const kinds = wanted.map(({ schedule }) => schedule?.kind ?? "constant");
    // A plateau reads epochs, which training.test.ts has.
    expect(new Set([...kinds, "plateau"])).toEqual(new Set(Object.keys(schedules)));
  });
});
