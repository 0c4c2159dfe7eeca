// The pool of threads beside a generated module: the scores and the errors of a ranker, one copy of the weights, and an end.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { RawRequest } from "../../compiler/backends/golden/reference-inputs.ts";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../compiler/common/random.ts";
import type { About } from "../../compiler/serve/about.ts";
import type { WeightsHeader } from "../../compiler/serve/weights.ts";
import { writeFolder } from "../../runtime/files/output-folder.ts";
import { forged } from "../support/forged-weights.ts";
import {
  type Compiled,
  compiled,
  compiledFrom,
  type Generated,
  type Ranker,
  type Scores,
  trainedOf,
} from "./compiled.ts";
import { specs } from "./specs.ts";

interface Pool {
  readonly about: About;
  rank(request: unknown): Promise<Scores>;
  logits(request: unknown): Promise<Scores>;
  replace(weights: unknown): Promise<About>;
  close(): Promise<void>;
}
type CreatePool = (options: {
  readonly weights: unknown;
  readonly threads?: number;
  readonly backend?: "simd";
  readonly verify?: boolean;
}) => Promise<Pool>;

const REQUESTS = 30;
const subjects = new Map<string, Compiled>();
let folder: string;
const open: Pool[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dinc-pool-"));
  for (const [name, spec] of Object.entries({ din: specs.din, tasks: specs["several labels"] })) {
    subjects.set(name, await compiled(spec));
    await writeFolder(join(folder, name), subjects.get(name)!.files, false);
  }
});
afterEach(() => Promise.all(open.splice(0).map((pool) => pool.close())));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function importOf<T>(name: string, file: string): Promise<T> {
  return (await import(/* @vite-ignore */ pathToFileURL(join(folder, name, file)).href)) as T;
}

async function poolOf(name: string, options: Partial<Parameters<CreatePool>[0]> = {}): Promise<Pool> {
  const { createPool } = await importOf<{ createPool: CreatePool }>(name, "model.pool.js");
  const { weights } = subjects.get(name)!;
  const pool = await createPool({ weights, threads: 2, backend: "simd", ...options });
  open.push(pool);
  return pool;
}

function rankerOf(name: string): Promise<Ranker> {
  const { module, weights } = subjects.get(name)!;
  return module.createRanker({ weights, backend: "simd" });
}

function requestsOf(name: string): RawRequest[] {
  const { trained } = subjects.get(name)!;
  const sampler = new RequestSampler(trained.model, trained.fitted, Random.of(7, "pool"));
  return Array.from({ length: REQUESTS }, (_, i) =>
    sampler.make({ candidates: 1 + 7 * i, steps: (max) => i % (max + 1), unseen: 0.1 }),
  );
}

describe.each(["din", "tasks"])("%s", (name) => {
  test("many requests at once get the scores that a ranker gives, to the bit", async () => {
    const [pool, ranker] = [await poolOf(name, { verify: true }), await rankerOf(name)];
    const requests = requestsOf(name);
    const [ranked, logits] = await Promise.all([
      Promise.all(requests.map((request) => pool.rank(request))),
      Promise.all(requests.map((request) => pool.logits(request))),
    ]);
    expect(ranked).toEqual(requests.map((request) => ranker.rank(request)));
    expect(logits).toEqual(requests.map((request) => ranker.logits(request)));
  });
});

test("weights that are shared are taken as they are; a ranker takes them too", async () => {
  const { weights, module } = subjects.get("din")!;
  const shared = new Uint8Array(new SharedArrayBuffer(weights.length));
  shared.set(weights);
  const [request] = requestsOf("din");
  const pool = await poolOf("din", { weights: shared });
  const ranker = await module.createRanker({ weights: shared, backend: "simd", verify: true });
  const expected = (await rankerOf("din")).rank(request);
  expect([await pool.rank(request), ranker.rank(request)]).toEqual([expected, expected]);
});

