// A library in C as a server uses it: several threads for one request, other weights while it serves, weights of attention,
// tables in a store, hostile requests.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TrainedModel } from "../../../compiler/backends/contract/trained-model.ts";
import type { RawRequest } from "../../../compiler/backends/golden/reference-inputs.ts";
import { RequestSampler } from "../../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../../compiler/common/random.ts";
import { compilerNames } from "../../support/c-code.ts";
import { CModule } from "../../support/c-module.ts";
import { sweep } from "../../support/how-often.ts";
import { type Compiled, compiledFrom, type Scores, trainedOf } from "../compiled.ts";
import { specs } from "../specs.ts";
import { requestBytes } from "./encoded.ts";

/** `npm test` takes one small model; `test:more` the others, with sanitizers. */
const [isThorough] = sweep([false, true]) as [boolean];
const [compiler = ""] = compilerNames;
const sanitized = isThorough ? ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"] : ["-O0"];
const withThreads = isThorough ? ["-fsanitize=thread"] : ["-O0"];

/** Sets, a cross and an attention. */
const SMALL = `model small
features user { user_id : id  embed 4  likes : set(id, max: 3)  embed 2 }
features item {
  item_id : id  embed 4
  tags    : set(id, max: 4)  embed 3
  both    : cross(user_id, item_id, hash: 31)  embed 2
}
history clicks(max: 5) { item_id <-> hist_item_id  tags <-> hist_tags }
label click : binary
net {
  let interest = sum(softmax(dense(clicks.item_id * item_id, 1)) * clicks)
  predict click = concat(user_id, likes, item_id, tags, both, interest) |> dense(4, relu) |> dense(1) |> sigmoid
}
train { loss binary_cross_entropy  optimizer adam(learning_rate: 1e-3)  batch 4 epochs 1  metrics auc }
`;
const own = { ...specs, small: SMALL };

const zoo = (name: string) =>
  readFileSync(join(import.meta.dirname, `../../../examples/zoo/${name}.din`), "utf8");

describe.skipIf(compiler === "")("compiled", () => {
  let given: TrainedModel;
  let small: CModule;
  let run: ReturnType<CModule["driver"]>;
  beforeAll(async () => {
    given = trainedOf(isThorough ? specs.din : SMALL);
    small = await CModule.of(given);
    run = small.driver(compiler, ...withThreads);
  });
  afterAll(() => small?.remove());

  test("threads rank slices of one request", () => {
    expect(run("slices")).toEqual({ code: 0, out: "", err: "" });
  });

  test("weights are swapped while threads serve, and each request has the scores of one of them", async () => {
    const other = await CModule.of(trainedOf(isThorough ? specs.din : SMALL, 2));
    const program = (module: CModule) => module.compiled.files.get(`${module.prefix}.c`);
    expect(program(other)).toBe(program(small));
    expect(run("swaps", join(other.folder, `${other.prefix}.weights.bin`))).toEqual({
      code: 0,
      out: "",
      err: "",
    });
    other.remove();
  });

  testMore("the user of a session is copied whole, with sets, crosses and integers in products", async () => {
    const some: readonly (readonly [string, "exact" | "fast"])[] = [
      ...Object.keys(own).map((name) => [name, "exact"] as const),
      ["din", "fast"],
    ];
    for (const [name, mode] of some) {
      const module = await CModule.of(trainedOf(own[name as keyof typeof own]), { mode });
      expect([name, module.driver(compiler, "-O0")("slices")]).toEqual([name, { code: 0, out: "", err: "" }]);
      module.remove();
    }
  });

  test("weights of attention are those of the TypeScript module, and leave scores as they are", async () => {
    await expectExplained(given, run, small, "small");
    if (!isThorough) return;
    for (const name of ["dien", "bst", "dmin"]) {
      const trained = trainedOf(zoo(name));
      const module = await CModule.of(trained);
      await expectExplained(trained, module.driver(compiler, ...sanitized), module, name);
      module.remove();
    }
  });

  test("hostile requests have the scores of the TypeScript module, or its message", async () => {
    await expectAnswers(given, run, small, "small");
    if (!isThorough) return;
    const trained = trainedOf(SMALL);
    const module = await CModule.of(trained);
    await expectAnswers(trained, module.driver(compiler, ...sanitized), module, "sets");
    module.remove();
  });

  testMore("rows of tables in a store give the same scores", async () => {
    for (const name of ["small", "din"] as const) {
      const trained = trainedOf(own[name]);
      const [table] = [...trained.tables.keys()];
      const whole = await CModule.of(trained);
      const module = await CModule.of(trained, { withoutTable: [table!] });
      const stored = module.driver(compiler, ...sanitized);
      expect(module.golden(compiler, "-O0")).toMatchObject({ code: 0, err: "" });
      expect(module.example(compiler, "-O0")).toMatchObject({ code: 0, err: "" });
      expect(stored("scores").out).toBe(whole.driver(compiler, "-O0")("scores").out);
      expect(stored("store")).toMatchObject({ code: 0, err: "" });
      module.remove();
      whole.remove();
    }
  });
});

