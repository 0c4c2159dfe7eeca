// `node tests/backends/same-code.mjs BUILD BUILD` compares the WebAssembly that two builds make of every spec of the
// repository: ranking programs, training steps and predictions. A change that only moves code leaves every byte as it was.
// Prints the modules that differ (exit code 1), and the processor seconds of each build. A build is a folder with `dist`,
// `package.json` and `node_modules`, or the file of JSON that `same-code.mjs BUILD` prints.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const FOLDERS = ["examples/zoo", "tests/good", "tests/bench/rank"];
const root = fileURLToPath(new URL("../..", import.meta.url));

const [first, second] = process.argv.slice(2);
if (second === undefined) console.log(JSON.stringify(await hashesOf(first)));
else compare(first, second);

function compare(...builds) {
  const [before, after] = builds.map((build) =>
    JSON.parse(build.endsWith(".json") ? readFileSync(build, "utf8") : hashesInProcess(build)),
  );
  const names = [...new Set([...Object.keys(before.hashes), ...Object.keys(after.hashes)])];
  const different = names.filter((name) => before.hashes[name] !== after.hashes[name]);
  for (const name of different) console.log(`differs: ${name}`);
  console.log(`${names.length} modules, ${different.length} different`);
  for (const kind of Object.keys(before.seconds))
    console.log(
      `${kind}: ${before.seconds[kind].toFixed(2)} s, ${after.seconds[kind].toFixed(2)} s of processor`,
    );
  process.exitCode = different.length === 0 && names.length > 0 ? 0 : 1;
}

function hashesInProcess(build) {
  const options = { encoding: "utf8", maxBuffer: 2 ** 26 };
  return execFileSync(process.execPath, [fileURLToPath(import.meta.url), build], options);
}

async function hashesOf(build) {
  const load = (path) => import(pathToFileURL(join(resolve(build), "dist/compiler", path)).href);
  const { sourceFile } = await load("common/source-file.js");
  const { check } = await load("frontend/check/check.js");
  const { lower } = await load("frontend/check/lower.js");
  const { untrainedModel } = await load("backends/contract/untrained-model.js");
  const { emitModule } = await load("backends/typescript/module.js");
  const { rankingProgram } = await load("middle/programs/ranking.js");
  const { tablesIn, trainingProgram } = await load("middle/programs/step.js");
  const { compiledStep } = await load("backends/wasm/training/kept-modules.js");

  const hashes = {};
  const seconds = { ranking: 0, training: 0 };
  const timed = (kind, run) => {
    const from = process.cpuUsage();
    const result = run();
    const { user, system } = process.cpuUsage(from);
    seconds[kind] += (user + system) / 1e6;
    return result;
  };
  // The bytes of a step go to WebAssembly's compiler and nowhere else; that takes no time here.
  let compiled = null;
  WebAssembly.Module = function Module(bytes) {
    compiled = bytes;
  };
  const specs = FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".din"))
      .map((name) => join(folder, name)),
  );
  for (const path of specs) {
    const { value: model } = check(sourceFile("spec.din", readFileSync(join(root, path), "utf8")));
    if (model === null) continue;
    const trained = untrainedModel(model, 1, 40);
    const ranking = rankingProgram(trained.model, trained.predict);
    for (const mode of ["exact", "fast"]) {
      const { wasm } = timed("ranking", () =>
        emitModule(trained.model, ranking, [], () => "f32", { version: "test", run: null }, { mode }),
      );
      hashes[`${path} ranking ${mode}`] = wasm === null ? null : hash(wasm.simd, wasm.fused);
    }
    const forward = lower(model);
    const { step, predict } = trainingProgram(forward, model);
    const held = new Set(tablesIn(forward));
    for (const form of ["plain", "relaxed"])
      for (const [kind, graph, tables] of [
        ["step", step, new Set()],
        ["step with held tables", step, held],
        ["prediction", predict, new Set()],
      ]) {
        timed("training", () => compiledStep(graph, tables, form, true));
        hashes[`${path} ${kind} ${form}`] = hash(compiled);
      }
  }
  return { hashes, seconds };
}

function hash(...parts) {
  const sum = createHash("sha256");
  for (const part of parts) sum.update(part);
  return sum.digest("hex");
}
