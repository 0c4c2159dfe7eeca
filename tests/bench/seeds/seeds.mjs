// The AUC of DIN on Amazon Beauty over seeds, and the time until it reaches a bound: dinc beside PyTorch, FuxiCTR, DeepCTR-Torch
// and DeepCTR, all on the rows that protocol.py of ../shared/peers wrote to PEERS_DIR. What the peers need is in peers.mjs.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { train } from "../dinc.mjs";
import { engines } from "../engines.mjs";
import { isThere, measure, peerRow, peers } from "../peers.mjs";
import { median, spread } from "../statistics.mjs";

/** Five are too few: their means differ by .005. */
const SEEDS = Array.from({ length: 10 }, (_, i) => 2026 + i);
const EPOCHS = [1, 2, 3];
/** All reach it in most seeds, and none in the first epoch. */
const REACHED = 0.8;

export async function seeds(root, { small = false } = {}) {
  const rows = process.env.PEERS_DIR;
  if (small || !rows || !existsSync(join(rows, "dinprotocol_train.csv")))
    return "## seeds\n\nNot run: PEERS_DIR has no rows of protocol.py.";
  const lines = [ourRow(await ourEpochs(root, rows))];
  for (const [peer, args] of [
    [peers.pytorch, (seed) => ["kind=din", "fused=1", `seed=${seed}`]],
    [peers.deepctr, () => []],
    [peers.fuxictr, () => ["train", "npz"]],
    [peers.deepctrTorch, () => []],
  ])
    lines.push(peerRow("seeds", peer.name, isThere(peer) ? cellsOf(theirEpochs(root, peer, args)) : null, 5));
  return [
    "## seeds",
    "",
    `DIN as in \`train\`, with ${SEEDS.length} seeds: means and deviations. All train on the same rows, dinc's too. The time is that until the end of the`,
    `first epoch with an AUC of ${REACHED}, without evaluations, as a median over the seeds; all contestants have two threads.`,
    "",
    "| | seeds | AUC after epoch 1 | 2 | 3 | seconds to an AUC of .80 |",
    "|---|---|---|---|---|---|",
    ...lines,
  ].join("\n");
}

/** By seed: seconds and AUC of each epoch. */
async function ourEpochs(root, rows) {
  const folder = mkdtempSync(join(tmpdir(), "dinc-bench-seeds-"));
  try {
    const spec = join(folder, "din.din");
    const text = readFileSync(join(root, "examples", "amazon-beauty", "din.din"), "utf8");
    // The label is called so in the peers' rows.
    writeFileSync(spec, text.replace("label click", "label label").replace("predict click", "predict label"));
    const read = ["train", "test"].flatMap((part) => [
      "--set",
      `data.${part}=${resolve(rows, `dinprotocol_${part}.csv`)}`,
    ]);
    const found = [];
    for (const seed of SEEDS) {
      const { lines } = await train(root, [spec, ...read, "--seed", String(seed), ...engines.native.args]);
      found.push(lines.map(({ train_seconds, auc }) => ({ seconds: train_seconds, auc })));
    }
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function theirEpochs(root, { script, ...peer }, args) {
  const seeded = { ...peer, script: join(import.meta.dirname, "seeded.py") };
  return SEEDS.map((seed) =>
    measure(root, seeded, [String(seed), script, ...args(seed)])
      .filter((result) => "epoch_s" in result)
      .map(({ epoch_s, auc }) => ({ seconds: epoch_s, auc })),
  );
}

function ourRow(bySeed) {
  return `| ${["dinc, native", ...cellsOf(bySeed)].join(" | ")} |`;
}

function cellsOf(bySeed) {
  const times = bySeed.map((epochs) => secondsTo(REACHED, epochs)).filter((time) => time !== null);
  const isReached = times.length > bySeed.length / 2;
  return [
    String(bySeed.length),
    ...EPOCHS.map((epoch) => spread(bySeed.map((epochs) => epochs[epoch - 1].auc))),
    isReached ? median(times).toFixed(1) : `in ${times.length} of ${bySeed.length} seeds`,
  ];
}

/** Until the end of the first epoch with this AUC; null if there is none. */
function secondsTo(auc, epochs) {
  const first = epochs.findIndex((epoch) => epoch.auc >= auc);
  return first < 0 ? null : epochs.slice(0, first + 1).reduce((sum, { seconds }) => sum + seconds, 0);
}
