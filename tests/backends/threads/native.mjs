// Trains for native.test.ts in a process of its own: node native.mjs TRAININGS, where TRAININGS are a JSON list.
// Prints for each what is told, and hashes of the weights and of scores.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { deserialize } from "node:v8";
import { openSession } from "../../../dist/compiler/backends/wasm/training/session.js";
import { RowGatherer } from "../../../dist/compiler/train/tables.js";
import { nativeCode } from "../../../dist/runtime/engines/native-code.js";
import { formOfNode, threadsOfThisMachine } from "../../../dist/runtime/engines/threads.js";
import { findCompiler } from "../../../dist/runtime/native/c-compiler.js";
import { loadLibrary } from "../../../dist/runtime/native/library.js";
import { hashOf } from "./hash.mjs";

const STEPS = 8;

/** Node 22 and later have the relaxed form. */
const form = formOfNode();

/** `compiler` is what CC names; null for WebAssembly. */
async function trained({ path, threads, compiler }) {
  const { program, initial, tables, feeds } = deserialize(readFileSync(path));
  const told = [];
  const found = findCompiler({ ...process.env, CC: compiler ?? "" });
  const other = compiler === null ? null : nativeCode(true, found, form, (outcome) => told.push(outcome));
  const machine = { threads: threadsOfThisMachine(threads), form, other, loadLibrary };
  const session = openSession(machine, program, initial, tables);
  const { computer } = session.trainer;
  for (let step = 1; step <= STEPS; step++) {
    session.step(feeds[step % feeds.length]);
    // Threads begin to serve while nothing is computed.
    while (step === STEPS - 1 && computer.leading.slices.present < threads) await sleep(5);
  }
  const { slices, program: leading } = computer.leading;
  const weights = { form, present: slices.present, kind: leading.kind, hash: hashOf(session) };
  const logits = createHash("sha256");
  const held = [...tables].map(([name, table]) => [name, { ...table, ...session.holds.get(name) }]);
  const gatherer = new RowGatherer(new Map(held));
  for (const feed of feeds)
    for (const values of Object.values(session.predict({ ...feed, rows: gatherer.gather(feed.batch) })))
      logits.update(values);
  session.dispose();
  return { ...weights, told, scores: logits.digest("hex") };
}

const answers = [];
for (const training of JSON.parse(process.argv[2])) answers.push(await trained(training));
console.log(JSON.stringify(answers));
