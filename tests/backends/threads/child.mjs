// What threads.test.ts runs in a process of its own: node child.mjs GIVEN COMMAND …. Prints its answer as JSON.

import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { deserialize } from "node:v8";
import { hashOf } from "./hash.mjs";
import { counts, STUCK, workers } from "./hook.mjs";
import { slowed } from "./slowed.mjs";

// After the hook.
const { threadsOfThisMachine } = await import("../../../dist/runtime/engines/threads.js");
const { bestForm } = await import("../../../dist/compiler/backends/wasm/training/form.js");
const { openSession } = await import("../../../dist/compiler/backends/wasm/training/session.js");
const [path, command, ...rest] = process.argv.slice(2);
const { program, initial, tables, feeds } = deserialize(readFileSync(path));

function open(threads) {
  const machine = { threads: threadsOfThisMachine(threads), form: bestForm() };
  return openSession(machine, program, initial, tables);
}

/** The first step starts the threads: waits until all are there. */
function begin(session, threads) {
  session.step(feeds[0]);
  for (let thread = 1; thread < threads; thread++)
    while (Atomics.load(counts, thread) < 0) Atomics.wait(counts, thread, -1, 100);
}

/** The same weights whatever the number of threads. */
function bits(threads, steps) {
  const session = open(threads);
  slowed(session.trainer.computer.leading.slices, () => {});
  begin(session, threads);
  for (let step = 1; step < steps; step++) session.step(feeds[step % feeds.length]);
  const found = { hash: hashOf(session), counts: [...counts.subarray(1, threads)] };
  session.dispose();
  return found;
}

/** Trains until a thread ends, and says what is said then. */
function death(threads) {
  const session = open(threads);
  let started = performance.now();
  try {
    begin(session, threads);
    const [first] = session.trainer.computer.leading.slices.team;
    const isAlive = first.isAlive.bind(first);
    first.isAlive = () => {
      if (Atomics.load(counts, STUCK) === 1) workers[1].terminate();
      return isAlive();
    };
    for (let step = 0; step < 2000; step++) {
      started = performance.now();
      session.step(feeds[step % feeds.length]);
    }
    return { said: null };
  } catch (error) {
    return { said: error.diagnostics ?? String(error), ms: performance.now() - started };
  } finally {
    session.dispose();
  }
}

/** Threads of this process, before sessions and after: with all of them open, and when they have ended. */
async function ended(threads) {
  const count = () => readdirSync("/proc/self/task").length;
  open(1).dispose();
  const before = count();
  const sessions = [];
  for (let i = 0; i < 3; i++) {
    counts.fill(-1);
    sessions.push(open(threads));
    begin(sessions[i], threads);
  }
  const during = count();
  for (const session of sessions) session.dispose();
  const until = performance.now() + 5000;
  while (count() > before && performance.now() < until) await sleep(5);
  return { before, during, after: count() };
}

/** A session that nobody ends. */
function left(threads) {
  begin(open(threads), threads);
  return {};
}

/** What is in use after a tenth of the steps, and after all of them. */
function steady(steps) {
  const session = open(1);
  const used = () => {
    globalThis.gc();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return { pages: session.trainer.memory.buffer.byteLength / 65536, heapUsed, arrayBuffers };
  };
  const found = [];
  for (let step = 1; step <= steps; step++) {
    session.step(feeds[step % feeds.length]);
    if (step === steps / 10 || step === steps) found.push(used());
  }
  session.dispose();
  return found;
}

const commands = { bits, death, ended, left, steady };
console.log(JSON.stringify(await commands[command](...rest.map(Number))));
