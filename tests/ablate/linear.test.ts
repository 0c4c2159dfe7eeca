// The linear model of the features that a model reads: its text, and that each model of the zoo and of tests/good has one.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { fieldsRead, inputsOf, readsFeature } from "../../compiler/data/graph-inputs.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import type { Feature, Model } from "../../compiler/frontend/model/model.ts";
import { predictionProgram } from "../../compiler/middle/programs/step.ts";
import { linearModel } from "../../compiler/tools/ablate/linear.ts";
import { root } from "../cli/spawn.ts";

function linearOf(text: string) {
  const { value } = check(sourceFile("model.din", text));
  return linearModel(value!);
}

function netOf(text: string): string {
  const found = linearOf(text);
  if ("reason" in found) throw new Error(found.reason);
  const net = found.file.text;
  return net.slice(net.indexOf("net {\n") + 6, net.indexOf("\n}", net.indexOf("net {\n"))).trim();
}
const folders = ["examples/zoo", "tests/good"].map((folder) => join(root, folder));
const specs = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".din"))
    .map((name) => join(folder, name)),
);

describe.each(specs)("the linear model of %s", (path) => {
  test("reads what the network reads, but for times", () => {
    const { value: model } = check(sourceFile(path, readFileSync(path, "utf8")));
    if (model === null) return expect(isModule(path)).toBe(true);
    const found = linearModel(model);
    if ("reason" in found) throw new Error(found.reason);
    expect(readBy(found)).toEqual(readBy(model).filter((name) => !name.endsWith("(time)")));
  });
});

function isModule(path: string): boolean {
  return !/^\s*(model|variant)\b/m.test(readFileSync(path, "utf8"));
}

/** The features and fields that the network reads; times are marked. */
function readBy(model: Model): string[] {
  const inputs = inputsOf(predictionProgram(lower(model), model));
  const marked = (name: string, { kind }: Feature) => (kind.kind === "time" ? `${name} (time)` : name);
  const features = [...model.features.values()].filter(({ name }) => readsFeature(model, inputs, name));
  return [
    ...features.map((feature) => marked(feature.name, feature)),
    ...[...model.histories.values()].flatMap((history) =>
      fieldsRead(history, inputs).map(({ name, feature }) => marked(`${history.name}.${name}`, feature)),
    ),
  ];
}

const spec = (labels: string, net: string, train = "") => `model shop
features user { user_id : id  embed 4 }
features item {
  item_id : id  embed 4
  price   : number |> log1p
  tags    : set(id, max: 3, pool: none)  embed 4
}
features context { now : time }
history clicks(max: 5) {
  item_id <-> clicked_items
  at : time
}
${labels}
net {
  ${net}
}
${train}`;

test("has a weight for each id, the mean of the weights of a history, and no weight for a time", () => {
  const net =
    "predict click = concat(user_id, price, sum(tags), sum(clicks.item_id / (now - clicks.at))) |> dense(1) |> sigmoid";
  expect(netOf(spec("label click : binary", net))).toBe(
    "predict click = weight(user_id) + weight(price) + sum(weight(tags)) + mean(weight(clicks.item_id)) |> bias |> sigmoid",
  );
});

test("has weights of its own for each label, as many as the label has classes", () => {
  const net = `let x = concat(user_id, price) |> dense(8, relu)
  predict click = x |> dense(1) |> sigmoid
  predict stars = x |> dense(5) |> softmax
  predict watch(loss: huber) = x |> dense(1)`;
  expect(netOf(spec("label click : binary\nlabel stars : int(1..5)\nlabel watch : number", net))).toBe(
    `predict click = embed(user_id, 1, name: "linear_click") + embed(price, 1, name: "linear_click") |> bias |> sigmoid
  predict stars = embed(user_id, 5, name: "linear_stars") + embed(price, 5, name: "linear_stars") |> bias |> softmax
  predict watch = embed(user_id, 1, name: "linear_watch") + embed(price, 1, name: "linear_watch") |> bias`,
  );
});

test("keeps the training's settings", () => {
  const { train } = linearOf(
    spec(
      "label click : binary",
      "predict click = user_id |> dense(1) |> sigmoid",
      "train { batch 64  epochs 7 }",
    ),
  ) as Model;
  expect(train).toMatchObject({ batch: 64, epochs: 7 });
});

test("a network that reads times alone has none", () => {
  const found = linearOf(
    spec("label click : binary", "predict click = mean(log(1 + (now - clicks.at))) |> dense(1) |> sigmoid"),
  );
  expect(found).toEqual({ reason: "the network reads nothing that has a weight" });
});
