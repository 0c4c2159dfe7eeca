// What `anywhere.test.ts` runs in versions of Node and in a browser: the compiler with its back end in
// WebAssembly, which trains a spec on batches that it is given, and the hash of what comes of it.

import type { Batch } from "../../../compiler/backends/contract/batch.ts";
import { openSession } from "../../../compiler/backends/wasm/training/session.ts";
import {
  takePart,
  type WebWorker,
  webThreads,
} from "../../../compiler/backends/wasm/training/web-workers.ts";
import { check, lower, sourceFile } from "../../../compiler/index.ts";
import { trainingProgram } from "../../../compiler/middle/programs/step.ts";
import { optimizerOf } from "../../../compiler/middle/training/optimizers/registry.ts";
import { scalarsAt } from "../../../compiler/middle/training/schedules.ts";
import { initialParameters } from "../../../compiler/train/initial.ts";

export { takePart, webThreads };

/** As JSON has it: values of an input, ids or numbers. */
export interface GivenBatch {
  readonly size: number;
  readonly ids: readonly (readonly [string, readonly number[]])[];
  readonly numbers: readonly (readonly [string, readonly number[]])[];
  readonly segments: readonly (readonly [string, readonly number[]])[];
  readonly tables: readonly (readonly [string, readonly number[]])[];
  readonly own: readonly (readonly [string, readonly number[]])[];
}

export interface Given {
  readonly spec: string;
  readonly batches: readonly GivenBatch[];
  readonly tables: readonly { readonly name: string; readonly width: number; readonly rows: number }[];
  readonly steps: number;
}

export interface Trained {
  readonly hash: string;
  /** Threads that took part, this one not counted. */
  readonly helpers: number;
}

/** `newWorker` is null where one thread does all. */
export async function train(text: string, newWorker: (() => WebWorker) | null): Promise<Trained> {
  const given = JSON.parse(text) as Given;
  const model = check(sourceFile("model.din", given.spec)).value!;
  const program = trainingProgram(lower(model), model);
  const { settings, step } = program;
  const slots = optimizerOf(settings.optimizer).slots(settings.optimizer);
  const tables = new Map(
    given.tables.map(({ name, width, rows }) => [
      name,
      {
        values: Float32Array.from({ length: rows * width }, (_, i) => ((i * 7919) % 101) / 1000 - 0.05),
        slots: slots.map(({ initial, byRow }) => new Float32Array(byRow ? rows : rows * width).fill(initial)),
        decay: null,
      },
    ]),
  );
  const threads = newWorker === null ? null : webThreads(newWorker, 3, true);
  const machine = { threads, form: "plain" } as const;
  const session = openSession(machine, program, initialParameters(step, 1), tables);
  const batches = given.batches.map(batchOf);
  for (let number = 1; number <= given.steps; number++) {
    const batch = batches[number % batches.length]!;
    session.step({ batch, rows: {}, scalars: scalarsAt(settings, number, given.steps) });
    // Workers of a page begin when whoever starts them has nothing to do; on a busy machine that takes seconds.
    if (number < 10)
      await new Promise((resolve) => setTimeout(resolve, newWorker === null ? 0 : 50 * number));
  }
  const arrays = [
    ...[...session.read()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, values]) => values),
    ...[...session.holds!.values()].flatMap((table) => [table.values, ...table.slots]),
  ];
  const hash = hashOf(arrays);
  session.dispose();
  return { hash, helpers: threads === null ? 0 : 2 };
}

function batchOf({ size, ids, numbers, segments, tables, own }: GivenBatch): Batch {
  const ints = (values: GivenBatch["ids"]) =>
    values.map(([name, each]) => [name, Int32Array.from(each)] as const);
  return {
    size,
    inputs: new Map<string, Int32Array | Float32Array>([
      ...ints(ids),
      ...numbers.map(([name, each]) => [name, Float32Array.from(each)] as const),
    ]),
    segments: new Map(ints(segments)),
    tables: new Map(ints(tables)),
    own: new Map(ints(own)),
    parts: [],
  };
}

/** The hash of the numbers that each of the specs computes for each step of a training, before they are rounded. */
export function scalarsOf(specs: readonly string[]): string {
  const all = 3000;
  const arrays = specs.map((spec) => {
    const model = check(sourceFile("model.din", spec)).value!;
    const { settings } = trainingProgram(lower(model), model);
    const numbers = Array.from({ length: all }, (_, i) => Object.values(scalarsAt(settings, i + 1, all)));
    return Float64Array.from(numbers.flat());
  });
  return hashOf(arrays);
}

/** FNV-1a over 32-bit words, twice. */
function hashOf(arrays: readonly (Float32Array | Float64Array)[]): string {
  let [a, b] = [0x811c9dc5, 0x1000193];
  for (const array of arrays) {
    for (const word of new Uint32Array(array.slice().buffer)) {
      a = Math.imul(a ^ word, 0x01000193);
      b = Math.imul(b ^ (word >>> 16) ^ (a >>> 3), 0x85ebca6b);
    }
  }
  return `${arrays.length} ${(a >>> 0).toString(16)} ${(b >>> 0).toString(16)}`;
}
