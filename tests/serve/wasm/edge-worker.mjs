// A platform as edge workers are, in Node: nothing is compiled from strings (run with
// --disallow-code-generation-from-strings), nor WebAssembly from bytes, and there is no Node. Prints JSON:
// what computes scores with the module and without.
//   node --disallow-code-generation-from-strings edge-worker.mjs FOLDER

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const at = (file) => join(process.argv[2], file);
const model = pathToFileURL(at("model.js")).href;
const weights = new Uint8Array(readFileSync(at("model.weights.bin")));
const wasm = new WebAssembly.Module(readFileSync(at("model.wasm")));
const { stdout } = process;
const { instantiate, Module } = WebAssembly;

const forbidden = (what) =>
  function forbid() {
    throw new WebAssembly.CompileError(`${what}: Wasm code generation disallowed by embedder`);
  };
const onlyModules = async (given, ...more) =>
  given instanceof Module ? instantiate(given, ...more) : forbidden("instantiate")();
const module = Object.assign(forbidden("Module"), {
  exports: Module.exports,
  imports: Module.imports,
  customSections: Module.customSections,
});
const compile = async () => forbidden("compile")();
for (const [name, value] of Object.entries({ instantiate: onlyModules, compile, Module: module }))
  Object.defineProperty(WebAssembly, name, { value });
for (const name of ["process", "Buffer", "require", "setImmediate", "global"]) delete globalThis[name];

const refused = [];
// biome-ignore lint/security/noGlobalEval: that it is forbidden is what is tested.
for (const compile of [globalThis.eval, Function])
  try {
    compile("1");
  } catch (error) {
    refused.push(error.name);
  }
const { createRanker } = await import(model);
const given = await createRanker({ weights, wasm, verify: true });
const without = await createRanker({ weights, verify: true });
stdout.write(JSON.stringify({ refused, given: given.backend, without: without.backend }));
