// Trains for native.test.ts in a process of its own: node native.mjs TRAININGS, where TRAININGS are a JSON list.
// Prints for each what is told, and hashes of the weights and of scores.

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
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
async function trained({ path, threads, compiler, background = null, steps = STEPS }) {
  const { program, initial, tables, feeds } = deserialize(readFileSync(path));
  const told = [];
  const found = findCompiler({ ...process.env, CC: compiler ?? "" });
  const isAsked = background === null;
  const patience = background?.patience;
  const made =
    compiler === null ? null : nativeCode(isAsked, found, form, (outcome) => told.push(outcome), patience);
  // A second of steps would have to pass, and the steps in C be faster.
  const other = made === null ? null : { ...made, isAsked: true };
  const machine = { threads: threadsOfThisMachine(threads), form, other, loadLibrary };
  const session = openSession(machine, program, initial, tables);
  const { computer } = session.trainer;
  let step = 1;
  for (let isLast = false; !isLast; step++) {
    // In the background, the last one is the first after the outcome.
    isLast = background === null ? step === steps : told.length > 0 || existsSync(background.until ?? "");
    session.step(feeds[step % feeds.length]);
    // Threads begin to serve while nothing is computed.
    while (background === null && step === steps - 1 && computer.leading.slices.present < threads)
      await sleep(5);
    if (background !== null) await sleep(1);
  }
  // A prediction may not leave a compiler behind.
  if (background !== null) session.machine = { ...session.machine, other: null };
  const { slices, program: leading } = computer.leading;
  const weights = {
    steps: step - 1,
    form,
    present: slices.present,
    kind: leading.kind,
    hash: hashOf(session),
  };
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
for (const training of JSON.parse(process.argv[2])) {
  const { steps } = answers.at(-1) ?? {};
  // One in WebAssembly, for as many steps as one in the background.
  answers.push(await trained(training.isAsBefore ? { ...training, steps } : training));
}
console.log(JSON.stringify(answers));
