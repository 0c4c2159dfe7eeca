// The job of docs/scale.md: what is assumed, and what follows. Bytes are decimal, as vendors count them.

import { optimizerOf } from "../../compiler/middle/training/optimizers/registry.ts";
import type { Optimizer } from "../../compiler/middle/training/settings.ts";
import type { Work } from "./work.ts";

export const job = {
  rows: 1e9,
  /** Of the item table. */
  ids: 1e8,
  width: 64,
  steps: 200,
  /** Of a GPU in a step. */
  rowsPerGpu: 4096,
} as const;

/** One GPU of a machine with eight, and the shares of these rates that a training is assumed to reach. */
export const gpu = {
  memory: 80e9,
  memoryBandwidth: 3.35e12,
  flops: 67e12,
  /** To the other GPUs of the machine, in each direction. */
  nvlink: 450e9,
  /** To other machines. */
  network: 48e9,
  perMachine: 8,
} as const;

export const reached = {
  /** Of `flops`, in products of narrow matrices in f32. */
  flops: 0.4,
  /** Of `memoryBandwidth`, by ops over whole values. */
  streaming: 0.7,
  /** The same by reads and writes of single rows. */
  rows: 0.35,
  nvlink: 0.7,
  network: 0.8,
} as const;

/** Seconds. */
export const latency = {
  /** Between two kernels that Python starts one by one. */
  kernel: 6e-6,
  /** A small exchange among the GPUs of one machine, and among machines. */
  exchange: { inside: 60e-6, across: 120e-6 },
} as const;

/** Measured here, see the page: bytes of a value in a shard, and values that one core reads or writes in a second. */
export const measured = {
  bytes: { item_id: 2.7, cate_id: 1.77 },
  readPerCore: 77e6,
} as const;

/**
 * Measured here: values that `dinc prepare` reads, encodes and writes in a second of processor time, for 10⁵
 * rows of this job.
 */
export const preparation = { valuesPerSecond: 4.0e6, date: "2026-11-27" } as const;

const F32 = 4;
/** An id in prepared rows, and on the wire. */
const ID = 4;

/** What tests/scale measured on Amazon Beauty: of a rank's distinct items in a batch, the share that the first rank has. */
export const beauty = {
  date: "2026-11-27",
  rows: 128,
  shares: [
    { ranks: 2, inOrder: 0.84, spread: 0.5 },
    { ranks: 8, inOrder: 0.49, spread: 0.13 },
    { ranks: 64, inOrder: 0.14, spread: 0.016 },
  ],
} as const;

/** Rows that the package's two processes looked up in a step there, the mean of 50 steps with `item_id` and `cate_id` row-wise. */
export const lookedUp = {
  date: "2026-12-03",
  steps: [
    { batch: 256, inOrder: [1923, 438], spread: [1183, 1178] },
    { batch: 2048, inOrder: [7204, 2664], spread: [4937, 4931] },
  ],
} as const;

/** The row of an id, as the package's spread.py has it: multiples of a number near the golden ratio of the table's rows. */
export function rowOf(id: number, rows: number = job.ids): number {
  return (id * factorOf(rows)) % rows;
}

