// Run by each version of Node: node hash-scores.mjs FOLDER MOST. Every folder in FOLDER is a compiled model; MOST is
// JSON, the most candidates that some models score together. Prints JSON: by model what computes its scores by default, after the golden requests passed, and SHA-256 of all
// logits of the `simd` form.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const folder = process.argv[2];
const most = JSON.parse(process.argv[3]);
const found = {};
for (const name of readdirSync(folder).sort()) {
  const at = (file) => join(folder, name, file);
  const { createRanker } = await import(pathToFileURL(at("model.js")).href);
  const weights = readFileSync(at("model.weights.bin"));
  const { requests } = JSON.parse(readFileSync(at("model.golden.json"), "utf8"));
  const { backend } = await createRanker({ weights, verify: true });
  const simd = await createRanker({ weights, backend: "simd", verify: true });
  const hash = createHash("sha256");
  const add = (scores) => {
    for (const values of scores instanceof Float32Array ? [scores] : Object.values(scores))
      hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  };
  // Few candidates, and as many as all requests have, if the model takes them.
  const candidates = requests.flatMap(({ request }) => request.candidates).slice(0, most[name]);
  for (const { request } of requests) {
    add(simd.logits(request));
    add(simd.logits({ ...request, candidates }));
  }
  found[name] = { backend, simd: simd.backend, hash: hash.digest("hex") };
}
process.stdout.write(JSON.stringify({ node: process.version, models: found }));
