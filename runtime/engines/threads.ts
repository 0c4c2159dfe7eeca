// Threads that compute parts of a step. The compiled module starts workers; the TypeScript source cannot.

import { availableParallelism } from "node:os";
import { MessageChannel, Worker } from "node:worker_threads";
import { bestForm, type SimdForm } from "../../compiler/backends/wasm/training/form.ts";
import type { TeamThread, ThreadTask } from "../../compiler/backends/wasm/training/slices.ts";
import type { Threads } from "../../compiler/backends/wasm/training/team.ts";

/**
 * `asked` is the total number of threads, or null for as many as make a step faster. Returns null if there is
 * only one thread.
 */
export function threadsOfThisMachine(asked: number | null): Threads | null {
  if (import.meta.url.endsWith(".ts")) return null;
  const most = asked ?? availableParallelism();
  return most === 1 ? null : { most, isFixed: asked !== null, start };
}

/**
 * Node 20 has fused multiply-add only behind a flag. It is ignored, so that bits depend only on the version
 * of Node.
 */
export function formOfNode(): SimdForm {
  return Number(process.versions.node.split(".")[0]) < 22 ? "plain" : bestForm();
}

function start(task: ThreadTask): TeamThread {
  // The thread holds one end of the channel as long as it runs. The leading thread gets no events while it
  // waits, but it learns at once whether a message has a receiver.
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(new URL("./slice-worker.js", import.meta.url), {
    workerData: { task, lifeline: port1 },
    transferList: [port1],
  });
  const hasReceiver = () => (port2.postMessage(0) as unknown) === true;
  // Node does not guarantee that answer.
  const isTold = hasReceiver();
  // A process that ends does not wait for its threads.
  worker.unref();
  port2.unref();
  // The thread that waits for a part notices the failure. A thread without a part does not matter, and the
  // others compute everything.
  worker.on("error", () => {});
  return {
    isAlive: () => !isTold || hasReceiver(),
    stop: () => {
      port2.close();
      void worker.terminate();
    },
  };
}
