// Run as a process of its own: `compile-calls.mjs BUILD SPEC FOLDER` prints the milliseconds that the import
// of `dinc/node` takes, a first `compile` of the spec into the folder, and the median of the next seven.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { median } from "./statistics.mjs";

const [build, spec, out] = process.argv.slice(2);
const { exports } = JSON.parse(readFileSync(join(build, "package.json"), "utf8"));
const entry = pathToFileURL(join(build, exports["./node"].default)).href;

const started = performance.now();
const { compile } = await import(entry);
const imported = performance.now() - started;
const calls = [];
for (let call = 0; call < 8; call++) {
  const before = performance.now();
  await compile({ untrained: spec }, { out });
  calls.push(performance.now() - before);
}
console.log(JSON.stringify({ imported, first: calls[0], later: median(calls.slice(1)) }));
