// Threads that compute parts of a step. The compiled module starts workers; the TypeScript source has none to start.

import { availableParallelism } from "node:os";
import { MessageChannel, Worker } from "node:worker_threads";
import { bestForm, type SimdForm } from "../../compiler/backends/wasm/training/form.ts";
import type { TeamThread, ThreadTask } from "../../compiler/backends/wasm/training/slices.ts";
import type { Threads } from "../../compiler/backends/wasm/training/team.ts";

/** `asked`: how many in all; null for as many as make a step faster. Null where there is one thread only. */
export function threadsOfThisMachine(asked: number | null): Threads | null {
  if (import.meta.url.endsWith(".ts")) return null;
  const most = asked ?? availableParallelism();
  return most === 1 ? null : { most, isFixed: asked !== null, start };
}

/** Node 20 has fused multiply-add behind a flag only: whoever set it, bits follow from the version of Node. */
export function formOfNode(): SimdForm {
  return Number(process.versions.node.split(".")[0]) < 22 ? "plain" : bestForm();
}

function start(task: ThreadTask): TeamThread {
  // The thread has one end of the channel for as long as it lives. While the one that leads waits it sees no
  // events, but whether a message has a receiver it is told at once.
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(new URL("./slice-worker.js", import.meta.url), {
    workerData: { task, lifeline: port1 },
    transferList: [port1],
  });
  const hasReceiver = () => (port2.postMessage(0) as unknown) === true;
  // Node does not promise that answer.
  const isTold = hasReceiver();
  // A process that ends does not wait for them.
  worker.unref();
  port2.unref();
  // Whoever waits for its slice finds out. Where it had none, the others take all.
  worker.on("error", () => {});
  return {
    isAlive: () => !isTold || hasReceiver(),
    stop: () => {
      port2.close();
      void worker.terminate();
    },
  };
}
