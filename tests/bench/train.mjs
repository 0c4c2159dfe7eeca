// DIN on Amazon Beauty by the DIN paper's protocol, three epochs: dinc in C, on WebAssembly and on tfjs-node,
// beside PyTorch (packed by hand), FuxiCTR, DeepCTR-Torch and DeepCTR, as many rows and the same sizes; DIN
// once more with larger batches; and the models of the zoo on the three. Needs BEAUTY (default
// ../shared/data/amazon-beauty); what the peers need is in peers.mjs, which gives the rows of those that are
// not there.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beautyIn, train as trainDinc } from "./dinc.mjs";
import { alternating, contestants, engines, ratios as ratiosOf, speedRows } from "./engines.mjs";
import { isThere, measure, peerRow, peers } from "./peers.mjs";
import { median, shown } from "./statistics.mjs";

const ROWS = 307_552;

export async function train(root, { small = false, models } = {}) {
  const data = beautyIn(root);
  if (!existsSync(join(data, "interactions.csv")))
    return `## train\n\nNot run: no Amazon Beauty log in ${data} (set BEAUTY).`;
  const rounds = small ? 1 : Number(process.env.ROUNDS ?? 2);
  return [
    await din(root, data, rounds, small),
    await largerBatches(root, data, rounds, small),
    await zoo(root, small, models?.split(",")),
  ].join("\n\n");
}

/** `dinc train` of the DIN of examples/amazon-beauty. */
function beautyArgs(root, data, small) {
  const config = join(root, "examples", "amazon-beauty", "dinc.yaml");
  return ["-c", config, "--set", `data.dir=${data}`, ...(small ? ["--limit", "5000"] : [])];
}

async function din(root, data, rounds, small) {
  const measured = await alternating(
    [
      ...contestants(root, Object.values(engines), beautyArgs(root, data, small)),
      ...[
        [peers.pytorch, ["kind=din", "fused=1"]],
        [peers.deepctr, []],
        [peers.fuxictr, ["train", "npz"]],
        [peers.deepctrTorch, []],
      ].map(([peer, args]) => ({
        name: peer.name,
        run: isThere(peer) && !small ? () => epochsOf(measure(root, peer, args)) : null,
      })),
    ],
    rounds,
  );
  const times = ratiosOf(measured);
  const rows = [...measured].map(([name, epochs]) => {
    if (epochs.length === 0) return peerRow("train", name, null, 4);
    const auc = [0, 1, 2].map((i) =>
      median(epochs.filter((_, at) => at % 3 === i).map((epoch) => epoch.auc)),
    );
    const costs = epochs.flatMap(({ cpu }) => cpu ?? []);
    const cells = [
      shown(epochs.map(({ speed }) => speed)),
      times.get(name).toFixed(2),
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
    "of the whole command, reading and evaluation included, for a million samples. The C of dinc's native engine is compiled before",
    "anything is timed; its first training computes in WebAssembly meanwhile.",
    "",
    "| | samples/s | first row ÷ this | processor seconds | AUC after epochs 1, 2, 3 |",
    "|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

async function largerBatches(root, data, rounds, small) {
  const args = [...beautyArgs(root, data, small), "--set", "train.batch=1024", "--set", "train.epochs=1"];
  const measured = await alternating(contestants(root, Object.values(engines), args), rounds);
  return [
    "The same in batches of 1,024:",
    "",
    "| | samples/s | first row ÷ this |",
    "|---|---|---|",
    ...speedRows(measured),
  ].join("\n");
}

/** Each model of the zoo on MovieLens-100k, or on made-up rows where that is not there: the second of two epochs counts. */
async function zoo(root, small, names) {
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
    const models =
      names?.map((name) => `${name}.din`) ?? readdirSync(examples).filter((name) => name.endsWith(".din"));
    const compared = [engines.native, engines.wasm, engines.node];
    const rows = [];
    const ratios = [];
    for (const model of small ? models.slice(0, 2) : models) {
      const given = [join(examples, model), "-c", join(examples, "dinc.yaml"), "--set", `data.dir=${folder}`];
      const speedOf = async ({ args, env }) => {
        const { lines, manifest } = await trainDinc(
          root,
          [...given, "--set", "train.epochs=2", ...args],
          env,
        );
        return manifest.data.trainRows / lines.at(-1).train_seconds;
      };
      const speeds = [];
      for (const engine of compared) speeds.push(await speedOf(engine));
      const [native, wasm, node] = speeds;
      ratios.push([native / node, wasm / node]);
      const cells = [
        model.replace(/\.din$/, ""),
        ...speeds.map((speed) => shown([speed]).split(" ")[0]),
        ...ratios.at(-1).map((ratio) => ratio.toFixed(2)),
      ];
      rows.push(`| ${cells.join(" | ")} |`);
    }
    const [ofNative, ofWasm] = [0, 1].map((i) => median(ratios.map((pair) => pair[i])).toFixed(2));
    return [
      `The models of the zoo, batches of 256. The medians of the ratios to tfjs-node are ${ofNative} for native and ${ofWasm} for wasm:`,
      "",
      "| | native, samples/s | wasm, samples/s | tfjs-node, samples/s | native ÷ tfjs-node | wasm ÷ tfjs-node |",
      "|---|---|---|---|---|---|",
      ...rows,
    ].join("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function epochsOf(results) {
  return results
    .filter((result) => "epoch_s" in result)
    .map(({ epoch_s, auc }) => ({ speed: ROWS / epoch_s, auc }));
}
