// The text of docs/scale.md. Every figure in it is computed in job.ts, or is one of the assumptions there.

import { MOST_VALUES } from "../../compiler/data/fit-rows.ts";
import type { Optimizer } from "../../compiler/middle/training/settings.ts";
import {
  beauty,
  distinct,
  gpu,
  held,
  holders,
  job,
  latency,
  lookedUp,
  measured,
  preparation,
  reached,
  rowBytes,
  rowValues,
  type Sharding,
  shardings,
  slotBytes,
  step,
  tableBytes,
  wire,
  wireSeconds,
} from "./job.ts";
import type { Work } from "./work.ts";

const count = (value: number) => Math.round(value).toLocaleString("en");
/** Two digits, as no estimate has more. */
const rough = (value: number) => Number(value.toPrecision(2)).toLocaleString("en");
const gigabytes = (bytes: number) => `${rough(bytes / 1e9)} GB`;
const megabytes = (bytes: number) => `${rough(bytes / 1e6)} MB`;
const milliseconds = (seconds: number) => `${rough(1000 * seconds)} ms`;
const percent = (part: number) => `${Math.round(100 * part)} %`;
const times = (factor: number) => `${rough(factor)} times`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

const moments = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const adam: Optimizer = { kind: "adam", ...moments };
const accumulating = { kind: "adagrad", learningRate: 0.01, initialAccumulator: 0.1, epsilon: 1e-8 } as const;
const optimizers: readonly (readonly [string, Optimizer])[] = [
  ["`sgd`", { kind: "sgd", learningRate: 0.1 }],
  ["`adagrad(row_wise: true)`", { ...accumulating, rowWise: true }],
  ["`adagrad`", { ...accumulating, rowWise: false }],
  ["`adam`, `adamw`", adam],
  ["`ftrl`", { kind: "ftrl", learningRate: 0.1, beta: 1, l1: 0, l2: 0 }],
];

const names: Readonly<Record<Sharding, string>> = {
  row_wise: "`row_wise`",
  table_wise: "`table_wise`",
  column_wise: "`column_wise`",
  data_parallel: "`data_parallel`",
};

const FLEETS = [8, 64] as const;

/** The bytes on one GPU; says so where the table leaves no room. */
function memoryCell(sharding: Sharding, gpus: number): string {
  const bytes = held(sharding, gpus, adam);
  return bytes > 0.9 * gpu.memory ? `${gigabytes(bytes)}: no room` : gigabytes(bytes);
}

function memoryTables(): string {
  const byOptimizer = optimizers.map(([name, optimizer]) => {
    const all = tableBytes + slotBytes(optimizer);
    return [
      name,
      gigabytes(slotBytes(optimizer)),
      gigabytes(all),
      ...FLEETS.map((gpus) => gigabytes(all / gpus)),
    ];
  });
  const byKind = shardings.map((sharding) => [
    names[sharding],
    ...FLEETS.flatMap((gpus) => [String(holders(sharding, gpus)), memoryCell(sharding, gpus)]),
  ]);
  return `${table(
    ["optimizer", "its state", "with the table", "on each of 8 GPUs", "on each of 64"],
    byOptimizer,
  )}

With \`adam\`, by the way the table is sharded (TorchRec's planner agrees; a test asks it):

${table(["", "of 8 GPUs hold it", "on each of these", "of 64 GPUs hold it", "on each of these"], byKind)}`;
}

function wireTable(): string {
  const rows = shardings.map((sharding) => [
    names[sharding],
    ...FLEETS.flatMap((gpus) => {
      const { ids, vectors } = wire(sharding, gpus, job.rowsPerGpu);
      return [megabytes(ids), megabytes(vectors), milliseconds(wireSeconds(ids + vectors, gpus))];
    }),
  ]);
  const head = FLEETS.flatMap((gpus) => [`${gpus} GPUs: ids`, "vectors and gradients", "all take"]);
  return table(["the busiest GPU, a step", ...head], rows);
}

const RUNS = [
  [1, job.rowsPerGpu],
  [8, job.rowsPerGpu],
  [64, (8 * job.rowsPerGpu) / 64],
  [64, job.rowsPerGpu],
] as const;

