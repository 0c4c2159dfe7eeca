// Reads data with the compiled dinc, takes some batches in shuffled order, and says how many rows there were,
// how long reading took, and what memory all of it: `node measure.mjs DIST CONFIG` with the path of a dinc.yaml
// (see sources.mjs).
import "../../../examples/usage.mjs";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [dist, config] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(join(dist, path)).href);
const { check } = await load("compiler/frontend/check/check.js");
const { lower } = await load("compiler/frontend/check/lower.js");
const { tablesOf } = await load("compiler/frontend/kinds/model-queries.js");
const { trainingProgram } = await load("compiler/middle/programs/step.js");
const { planBatches } = await load("compiler/data/batch-plan.js");
const { openBatches } = await load("runtime/data/batches/prefetch.js");
const { readConfig } = await load("runtime/driver/read-config.js");
const { readTraining } = await load("runtime/data/read-data.js");
const { Random } = await load("compiler/common/random.js");

const { spec, data: asked } = await readConfig(config);
const { value: model } = check({ path: spec, text: readFileSync(spec, "utf8"), lineStarts: [0] });
const started = performance.now();
const data = await readTraining(model, asked);
const seconds = (performance.now() - started) / 1000;
const program = trainingProgram(lower(model), model);
const source = openBatches(planBatches(program.step, tablesOf(model, data.fitted)));
const shuffled = data.orders.shuffled(data.train.rows, Random.of(1, "epoch 1"));
let [batches, steps] = [0, 0];
for await (const batch of source.stream(data.train, shuffled, 256)) {
  steps += batch.segments.get("clicks").length;
  if (++batches === 200) break;
}
await source.close();
const peak = 1024 * process.resourceUsage().maxRSS;
console.log(JSON.stringify({ rows: data.train.rows + (data.test?.rows ?? 0), seconds, steps, peak }));
