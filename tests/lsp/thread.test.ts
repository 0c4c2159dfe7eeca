// A thread that fails, or ends, is told of and asked again.

import { expect, test } from "vitest";
import { Thread } from "../../runtime/lsp/thread.ts";

/** Doubles numbers; of "fail" it says that it failed, of "end" it ends. */
const script = new URL(
  `data:text/javascript,${encodeURIComponent(`
import { parentPort } from "node:worker_threads";
let asked = 0;
parentPort.on("message", (question) => {
  if (question === "end") throw new Error("ended");
  asked++;
  if (question === "fail") parentPort.postMessage({ kind: "failed", error: new Error("failed") });
  else parentPort.postMessage({ kind: "done", answer: [2 * question, asked] });
});`)}`,
);

test("one question at a time; what ended is started anew", async () => {
  const problems: string[] = [];
  const thread = new Thread<number | string, readonly number[]>(script, {}, (problem) =>
    problems.push(problem instanceof Error ? problem.message : String(problem)),
  );
  expect(thread.isRunning).toBe(false);
  const first = thread.ask(3);
  expect(thread.isBusy).toBe(true);
  expect(() => thread.ask(4)).toThrow("before it has answered");
  expect(await first).toEqual([6, 1]);
  expect(await thread.ask("fail")).toBeNull();
  expect([thread.isBusy, thread.isRunning]).toEqual([false, true]);
  expect(await thread.ask(5)).toEqual([10, 3]);
  expect(await thread.ask("end")).toBeNull();
  expect([thread.isBusy, thread.isRunning]).toEqual([false, false]);
  expect(await thread.ask(6)).toEqual([12, 1]);
  expect(problems).toEqual(["failed", "ended"]);
});
