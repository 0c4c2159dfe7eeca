// DIN on Amazon Beauty by the DIN paper's protocol, three epochs: dinc on WebAssembly and on tfjs-node,
// beside PyTorch (packed by hand), FuxiCTR, DeepCTR-Torch and DeepCTR, as many rows and the same sizes; DIN
// once more with larger batches; and the models of the zoo on both. Needs BEAUTY (default
// ../shared/data/amazon-beauty); what the peers need is in peers.mjs, which gives the rows of those that are
// not there.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { beautyIn, train as trainDinc } from "./dinc.mjs";
import { isThere, measure, peerRow, peers } from "./peers.mjs";
import { median, ratio, shown } from "./statistics.mjs";

const ROWS = 307_552;

/** dinc's own contestants, the first of which the others are compared with. */
const engines = [
  ["dinc, wasm", ["--backend", "wasm", "--threads", String(Math.min(2, availableParallelism()))]],
  ["dinc, wasm, one thread", ["--backend", "wasm", "--threads", "1"]],
  ["dinc, tfjs-node", ["--backend", "node"]],
];

export async function train(root, { small = false } = {}) {
  const data = beautyIn(root);
  if (!existsSync(join(data, "interactions.csv")))
    return `## train\n\nNot run: no Amazon Beauty log in ${data} (set BEAUTY).`;
  const rounds = small ? 1 : Number(process.env.ROUNDS ?? 2);
  return [
    await din(root, data, rounds, small),
    await largerBatches(root, data, rounds, small),
    await zoo(root, small),
  ].join("\n\n");
}

async function din(root, data, rounds, small) {
  const some = small ? ["--limit", "5000"] : [];
  const contestants = [
    ...engines.map(([name, args]) => ({ name, run: () => dinc(root, data, [...args, ...some]) })),
    ...[
      [peers.pytorch, ["kind=din"]],
      [peers.deepctr, []],
      [peers.fuxictr, ["train", "npz"]],
      [peers.deepctrTorch, []],
    ].map(([peer, args]) => ({
      name: peer.name,
      run: isThere(peer) && !small ? () => epochsOf(measure(root, peer, args)) : null,
    })),
  ];
  const measured = await alternating(contestants, rounds);
  const speeds = (epochs) => epochs.map(({ speed }) => speed);
  const ours = speeds(measured.get(engines[0][0]));
  const rows = contestants.map(({ name, run }) => {
    const epochs = measured.get(name);
    if (run === null || epochs.length === 0) return peerRow("train", name, null, 4);
    const times = ratio(ours, speeds(epochs));
    const auc = [0, 1, 2].map((i) =>
      median(epochs.filter((_, at) => at % 3 === i).map((epoch) => epoch.auc)),
    );
    const costs = epochs.flatMap(({ cpu }) => cpu ?? []);
    const cells = [
      shown(speeds(epochs)),
      times.toFixed(2),
      costs.length === 0 ? "" : shown(costs, 1),
      auc.map((value) => value.toFixed(4)).join(" "),
    ];
    return name.startsWith("dinc") ? `| ${[name, ...cells].join(" | ")} |` : peerRow("train", name, cells, 4);
  });
  return [
    "## train",
    "",
    "DIN with embeddings of 16+16, attention of 80-40 units and a network of 200-80 units with Dice. (FuxiCTR and both DeepCTR use ReLU",
    `in the network, their default.) Batch 256, Adam 1e-3, ${rounds} × 3 epochs of 307,552 rows. The times are those of whole epochs. All`,
    "use one seed. The negatives of dinc's rows come from another random generator than those of the peers. Processor seconds are those",
    "of the whole command, reading and evaluation included, for a million samples.",
    "",
    "| | samples/s | dinc ÷ this | processor seconds | AUC after epochs 1, 2, 3 |",
    "|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

async function largerBatches(root, data, rounds, small) {
  const some = small ? ["--limit", "5000"] : [];
  const more = ["--set", "train.batch=1024", "--set", "train.epochs=1", ...some];
  const contestants = engines.map(([name, args]) => ({
    name,
    run: () => dinc(root, data, [...args, ...more]),
  }));
  const measured = await alternating(contestants, rounds);
  const speeds = (name) => measured.get(name).map(({ speed }) => speed);
  return [
    "The same in batches of 1,024:",
    "",
    "| | samples/s | dinc ÷ this |",
    "|---|---|---|",
    ...engines.map(([name]) => {
      const times = ratio(speeds(engines[0][0]), speeds(name));
      return `| ${name} | ${shown(speeds(name))} | ${times.toFixed(2)} |`;
    }),
  ].join("\n");
}

/** Each model of the zoo on MovieLens-100k, or on made-up rows where that is not there: the second of two epochs counts. */
async function zoo(root, small) {
  const folder = mkdtempSync(join(tmpdir(), "dinc-bench-zoo-"));
  try {
    const examples = join(root, "examples", "zoo");
    const movielens = join(root, "..", "shared", "data", "movielens-100k");
    const real = existsSync(movielens) ? ["--movielens", movielens] : [];
    const users = small ? ["--users", "20"] : [];
    const made = spawnSync(
      process.execPath,
      [join(examples, "prepare.mjs"), ...real, ...users, "--out", folder],
      {
        encoding: "utf8",
      },
    );
    if (made.status !== 0) throw new Error(made.stderr);
    const models = readdirSync(examples).filter((name) => name.endsWith(".din"));
    const [wasm, , node] = engines;
    const rows = [];
    const ratios = [];
    for (const model of small ? models.slice(0, 2) : models) {
      const given = [join(examples, model), "-c", join(examples, "dinc.yaml"), "--set", `data.dir=${folder}`];
      const speedOf = async (args) => {
        const { lines, manifest } = await trainDinc(root, [...given, "--set", "train.epochs=2", ...args]);
        return manifest.data.trainRows / lines.at(-1).train_seconds;
      };
      const [ours, native] = [await speedOf(wasm[1]), await speedOf(node[1])];
      ratios.push(ours / native);
      const cells = [
        model.replace(/\.din$/, ""),
        ...[ours, native].map((speed) => shown([speed]).split(" ")[0]),
      ];
      rows.push(`| ${[...cells, (ours / native).toFixed(2)].join(" | ")} |`);
    }
    return [
      `The models of the zoo, batches of 256; the median of the ratios is ${median(ratios).toFixed(2)}:`,
      "",
      "| | wasm, samples/s | tfjs-node, samples/s | wasm ÷ tfjs-node |",
      "|---|---|---|---|",
      ...rows,
    ].join("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** By name, what each contestant measured, in rounds. */
async function alternating(contestants, rounds) {
  const measured = new Map(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const contestant of contestants)
      try {
        if (contestant.run !== null) measured.get(contestant.name).push(...(await contestant.run()));
      } catch (error) {
        // What the others measured is kept.
        console.error(error.message);
        contestant.run = null;
      }
  return measured;
}

async function dinc(root, data, args) {
  const config = join(root, "examples", "amazon-beauty", "dinc.yaml");
  const { lines, manifest, cpu } = await trainDinc(root, [
    "-c",
    config,
    "--set",
    `data.dir=${data}`,
    ...args,
  ]);
  const { trainRows } = manifest.data;
  const cost = (cpu / (trainRows * lines.length)) * 1e6;
  return lines.map(({ train_seconds, auc }) => ({ speed: trainRows / train_seconds, auc, cpu: cost }));
}

function epochsOf(results) {
  return results
    .filter((result) => "epoch_s" in result)
    .map(({ epoch_s, auc }) => ({ speed: ROWS / epoch_s, auc }));
}
