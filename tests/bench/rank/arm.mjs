// One way to score requests, in a process of its own: prints what it took as JSON.
//
//   node arm.mjs KIND FOLDER CANDIDATES STEPS PEERS
//
//   KIND: dinc, dinc-raw, dinc-simd, dinc-typescript, ort, ort-web
//
// FOLDER is what `dinc compile` left, PEERS where onnxruntime-web is installed. Requests are made of the ids
// of its golden ones. dinc-raw is given raw values, the others encoded ids.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { asColumns, requestsOf } from "./requests.mjs";

const [kind, given, candidates, steps, peers] = process.argv.slice(2);
const folder = resolve(given);
/** Of each: seconds before anything counts, then of measuring, and how many requests at least. */
const WARM = 0.5;
const MEASURED = 1.5;
const LEAST = 5;

const read = (name) => readFileSync(join(folder, name));
const load = (name) => import(pathToFileURL(join(folder, name)).href);
const golden = JSON.parse(read("model.golden.json")).requests.map(({ request }) => request);
const requests = requestsOf(golden, Number(candidates), Number(steps));

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
    const scores = score(i % requests.length);
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
    const encoded = requests.map((request) => asColumns(ranker, request));
    return (i) => ranker.rank(encoded[i]);
  }
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
