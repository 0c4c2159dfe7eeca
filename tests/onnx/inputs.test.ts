// The generated module that makes a model's inputs: the same feeds as the reference's encoding, for both
// forms, and one typed error, naming the field, for what cannot be scored.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { toBinary } from "@bufbuild/protobuf";
import { beforeAll, describe, expect, test } from "vitest";
import type { RawRequest } from "../../compiler/backends/golden/reference-inputs.ts";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { inputFacts } from "../../compiler/backends/onnx/input-facts.ts";
import { emitInputs } from "../../compiler/backends/onnx/inputs.ts";
import { emitOnnxModel } from "../../compiler/backends/onnx/model.ts";
import { ModelProtoSchema } from "../../compiler/backends/onnx/onnx.generated.ts";
import { onnxParts } from "../../compiler/backends/onnx/package.ts";
import { fittedFor, weightsFile } from "../../compiler/backends/serving/weights-file.ts";
import { Random } from "../../compiler/common/random.ts";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import type { Feed } from "../../compiler/serve/feeds.ts";
import { trainedOf } from "../serve/compiled.ts";
import { loadModule } from "../serve/load-module.ts";
import { specs } from "../serve/specs.ts";
import { testContext } from "../support/emitted.ts";
import type { Inputs } from "./compiled.ts";
import { run, sessionOf } from "./session.ts";

const request = {
  user: { user_id: 3, gender: "m" },
  context: { hour: 5 },
  history: {
    clicks: [
      { item_id: "7", cate_id: "1" },
      { item_id: 4, cate_id: 1 },
    ],
  },
  candidates: [
    { item_id: 9, cate_id: 2, price: 3.5 },
    { item_id: "no such item", cate_id: 2, price: 0 },
    { item_id: 1, cate_id: 3, price: 1 },
  ],
};

let optimised: Record<string, Feed>;
let exported: Record<string, Feed>;
let feeds: (request: unknown) => Record<string, Feed>;
beforeAll(async () => {
  const trained = trainedOf(specs.din);
  [optimised, exported] = (await Promise.all(
    (["optimised", "exported"] as const).map(async (form) => {
      const { inputs, learned } = onnxParts(trained, form, testContext);
      const encoder = (await loadModule<Inputs>(inputs.javascript)).createEncoder(learned);
      if (form === "optimised") feeds = (given) => encoder.feeds(given);
      return encoder.feeds(request);
    }),
  )) as [Record<string, Feed>, Record<string, Feed>];
});

test("ids and numbers are those of training, the user's once", () => {
  const { price, ...ids } = optimised;
  // The vocabulary made up for untrained models is 1, 2, …, whose ids begin at 2; gender and hour list their own.
  expect(ids).toEqual({
    user_id: { type: "int32", data: Int32Array.of(4), dims: [1] },
    gender: { type: "int32", data: Int32Array.of(3), dims: [1] },
    hour: { type: "int32", data: Int32Array.of(7), dims: [1] },
    item_id: { type: "int32", data: Int32Array.of(10, 1, 2), dims: [3] },
    cate_id: { type: "int32", data: Int32Array.of(3, 3, 4), dims: [3] },
    "clicks.item_id": { type: "int32", data: Int32Array.of(8, 5), dims: [2] },
    "clicks.cate_id": { type: "int32", data: Int32Array.of(2, 2), dims: [2] },
  });
  expect(price).toMatchObject({ type: "float32", dims: [3, 1] });
});

test("of a training export all that belongs to the user is repeated for each candidate", () => {
  expect(exported["hour"]).toEqual({ type: "int32", data: Int32Array.of(7, 7, 7), dims: [3] });
  expect(exported["clicks.item_id"]).toEqual({
    type: "int32",
    data: Int32Array.of(8, 5, 8, 5, 8, 5),
    dims: [3, 2],
  });
  expect(exported["item_id"]).toEqual(optimised["item_id"]);
});

