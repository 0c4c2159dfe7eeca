// Puts random programs of few tokens through check, lower, cost, drawings and the generation of TypeScript,
// as built: whatever they unfold to, they end with diagnostics or a result. `node unfolding-child.mjs SEED
// COUNT`; says the text where one does not.

const dist = new URL("../../dist/compiler/", import.meta.url);
const load = (path) => import(new URL(path, dist));
const [{ analyse }, { cost }, { lint }, { sourceFile }, { drawingOf }, { svgOf }, { lower }] =
  await Promise.all([
    load("frontend/check/check.js"),
    load("tools/cost/cost.js"),
    load("tools/lint/lint.js"),
    load("common/source-file.js"),
    load("tools/views/drawing.js"),
    load("tools/views/svg.js"),
    load("frontend/check/lower.js"),
  ]);
const [{ trainingProgram }, { rankingProgram }, { planProgram }, { wasmProgram }, { emitTensorflow }] =
  await Promise.all([
    load("middle/programs/step.js"),
    load("middle/programs/ranking.js"),
    load("backends/serving/planner.js"),
    load("backends/wasm/program.js"),
    load("backends/tensorflow/emit.js"),
  ]);
const { attentionsOf, candidateInputs } = await load("backends/serving/attention.js");

/** Of the processor, as the machine may be at something else. */
const MOST_MILLISECONDS = 60_000;

let state = Number(process.argv[2]) >>> 0;
function random(n) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * n);
}
const one = (...choices) => choices[random(choices.length)];
const often = () => one(1, 2, 3, 3, 5, 10, 30, 40, 100, 300, 1000, 5000, 10_000);
const wide = () => one(1, 2, 4, 8, 16, 100, 1000, 10_000, 100_000, 1_000_000);

/** A vector; `names` are those in sight. */
function vector(depth, names) {
  if (depth === 0) return one(...names);
  const x = () => vector(depth - 1, names);
  const inside = (...more) => [...names, ...more];
  switch (random(22)) {
    case 0:
      return `fold(1..${often()}, ${x()}, (x, i) => ${vector(depth - 1, inside("x", "x"))})`;
    case 1:
      return `fold(1..${often()}, ${x()}, (x, i) => x ${one("+", "*", "-", "/")} x)`;
    case 2:
      return `dense(${x()}, ${wide()})`;
    case 3:
      return `cross(${x()}, layers: ${often()})`;
    case 4:
      return `mlp(${x()}, [${wide()}, ${wide()}])`;
    case 5:
      return `sum(${list(depth - 1, names)})`;
    case 6:
      return `flatten(${list(depth - 1, names)})`;
    case 7:
      return `concat(${x()}, ${x()})`;
    case 8:
      return `(${x()} ${one("+", "*", "-")} ${x()})`;
    case 9:
      return `(${list(depth - 1, names)})[${one(1, 2, 50)}]`;
    case 10:
      return `twice(${one("x => dense(x, 4)", "relu", "(x => twice(relu, x))", "(x => x + x)")}, ${x()})`;
    case 11:
      return `again(g => ${one("g(g)", "g(g) + g(g)", "fold([1, 2], a, (x, i) => g(g))", "a")})`;
    case 12:
      return `many(${x()}, ${one("n", "4", "sizes")})`;
    case 13:
      return `sum(${history(depth - 1, names)})`;
    case 14:
      return `w(${x()}, ${often()})`;
    case 15:
      return `${x()} |> ${one("relu", "tanh", "batch_norm", "layer_norm", "dice", "total")}`;
    case 16:
      return `fold(sizes, ${x()}, (x, m) => dense(x, m))`;
    case 17:
      return `last(${history(depth - 1, names)})`;
    case 18:
      return `b${random(4)}(${x()})`;
    case 19:
      return `stages(1..${often()}, ${x()}, (x, i) => ${vector(depth - 1, inside("x"))})[1]`;
    default:
      return x();
  }
}

function list(depth, names) {
  if (depth <= 0) return `[${one(...names)}, ${one(...names)}]`;
  const l = () => list(depth - 1, names);
  const x = () => vector(depth - 1, names);
  switch (random(10)) {
    case 0:
      return `join(${l()}, ${l()})`;
    case 1:
      return `fold(1..${often()}, ${l()}, (l, i) => join(l, ${one("l", "[a]")}))`;
    case 2:
      return `pairs(${l()}, ${one("dot", "(x, y) => x * y", "(x, y) => dense(x + y, 4)")})`;
    case 3:
      return `product(${l()}, ${l()}, ${one("dot", "(x, y) => x * y")})`;
    case 4:
      return `split(dense(${x()}, ${wide()}), ${wide()})`;
    case 5:
      return `each(1..${often()}, i => ${x()})`;
    case 6:
      return `each(${l()}, x => ${vector(depth - 1, [...names, "x"])})`;
    case 7:
      return `mix(${l()}, ${wide()})`;
    case 8:
      return `fold(1..${often()}, ${l()}, (l, i) => [l, l])`;
    default:
      return `[${x()}, ${x()}]`;
  }
}

