// A thread may be there before the first step begins: it finds nothing to do, and what it would have counted
// does not end a phase early.

import { expect, test } from "vitest";
import { batchValues } from "../../compiler/backends/contract/feed-values.ts";
import { functionsOf } from "../../compiler/backends/wasm/training/machine.ts";
import { Runner } from "../../compiler/backends/wasm/training/runner.ts";
import { Slices, type ThreadTask } from "../../compiler/backends/wasm/training/slices.ts";
import { initialValues, smallFeed, smallProgram } from "./small-program.ts";

test("a thread that comes before the first step takes no slice", () => {
  const taken: boolean[] = [];
  const start = (task: ThreadTask) => {
    const early = new Slices(task, functionsOf(task.program, task.memory));
    const [state] = new Int32Array(task.memory.buffer, 0, 1);
    taken.push(early["take"](state!));
    return { isAlive: () => false, stop: () => {} };
  };
  const threads = { most: 2, isFixed: true, start };
  const runner = new Runner(smallProgram().step, { threads, form: "plain" }, new Map());
  for (const [name, values] of initialValues()) runner.parameter(name).set(values);
  expect(runner.run(batchValues(smallFeed(0)))["loss"]).toHaveLength(1);
  expect(taken).toEqual([false]);
});
