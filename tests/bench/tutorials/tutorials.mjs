// The first examples of DeepCTR and DeepCTR-Torch: the AUC of dinc, of each library by its own program (theirs.py) and of LightGBM
// (trees.py), on the example's own test rows, and on all rows, each scored by a model of the other four fifths. One function
// computes the AUC of all. DEEPCTR_EXAMPLES and DEEPCTR_TORCH_EXAMPLES name the folders `examples` of the two repositories; the
// Pythons are those of peers.mjs.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { predictTo, train } from "dinc/node";
import { measure, peerRow } from "../peers.mjs";
import { spread } from "../statistics.mjs";

const here = import.meta.dirname;
const SEEDS = [2026, 2027, 2028, 2029, 2030];
/** Of 200 rows, the places of those that scikit-learn's `train_test_split` takes for the test with the examples' `random_state`. */
const OWN = JSON.parse(readFileSync(join(here, "own.json"), "utf8"));
const PARTS = ["own", 0, 1, 2, 3, 4];

const deepctr = { name: "DeepCTR 0.9.4", python: "PEERS_TENSORFLOW", folder: "DEEPCTR_EXAMPLES" };
const deepctrTorch = { name: "DeepCTR-Torch 0.3.0", python: "PEERS_TORCH", folder: "DEEPCTR_TORCH_EXAMPLES" };
const lightgbm = { name: "LightGBM, defaults", python: "PEERS_TORCH", folder: "DEEPCTR_EXAMPLES" };

/** `labels` tell a one by the line of the file, in the order in which the library's program scores them. */
const examples = [
  {
    name: "census",
    title: "MMoE on census-income, `run_mtl.py` and [examples/census-income](../examples/census-income)",
    config: "census-income/dinc.yaml",
    file: "census-income/samples/census-income.sample",
    heads: 0,
    labels: {
      income: (line) => line.endsWith(" 50000+."),
      unmarried: (line) => line.split(",")[8] === " Never married",
    },
    ours: { "dinc, batches of 16": [], "dinc, batches of 256": ["train.batch=256"] },
    theirs: [
      { ...deepctr, program: "run_mtl.py", change: ["batch_size=256", "batch_size=16"], batches: "of 16" },
      { ...deepctr, program: "run_mtl.py", change: [], batches: "of 256, as it is" },
    ],
  },
  {
    name: "criteo",
    title:
      "DeepFM on Criteo's sample, `run_classification_criteo.py` and [examples/peers](../examples/peers)",
    config: "peers/criteo.yaml",
    file: "peers/samples/criteo_sample.txt",
    heads: 1,
    labels: { label: (line) => line.startsWith("1,") },
    ours: { "dinc, Adagrad, batches of 32": ["variant=torch"], "dinc, Adam, batches of 256": [] },
    theirs: [
      {
        ...deepctrTorch,
        program: "run_classification_criteo.py",
        change: [],
        batches: "of 32, Adagrad, as it is",
      },
    ],
  },
];

export async function tutorials(root, { small = false } = {}) {
  const sections = [];
  for (const example of small ? examples.slice(1) : examples)
    sections.push(...(await table(root, example, small ? [SEEDS[0]] : SEEDS)));
  return [
    "## tutorials",
    "",
    `The first examples of DeepCTR and DeepCTR-Torch, on the 200 rows that these libraries have: AUC, mean and deviation over ${SEEDS.length} seeds. "Own" is`,
    'the test of the example, 40 rows. "All" is one AUC over all rows, each scored by a model of the four fifths without it. LightGBM draws',
    "nothing at random.",
    ...sections,
  ].join("\n");
}

