// Imports each model that a library's script wrote, scores its rows again on every engine of this machine, and says
// how far dinc's scores are from the library's. usage: compare.mjs FOLDER ZOO LIBRARY, which writes FOLDER/found.json

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importCheckpoint, openRun, predict } from "../../dist/runtime/index.js";

export const engines = ["wasm", "native", "node"];

/** The models in `folder`, with the largest difference of each on each engine, or why there is none. */
async function comparisons(folder, zoo, from) {
  const found = [];
  for (const name of readdirSync(folder).sort()) {
    const peer = JSON.parse(readFileSync(join(folder, name, "peer.json"), "utf8"));
    const changed = join(folder, name, "model.din");
    const spec = existsSync(changed) ? changed : join(zoo, `${name}.din`);
    const result = await compared(join(folder, name), spec, from);
    console.log(from, name, result.problem ?? result.differences);
    found.push({ name, ...peer, ...result });
  }
  return found;
}

async function compared(folder, spec, from) {
  const scratch = mkdtempSync(join(tmpdir(), "dinc-parity-"));
  const out = join(scratch, "run");
  const rows = join(folder, "scored.csv");
  try {
    const map = existsSync(join(folder, "weights.yaml")) ? { map: join(folder, "weights.yaml") } : {};
    // Any score is accepted here, because the differences are what is wanted.
    const run = await importCheckpoint(join(folder, "checkpoint.model"), {
      ...{ from, spec, out, golden: rows, tolerance: 2, separator: "|", backend: "wasm", ...map },
    });
    const differences = {};
    for (const backend of engines) differences[backend] = await difference(out, rows, backend);
    return { imported: run.golden.largest, differences };
  } catch (error) {
    const found = error.diagnostics?.map(({ code, message }) => `${code} ${message}`);
    return { problem: found === undefined ? String(error.stack) : found.join("\n") };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** The largest difference of a probability. */
async function difference(out, data, backend) {
  const run = await openRun(out);
  const labels = run.model.predictions.map(({ label }) => label);
  const keep = labels.length === 1 ? ["score"] : labels.map((label) => `score_${label}`);
  let largest = 0;
  for await (const { probabilities, kept } of predict(run, { data, keep, separator: "|", backend }))
    for (const [i, label] of labels.entries())
      for (const [row, value] of probabilities.get(label).entries())
        largest = Math.max(largest, Math.abs(value - Number(kept[i][row])));
  return largest;
}

if (process.argv[1] === import.meta.filename) {
  const [folder, zoo, from] = process.argv.slice(2);
  writeFileSync(join(folder, "found.json"), JSON.stringify(await comparisons(folder, zoo, from)));
}
