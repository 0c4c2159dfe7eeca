// DIN on Amazon Beauty by the DIN paper's protocol: dinc on tfjs-node and on wasm, beside plain, careful PyTorch on
// packed steps (../shared/peers/pytorch_din.py). Needs BEAUTY (default ../shared/data/amazon-beauty); PyTorch runs where
// PEERS_PYTHON names a Python that has it and PEERS_DIR the rows that ../shared/peers/protocol.py wrote.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ratio, shown } from "./statistics.mjs";

const rounds = Number(process.env.ROUNDS ?? 3);

export async function train(root) {
  const data = resolve(root, process.env.BEAUTY ?? "../shared/data/amazon-beauty");
  if (!existsSync(join(data, "interactions.csv")))
    return `## train\n\nNot run: no Amazon Beauty log in ${data} (set BEAUTY).`;
  const peers = resolve(root, "../shared/peers");
  const python = process.env.PEERS_PYTHON;

  const series = new Map([["dinc, tfjs-node", []]]);
  if (python) series.set("PyTorch, packed", []);
  for (let round = 0; round < rounds; round++) {
    series.get("dinc, tfjs-node").push(dinc(root, data, "node"));
    if (python) series.get("PyTorch, packed").push(pytorch(python, peers));
  }
  series.set("dinc, wasm (20,000 rows)", [dinc(root, data, "wasm", ["--limit", "20000"])]);

  const ours = series.get("dinc, tfjs-node");
  const rows = [...series].map(([name, values]) => {
    const against = values.length === ours.length ? ratio(values, ours).toFixed(2) : "";
    return `| ${name} | ${shown(values)} | ${against} |`;
  });
  return [
    "## train",
    "",
    "DIN, embedding 16+16, attention 80-40 and network 200-80 with Dice, batch 256, Adam 1e-3, one epoch of 307,552 rows.",
    "",
    "| | samples/s | ÷ dinc, tfjs-node |",
    "|---|---|---|",
    ...rows,
  ].join("\n");
}

function dinc(root, data, backend, extra = []) {
  const folder = mkdtempSync(join(tmpdir(), "dinc-bench-"));
  try {
    const config = join(root, "examples", "amazon-beauty", "dinc.yaml");
    const overrides = ["--set", `data.dir=${data}`, "--set", "train.epochs=1"];
    const run = join(folder, "run");
    const result = spawnSync(
      process.execPath,
      [
        join(root, "bin", "dinc.js"),
        "train",
        "-c",
        config,
        ...overrides,
        "--backend",
        backend,
        "--out",
        run,
        ...extra,
      ],
      { encoding: "utf8" },
    );
    if (result.status !== 0) throw new Error(`dinc train on ${backend} failed:\n${result.stderr}`);
    return JSON.parse(readFileSync(join(run, "manifest.json"), "utf8")).timings.samplesPerSecond;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function pytorch(python, peers) {
  const result = spawnSync(python, ["pytorch_din.py", "kind=din", "epochs=1"], {
    cwd: peers,
    encoding: "utf8",
  });
  if (result.status !== 0) throw new Error(`PyTorch failed:\n${result.stderr}`);
  const lines = result.stdout.split("\n").filter((line) => line.startsWith("RESULT "));
  const epoch = lines
    .map((line) => JSON.parse(line.slice("RESULT ".length)))
    .find((line) => "epoch_s" in line);
  return 307_552 / epoch.epoch_s;
}