test("values of the sets of steps belong to the steps of their own candidate", async () => {
  const text = readFileSync(join(import.meta.dirname, "../good/sets-and-texts.din"), "utf8");
  const trained = trainedOf(text);
  const set = [...trained.model.histories.values()].flatMap(({ name, fields }) =>
    fields.filter(({ feature }) => feature.set !== null).map((field) => `${name}.${field.name}`),
  )[0]!;
  const made = requestFor(text);
  const found = await Promise.all(
    (["optimised", "exported"] as const).map(async (form) => {
      const { inputs, learned } = onnxParts(trained, form, testContext);
      return (await loadModule<Inputs>(inputs.javascript)).createEncoder(learned).feeds(made);
    }),
  );
  const [once, repeated] = found as [Record<string, Feed>, Record<string, Feed>];
  const rows = [...once[`rows/${set}`]!.data];
  const steps = Math.max(...rows) + 1;
  const times = made.candidates.map((_, candidate) => rows.map((row) => row + candidate * steps));
  expect([...repeated[`rows/${set}`]!.data]).toEqual(times.flat());
  expect([...repeated[set]!.data]).toEqual(made.candidates.flatMap(() => [...once[set]!.data]));
});

/** One that the spec takes, whose last step has a value in every set. */
function requestFor(text: string): RawRequest {
  const { model, fitted } = trainedOf(text);
  for (let seed = 0; ; seed++) {
    const sampler = new RequestSampler(model, fitted, Random.of(seed, "sets"));
    const made = sampler.make({ candidates: 3, steps: () => 3, unseen: 0 });
    const full = Object.values(made.history).every((steps) =>
      Object.values(steps.at(-1)!).every((value) => !Array.isArray(value) || value.length > 0),
    );
    if (full) return made;
  }
}

describe("what cannot be scored is refused with its place", () => {
  test.each([
    ["candidates[1].price", { ...request, candidates: [request.candidates[0], { item_id: 1, cate_id: 1 }] }],
    ["candidates", { ...request, candidates: [] }],
    ["candidates", { ...request, candidates: undefined }],
    ["user", { ...request, user: undefined }],
    ["history.clicks", { ...request, history: {} }],
    ["history.clicks[0].item_id", { ...request, history: { clicks: [{ item_id: 1.5, cate_id: 1 }] } }],
    ["context.hour", { ...request, context: {} }],
  ])("%s", (field, given) => {
    expect(() => feeds(given)).toThrow(expect.objectContaining({ name: "RankerInputError", field }));
  });
});

test("numbers of rows that no input has are fed themselves", async () => {
  const { model, fitted } = trainedOf(specs.din);
  const builder = new GraphBuilder();
  const steps = builder.add("count_steps", [], { history: "clicks", per: "request" });
  builder.output({ kind: "logit", of: "click" }, builder.add("repeat_candidates", [steps], {}));
  const graph = validate(builder.finish());
  const none = { parameter: () => new Float32Array(), table: () => new Float32Array() };
  const { model: onnx, counts } = emitOnnxModel(model, graph, none, "test", {});
  const inputs = emitInputs(inputFacts(model, graph, counts, null), { version: "test", run: null });
  const learned = weightsFile({
    program: inputs.program,
    run: null,
    tensors: new Map(),
    fitted: fittedFor(fitted, inputs),
    golden: [],
  });
  const encoder = (await loadModule<Inputs>(inputs.javascript)).createEncoder(learned);
  const fed = encoder.feeds(request);
  expect(fed).toEqual({
    "count/candidates": { type: "int32", data: Int32Array.of(3), dims: [1] },
    "count/clicks": { type: "int32", data: Int32Array.of(2), dims: [1] },
  });
  const session = await sessionOf(toBinary(ModelProtoSchema, onnx));
  expect((await run(session, fed))["logit/click"]!.data).toEqual(Float32Array.of(2, 2, 2));
  await session.release();
});
