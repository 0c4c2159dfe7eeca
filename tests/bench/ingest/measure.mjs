// Reads data with the compiled dinc, takes some batches in shuffled order, and says how many rows there were,
// how long reading took, and what memory all of it: `node measure.mjs DIST DATA`, where DATA is `data` of a
// configuration as JSON (see sources.mjs).
import "../../../examples/usage.mjs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [dist, asked] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(join(dist, path)).href);
const { check } = await load("compiler/frontend/check/check.js");
const { lower } = await load("compiler/frontend/check/lower.js");
const { tablesOf } = await load("compiler/frontend/kinds/model-queries.js");
const { trainingProgram } = await load("compiler/middle/programs/step.js");
const { planBatches } = await load("compiler/data/batch-plan.js");
const { openBatches } = await load("runtime/data/batches/prefetch.js");
const { readTraining } = await load("runtime/data/read-data.js");
const { Random } = await load("compiler/common/random.js");

const text = `model din
features user { user_id : id }
features item {
  item_id : id  embed 2
  cate_id : id  embed 2
}
history clicks(max: 20) {
  item_id <-> hist_item_id
  cate_id <-> hist_cate_id
}
label click : binary
net { predict click = concat(item_id, cate_id, sum(clicks)) |> dense(1) |> sigmoid }
train {
  loss binary_cross_entropy
  batch 256  epochs 1
  metrics auc, gauc(by: user_id)
}
`;
const { value: model } = check({ path: "model.din", text, lineStarts: [0] });
const started = performance.now();
const data = await readTraining(model, JSON.parse(asked));
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