/** A test of `test:more` alone. */
function testMore(name: string, body: () => Promise<void>): void {
  if (isThorough) test(name, body);
}

type Driver = ReturnType<CModule["driver"]>;

async function expectExplained(trained: TrainedModel, run: Driver, module: CModule, name: string) {
  const requests = requestsOf(trained, name);
  const { code, out, err } = run("explain", fileOf(module, requests));
  expect([name, code, err]).toEqual([name, 0, ""]);
  const { ranker } = await compiledFrom(trained);
  const wanted = requests.flatMap((request) => ranker.explain(request));
  const lines = out.trimEnd().split("\n");
  expect(lines).toHaveLength(wanted.length);
  for (const [i, { weights, ...about }] of wanted.entries()) {
    const [history, code, head, areShares, first, steps, numbers] = lines[i]!.split("|");
    expect({ history, code, head, areShares, first }).toEqual({
      ...{ history: about.history, code: about.code, head: `${about.head}` },
      ...{ areShares: about.areShares ? "1" : "0", first: `${about.first}` },
    });
    const all = weights.flatMap((each) => [...each]);
    expect(Number(steps) * weights.length).toBe(all.length);
    const found = numbers!.trim().split(" ").filter(Boolean).map(Number);
    expect(found).toHaveLength(all.length);
    for (const [j, weight] of all.entries())
      expect(Math.abs(found[j]! - weight)).toBeLessThan(1e-5 * Math.max(1, Math.abs(weight)));
  }
}

/** Requests of every length, and those with one value that is hostile. */
async function expectAnswers(trained: TrainedModel, run: Driver, module: CModule, name: string) {
  const requests = hostileOf(requestsOf(trained, name));
  const { code, out, err } = run("answer", fileOf(module, requests));
  expect([name, code, err]).toEqual([name, 0, ""]);
  const compiled = await compiledFrom(trained, { projectedTables: 0 });
  const ranker = await compiled.module.createRanker({ weights: compiled.weights, backend: "simd" });
  const wanted = requests.map((request) => answerOf(ranker, request));
  expect(out.trimEnd().split("\n")).toEqual(wanted);
  expect(new Set(wanted.map(([first]) => first)).size).toBe(2);
}

function answerOf(ranker: Pick<Compiled["ranker"], "rank">, request: unknown): string {
  try {
    const scores: Scores = ranker.rank(request as RawRequest);
    const all = scores instanceof Float32Array ? [scores] : Object.values(scores);
    const bits = all.flatMap((each) => [...new Uint32Array(each.buffer, each.byteOffset, each.length)]);
    return ["V", ...bits.map((each) => each.toString(16).padStart(8, "0"))].join(" ");
  } catch (error) {
    if ((error as Error).name !== "RankerInputError") throw error;
    // C takes columns by functions of their own.
    return `E${(error as Error).message.replace(", or have columns", "")}`;
  }
}

function requestsOf({ model, fitted, padding }: TrainedModel, name: string): RawRequest[] {
  const sampler = new RequestSampler(model, fitted, Random.of(8, name), padding);
  return [() => 0, () => 1, (max: number) => max + 3].map((steps) =>
    sampler.make({ candidates: 21, steps, unseen: 0.1 }),
  );
}

const HOSTILE_VALUES: readonly unknown[] = [
  ...[
    null,
    undefined,
    "",
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -1,
    1e39,
    2 ** 53,
    0.5,
    "nobody",
    {},
    [],
    true,
  ],
  ...["\u0000", "😀".repeat(50), [1, 2], "1e400", -0, 1e300],
];

/** Each feature and each part of a request with each hostile value in turn. */
function hostileOf(requests: readonly RawRequest[]): unknown[] {
  const last = requests.at(-1)!;
  const changed = HOSTILE_VALUES.flatMap((value, i) => {
    const records = (own: readonly object[]) =>
      own.map((record, at) => {
        const names = Object.keys(record);
        return at === own.length - 1 && names.length > 0
          ? { ...record, [names[i % names.length]!]: value }
          : record;
      });
    const histories = Object.entries(last.history);
    return [
      { ...last, candidates: records(last.candidates) },
      ...histories.map(([name, steps]) => ({
        ...last,
        history: { ...last.history, [name]: records(steps) },
      })),
      { ...last, user: records([last.user])[0] },
      { ...last, context: records([last.context])[0] },
    ];
  });
  const without = [undefined, null, 3].flatMap((value) =>
    ["user", "history", "candidates"].map((part) => ({ ...last, [part]: value })),
  );
  return [...requests, ...changed, ...without];
}

function fileOf(module: CModule, requests: readonly unknown[]): string {
  const inputs = module.inputs();
  const path = join(module.folder, "requests");
  writeFileSync(path, Buffer.concat(requests.map((request) => requestBytes(inputs, request))));
  return path;
}
