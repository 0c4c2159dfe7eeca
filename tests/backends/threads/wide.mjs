// What wide.test.ts runs in a process of its own, with a Node that has vectors of 256 bits: node wide.mjs
// COMMAND GIVEN …. Prints its answer as JSON.

import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { deserialize } from "node:v8";
import { bestForm } from "../../../dist/compiler/backends/wasm/training/form.js";
import { openSession } from "../../../dist/compiler/backends/wasm/training/session.js";
import { threadsOfThisMachine } from "../../../dist/runtime/engines/threads.js";
import { wideVectors } from "../../../dist/runtime/engines/wide-vectors.js";
import { hashOf } from "./hash.mjs";

const [command, ...paths] = process.argv.slice(2);

function open(path, threads, told) {
  const { program, initial, tables, feeds } = deserialize(readFileSync(path));
  const wide = told === null ? null : wideVectors(true, (outcome) => told.push(outcome));
  const machine = { threads: threadsOfThisMachine(threads), form: bestForm(), other: wide };
  const session = openSession(machine, program, initial, tables);
  return { session, feeds, computer: session.trainer.computer };
}

/** Every step of each program in both forms: how often both left the same. */
function compared() {
  return paths.map((path) => {
    const { session, feeds, computer } = open(path, 1, []);
    const found = { same: 0, differs: 0, missing: 0 };
    computer.make({ made: (isThere) => (found.missing += isThere ? 0 : 1) });
    computer.trial = { form: "both", compared: (isSame) => found[isSame ? "same" : "differs"]++ };
    for (const feed of feeds) session.step(feed);
    session.dispose();
    return found;
  });
}

/** Without them, with them, and with a wide form that spoils a later step, or the first: what is told, and the weights. */
async function falls() {
  const answers = [];
  for (const [threads, spoiled] of [
    [1, null],
    [1, 0],
    [3, 0],
    [3, 40],
    [3, 1],
  ]) {
    const told = [];
    const { session, feeds, computer } = open(paths[0], threads, spoiled === null ? null : told);
    const spoil = (slices) => {
      const { alone } = slices;
      slices.alone = (scratch) => {
        alone.call(slices, scratch);
        session.trainer.parameter([...session.trainer.module.places.parameters.keys()][0])[0] += 1;
      };
    };
    const { formOf } = computer;
    if (spoiled === 1)
      computer.formOf = (module) => {
        const form = formOf.call(computer, module);
        spoil(form.slices);
        return form;
      };
    const present = [];
    for (let step = 1; step <= 80; step++) {
      if (spoiled > 1 && step === spoiled) {
        spoil(computer.other.slices);
        computer.trial.state = { kind: "due" };
      }
      session.step(feeds[step % feeds.length]);
      // Threads begin to serve while nothing is computed.
      for (let wait = 0; step === 79 && wait < 200 && computer.leading.slices.present < threads; wait++)
        await sleep(50);
      present.push(computer.leading.slices.present);
    }
    answers.push({ told, hash: hashOf(session), present: present.at(-1) });
    session.dispose();
  }
  return answers;
}

/**
 * Whether V8 makes wide vectors of a module, and of none that is compiled afterwards. It says so where it is
 * started with a flag.
 */
function traced() {
  const { session, feeds } = open(paths[0], 1, []);
  for (const feed of feeds) session.step(feed);
  console.log("END");
  const { session: plain, feeds: more } = open(paths[1], 1, null);
  for (let round = 0; round < 60; round++) for (const feed of more) plain.step(feed);
  return {};
}

console.log(JSON.stringify(await { compared, falls, traced }[command]()));
