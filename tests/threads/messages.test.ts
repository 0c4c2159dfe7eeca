// A thread that sends what is no message of its protocol is told at once, whoever waits for it: nobody waits for ever, and
// nobody takes it for an answer.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { serialize } from "node:v8";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pool } from "../../compiler/backends/typescript/library.generated.ts";
import { takePart } from "../../compiler/backends/wasm/training/web-workers.ts";
import { InternalError } from "../../compiler/common/internal-error.ts";
import { type MessageKinds, messageOf } from "../../compiler/common/message.ts";
import type { BatchPlan } from "../../compiler/data/batch-plan.ts";
import { trainingNews, trainingRequests } from "../../playground/workers/messages.ts";
import { workerBatches } from "../../runtime/data/batches/prefetch.ts";
import type { RowSource } from "../../runtime/data/batches/row-source.ts";
import { Thread } from "../../runtime/lsp/thread.ts";
import { type ScoringStart, ScoringThread } from "../../runtime/run/scoring-thread.ts";
import { MetricsThread } from "../../runtime/train/metrics/metrics-thread.ts";
import { runs, timeout } from "../support/how-often.ts";

/** What a thread can send: of other kinds, of none, and with names that every object has. */
const kind = fc.oneof(fc.string(), fc.constantFrom("constructor", "__proto__", "toString", "Done", "batch "));
const plain = fc.jsonValue({ maxDepth: 2 });
const foreign = fc.oneof(
  fc.record({ kind, answer: plain, id: fc.constantFrom(0, 1, null) }),
  fc.record({ kind: plain.filter((value) => typeof value !== "string") }),
  plain.filter((value) => typeof value !== "object" || value === null || !("kind" in value)),
  fc.constantFrom(undefined, 1n, new Map([["kind", "done"]]), new Uint8Array(3)),
);

/** A worker's program, which answers whatever it is asked with `message`. */
function answering(message: unknown, port = "parentPort"): URL {
  const bytes = serialize(message).toString("base64");
  const program = `
import { deserialize } from "node:v8";
import { parentPort, workerData } from "node:worker_threads";
const message = deserialize(Buffer.from("${bytes}", "base64"));
${port}.on("message", () => ${port}.postMessage(message));`;
  return new URL(`data:text/javascript,${encodeURIComponent(program)}`);
}

async function always(ask: (message: unknown) => Promise<void>, kinds: readonly string[]): Promise<void> {
  const others = foreign.filter(
    (message) => !kinds.includes((message as { readonly kind?: string } | null | undefined)?.kind ?? ""),
  );
  await fc.assert(fc.asyncProperty(others, ask), { numRuns: runs(8) });
}

test("a protocol takes its own messages, and nothing else", () => {
  const check = (received: unknown, kinds: MessageKinds<{ readonly kind: string }>) => () =>
    messageOf(received, kinds, "a thread");
  for (const kinds of [trainingNews, trainingRequests]) {
    for (const own of Object.keys(kinds)) expect(check({ kind: own }, kinds)()).toEqual({ kind: own });
    fc.assert(
      fc.property(foreign, (message) => {
        const own = (message as { readonly kind?: string } | null | undefined)?.kind;
        if (typeof own === "string" && Object.keys(kinds).includes(own)) return;
        expect(check(message, kinds)).toThrow(InternalError);
      }),
    );
  }
});

describe("a thread that answers with what is no message", { timeout }, () => {
  test("ends the stream of batches", () =>
    always(
      async (message) => {
        const source = workerBatches({} as BatchPlan, answering(message, "workerData.port"));
        const stream = source.stream({} as RowSource, new Int32Array(1), 1);
        await expect(stream[Symbol.asyncIterator]().next()).rejects.toThrow(InternalError);
        await source.close();
      },
      ["batch", "end", "failed"],
    ));

  test("ends the measuring, and the next one gets a new thread", () =>
    always(
      async (message) => {
        const measuring = new MetricsThread(answering(message));
        for (let i = 0; i < 2; i++)
          await expect(measuring.measure({} as never)).rejects.toThrow(InternalError);
        await measuring.close();
      },
      ["progress", "done", "failed"],
    ));

  test("ends the scoring", () =>
    always(
      async (message) => {
        const scorer = new ScoringThread(answering(message), {} as ScoringStart, {});
        for (let i = 0; i < 2; i++)
          await expect(scorer.score({} as RowSource)).rejects.toThrow(InternalError);
        await scorer.close();
      },
      ["native-code", "scored", "done", "refused", "failed"],
    ));

  test("of the language server has failed, and is started anew", () =>
    always(
      async (message) => {
        const problems: unknown[] = [];
        const thread = new Thread<number, number>(answering(message), {}, (problem) =>
          problems.push(problem),
        );
        for (let i = 0; i < 2; i++) {
          expect(await thread.ask(i)).toBeNull();
          expect([thread.failure, thread.isBusy, thread.isRunning]).toEqual(["mistake", false, false]);
        }
        expect(problems.map((problem) => problem instanceof InternalError)).toEqual([true, true]);
      },
      ["done", "failed", "at", "log"],
    ));

  test("is no thread of a page's training", () =>
    always(
      async (message) => {
        expect(() => takePart(message)).toThrow(InternalError);
      },
      ["serve", "guard"],
    ));
});

describe("a pool of rankers", { timeout }, () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "dinc-messages-"));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    writeFileSync(join(folder, "pool.js"), pool.javascript);
    // In the place of a generated module: it says another thing before it is ready, or in the place of scores.
    writeFileSync(
      join(folder, "model.js"),
      `import { deserialize } from "node:v8";
import { parentPort } from "node:worker_threads";
export class RankerInputError extends Error {}
export class RankerWeightsError extends Error {}
export class RankerWasmError extends Error {}
export const sumStats = () => null;
export async function createRanker({ weights, stats: isAtOnce }) {
  const message = deserialize(weights);
  const say = () => { parentPort.postMessage(message); return new Promise(() => {}); };
  if (isAtOnce) await say();
  return { about: {}, rank: () => { parentPort.postMessage(message); throw new Error("late"); } };
}
`,
    );
    writeFileSync(join(folder, "model.patch.js"), "export const patchedWeights = () => null;\n");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each([true, false])("is told, at its start (%s) and in the place of scores", async (isAtOnce) => {
    const { createPool } = (await import(/* @vite-ignore */ pathToFileURL(join(folder, "pool.js")).href)) as {
      createPool(
        options: unknown,
      ): Promise<{ rank(request: unknown): Promise<unknown>; close(): Promise<void> }>;
    };
    await always(
      async (message) => {
        const started = createPool({ weights: serialize(message), threads: 1, stats: isAtOnce });
        if (isAtOnce) {
          await expect(started).rejects.toThrow("a thread of the pool sent something other than an answer");
          return;
        }
        const opened = await started;
        await expect(opened.rank({})).rejects.toThrow(
          "a thread of the pool sent something other than an answer",
        );
        await opened.close();
      },
      ["ready", "scores", "stats", "error"],
    );
  });
});