function factorOf(rows: number): number {
  const near = Math.round(((Math.sqrt(5) - 1) / 2) * rows);
  for (let distance = 0; ; distance++)
    for (const factor of [near + distance, near - distance])
      if (factor > 0 && commonDivisor(factor, rows) === 1) return factor;
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/** How often id k is drawn: as in logs, the k-th most frequent one about 1/k as often as the first. */
function share(k: number): number {
  return Math.log1p(1 / k) / Math.log1p(job.ids);
}

/** An id with that frequency, `u` uniform in [0, 1). */
export function drawn(u: number, ids: number = job.ids): number {
  return Math.floor((ids + 1) ** u);
}

/**
 * How many different ids from `first` to `last` are expected among `draws`. Beyond the first ones, ids in
 * steps of a thousandth.
 */
export function distinct(draws: number, last: number = job.ids, first = 1): number {
  let sum = 0;
  for (let k = first; k <= last; ) {
    const next = Math.min(last + 1, Math.max(k + 1, Math.floor(k * 1.001)));
    sum += (next - k) * -Math.expm1(-draws * share((k + next - 1) / 2));
    k = next;
  }
  return sum;
}

export type Sharding = "row_wise" | "table_wise" | "column_wise" | "data_parallel";
export const shardings: readonly Sharding[] = ["row_wise", "table_wise", "column_wise", "data_parallel"];

/** A table is cut into columns of 4 at least. */
export const NARROWEST = 4;

/** GPUs that have a part of the table. */
export function holders(sharding: Sharding, gpus: number): number {
  switch (sharding) {
    case "table_wise":
      return 1;
    case "column_wise":
      return Math.min(gpus, job.width / NARROWEST);
    default:
      return gpus;
  }
}

/** Bytes of the item table. */
export const tableBytes = job.ids * job.width * F32;

/** Bytes of what an optimizer remembers of the table. */
export function slotBytes(optimizer: Optimizer): number {
  const slots = optimizerOf(optimizer).slots(optimizer);
  return slots.reduce((sum, { byRow }) => sum + job.ids * F32 * (byRow ? 1 : job.width), 0);
}

/** Bytes of table and optimizer on the GPU that has most. */
export function held(sharding: Sharding, gpus: number, optimizer: Optimizer): number {
  const parts = sharding === "data_parallel" ? 1 : holders(sharding, gpus);
  return (tableBytes + slotBytes(optimizer)) / parts;
}

export interface Wire {
  /** Bytes of ids that the busiest GPU receives in a step. */
  readonly ids: number;
  /** Bytes of vectors that it sends, and of their gradients that it receives. */
  readonly vectors: number;
}

/** `rows` a GPU. `inOrder`: if rows lay in the order of ids, which is that of their frequency. */
export function wire(sharding: Sharding, gpus: number, rows: number, inOrder = false): Wire {
  const asked = distinct(rows * (1 + job.steps));
  const others = gpus - 1;
  switch (sharding) {
    case "data_parallel":
      // Each sends its part of the sum and receives it, for the whole gradient.
      return { ids: 0, vectors: (2 * others * tableBytes) / gpus };
    case "table_wise":
      return { ids: others * asked * ID, vectors: 2 * others * asked * job.width * F32 };
    case "column_wise": {
      const width = job.width / holders(sharding, gpus);
      return { ids: others * asked * ID, vectors: 2 * others * asked * width * F32 };
    }
    case "row_wise": {
      const own = inOrder ? distinct(rows * (1 + job.steps), job.ids / gpus) : asked / gpus;
      return { ids: others * own * ID, vectors: 2 * others * own * job.width * F32 };
    }
  }
}

/** Seconds that bytes take on the wire: both directions at once, inside of a machine and across at once. */
export function wireSeconds(bytes: number, gpus: number): number {
  const oneWay = bytes / 2;
  const outside = Math.max(0, gpus - gpu.perMachine) / Math.max(1, gpus - 1);
  const inside = (oneWay * (1 - outside)) / (gpu.nvlink * reached.nvlink);
  return Math.max(inside, (oneWay * outside) / (gpu.network * reached.network)) * 2;
}

export interface Step {
  readonly products: number;
  readonly streaming: number;
  /** What starting its kernels takes, one by one. */
  readonly starts: number;
  readonly lookups: number;
  /** Of ids too. */
  readonly vectors: number;
  readonly exchanges: number;
  /** All of it: kernels run while others are started. */
  readonly seconds: number;
}

/** A backward pass is two forward ones. */
const PASSES = 3;

/** The item table row-wise over all GPUs; the small table on each GPU. Adam. */
export function step(work: Work, gpus: number, rows: number): Step {
  const products = (PASSES * rows * work.flops) / (gpu.flops * reached.flops);
  const streaming = (PASSES * rows * work.bytes) / (gpu.memoryBandwidth * reached.streaming);
  const starts = PASSES * work.kernels * latency.kernel;
  const draws = rows * (1 + job.steps);
  const asked = distinct(draws);
  const changed = distinct(gpus * draws) / gpus;
  // Read for each GPU that asks, gradients read; row and two moments read and written.
  const bytes = job.width * F32 * (2 * asked + 6 * changed);
  const lookups = bytes / (gpu.memoryBandwidth * reached.rows);
  const sent = wire("row_wise", gpus, rows);
  const vectors = gpus === 1 ? 0 : wireSeconds(sent.ids + sent.vectors, gpus);
  const each = gpus > gpu.perMachine ? latency.exchange.across : latency.exchange.inside;
  // Of each layer with batch statistics forwards and backwards, of the gradients, and of the table's all-to-alls.
  const exchanges = gpus === 1 ? 0 : (2 * work.statistics + 1 + 3) * each;
  const seconds = Math.max(products + streaming, starts) + lookups + vectors + exchanges;
  return { products, streaming, starts, lookups, vectors, exchanges, seconds };
}

/** Bytes of a row in shards. */
export function rowBytes(): number {
  const { item_id, cate_id } = measured.bytes;
  return (1 + job.steps) * (item_id + cate_id);
}

/** Values of a row. */
export function rowValues(): number {
  return 2 * (1 + job.steps);
}