describe("errors are those of a ranker", () => {
  test("a request that cannot be scored, which harms no other", async () => {
    const { RankerInputError } = await importOf<{ RankerInputError: typeof Error }>("din", "model.js");
    const pool = await poolOf("din");
    const [request] = requestsOf("din");
    const wrong = { ...request, candidates: [{ ...request!.candidates[0], price: "3" }] };
    const [good, bad] = await Promise.allSettled([pool.rank(request), pool.rank(wrong)]);
    expect(good).toEqual({ status: "fulfilled", value: (await rankerOf("din")).rank(request) });
    const { reason } = bad as PromiseRejectedResult;
    expect(reason).toBeInstanceOf(RankerInputError);
    let expected: unknown;
    try {
      (await rankerOf("din")).rank(wrong);
    } catch (error) {
      expected = error;
    }
    const { message, field } = expected as { message: string; field: string };
    expect(field).toBe("candidates[0].price");
    expect(reason).toMatchObject({ name: "RankerInputError", message, field });
  });

  test("a request that cannot be sent", async () => {
    const pool = await poolOf("din");
    await expect(pool.rank({ candidates: () => [] })).rejects.toMatchObject({
      name: "RankerInputError",
      field: "request",
      message: expect.stringMatching(/^request cannot be sent to a thread: /),
    });
  });

  test("weights that are damaged, or another model's", async () => {
    const { RankerWeightsError } = await importOf<Generated & { RankerWeightsError: typeof Error }>(
      "din",
      "model.js",
    );
    for (const weights of [subjects.get("din")!.weights.slice(0, 500), subjects.get("tasks")!.weights])
      await expect(poolOf("din", { weights })).rejects.toBeInstanceOf(RankerWeightsError);
  });

  test.each([0, 1.5, Number.NaN])("%s threads", async (threads) => {
    await expect(poolOf("din", { threads })).rejects.toThrow("threads must be a whole number from 1");
  });
});

const closed = { name: "RankerPoolError", message: "the pool is closed" };

test("close scores what is waiting and refuses all that follows", async () => {
  const [pool, ranker] = [await poolOf("din"), await rankerOf("din")];
  const requests = requestsOf("din");
  const waiting = Promise.all(requests.map((request) => pool.rank(request)));
  const ends = [pool.close(), pool.close()];
  await expect(pool.rank(requests[0])).rejects.toMatchObject(closed);
  expect(await waiting).toEqual(requests.map((request) => ranker.rank(request)));
  await Promise.all(ends);
  await expect(pool.logits(requests[0])).rejects.toMatchObject(closed);
});

test("close waits for errors as for scores", async () => {
  const pool = await poolOf("din");
  const waiting = Promise.allSettled([{}, {}, {}].map((wrong) => pool.rank(wrong)));
  await pool.close();
  for (const each of await waiting)
    expect(each).toMatchObject({ status: "rejected", reason: { name: "RankerInputError" } });
});

test("a pool says which model and program it is", async () => {
  const pool = await poolOf("din");
  const { about } = await rankerOf("din");
  expect(pool.about).toEqual(about);
  expect(about).toMatchObject({ model: "din", run: null });
});

/** Weights whose golden requests have other logits than they give. */
function otherGolden(weights: Uint8Array): Uint8Array {
  return forged(weights, (header) => {
    const { golden } = header as WeightsHeader;
    const logits = golden[0]!.logits.map(([label, numbers]) => [label, numbers.map((logit) => logit + 1)]);
    return { ...(header as WeightsHeader), golden: [{ ...golden[0]!, logits }, ...golden.slice(1)] };
  });
}

