// What a viewer shows: names of inputs, outputs, weights and nodes as the spec has them, places, documentation, origins.

import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { beforeAll, describe, expect, test } from "vitest";
import type { TrainedModel } from "../../compiler/backends/contract/trained-model.ts";
import {
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type ValueInfoProto,
} from "../../compiler/backends/onnx/onnx.generated.ts";
import { onnxParts } from "../../compiler/backends/onnx/package.ts";
import { graphHash } from "../../compiler/middle/builder/graph-hash.ts";
import { rankingProgram } from "../../compiler/middle/programs/ranking.ts";
import { trainedOf } from "../serve/compiled.ts";
import { specs } from "../serve/specs.ts";

const context = { version: "1.2.3", graphHash };
let trained: TrainedModel;
let model: ModelProto;
let graph: GraphProto;
beforeAll(async () => {
  trained = trainedOf(specs.din);
  const parts = onnxParts(trained, "optimised", context);
  // As a reader gets it.
  model = fromBinary(ModelProtoSchema, toBinary(ModelProtoSchema, parts.model));
  graph = model.graph!;
});

const shapeOf = ({ type }: ValueInfoProto) =>
  type?.value.case === "tensorType" ? type.value.value.shape!.dim.map(({ value }) => value.value) : null;
const shapes = (infos: readonly ValueInfoProto[]) =>
  Object.fromEntries(infos.map((info) => [info.name, shapeOf(info)]));

test("inputs are called as in the spec, and their axes by what they go along", () => {
  expect(shapes(graph.input)).toEqual({
    user_id: [1n],
    gender: [1n],
    item_id: ["candidates"],
    cate_id: ["candidates"],
    price: ["candidates", 1n],
    hour: [1n],
    "clicks.item_id": ["clicks"],
    "clicks.cate_id": ["clicks"],
  });
});

test("of a training export every input goes along candidates", async () => {
  const exported = onnxParts(trained, "exported", context).model.graph!;
  expect(shapes(exported.input)).toEqual({
    user_id: ["candidates"],
    gender: ["candidates"],
    item_id: ["candidates"],
    cate_id: ["candidates"],
    price: ["candidates", 1n],
    hour: ["candidates"],
    "clicks.item_id": ["candidates", "clicks"],
    "clicks.cate_id": ["candidates", "clicks"],
  });
  expect(exported.node.length).toBeGreaterThan(10);
});

test("outputs are the logit and the probability of each label, one number a candidate", () => {
  expect(shapes(graph.output)).toEqual({
    "logit/click": ["candidates"],
    "probability/click": ["candidates"],
  });
});

test("weights and tables have the names and dims that a run has for them", () => {
  const dims = new Map(graph.initializer.map(({ name, dims: of }) => [name, of.map(Number)]));
  const { parameters } = rankingProgram(trained.model, trained.predict);
  for (const { name, dims: of } of parameters.values()) expect(dims.get(name), name).toEqual([...of]);
  for (const [name, { values, width }] of trained.tables)
    expect(dims.get(`table/${name}`)).toEqual([values.length / width, width]);
});

describe("nodes", () => {
  test("are called by the `let`, prediction or block that they come from, and no two alike", () => {
    const names = graph.node.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const paths = new Set(names.map((name) => name.split("/")[0]!));
    for (const path of ["net.target", "net.interest", "net.click", "activation_unit", "counts", "outputs"])
      expect(paths).toContain(path);
    expect(names.filter((name) => name.startsWith("graph/"))).toEqual([]);
  });

  test("say their place and their text", () => {
    const sum = graph.node.find(({ name }) => name.startsWith("net.interest/sum_steps"))!;
    const text = "sum(activation_unit(target, clicks) * clicks)";
    const before = specs.din.slice(0, specs.din.indexOf(text)).split("\n");
    expect(sum.docString).toBe(`spec.din:${before.length}:${before.at(-1)!.length + 1} ${text}`);
  });
});

test("what `///` says is there, and what made the file", () => {
  expect(model.docString).toBe("Deep Interest Network.");
  expect(graph.input.find(({ name }) => name === "item_id")!.docString).toBe("The shop's number.");
  expect(graph.input.find(({ name }) => name === "clicks.item_id")!.docString).toBe(
    "Latest last.\nThe shop's number.",
  );
  expect([graph.name, model.producerName, model.producerVersion]).toEqual(["din", "dinc", "1.2.3"]);
  expect(Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value]))).toEqual({
    "dinc.version": "1.2.3",
    "dinc.graph": "optimised",
    "dinc.graph_hash": graphHash(rankingProgram(trained.model, trained.predict)),
    "dinc.request": JSON.stringify({
      parts: [
        {
          ...{ kind: "history", name: "clicks" },
          fields: [
            ["item_id", "id", "hist_item_id"],
            ["cate_id", "id", "hist_cate_id"],
          ],
        },
        {
          ...{ kind: "record", name: "user" },
          fields: [
            ["user_id", "id", "user_id"],
            ["gender", "id", "gender"],
          ],
        },
        { kind: "record", name: "context", fields: [["hour", "id", "hour"]] },
        {
          ...{ kind: "candidates", name: "candidates" },
          fields: [
            ["item_id", "id", "item_id"],
            ["cate_id", "id", "cate_id"],
            ["price", "number", "price"],
          ],
        },
      ],
      labels: [{ name: "click", link: "sigmoid", low: null, classes: [] }],
    }),
  });
});
