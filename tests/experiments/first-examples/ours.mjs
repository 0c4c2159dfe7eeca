// The scores of dinc on the tasks of other libraries' first examples, beside those that theirs.py wrote: the same rows are
// tested, the seeds are as many, and one function computes the metric of both.
//
//   node tests/experiments/first-examples/ours.mjs NAME THEIRS [SETTING…]
//
// NAME is one of the tasks below, THEIRS the file of theirs.py's output, SETTING one of dinc.yaml, such as `train.batch=256`.
// Prints rows of the table of examples/peers/README.md:
// on the library's own test rows, and on all rows, each scored by the model of a part that lacks it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { predictTo, train } from "dinc/node";
import { spread } from "../../bench/statistics.mjs";

const examples = join(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))), "examples");
const tasks = {
  census: {
    config: "census-income/dinc.yaml",
    file: "census-income/samples/census-income.sample",
    heads: 0,
    labels: ["income", "unmarried"],
  },
  criteo: {
    config: "peers/criteo.yaml",
    file: "peers/samples/criteo_sample.txt",
    heads: 1,
    labels: ["label"],
  },
};

const [name, theirs, ...settings] = process.argv.slice(2);
const { config: path, file, heads, labels } = tasks[name];
const config = join(examples, path);
const lines = readFileSync(join(examples, file), "utf8").trimEnd().split("\n");
const [head, rows] = [lines.slice(0, heads), lines.slice(heads)];
const results = readFileSync(theirs, "utf8")
  .split("\n")
  .filter((line) => line.startsWith("RESULT "))
  .map((line) => JSON.parse(line.slice("RESULT ".length)));

/** The scores of one training, by label. dinc.yaml tests on the last fifth, so the tested rows are moved there. */
async function scores(seed, tested) {
  const folder = mkdtempSync(join(tmpdir(), "dinc-first-examples-"));
  try {
    const others = rows.filter((_, place) => !tested.includes(place));
    const text = [...head, ...others, ...tested.map((place) => rows[place])].join("\n");
    writeFileSync(join(folder, file.split("/").at(-1)), `${text}\n`);
    const read = { config, set: [`data.dir=${folder}`, ...settings] };
    const out = join(folder, "run");
    await train(null, {
      ...read,
      set: [...read.set, `train.seed=${seed}`],
      out,
      backend: "wasm",
      threads: 1,
    });
    const scored = join(folder, "scores.jsonl");
    await predictTo(out, scored, { ...read, split: "test" });
    const predictions = readFileSync(scored, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    return labels.map((label) => predictions.map((row) => row[`${label}_logit`]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The share of pairs of a one and a zero in which the one has the higher score; equal scores are half a pair. */
function auc(labels, scores) {
  const [ones, zeros] = [1, 0].map((value) => scores.filter((_, i) => labels[i] === value));
  const won = (one) => zeros.reduce((sum, zero) => sum + (one > zero ? 1 : one === zero ? 0.5 : 0), 0);
  return ones.reduce((sum, one) => sum + won(one), 0) / (ones.length * zeros.length);
}

const measured = new Map();
for (const { seed, part, tested, scored } of results) {
  const own = await scores(seed, tested);
  labels.forEach((label, i) => {
    const key = JSON.stringify([label, part === "own" ? "own" : "all", seed]);
    const [known, given] = scored[i];
    const pooled = measured.get(key) ?? { known: [], theirs: [], ours: [], parts: 0 };
    pooled.known.push(...known);
    pooled.theirs.push(...given);
    pooled.ours.push(...own[i]);
    pooled.parts++;
    measured.set(key, pooled);
  });
  console.error(`seed ${seed}, part ${part}`);
}
for (const label of labels)
  for (const part of ["own", "all"]) {
    const seeds = [...measured].flatMap(([key, pooled]) => {
      const [ofLabel, ofPart] = JSON.parse(key);
      return ofLabel === label && ofPart === part && (part === "own" || pooled.parts === 5) ? [pooled] : [];
    });
    if (seeds.length === 0) continue;
    const cell = (side) => spread(seeds.map((pooled) => auc(pooled.known, pooled[side])));
    console.log(
      `| ${[name, ...settings].join(" ")} | ${label} | ${part} | ${seeds.length} | ${cell("theirs")} | ${cell("ours")} |`,
    );
  }