describe("replace", () => {
  test("takes grown weights under many callers, and loses no request", async () => {
    const grown = await compiledFrom(trainedOf(specs.din, 2, 60));
    const [, request] = requestsOf("din");
    const pool = await poolOf("din");
    const expected = [subjects.get("din")!, grown].map(({ module, weights }) =>
      module.createRanker({ weights, backend: "simd" }).then((ranker) => ranker.rank(request)),
    );
    const [before, after] = await Promise.all(expected);
    let replaced = false;
    const caller = async () => {
      const found: Scores[] = [];
      while (!replaced) found.push(await pool.rank(request));
      return [...found, await pool.rank(request)];
    };
    const callers = Promise.all(Array.from({ length: 20 }, caller));
    for (let i = 0; i < 3; i++) await pool.rank(request);
    await pool.replace(grown.weights);
    replaced = true;
    for (const found of await callers) {
      const change = found.findIndex((scores) => !isDeepStrictEqual(scores, before));
      expect(change).toBeGreaterThan(0);
      expect(found.slice(change)).toEqual(found.slice(change).map(() => after));
    }
  });

  test("weights that do not fit, or are damaged, change nothing", async () => {
    const pool = await poolOf("din");
    const [request] = requestsOf("din");
    const before = await pool.rank(request);
    const { weights } = subjects.get("din")!;
    for (const wrong of [subjects.get("tasks")!.weights, weights.slice(0, 500), otherGolden(weights)])
      await expect(pool.replace(wrong)).rejects.toMatchObject({ name: "RankerWeightsError" });
    expect(await pool.rank(request)).toEqual(before);
    expect(await pool.replace(weights)).toEqual(pool.about);
  });

  test("several take their turns, and the last stays", async () => {
    const others = await Promise.all([2, 3].map((seed) => compiledFrom(trainedOf(specs.din, seed))));
    const pool = await poolOf("din", { threads: 1 });
    const [request] = requestsOf("din");
    await Promise.all(others.map(({ weights }) => pool.replace(weights)));
    const last = await others[1]!.module.createRanker({ weights: others[1]!.weights, backend: "simd" });
    expect(await pool.rank(request)).toEqual(last.rank(request));
  });

  test("a closed pool takes none, and close waits for one that is under way", async () => {
    const pool = await poolOf("din");
    const { weights } = subjects.get("din")!;
    const [underWay, late] = [pool.replace(weights), pool.replace(weights)];
    await new Promise(setImmediate);
    const close = pool.close();
    await expect(late).rejects.toMatchObject(closed);
    await underWay;
    await close;
    await expect(pool.replace(weights)).rejects.toMatchObject(closed);
    await expect(pool.rank(requestsOf("din")[0])).rejects.toMatchObject(closed);
  });
});

test("swapping pools under many callers loses no request: new weights with a grown vocabulary, then another model", async () => {
  const grown = await compiledFrom(trainedOf(specs.din, 2, 60));
  const requests = requestsOf("din");
  const current = { pool: await poolOf("din", { threads: 1 }) };
  const rankers = [
    await rankerOf("din"),
    await grown.module.createRanker({ weights: grown.weights, backend: "simd" }),
    await rankerOf("tasks"),
  ];
  const expected = rankers.map((ranker) => ranker.rank(requests[1]));
  let [swaps, answered] = [0, 0];
  const swap = async (next: Promise<Pool>) => {
    const last = current.pool;
    current.pool = await next;
    swaps++;
    await last.close();
  };
  const caller = async () => {
    const found: Scores[] = [];
    while (swaps < 3) {
      found.push(await current.pool.rank(requests[1]));
      answered++;
    }
    return found;
  };
  const callers = Promise.all(Array.from({ length: 20 }, caller));
  const busy = async (count: number) => {
    for (const until = answered + count; answered < until; ) await new Promise(setImmediate);
  };
  await busy(100);
  await swap(poolOf("din", { weights: grown.weights, verify: true }));
  await busy(100);
  await swap(poolOf("din"));
  await busy(100);
  await swap(poolOf("tasks"));
  const found = (await callers).flat();
  expect(found).toHaveLength(answered);
  const seen = expected.map((scores) => found.filter((each) => isDeepStrictEqual(each, scores)).length);
  expect(seen.reduce((sum, count) => sum + count)).toBe(answered);
  expect(Math.min(...seen.slice(0, 2))).toBeGreaterThan(0);
});