function history(depth, names) {
  if (depth <= 0) return "h";
  const h = () => history(depth - 1, names);
  switch (random(6)) {
    case 0:
      return `fold(1..${often()}, ${h()}, (x, i) => x ${one("+", "*")} x)`;
    case 1:
      return `scan(gru_cell, ${h()}, width: ${one(2, 8, 100)})`;
    case 2:
      return `each(${h()}, x => ${vector(depth - 1, ["x", "x"])})`;
    case 3:
      return `dense(${h()}, ${wide()})`;
    case 4:
      return `append(${h()}, a)`;
    default:
      return `(${h()} * ${one(...names)})`;
  }
}

function program() {
  const sums = Array.from({ length: one(1, 2, 5, 22) }, (_, i) => `(d${i} + 1)`);
  const integers = sums.map((_, i) => `, d${i}: Int = 1`).join("");
  const names = ["a", "b", "u", "concat(a, b, u)"];
  return `model m
features user { u : id  embed ${one(4, 4, 4, 64)} }
features item { a : id  embed 4  b : id  embed 4 }
history h(max: ${one(5, 50, 100_000)}) { a <-> hist_a }
label p : binary
param n = ${often()}
param sizes = [${Array.from({ length: one(1, 2, 30) }, wide).join(", ")}]
block twice(f: Block, x: Vec[d]) { f(f(x)) }
block again(f: Block) { f(f) }
block many(x: Vec[d], n) { fold(${one("1..n", "n")}, x, (y, i) => ${one("y + y", "dense(y, d)", "concat(y, x)")}) }
block w(x: Vec[${one("d", "2*d", sums.join("*"))}]${integers}, n: Int = 2) { dense(x, ${one("n", "n*n", "fold(1..n, n, (k, i) => k * n)")}) }
block b0(x: Vec[d]) -> Vec[d] { x + relu(x) }
block b1(x: Vec[d]) { b0(x) + b0(x) }
block b2(x) { b1(b1(x)) ${one("+", "*")} b1(x) }
block b3(x) { fold(1..${often()}, x, (y, i) => b2(y)) }
net {
  let x = ${vector(one(1, 2, 3), names)}
  let y = ${vector(one(1, 2), [...names, "x", "x"])}
  predict p = concat(x, y, sum(h)) |> dense(1) |> sigmoid
}
${one("", "", "variant v from m { param n = 100 }\n")}`;
}

let models = 0;
let rejected = 0;
for (let i = 0; i < Number(process.argv[3]); i++) {
  const text = program();
  const start = process.cpuUsage();
  const taken = () => Math.round(process.cpuUsage(start).user / 1000);
  let stage = "";
  const at = (next) => {
    stage = next;
  };
  try {
    at("check");
    const analysis = analyse(sourceFile("random.din", text));
    if (analysis.value === null) {
      if (analysis.diagnostics.length === 0) throw new Error("no model and no diagnostics");
      rejected++;
    } else {
      const model = analysis.value;
      models++;
      at("lint");
      lint(analysis.spec.file);
      at("drawing");
      svgOf(drawingOf(model, analysis));
      at("lower");
      const forward = lower(model);
      at("cost");
      cost(model, { candidates: 3, history: 2 });
      at("attention");
      attentionsOf(forward, candidateInputs(model));
      at("training");
      const training = trainingProgram(forward, model);
      at("ranking");
      const ranking = rankingProgram(model, training.predict);
      at("plan");
      planProgram(ranking);
      at("wasm");
      const wasm = wasmProgram(ranking, () => 10, "exact");
      if (wasm !== null) new WebAssembly.Module(wasm.encoded.plain);
      at("tensorflow");
      emitTensorflow({ step: training.step, predict: training.predict }, 2);
    }
    if (taken() > MOST_MILLISECONDS) throw new Error(`took ${taken()} ms`);
  } catch (error) {
    process.stderr.write(`${stage}: ${error.stack}\n${text}\n`);
    process.exitCode = 1;
    if (process.argv[4] === undefined) process.exit(1);
  }
  if (process.argv[4] !== undefined)
    process.stderr.write(`${i} ${taken()} ms ${stage} ${Math.round(process.memoryUsage().rss / 1e6)} MB\n`);
}
process.stdout.write(JSON.stringify({ models, rejected }));
