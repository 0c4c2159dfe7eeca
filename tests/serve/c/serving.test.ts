// A library in C as a server uses it: several threads for one request, other weights while it serves, weights of attention,
// tables in a store, hostile requests.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TrainedModel } from "../../../compiler/backends/contract/trained-model.ts";
import { compilerNames } from "../../support/c-code.ts";
import { CModule } from "../../support/c-module.ts";
import { sweep } from "../../support/how-often.ts";
import { compiledFrom, trainedOf } from "../compiled.ts";
import { specs } from "../specs.ts";
import { type Driver, expectAnswers, fileOf, requestsOf } from "./answers.ts";

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

  testMore("the user of a session is copied whole, with sets and crosses", async () => {
    for (const name of Object.keys(own)) {
      const module = await CModule.of(trainedOf(own[name as keyof typeof own]));
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

async function expectExplained(trained: TrainedModel, run: Driver, module: CModule, name: string) {
  const requests = requestsOf(trained, name);
  const { code, out, err } = run("explain", fileOf(module, requests));
  expect([name, code, err]).toEqual([name, 0, ""]);
  const { ranker } = await compiledFrom(trained);
  const wanted = requests.flatMap((request) => ranker.explain(request));
  const lines = out.trimEnd().split("\n");
  expect(lines).toHaveLength(wanted.length);
  for (const [i, { weights, ...about }] of wanted.entries()) {
    const [history, code, head, areShares, first, steps, numbers] = lines[i]!.split("\t");
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