function stepTable(work: Work): string {
  const rows = RUNS.map(([gpus, each]) => {
    const of = step(work, gpus, each);
    const perSecond = (gpus * each) / of.seconds;
    return [
      `${gpus} × ${count(each)}`,
      ...[of.products, of.streaming, of.starts, of.lookups, of.vectors, of.exchanges].map(milliseconds),
      rough(1 / of.seconds),
      rough(perSecond),
      `${rough(job.rows / perSecond / 60)} min`,
      gigabytes(perSecond * rowBytes()),
    ];
  });
  const head = [
    "GPUs × rows",
    "products",
    "other ops",
    "starting kernels",
    "lookups",
    "ids, vectors",
    "exchanges",
  ];
  return table([...head, "steps/s", "rows/s", "10⁹ rows", "read a second"], rows);
}

function lookedUpWords(): string {
  const both = (rows: readonly [number, number]) =>
    rows.map((each) => each.toLocaleString("en-US")).join(" and ");
  return lookedUp.steps
    .map(
      ({ batch, inOrder, spread }) =>
        `with ${batch.toLocaleString("en-US")} training rows ${both(spread)} instead of ${both(inOrder)}`,
    )
    .join(", ");
}

function shareWords(): string {
  const of = beauty.shares.map(
    ({ ranks, inOrder, spread }) =>
      `of ${ranks} blocks ${rough(100 * spread)} % instead of ${rough(100 * inOrder)} %`,
  );
  return `${of.slice(0, -1).join(", ")}, and ${of.at(-1)}`;
}

/** Cores that decode the shards for one GPU. */
function readers(work: Work): string {
  const { seconds } = step(work, 8, job.rowsPerGpu);
  return ((job.rowsPerGpu * rowValues()) / seconds / measured.readPerCore).toFixed(1);
}

