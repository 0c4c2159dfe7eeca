// The best DIN for Amazon Beauty that can honestly be had: changes to examples/amazon-beauty/din-softmax.din, one at a time
// and then those that helped together, compared on validation rows only. What is best there meets the test rows once, with
// three seeds.
//
//   node tests/experiments/beauty.mjs     writes docs/experiments/beauty.md
//
// Beauty is read from BEAUTY (default ../shared/data/amazon-beauty).
import "../../examples/usage.mjs";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { train } from "../bench/dinc.mjs";
import { spread } from "../bench/statistics.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const example = join(root, "examples", "amazon-beauty");
const data = resolve(root, process.env.BEAUTY ?? "../shared/data/amazon-beauty");
if (!existsSync(join(data, "interactions.csv"))) throw new Error(`no Amazon Beauty log in ${data}`);

/** Each replaces texts of the spec. */
const changes = {
  "the paper's plain sum": [["softmax(activation_unit(target, clicks))", "activation_unit(target, clicks)"]],
  "the mean of the clicks beside": [["concat(target, interest)", "concat(target, interest, mean(clicks))"]],
  "position in the history": [
    [
      "let interest  = sum(softmax(activation_unit(target, clicks)) * clicks)",
      "let steps     = clicks + position(clicks, 32)\n  let interest  = sum(softmax(activation_unit(target, steps)) * clicks)",
    ],
  ],
  "embeddings of 32": [["item_id : id  embed 16", "item_id : id  embed 32"]],
  "dropout of 0.2 in the network": [
    ["mlp([200, 80], dice)", "dense(200, dice) |> dropout(0.2) |> dense(80, dice) |> dropout(0.2)"],
  ],
  "mini_batch_aware(1e-1)": [["train {", "train {\n  regularize mini_batch_aware(1e-1)"]],
  "mini_batch_aware(1)": [["train {", "train {\n  regularize mini_batch_aware(1)"]],
  "l2(tables: 1e-5)": [["train {", "train {\n  regularize l2(tables: 1e-5)"]],
  "cosine schedule": [["train {", "train {\n  schedule cosine"]],
};
const BASE = "din-softmax.din";
const EPOCHS = 6;
const SEEDS = [2026, 2027, 2028];

const scratch = mkdtempSync(join(tmpdir(), "dinc-experiment-"));
try {
  const rows = [];
  const measure = async (name, chosen) => {
    const [result] = await run(chosen, SEEDS[0], true);
    rows.push({ name, chosen, ...result });
    console.log(JSON.stringify(rows.at(-1)));
    return result.auc;
  };
  const base = await measure(BASE, []);
  const helped = [];
  for (const name of Object.keys(changes)) {
    const auc = await measure(name, [name]);
    if (auc > base) helped.push({ name, auc });
  }
  // Together: the most helpful first, each kept where it helps the others.
  helped.sort((a, b) => b.auc - a.auc);
  let [kept, best] = [helped.slice(0, 1).map(({ name }) => name), helped[0]?.auc ?? base];
  for (const { name } of helped.slice(1)) {
    if (isRegulariser(name) && kept.some(isRegulariser)) continue;
    const together = [...kept, name];
    const auc = await measure(together.join(" + "), together);
    if (auc > best) [kept, best] = [together, auc];
  }
  const tests = new Map();
  for (const [name, chosen] of [
    [BASE, []],
    ["the best", kept],
  ]) {
    const results = [];
    for (const seed of SEEDS) results.push(...(await run(chosen, seed, false)));
    tests.set(name, results);
    console.log(name, JSON.stringify(results));
  }
  const line = ({ name, auc, epoch }) => `| ${name} | ${auc.toFixed(4)} | ${epoch} |`;
  const page = [
    "# The best DIN for Amazon Beauty",
    "",
    "Written by `node tests/experiments/beauty.mjs`. Each line changes examples/amazon-beauty/din-softmax.din; it is trained on all",
    `training rows but those of a tenth of the users, which are the validation rows, for at most ${EPOCHS} epochs, and stops early by`,
    "them. AUC on the validation rows at the best epoch, one seed:",
    "",
    "| | validation AUC | epoch |",
    "|---|---|---|",
    ...rows.map(line),
    "",
    `Best: ${kept.join(" + ") || BASE}. On the test rows, which nothing was chosen by, with the weights of the epoch that is best on the`,
    `validation rows; mean and standard deviation over seeds ${SEEDS.join(", ")}:`,
    "",
    "| | AUC | GAUC | log loss |",
    "|---|---|---|---|",
    ...[...tests].map(
      ([name, results]) =>
        `| ${name} | ${["auc", "gauc", "log_loss"].map((metric) => spread(results.map((result) => result[metric]))).join(" | ")} |`,
    ),
  ];
  mkdirSync(join(root, "docs", "experiments"), { recursive: true });
  writeFileSync(join(root, "docs", "experiments", "beauty.md"), `${page.join("\n")}\n`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** A spec has one. */
function isRegulariser(name) {
  return changes[name].some(([, to]) => to.includes("regularize"));
}

/** The metrics of the run's epoch, on validation rows or else on the test rows. */
async function run(chosen, seed, isValidation) {
  let spec = readFileSync(join(example, BASE), "utf8");
  for (const [from, to] of chosen.flatMap((name) => changes[name])) {
    if (!spec.includes(from)) throw new Error(`${BASE} has no ${from}`);
    spec = spec.replace(from, to);
  }
  spec = spec.replace("epochs 3", `epochs ${EPOCHS}  seed ${seed}\n  stop early(patience: 1)`);
  writeFileSync(join(scratch, "din.din"), spec);
  const config = readFileSync(join(example, "dinc.yaml"), "utf8");
  writeFileSync(
    join(scratch, "dinc.yaml"),
    config.replace("data:\n", "data:\n  validate: { share: 0.1, seed: 1 }\n"),
  );
  const { lines, manifest } = await train(root, [
    "-c",
    join(scratch, "dinc.yaml"),
    "--set",
    `data.dir=${data}`,
  ]);
  return lines.filter(
    ({ split, epoch }) => split === (isValidation ? "valid" : "test") && epoch === manifest.epoch,
  );
}
