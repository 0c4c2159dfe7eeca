// DIN on Amazon Beauty by the DIN paper's protocol, three epochs: dinc on tfjs-node and on wasm, beside PyTorch (packed by
// hand), FuxiCTR, DeepCTR-Torch and DeepCTR, as many rows and the same sizes. Needs BEAUTY (default
// ../shared/data/amazon-beauty); what the peers need is in peers.mjs, which gives the rows of those that are not there.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { beautyIn, train as trainDinc } from "./dinc.mjs";
import { isThere, measure, peerRow, peers } from "./peers.mjs";
import { median, ratio, shown } from "./statistics.mjs";

const ROWS = 307_552;

export async function train(root, { small = false } = {}) {
  const rounds = small ? 1 : Number(process.env.ROUNDS ?? 2);
  const some = small ? ["--limit", "5000"] : [];
  const data = beautyIn(root);
  if (!existsSync(join(data, "interactions.csv")))
    return `## train\n\nNot run: no Amazon Beauty log in ${data} (set BEAUTY).`;
  const contestants = [
    { name: "dinc, tfjs-node", run: () => dinc(root, data, ["--backend", "node", ...some]) },
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
  const wasm = await dinc(root, data, [
    ...["--backend", "wasm", "--limit", small ? "2000" : "20000", "--set", "train.epochs=1"],
  ]);

  const speeds = (epochs) => epochs.map(({ speed }) => speed);
  const ours = speeds(measured.get("dinc, tfjs-node"));
  const rows = contestants.map(({ name, run }) => {
    const epochs = measured.get(name);
    if (run === null || epochs.length === 0) return peerRow("train", name, null, 3);
    const times = ratio(ours, speeds(epochs));
    const auc = [0, 1, 2].map((i) =>
      median(epochs.filter((_, at) => at % 3 === i).map((epoch) => epoch.auc)),
    );
    const cells = [shown(speeds(epochs)), times.toFixed(2), auc.map((value) => value.toFixed(4)).join(" ")];
    return name.startsWith("dinc") ? `| ${[name, ...cells].join(" | ")} |` : peerRow("train", name, cells, 3);
  });
  return [
    "## train",
    "",
    "DIN with embeddings of 16+16, attention of 80-40 units and a network of 200-80 units with Dice. (FuxiCTR and both DeepCTR use ReLU",
    `in the network, their default.) Batch 256, Adam 1e-3, ${rounds} × 3 epochs of 307,552 rows. The times are those of whole epochs. All`,
    "use one seed. The negatives of dinc's rows come from another random generator than those of the peers.",
    "",
    "| | samples/s | dinc ÷ this | AUC after epochs 1, 2, 3 |",
    "|---|---|---|---|",
    ...rows,
    `| dinc, wasm (20,000 rows) | ${shown(speeds(wasm))} | | |`,
  ].join("\n");
}

async function dinc(root, data, args) {
  const config = join(root, "examples", "amazon-beauty", "dinc.yaml");
  const { lines, manifest } = await trainDinc(root, ["-c", config, "--set", `data.dir=${data}`, ...args]);
  return lines.map(({ train_seconds, auc }) => ({ speed: manifest.data.trainRows / train_seconds, auc }));
}

function epochsOf(results) {
  return results
    .filter((result) => "epoch_s" in result)
    .map(({ epoch_s, auc }) => ({ speed: ROWS / epoch_s, auc }));
}
