// From an event log, and from example rows, to the first batches: rows a second and the most memory that the
// process had, under several budgets; beside it the preprocessing of FuxiCTR on the rows of Amazon Beauty,
// where it is there (see ../peers.mjs). EVENTS is the size of the simulated log, ROWS of the example rows,
// which are also trained on, TABLE_ROWS of the rows of Criteo's shape (table.mjs). `npm run build` comes first.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beautyIn } from "../dinc.mjs";
import { isThere, measure, peerRow, peers } from "../peers.mjs";
import { ratio, shown } from "../statistics.mjs";
import { generate } from "./generate.mjs";
import { generateRows } from "./generate-rows.mjs";
import { logOf, rowsOf, SPEC } from "./sources.mjs";
import { table } from "./table.mjs";

const MEMORIES = ["256", "1000", "4000"];
const STEPS = 20;

export async function ingest(root, { small = false } = {}) {
  const rounds = small ? 1 : Number(process.env.ROUNDS ?? 2);
  const events = small ? 20_000 : Number(process.env.EVENTS ?? 10_000_000);
  const readyRows = small ? 5_000 : Number(process.env.ROWS ?? 2_000_000);
  const folder = mkdtempSync(join(tmpdir(), "dinc-bench-"));
  try {
    await generate({ events, out: folder });
    await generateRows({ rows: readyRows, steps: STEPS, out: folder });
    const simulated = ["events.parquet", "items.parquet"].map((name) => join(folder, name));
    const ready = ["train.parquet", "test.parquet"].map((name) => join(folder, name));
    writeFileSync(join(folder, "model.din"), SPEC);
    const series = new Map(MEMORIES.map((memory) => [memory, { log: [], rows: [], training: [] }]));
    const beauty = beautyIn(root);
    const real = ["interactions.csv", "items.csv"].map((name) => join(beauty, name));
    const [ours, theirs] = [[], []];
    const hasPeer = isThere(peers.fuxictr) && !small;
    for (let round = 0; round < rounds; round++) {
      for (const [memory, { log, rows, training }] of series) {
        log.push(measured(root, folder, logOf(...simulated, "t", memory)));
        rows.push(measured(root, folder, rowsOf(...ready, memory)));
        training.push(trained(root, folder, rowsOf(...ready, memory)));
      }
      if (existsSync(real[0])) ours.push(measured(root, folder, logOf(...real, "step", "1000")));
      if (hasPeer) theirs.push(fuxictr(root));
    }
    const line = (name, runs) =>
      `| ${name} | ${shown(runs.map(({ rows, seconds }) => rows / seconds))} | ${shown(runs.map(({ peak }) => peak / 1e6))} |`;
    const title = `${(events / 1e6).toLocaleString("en-US")} million events`;
    const readyTitle = `${(readyRows / 1e6).toLocaleString("en-US")} million example rows`;
    const tableRows = small ? 2000 : Number(process.env.TABLE_ROWS ?? 400_000);
    return [
      "## ingest",
      "",
      await table(root, { rows: tableRows, rounds: small ? 1 : 3 }),
      "",
      `From an event log to batches, with one negative for each positive. The simulated log is Parquet and has ${title}; those of different users are interleaved. The example rows are Parquet and have two histories of ${STEPS} steps. In rows about a training, rows/s is that of its epoch, and memory is that of the whole \`dinc train\`.`,
      "",
      "| | rows/s | peak memory, MB |",
      "|---|---|---|",
      ...[...series].map(([memory, { log }]) => line(`${title}, \`data.memory: ${memory}MB\``, log)),
      ...[...series].map(([memory, { rows }]) => line(`${readyTitle}, \`data.memory: ${memory}MB\``, rows)),
      ...[...series].map(([memory, { training }]) =>
        line(`one epoch of training on ${readyTitle}, \`data.memory: ${memory}MB\``, training),
      ),
      ...(ours.length === 0 ? [] : [line("Amazon Beauty, CSV", ours)]),
      peerRow("ingest", "FuxiCTR's preprocessing of these rows", speedOf(theirs), 2),
      ...(theirs.length === 0 || ours.length === 0
        ? []
        : ["", `dinc ÷ FuxiCTR: ${ratio(theirs.map(perRow), ours.map(perRow)).toFixed(0)}.`]),
    ].join("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function speedOf(runs) {
  return runs.length === 0 ? null : [shown(runs.map(({ rows, seconds }) => rows / seconds)), ""];
}

function perRow({ rows, seconds }) {
  return seconds / rows;
}

function measured(root, folder, config) {
  const path = join(folder, "dinc.yaml");
  writeFileSync(path, config);
  const args = [join(root, "tests", "bench", "ingest", "measure.mjs"), join(root, "dist"), path];
  const result = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (result.status !== 0) throw new Error(`reading failed:\n${config}\n${result.stderr}`);
  return JSON.parse(result.stdout);
}

/** One epoch on the example rows in `folder`. */
function trained(root, folder, config) {
  writeFileSync(join(folder, "dinc.yaml"), config);
  const args = [join(root, "bin", "dinc.js"), "train", "--out", "run", "--force"];
  const result = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  if (result.status !== 0) throw new Error(`training failed:\n${result.stderr}`);
  const { timings, peakMemory } = JSON.parse(readFileSync(join(folder, "run", "manifest.json"), "utf8"));
  return { rows: timings.samplesPerSecond, seconds: 1, peak: peakMemory };
}

/** Its preprocessing of the rows in PEERS_DIR. */
function fuxictr(root) {
  const [{ prep_s }] = measure(root, peers.fuxictr, ["prep"]);
  return { rows: 352_278, seconds: prep_s };
}
