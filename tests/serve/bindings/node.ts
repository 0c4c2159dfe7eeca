// Runs the binding for Node: requests are passed as V8 writes them.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { serialize } from "node:v8";
import type { CModule } from "../../support/c-module.ts";
import { RawText } from "../c/encoded.ts";
import { type BindingRunner, type Outcome, outcomesOf } from "./runner.ts";

export const node: BindingRunner = {
  needs: ["cc", "node"],

  async rank(module, _, requests) {
    const isRaw = requests.map(hasBytes);
    const program = `for (const request of requests)
  try {
    const scores = ranker.rank(request);
    const lists = scores instanceof Float32Array ? [scores] : Object.values(scores);
    console.log("= " + lists.flatMap((each) => bitsOf(each)).join(""));
  } catch (error) {
    if (error.name !== "RankerInputError") throw error;
    console.log("! " + JSON.stringify(error.message));
  }`;
    const found = outcomesOf(
      run(
        module,
        requests.filter((_, i) => !isRaw[i]),
        program,
      ),
    );
    let next = 0;
    return isRaw.map((each): Outcome => (each ? null : found[next++]!));
  },

  async threads(module, _, request) {
    const program = `import { isMainThread, parentPort, Worker } from "node:worker_threads";
const own = new Set();
for (let i = 0; i < 50; i++) own.add(bitsOf(ranker.rank(requests[0])).join(""));
if (!isMainThread) parentPort.postMessage([...own]);
else {
  const others = Array.from({ length: 4 }, () => new Promise((done, fail) => new Worker(new URL(import.meta.url)).on("message", done).on("error", fail)));
  for (const each of await Promise.all(others)) for (const bits of each) own.add(bits);
  process.stdout.write(String(own.size));
}`;
    return run(module, [request], program) === "1";
  },
};

/** Runs a program with `ranker`, `bitsOf` and `requests`. */
export function run(module: CModule, requests: readonly unknown[], program: string): string {
  const folder = join(module.folder, "node");
  writeFileSync(join(folder, "requests.bin"), serialize(requests));
  writeFileSync(
    join(folder, "driver.js"),
    `import { readFileSync } from "node:fs";
import { deserialize } from "node:v8";
import { createRanker } from "./index.js";
const requests = deserialize(readFileSync(new URL("requests.bin", import.meta.url)));
const bitsOf = (scores) => Array.from(new Uint32Array(scores.buffer, scores.byteOffset, scores.length), (bits) => bits.toString(16).padStart(8, "0") + ",");
const ranker = await createRanker();
${program}
`,
  );
  return execute(join(folder, "driver.js"));
}

/** Runs a program of the library's folder. */
export function runProgram(module: CModule, program: string): string {
  const file = join(module.folder, "program.mjs");
  writeFileSync(file, program);
  return execute(file);
}

function execute(file: string): string {
  return execFileSync("node", [file], {
    ...{ encoding: "utf8", maxBuffer: 2 ** 28 },
    env: { ...process.env, CC: "cc -O0" },
  });
}

function hasBytes(value: unknown): boolean {
  if (value instanceof RawText) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasBytes);
}
