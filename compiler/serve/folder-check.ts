// Checks this folder: golden requests, sessions, damaged weights. Run: node --test model.test.js

import assert from "node:assert/strict";
import { closeSync, openSync, readSync, statSync } from "node:fs";
import test from "node:test";
import { LINKS, ROWS } from "./model/links.ts";
import {
  type Candidate,
  createRanker,
  type RankerOptions,
  type Request,
  type Scores,
} from "./model/module.ts";

interface Golden {
  readonly tolerance: { readonly absolute: number; readonly relative: number };
  readonly requests: readonly {
    readonly request: Request & { readonly candidates: readonly Candidate[] };
    readonly logits: readonly (readonly [string, readonly number[]])[];
  }[];
}

/** The bytes of a file in this folder, which may have more than 2 GB. */
function read(name: string): Uint8Array {
  const url = new URL(name, import.meta.url);
  const bytes = new Uint8Array(statSync(url).size);
  const file = openSync(url, "r");
  for (let at = 0; at < bytes.length; )
    at += readSync(file, bytes, at, Math.min(2 ** 30, bytes.length - at), at);
  closeSync(file);
  return bytes;
}

/** Simulates a store with a file that has the rows of a table. */
function store(name: string) {
  const rows = new Float32Array(read(name).buffer);
  return {
    lookup(ids: Int32Array, count: number, out: Float32Array, width: number): void {
      for (let i = 0; i < count; i++)
        out.set(rows.subarray(ids[i]! * width, (ids[i]! + 1) * width), i * width);
    },
  };
}

const golden = JSON.parse(new TextDecoder().decode(read("model.golden.json"))) as Golden;
const tables: unknown = Object.fromEntries(ROWS.map(([table, file]) => [table, store(file)]));
const weights = read("model.weights.bin");
const options = { weights, tables } as RankerOptions;
const ranker = await createRanker({ ...options, verify: true });

/** The scores of each label. */
function byLabel(scores: Scores): ReadonlyMap<string, Float32Array> {
  const given: unknown = scores;
  const [one] = LINKS.keys();
  return new Map(given instanceof Float32Array ? [[one!, given]] : Object.entries(given as object));
}

function isClose(found: number, expected: number): boolean {
  const { absolute, relative } = golden.tolerance;
  return Math.abs(found - expected) <= absolute + relative * Math.abs(expected);
}

for (const [i, { request, logits }] of golden.requests.entries()) {
  test(`golden request ${i}`, () => {
    const found = byLabel(ranker.logits(request));
    const ranked = byLabel(ranker.rank(request));
    const session = byLabel(ranker.user(request).logits(request.candidates));
    for (const [label, expected] of logits) {
      const [width, link, per] = LINKS.get(label)!;
      const own = found.get(label)!;
      assert.equal(own.length, (per === "request" ? 1 : request.candidates.length) * width);
      for (const [i, logit] of expected.entries()) {
        const score = own[i]!;
        assert.ok(
          isClose(score, logit),
          `candidate ${Math.floor(i / width)}: logit ${score} for ${label} instead of ${logit}`,
        );
        const classes = own.subarray(i - (i % width), i - (i % width) + width);
        const others = classes.reduce((sum, other) => sum + Math.exp(other - score), 0);
        const right = { sigmoid: 1 / (1 + Math.exp(-score)), softmax: 1 / others, number: score }[link];
        assert.ok(Math.abs(ranked.get(label)![i]! - right) <= 1e-6 * Math.max(1, Math.abs(right)));
      }
      assert.deepEqual(session.get(label), own);
    }
  });
}

test("changed weights are refused", async () => {
  const changed = new Uint8Array(weights);
  changed[changed.length - 1]! ^= 1;
  const refusal = { name: "RankerWeightsError" };
  await assert.rejects(createRanker({ ...options, weights: changed }), refusal);
  await assert.rejects(createRanker({ ...options, weights: weights.subarray(0, 100) }), refusal);
});