async function table(root, example, seeds) {
  const lines = readFileSync(join(root, "examples", example.file), "utf8")
    .trimEnd()
    .split("\n");
  const rows = lines.slice(example.heads);
  const known = Object.values(example.labels).map((isOne) => rows.map(isOne));
  const names = Object.keys(example.labels);
  const width = 2 * names.length;
  const cells = [];
  for (const [name, settings] of Object.entries(example.ours)) {
    const results = [];
    for (const seed of seeds)
      for (const part of PARTS)
        results.push({ seed, part, scored: await scoresOf(root, example, lines, { seed, part, settings }) });
    cells.push(`| ${[name, ...aucs(results, known)].join(" | ")} |`);
  }
  for (const { batches, program, change, ...peer } of example.theirs) {
    const folder = process.env[peer.folder];
    const results =
      folder && process.env[peer.python]
        ? measure(root, { ...peer, script: join(here, "theirs.py") }, [
            join(folder, program),
            folder,
            ...change,
          ])
        : null;
    cells.push(
      peerRow(
        `tutorials ${example.name}`,
        `${peer.name}, batches ${batches}`,
        results && aucs(results, known),
        width,
      ),
    );
  }
  const folder = process.env[lightgbm.folder];
  const trees =
    folder && process.env[lightgbm.python]
      ? measure(root, { ...lightgbm, script: join(here, "trees.py") }, [example.name, folder])
      : null;
  cells.push(peerRow(`tutorials ${example.name}`, lightgbm.name, trees && aucs(trees, known), width));
  return [
    "",
    `${example.title}:`,
    "",
    `| | ${names.flatMap((name) => [`${name}, all`, "own"]).join(" | ")} |`,
    `|---|${"---|".repeat(width)}`,
    ...cells,
  ];
}

function testedIn(part, count) {
  return part === "own" ? OWN : Array.from({ length: count / 5 }, (_, i) => 5 * i + part);
}

/** The scores of one training, by label. dinc.yaml tests on the last fifth, so the tested rows are moved there. */
async function scoresOf(root, { config, file, heads, labels }, lines, { seed, part, settings }) {
  const folder = mkdtempSync(join(tmpdir(), "dinc-bench-tutorials-"));
  try {
    const rows = lines.slice(heads);
    const tested = testedIn(part, rows.length);
    const others = rows.filter((_, place) => !tested.includes(place));
    const text = [...lines.slice(0, heads), ...others, ...tested.map((place) => rows[place])].join("\n");
    writeFileSync(join(folder, basename(file)), `${text}\n`);
    const set = [`data.dir=${folder}`, `train.seed=${seed}`, ...settings];
    const read = { config: join(root, "examples", config), set };
    const out = join(folder, "run");
    await train(null, { ...read, out, backend: "wasm", threads: 1 });
    const path = join(folder, "scores.jsonl");
    await predictTo(out, path, { ...read, split: "test" });
    const scored = readFileSync(path, "utf8").trimEnd().split("\n");
    const predictions = scored.map((line) => JSON.parse(line));
    return Object.keys(labels).map((label) => predictions.map((row) => row[`${label}_logit`]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** By label: the AUC over all rows and that over the example's own test rows, over seeds. */
function aucs(results, known) {
  const seeds = [...new Set(results.map(({ seed }) => seed))];
  return known.flatMap((labels, i) =>
    [PARTS.slice(1), ["own"]].map((parts) => {
      const bySeed = seeds.flatMap((seed) => {
        const found = results.filter((result) => result.seed === seed && parts.includes(result.part));
        if (found.length < parts.length) return [];
        const tested = found.flatMap(({ part }) => testedIn(part, labels.length));
        return [
          auc(
            tested.map((place) => labels[place]),
            found.flatMap(({ scored }) => scored[i]),
          ),
        ];
      });
      return bySeed.length === 1 ? bySeed[0].toFixed(4) : spread(bySeed);
    }),
  );
}

/** The share of pairs of a one and a zero in which the one has the higher score; equal scores are half a pair. */
function auc(labels, scores) {
  const [ones, zeros] = [true, false].map((value) => scores.filter((_, i) => labels[i] === value));
  const won = (one) => zeros.reduce((sum, zero) => sum + (one > zero ? 1 : one === zero ? 0.5 : 0), 0);
  return ones.reduce((sum, one) => sum + won(one), 0) / (ones.length * zeros.length);
}
