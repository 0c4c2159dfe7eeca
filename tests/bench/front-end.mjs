// Run as a process of its own: `front-end.mjs BUILD SPEC ROUNDS` prints, for each stage, the time of its first call, which
// compiles the code, and time and processor time of warm ones.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [build, path, rounds] = process.argv.slice(2);
const load = (module) => import(pathToFileURL(join(build, "dist", ...module.split("/"))).href);
const { check, render, sourceFile } = await load("compiler/index.js");
const { lex } = await load("grammar/tokens.js");
const { readSyntax } = await load("compiler/frontend/syntax/read-syntax.js");
const { buildSpec } = await load("compiler/frontend/syntax/parse.js");
const { format } = await load("compiler/tools/fmt/format.js");

const text = readFileSync(path, "utf8");
const file = sourceFile(path, text);
const found = {};

// What a user waits for comes first, so that its first call is cold.
measure("check", () => check(sourceFile(path, text)));
measure("… tokens", () => lex(text));
measure("… tokens and trees", () => [...readSyntax(file).items]);
measure("… tokens, trees and AST", () => buildSpec(readSyntax(file)));
const { diagnostics } = buildSpec(readSyntax(file));
if (diagnostics.length > 0) throw new Error(diagnostics[0].message);
// The rest of a check, round by round.
found["… model of the AST"] = difference(found.check, found["… tokens, trees and AST"]);
const unformatted = sourceFile(path, text.replaceAll(/ {2,}/g, " "));
measure("fmt", () => format(unformatted));
const wrong = check(sourceFile(path, text.replaceAll(/: id\b/g, ": idd"))).diagnostics.slice(0, 100);
measure(`${wrong.length} findings printed`, () => render(wrong, "pretty"));
console.log(JSON.stringify(found));

function measure(stage, run) {
  const times = [];
  const cpu = [];
  for (let round = 0; round <= Number(rounds); round++) {
    const before = process.cpuUsage();
    const start = performance.now();
    run();
    times.push(performance.now() - start);
    const { user, system } = process.cpuUsage(before);
    cpu.push((user + system) / 1_000);
  }
  // Half of the rounds warm up.
  const from = Math.ceil(times.length / 2);
  found[stage] = { first: times[0], warm: times.slice(from), cpu: cpu.slice(from) };
}

function difference(whole, part) {
  const minus = (name) => whole[name].map((time, round) => time - part[name][round]);
  return { first: whole.first - part.first, warm: minus("warm"), cpu: minus("cpu") };
}
