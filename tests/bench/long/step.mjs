// One process of `long`: `node step.mjs ROOT LAYER STEPS ROWS COUNT` trains a layer on rows whose histories are full, and
// prints the processor time of a sample and the most memory.
import { built, checked, name, printMeasured, random, rows, steps } from "./given.mjs";

const { lower } = await built("compiler/frontend/check/lower.js");
const { inputNames } = await built("compiler/middle/programs/program.js");
const { trainingProgram } = await built("compiler/middle/programs/step.js");
const { optimizerOf } = await built("compiler/middle/training/optimizers/registry.js");
const { initialParameters } = await built("compiler/train/initial.js");
const { chooseBackend } = await built("runtime/engines/choose.js");

const WIDTH = 32;
const IDS = 1000;
const faced = "dot(all[3], facing(all[4]))";
const reads = {
  causal_attention: "causal_attention(all[3], all[4], all[2])",
  "facing, SiLU": `sum(where(back >= 0, silu(${faced} + buckets(back, 1..${steps - 1}, 1)), 0) / ${steps} * facing(all[2]))`,
  "facing, softmax": `sum(softmax(${faced} / sqrt(${WIDTH}), where: back >= 0) * facing(all[2]))`,
};
const spec = `model long
features item { item_id : id  embed ${WIDTH} }
history clicks(max: ${steps}) { item_id <-> clicked }
label click : binary
net {
  let all       = split(dense(clicks, ${4 * WIDTH}, silu), 4)
  ${name === "causal_attention" ? "" : "let back      = facing(place(clicks)) - place(clicks)"}
  let read      = ${reads[name]}
  let x         = clicks + dense(layer_norm(read) * all[1], ${WIDTH})
  predict click = concat(item_id, mean(x)) |> dense(1) |> sigmoid
}
train { optimizer adam(learning_rate: 0.01) }`;
const model = checked(spec);
const program = trainingProgram(lower(model), model);
const backend = await chooseBackend("wasm", { threads: 1 });
const session = await backend.open(program, new Map(initialParameters(program.step, 1)));
const ids = (length) => Int32Array.from({ length }, () => random.integer(IDS));
const batch = {
  size: rows,
  segments: new Map([["clicks", Int32Array.from({ length: rows * steps }, (_, i) => Math.floor(i / steps))]]),
  inputs: new Map([
    ["item_id", ids(rows)],
    ["clicks.item_id", ids(rows * steps)],
    [inputNames.label("click"), Float32Array.from({ length: rows }, () => random.integer(2))],
  ]),
  tables: new Map([["item_id", Int32Array.from({ length: IDS }, (_, row) => row)]]),
  own: new Map(),
  parts: null,
};
const table = Float32Array.from({ length: IDS * WIDTH }, () => random.integer(1000) / 5000 - 0.1);
const { optimizer } = model.train;
await printMeasured((number) =>
  session.step({
    batch,
    rows: { item_id: table },
    scalars: optimizerOf(optimizer).scalars(optimizer, number),
  }),
);
