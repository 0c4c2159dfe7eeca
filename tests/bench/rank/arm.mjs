// One way to score requests, in a process of its own: prints what it took as JSON.
//
//   node arm.mjs KIND FOLDER CANDIDATES STEPS PEERS SPEC
//
//   KIND: dinc, dinc-raw, dinc-simd, dinc-typescript, ort, ort-web, tfjs-wasm
//
// FOLDER is what `dinc compile` left of SPEC, PEERS where onnxruntime-web is installed. Requests are made of the ids of its golden
// ones. dinc-raw is given raw values, the others encoded ids. tfjs-wasm runs the Graph of training op by op, as `dinc predict` does
// where native TensorFlow is missing: each candidate is an example with a history of its own, whose rows are gathered already.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [kind, given, candidates, steps, peers, spec] = process.argv.slice(2);
const folder = resolve(given);
const REQUESTS = 16;
/** Of random weights, where `dinc compile` is told none. */
const SEED = 0;
/** Of each: seconds before anything counts, then of measuring, and how many requests at least. */
const WARM = 0.5;
const MEASURED = 1.5;
const LEAST = 5;

const read = (name) => readFileSync(join(folder, name));
const load = (name) => import(pathToFileURL(join(folder, name)).href);
const requests = requestsOf(JSON.parse(read("model.golden.json")).requests.map(({ request }) => request));

const started = performance.now();
const score = await scorer();
const ready = performance.now();
await score(0);
const first = performance.now() - ready;
await repeat(WARM);
const times = await repeat(MEASURED);
times.sort((a, b) => a - b);
const at = (share) => times[Math.floor(share * (times.length - 1))];
console.log(JSON.stringify({ median: at(0.5), p99: at(0.99), first, start: ready - started }));

async function repeat(seconds) {
  const times = [];
  const end = performance.now() + 1000 * seconds;
  for (let i = 0; i < LEAST || performance.now() < end; i++) {
    const before = performance.now();
    const scores = score(i % REQUESTS);
    if (scores instanceof Promise) await scores;
    times.push(performance.now() - before);
  }
  return times;
}

async function scorer() {
  if (kind.startsWith("dinc")) {
    const backend = { "dinc-simd": "simd", "dinc-typescript": "typescript" }[kind] ?? "auto";
    const { createRanker } = await load("model.js");
    const ranker = await createRanker({ weights: read("model.weights.bin"), backend });
    if (kind === "dinc-raw") return (i) => ranker.rank(requests[i]);
    const encoded = requests.map((request) => ({
      ...request,
      ...(ranker.encodeHistory === undefined ? {} : { history: ranker.encodeHistory(request.history) }),
      candidates: { columns: ranker.encodeCandidates(request.candidates) },
    }));
    return (i) => ranker.rank(encoded[i]);
  }
  if (kind === "tfjs-wasm") return tfjsScorer();
  const ort =
    kind === "ort"
      ? await import("onnxruntime-node")
      : createRequire(join(peers, "peers.cjs"))("onnxruntime-web");
  if (kind === "ort-web") ort.env.wasm.numThreads = 1;
  const { createEncoder } = await load("inputs.js");
  const encoder = createEncoder(read("inputs.bin"));
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1 };
  const session = await ort.InferenceSession.create(
    kind === "ort" ? join(folder, "model.onnx") : read("model.onnx"),
    kind === "ort" ? options : { executionProviders: ["wasm"] },
  );
  const feeds = requests.map((request) =>
    Object.fromEntries(
      Object.entries(encoder.feeds(request)).map(([name, { type, data, dims }]) => [
        name,
        new ort.Tensor(type, data, dims),
      ]),
    ),
  );
  return (i) => session.run(feeds[i]);
}

async function tfjsScorer() {
  const dist = (path) => import(new URL(`../../../dist/${path}`, import.meta.url).href);
  const { check } = await dist("compiler/frontend/check/check.js");
  const { sourceFile } = await dist("compiler/common/source-file.js");
  const { untrainedModel } = await dist("compiler/backends/contract/untrained-model.js");
  const { feederOf } = await dist("compiler/backends/golden/reference.js");
  const { interpret } = await dist("compiler/backends/tfjs/interpret.js");
  const { loadTfjs } = await dist("runtime/engines/load-tfjs.js");
  const { TensorFeed } = await dist("compiler/backends/tfjs/tensor-feed.js");
  // The weights that `dinc compile` draws.
  const trained = untrainedModel(check(sourceFile("spec.din", readFileSync(spec, "utf8"))).value, SEED);
  const { predict } = trained;
  const tf = await loadTfjs("wasm");
  const parameters = new Map(
    [...predict.parameters.values()].map(({ name, dims }) => [
      name,
      tf.tensor(trained.parameters.get(name), [...dims]),
    ]),
  );
  const ids = new Set(
    predict.nodes
      .filter(({ op, type }) => op === "input" && type.dtype === "i32")
      .map(({ attributes }) => attributes.name),
  );
  const floats = (values) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Float32Array.from(value)]));
  const feederOfRequest = feederOf(trained);
  const valuesOf = (request) => {
    const { feeds, layout } = feederOfRequest({ user: {}, context: {}, history: {}, ...request });
    const [inputs, tables] = [floats(feeds.inputs), floats(feeds.tables)];
    for (const name of ids) inputs[name] = Int32Array.from(feeds.inputs[name]);
    return {
      input: (name) => inputs[name],
      table: (name) => tables[name],
      segments: (rows) => layout.segments(rows),
      count: (rows) => layout.count(rows),
    };
  };
  const logits = (values) =>
    tf.tidy(() => {
      const feed = new TensorFeed(tf, predict, values, parameters);
      return Object.values(interpret(predict, tf, feed).outputs)[0]
        .dataSync()
        .slice();
    });
  // It is the same model as that of the other arms.
  const [{ request, logits: golden }] = JSON.parse(read("model.golden.json")).requests;
  logits(valuesOf(request)).forEach((logit, i) => {
    if (!(Math.abs(logit - golden[0][1][i]) < 1e-4)) throw new Error(`${logit} is not ${golden[0][1][i]}`);
  });
  const values = requests.map(valuesOf);
  return (i) => logits(values[i]);
}

/** As long as they are asked for, each from another place of what the golden ones have. */
function requestsOf(golden) {
  const pool = golden.flatMap((request) => request.candidates);
  const longest = (lists) => lists.reduce((a, b) => (b.length > a.length ? b : a), []);
  const histories = [...new Set(golden.flatMap(({ history }) => Object.keys(history ?? {})))];
  return Array.from({ length: REQUESTS }, (_, r) => ({
    ...golden[r % golden.length],
    history: Object.fromEntries(
      histories.map((name) => {
        const all = longest(golden.map(({ history }) => history[name])).concat(
          golden.flatMap(({ history }) => history[name]),
        );
        return [name, Array.from({ length: Number(steps) }, (_, i) => all[(7 * r + i) % all.length])];
      }),
    ),
    candidates: Array.from({ length: Number(candidates) }, (_, i) => pool[(11 * r + 3 * i) % pool.length]),
  }));
}