export function scalePage(work: Work, spec: string): string {
  const draws = job.rowsPerGpu * (1 + job.steps);
  const different = distinct(draws);
  const all = rowBytes() * job.rows;
  const crowd = (gpus: number) =>
    wire("row_wise", gpus, job.rowsPerGpu, true).vectors / wire("row_wise", gpus, job.rowsPerGpu).vectors;
  const gather = step(work, 8, job.rowsPerGpu);
  const vectors = milliseconds(wireSeconds(wire("row_wise", 64, job.rowsPerGpu, true).vectors, 64));
  return `# A large job, worked out

<!-- Written by tests/scale/page.ts: npm run generate -->

10⁹ rows, 10⁸ items, histories of ${job.steps} steps: the data, memory and traffic of a training with TorchRec, and its possible speed.
**Nothing about GPUs on this page is measured.** All of it follows from the assumptions below, by the formulas of
\`tests/scale/job.ts\`; a test computes the page again. Estimates have two digits. MB and GB are decimal.

## The job

\`\`\`din
${spec.trim()}
\`\`\`

The spec states the sizes of the tables (\`id(size: n)\`), so there is no vocabulary. Counted in dinc's own Graph of this spec, for
a row with a full history:

${table(
  ["of a row", ""],
  [
    ["operations of the forward pass", `${rough(work.flops / 1e6)} million`],
    ["bytes through memory, if each op is a kernel of its own", megabytes(work.bytes)],
    ["bytes kept for the backward pass, at most", megabytes(work.kept)],
    ["ops", count(work.kernels)],
    [
      "rows of `item_id` and of `cate_id` that are read",
      `${[...work.lookups.values()].map(count).join(" and ")}`,
    ],
  ],
)}

The network has ${count(work.dense)} dense weights, and ${count(work.statistics)} layers with statistics of the whole batch.

## Assumptions

${table(
  ["", "of it is reached", "from"],
  [
    [
      `memory of a GPU: ${gigabytes(gpu.memory)} at ${rough(gpu.memoryBandwidth / 1e12)} TB/s`,
      `${percent(reached.streaming)} by ops over whole values, ${percent(reached.rows)} by single rows`,
      "H100 SXM according to NVIDIA's data sheet; the shares are guesses",
    ],
    [
      `products in f32: ${rough(gpu.flops / 1e12)} TFLOPS`,
      percent(reached.flops),
      "the same; TF32 is off, matrices are narrow",
    ],
    [
      `NVLink: ${rough(gpu.nvlink / 1e9)} GB/s in each direction, ${gpu.perMachine} GPUs a machine`,
      percent(reached.nvlink),
      "900 GB/s in both: [MLPerf's description of such a machine](https://raw.githubusercontent.com/mlcommons/inference_results_v4.1/main/closed/NVIDIA/systems/H200-SXM-141GBx8_TRT_MaxQ.json)",
    ],
    [
      `network: ${rough(gpu.network / 1e9)} GB/s for each GPU`,
      percent(reached.network),
      "one 400 Gb/s card per GPU; an all-to-all gets the rate of one card: [NCCL's authors](https://github.com/NVIDIA/nccl-tests/issues/267), [and how it is counted](https://github.com/NVIDIA/nccl-tests/issues/130)",
    ],
    [
      `${rough(1e6 * latency.kernel)} µs a kernel that Python starts; a small exchange ${rough(1e6 * latency.exchange.inside)} µs in a machine, ${rough(1e6 * latency.exchange.across)} µs across machines`,
      "",
      "guesses; `--compile` makes fewer kernels",
    ],
    ["a backward pass costs two forward ones", "", "each product has two gradients"],
    [
      "the k-th most frequent item occurs 1/k as often as the first",
      "",
      "Zipf's law; each rank requests an id once, even if its rows contain it several times",
    ],
  ],
)}

[TorchRec's planner](https://github.com/meta-pytorch/torchrec/blob/main/torchrec/distributed/planner/constants.py) assumes 12.5
GiB/s between machines and 600 GiB/s inside by default. Tell it your machine's (\`Topology\`), or it prefers plans for a slower
network.

## Bytes read

A value of \`clicks.item_id\` takes ${measured.bytes.item_id} bytes in a shard (int32 in Parquet, zstd), one of \`clicks.cate_id\` ${measured.bytes.cate_id}: measured on drawn ids, which a test
does again. The ids of a real log repeat more often. A row has ${count(rowValues())} of them and takes ${rough(rowBytes())} bytes; 10⁹ rows take ${gigabytes(all)}. Each epoch reads all of it once. Uncompressed it is
${gigabytes(rowValues() * 4 * job.rows)}.

One core decodes ${rough(measured.readPerCore / 1e6)} million values a second with pyarrow (measured on this machine). At the speed below, each GPU needs ${readers(work)} cores for that:
a rank that reads in one thread is just quick enough, and a longer history or a faster network needs two.

## Memory

The table of items has ${gigabytes(tableBytes)}. The optimizer's state for each row comes on top:

${memoryTables()}

With \`table_wise\` and \`data_parallel\`, the table and the state of \`adam\` leave no memory for anything else. The table of \`cate_id\` is small (${megabytes(10_000 * 16 * 4)}) and is on each GPU. Beside tables, a step of
${count(job.rowsPerGpu)} rows keeps up to ${gigabytes(job.rowsPerGpu * work.kept)} for its backward pass, so a GPU of ${gigabytes(gpu.memory)} takes some ${rough((gpu.memory * 0.7) / work.kept)} rows.

## Between GPUs

${count(job.rowsPerGpu)} rows have ${count(draws)} item ids, of which ${rough(different)} are different. A history is not pooled before it arrives, because the candidate attends
to it: each different id costs a vector of ${job.width * 4} bytes, and its gradient on the way back.

${wireTable()}

- \`row_wise\` cuts a table into blocks of neighbouring rows, and dinc numbers learned ids by their frequency. If rows lay in that order, the
  first block would have all popular items: it would send ${times(crowd(8))} the mean on 8 GPUs, and ${times(crowd(64))} on 64, where a step would wait ${vectors}. So id i of n is in row
  i · m mod n, where m is the number nearest to 0.618 n that shares no divisor with n (\`spread.py\` of the package). Neighbouring ids are then on different GPUs.
  In files, weights are in the order of ids.
- On Amazon Beauty (${beauty.rows} training rows on each rank, measured ${beauty.date}) this is the share of a step's different items in the first block:
  ${shareWords()}.
- There, two processes of the package look up so many rows in a step (measured ${lookedUp.date}; items and categories): ${lookedUpWords()}.
- \`column_wise\` is balanced for any ids. Each holder gets all ids, and at most ${holders("column_wise", 64)} GPUs can hold ${job.width} columns.
- \`data_parallel\` adds up gradients of the whole table in each step. It is for small tables.

## Steps a second

\`item_id\` row-wise. A GPU computes while Python starts further kernels, so only the longer of the two times counts.

${stepTable(work)}

- Most of a step is memory traffic of elementwise ops, ${percent(gather.streaming / gather.seconds)} on 8 GPUs. \`--compile\` fuses them, which saves more than any other setting here.
- The same batch on 64 GPUs instead of 8 gives ${rough(step(work, 64, 512).seconds ** -1 / gather.seconds ** -1)} times the steps, not 8: exchanges and starts do not shrink. A batch eight times as large
  uses the GPUs better and needs another learning rate.
- On 64 GPUs the shards must be read at the rate in the last column. One network file system rarely reaches it; a copy on each machine's own disks does.

## Where preparation on one machine ends

\`dinc prepare\` runs on one machine. It reads and encodes in one process, logs are sorted out of core, and columns beyond \`data.memory\` are in files, so memory is not the limit:

- **Time.** It reads, encodes and writes ${rough(preparation.valuesPerSecond / 1e6)} million values in a second of processor time (measured ${preparation.date} with 10⁵ rows of this job, most of it in one thread).
  The ${rough((job.rows * rowValues()) / 1e9)} billion values of the job take ${rough((job.rows * rowValues()) / preparation.valuesPerSecond / 3600)} hours. 10⁸ such rows are an afternoon, and that is the end of one machine.
- **Rows.** They are counted in 32 bits: at most ${count(2 ** 31 - 1)} in a split.
- **Learned ids.** A vocabulary is a map in JavaScript, which has at most ${count(MOST_VALUES)} entries (DIN0628). Larger sets of ids need \`id(size: n)\`, with numbers that you make, or
  hashed ids: \`id(hash: n)\`.
- **One array.** \`dinc import\` and everything after it hold a table in one array: 4 GiB with Node 20, as much as the machine has with Node 22
  and 24 (16 GiB were had here). The table of this job has ${gigabytes(tableBytes)}, so import it with Node 24 on a machine with ${rough((3 * tableBytes) / 1e9)} GB. It is served from a store:
  \`dinc compile --without-table item_id\`.

## The same folder from Spark or Ray Data

\`\`\`sh
dinc prepare -c dinc.yaml --out /shared/rows --shards ${SHARDS} --plan spark > plan.sql
spark-sql -f plan.sql
dinc prepare -c dinc.yaml --out /shared/rows --seal
\`\`\`

Beyond one machine, Spark writes the folder by SQL that dinc prints ([commands.md](commands.md#dinc-prepare)). \`--seal\` then checks every row and
writes \`prepared.json\`. The folder is the contract ([prepared-rows.md](prepared-rows.md)): neither the training nor \`dinc import\` depends on the program that wrote it.
dinc prints no plan for Ray Data; there, the same steps are:

${table(
  ["", "Spark, by the plan", "Ray Data, by hand"],
  [
    [
      "ids: count the values of the training rows, the most frequent first, from 2",
      "`GROUP BY`, `row_number`",
      "`groupby().count()`, `sort`",
    ],
    [
      "encode events, not rows: each event gets its ids once, and histories repeat them",
      "a join",
      "`map_batches`",
    ],
    [
      "histories: the latest `max` events of the user before the target",
      "windows by user and time",
      "`groupby(user).map_groups`",
    ],
    ["hashed ids: MurmurHash3 of 32 bits with seed 0", "not in a plan (DIN0657)", "`mmh3` in `map_batches`"],
    [
      "a random order, in as many files as the ranks divide",
      "repartition by a hash",
      "`random_shuffle`, `repartition`",
    ],
    ["Parquet with zstd, no nulls", "`USING parquet`", "`write_parquet`"],
    [
      "the vocabularies, the fitted values of transforms, `prepared.json` with hashes",
      "`--seal`",
      "your program, as prepared-rows.md says",
    ],
  ],
)}

With a log of ${rough(job.rows / 2 / 1e6)} million clicks and one negative for each, the job's rows come from ${gigabytes((job.rows / 2) * LOG_BYTES)} of encoded events
(${LOG_BYTES} bytes each: user, item, category, time). They are shuffled twice, by user for the histories and at random at the end; the second time as whole rows,
${gigabytes(all)} compressed. ${count(SHARDS)} shards have ${gigabytes(all / SHARDS)} each: a rank of 64 reads ${SHARDS / 64} of them in an epoch.

Ray is also a way to start the training on several machines (\`launch_ray.py\` of the package); the two uses do not depend on each other.
`;
}

/** Of an encoded event: four numbers, the time in 8 bytes. */
const LOG_BYTES = 20;
const SHARDS = 512;
