// Does mini-batch aware regularisation (DIN, section 5.1) keep DIN from overfitting its tables? None, plain
// L2 on the rows of a batch, and mini-batch aware, each with PReLU and with Dice, on Amazon Beauty and on a
// simulated log with a long tail of items. The strengths are chosen on validation rows; then three seeds
// each, all epochs, and the test rows.
//
//   node tests/experiments/regularisation.mjs [--seeds 3] [--epochs 8] [--log FILE]     writes docs/experiments/regularisation.md
//
// FILE gets a line a training; those that it has already are not done again.
// Beauty is read from BEAUTY (default ../shared/data/amazon-beauty).
import "../../examples/usage.mjs";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { train } from "../bench/dinc.mjs";
import { generate } from "../bench/ingest/generate.mjs";
import { spread } from "../bench/statistics.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const { values: options } = parseArgs({
  options: {
    seeds: { type: "string", default: "3" },
    epochs: { type: "string", default: "8" },
    log: { type: "string" },
  },
});
const seeds = Array.from({ length: Number(options.seeds) }, (_, i) => 2026 + i);
const epochs = Number(options.epochs);

const activations = ["prelu", "dice"];
const strengths = {
  none: [null],
  "l2(tables: λ)": [1e-5, 1e-4, 1e-3],
  "mini_batch_aware(λ)": [1e-2, 1e-1, 1, 10],
};
/** Epochs of the trainings that strengths are chosen by. */
const CHOOSING = 5;
const example = join(root, "examples", "amazon-beauty");
const done = new Map(
  options.log === undefined || !existsSync(options.log)
    ? []
    : readFileSync(options.log, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line))
        .map(({ setting, aucs }) => [JSON.stringify(setting), aucs]),
);

const scratch = mkdtempSync(join(tmpdir(), "dinc-experiment-"));
try {
  const page = [
    "# Mini-batch aware regularisation",
    "",
    "Written by `node tests/experiments/regularisation.mjs`. DIN as in examples/amazon-beauty/din.din (the paper's plain sum, Adam",
    `1e-3, batch 256), ${epochs} epochs, every cell the mean of ${seeds.length} seeds (weights and the order of rows) ± their standard deviation.`,
    `The strength λ of each regulariser is the one with the best AUC on validation rows, of a tenth of the users, at its best of ${CHOOSING}`,
    "epochs with Dice and the first seed. The test rows were looked at once, with those.",
  ];
  for (const dataset of await datasets()) page.push("", ...(await section(dataset)));
  mkdirSync(join(root, "docs", "experiments"), { recursive: true });
  writeFileSync(join(root, "docs", "experiments", "regularisation.md"), `${page.join("\n")}\n`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function datasets() {
  const beauty = resolve(root, process.env.BEAUTY ?? "../shared/data/amazon-beauty");
  if (!existsSync(join(beauty, "interactions.csv"))) throw new Error(`no Amazon Beauty log in ${beauty}`);
  const tail = join(scratch, "tail");
  const log = { events: 120_000, users: 8_000, items: 30_000 };
  await generate({ ...log, out: tail });
  return [
    {
      name: "Amazon Beauty",
      about: "22,363 users, 12,101 items, 307,552 training rows: every item has at least five events.",
      folder: beauty,
      config: readFileSync(join(example, "dinc.yaml"), "utf8"),
    },
    {
      name: "Simulated long tail",
      about: `${log.events.toLocaleString("en-US")} events of ${log.users.toLocaleString("en-US")} users on ${log.items.toLocaleString("en-US")} items by tests/bench/ingest/generate.mjs: popularity is skewed, and most items occur a few times.`,
      folder: tail,
      config: readFileSync(join(example, "dinc.yaml"), "utf8")
        .replace("interactions.csv", "events.parquet")
        .replace("items.csv", "items.parquet")
        .replace("order: step", "order: t"),
    },
  ];
}

async function section({ name, about, folder, config }) {
  const run = (setting) => once({ dataset: name, ...setting }, folder, config);
  const lines = [
    `## ${name}`,
    "",
    about,
    "",
    "Best validation AUC by strength:",
    "",
    "| | λ | AUC |",
    "|---|---|---|",
  ];
  const chosen = new Map();
  for (const [kind, values] of Object.entries(strengths))
    for (const value of values) {
      const setting = { activation: "dice", kind, value, seed: seeds[0] };
      const best = Math.max(...(await run({ ...setting, epochs: CHOOSING, split: "valid" })));
      lines.push(`| ${kind} | ${value ?? ""} | ${best.toFixed(4)} |`);
      if (best > (chosen.get(kind)?.best ?? 0)) chosen.set(kind, { best, value });
    }
  lines.push("", "AUC on the test rows after each epoch, with the strength chosen:", "");
  lines.push(
    `| | | λ | ${Array.from({ length: epochs }, (_, i) => i + 1).join(" | ")} | lost since the best |`,
    `|---|---|---|${"---|".repeat(epochs + 1)}`,
  );
  for (const activation of activations)
    for (const kind of Object.keys(strengths)) {
      const { value } = chosen.get(kind);
      const runs = [];
      for (const seed of seeds)
        runs.push(await run({ activation, kind, value, seed, epochs, split: "test" }));
      const byEpoch = Array.from({ length: epochs }, (_, i) => runs.map((aucs) => aucs[i]));
      const cells = byEpoch.map(spread);
      const means = byEpoch.map((aucs) => aucs.reduce((sum, auc) => sum + auc, 0) / aucs.length);
      cells.push((Math.max(...means) - means.at(-1)).toFixed(4));
      lines.push(
        `| ${activation === "dice" ? "Dice" : "PReLU"} | ${kind} | ${value ?? ""} | ${cells.join(" | ")} |`,
      );
    }
  return lines;
}

/** AUC after each epoch on the rows of the setting's split, measured once. */
async function once(setting, folder, config) {
  const key = JSON.stringify(setting);
  const known = done.get(key);
  if (known !== undefined) return known;
  const aucs = await measured(setting, folder, config);
  done.set(key, aucs);
  const line = JSON.stringify({ setting, aucs });
  console.log(line);
  if (options.log !== undefined) appendFileSync(options.log, `${line}\n`);
  return aucs;
}

async function measured({ activation, kind, value, seed, epochs, split }, folder, config) {
  const spec = readFileSync(join(example, "din.din"), "utf8")
    .replaceAll("dice", activation)
    .replace("epochs 3", `epochs ${epochs}  seed ${seed}`)
    .replace(
      "train {\n",
      value === null ? "train {\n" : `train {\n  regularize ${kind.replace("λ", String(value))}\n`,
    );
  writeFileSync(join(scratch, "din.din"), spec);
  writeFileSync(
    join(scratch, "dinc.yaml"),
    split === "valid" ? config.replace("data:\n", "data:\n  validate: { share: 0.1, seed: 1 }\n") : config,
  );
  const args = ["-c", join(scratch, "dinc.yaml"), "--set", `data.dir=${folder}`];
  const { lines } = await train(root, args);
  return lines.filter((line) => line.split === split).map(({ auc }) => auc);
}
