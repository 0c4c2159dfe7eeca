// Compares `dinc predict` with the compiled module on every row of a split; needs `npm run build`. For Beauty:
//   node tests/serve/compare.mjs RUN -c examples/amazon-beauty/dinc.yaml --set data.dir=FOLDER
// Prints one line of JSON; exits with 1 where a logit differs by more than 2e-5 + 1e-5·|logit|. With `--tables f16` or `i8`
// that many are counted and no failure: it is the AUC of both, by label, that says what fewer bytes cost. With `--mode fast`
// logits may differ by 1e-3 + 1e-3·|logit|.

import "../../examples/usage.mjs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { aucOfRange } from "../../dist/compiler/middle/metrics/auc.metric.js";
import { LabelledScores } from "../../dist/compiler/middle/metrics/scored.js";
import { FAST_TOLERANCE, TOLERANCE } from "../../dist/compiler/serve/golden.js";
import { memoryRowsOf } from "../../dist/runtime/data/batches/row-source.js";
import { readRows } from "../../dist/runtime/data/read-data.js";
import { compile } from "../../dist/runtime/driver/compile.js";
import { backendFor, rowsToMeasure } from "../../dist/runtime/driver/rows.js";
import { openRun } from "../../dist/runtime/run/open-run.js";
import { scoreRun } from "../../dist/runtime/run/score-run.js";
import { compareRows } from "../../dist/tests/support/compare-rows.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    config: { type: "string", short: "c" },
    data: { type: "string" },
    set: { type: "string", multiple: true, default: [] },
    split: { type: "string", default: "test" },
    backend: { type: "string", default: "auto" },
    tables: { type: "string", default: "f32" },
    mode: { type: "string", default: "exact" },
  },
});
const run = await openRun(positionals[0]);
// Rows of a file may lack labels: only scores are compared.
const data = memoryRowsOf(
  values.data === undefined
    ? (await rowsToMeasure(run, values)).rows
    : await readRows(run.model, run.run.fitted, values.data, {
        labels: "optional",
        ...run.run.manifest.data.lists,
      }),
);
const tolerance = values.mode === "fast" ? FAST_TOLERANCE : TOLERANCE;
const logits = await scoreRun(run, data, await backendFor(run, { backend: values.backend }));
const folder = await mkdtemp(join(tmpdir(), "dinc-compare-"));
try {
  const { tables, mode } = values;
  await compile(run, { out: join(folder, "module"), tables, mode });
  const { createRanker } = await import(pathToFileURL(join(folder, "module/model.js")).href);
  const weights = await readFile(join(folder, "module/model.weights.bin"));
  const ranker = await createRanker({ weights, verify: true });
  const started = performance.now();
  /** By label: what the module gives, in the order of the rows. */
  const found = new Map([...logits.keys()].map((label) => [label, []]));
  const noting = {
    logits(request) {
      const scores = ranker.logits(request);
      for (const [label, all] of found) all.push(scores instanceof Float32Array ? scores : scores[label]);
      return scores;
    },
  };
  const comparison = compareRows(run.model, run.run.fitted, data, logits, noting, tolerance);
  const aucOf = (scores, label) => {
    const labels = data.labels.get(label);
    if (labels === undefined) return null;
    const scored = new LabelledScores(scores, labels, new Map());
    return aucOfRange(scored, scored.order, 0, scored.rows);
  };
  const auc = Object.fromEntries(
    [...found].map(([label, all]) => {
      const own = Float32Array.from(all.flatMap((scores) => [...scores]));
      return [label, { training: aucOf(logits.get(label), label), compiled: aucOf(own, label) }];
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(`${JSON.stringify({ ...comparison, auc, seconds })}\n`);
  process.exitCode = comparison.beyondTolerance === 0 || values.tables !== "f32" ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
