// From an event log to the first batches: rows a second and the most memory that the process had, under several budgets;
// beside it the preprocessing of FuxiCTR on the rows of Amazon Beauty, where it is there (see ../peers.mjs). EVENTS is the size of the simulated log. `npm run build` comes first.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isThere, measure, peers } from "../peers.mjs";
import { ratio, shown } from "../statistics.mjs";
import { generate } from "./generate.mjs";

const rounds = Number(process.env.ROUNDS ?? 3);
const events = Number(process.env.EVENTS ?? 20_000_000);
const MEMORIES = ["256", "1000", "4000"];

export async function ingest(root) {
  const folder = mkdtempSync(join(tmpdir(), "dinc-bench-"));
  try {
    await generate({ events, out: folder });
    const simulated = ["events.parquet", "items.parquet"].map((name) => join(folder, name));
    const series = new Map(MEMORIES.map((memory) => [memory, []]));
    const beauty = resolve(root, process.env.BEAUTY ?? "../shared/data/amazon-beauty");
    const real = ["interactions.csv", "items.csv"].map((name) => join(beauty, name));
    const [ours, theirs] = [[], []];
    const hasPeer = isThere(peers.fuxictr);
    for (let round = 0; round < rounds; round++) {
      for (const [memory, runs] of series) runs.push(measured(root, ...simulated, "t", memory));
      if (existsSync(real[0])) ours.push(measured(root, ...real, "step", "1000"));
      if (hasPeer) theirs.push(fuxictr(root));
    }
    const line = (name, runs) =>
      `| ${name} | ${shown(runs.map(({ rows, seconds }) => rows / seconds))} | ${shown(runs.map(({ peak }) => peak / 1e6))} |`;
    const title = `${(events / 1e6).toLocaleString("en-US")} million events`;
    return [
      "## ingest",
      "",
      `From an event log to batches, one negative for each positive. The simulated log has ${title}, Parquet, mixed as they came.`,
      "",
      "| | rows/s | most memory, MB |",
      "|---|---|---|",
      ...[...series].map(([memory, runs]) => line(`${title}, \`data.memory: ${memory}MB\``, runs)),
      ...(ours.length === 0 ? [] : [line("Amazon Beauty, CSV", ours)]),
      ...(theirs.length === 0
        ? ["| FuxiCTR's preprocessing of these rows | does not run here | |"]
        : [
            `| FuxiCTR's preprocessing of these rows | ${shown(theirs.map(({ rows, seconds }) => rows / seconds))} | |`,
          ]),
      ...(theirs.length === 0 || ours.length === 0
        ? []
        : ["", `dinc ÷ FuxiCTR: ${ratio(theirs.map(perRow), ours.map(perRow)).toFixed(0)}.`]),
    ].join("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function perRow({ rows, seconds }) {
  return seconds / rows;
}

function measured(root, log, items, order, memory) {
  const args = [join(root, "tests", "bench", "ingest", "measure.mjs"), join(root, "dist"), log, items, order];
  const result = spawnSync(process.execPath, [...args, String(1e6 * Number(memory))], { encoding: "utf8" });
  if (result.status !== 0) throw new Error(`reading ${log} failed:\n${result.stderr}`);
  return JSON.parse(result.stdout);
}

/** Its preprocessing of the rows in PEERS_DIR. */
function fuxictr(root) {
  const [{ prep_s }] = measure(root, peers.fuxictr, ["prep"]);
  return { rows: 352_278, seconds: prep_s };
}
