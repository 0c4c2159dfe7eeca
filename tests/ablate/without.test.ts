// A model without something: what goes along, what is refused, and that a part which was taken out is read no
// more, for every model of the zoo.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { type NetworkInput, partName } from "../../compiler/data/permuted.ts";
import { withEdits } from "../../compiler/diagnostics/apply-fixes.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { ablation, ablations, partsOfModel, removalFix } from "../../compiler/tools/ablate/without.ts";
import { root } from "../cli/spawn.ts";
import { sweep } from "../support/how-often.ts";

function modelOf(text: string): Model {
  const { value } = check(sourceFile("model.din", text));
  expect(value).not.toBeNull();
  return value!;
}

const partNamed = (model: Model, name: string): NetworkInput =>
  partsOfModel(model).find((part) => partName(part) === name)!;

const spec = (net: string, more = "") => `model shop
features user { user_id : id  embed 4 }
features item {
  item_id : id  embed 4
  brand   : id  embed 4
  price   : number
  pair    : cross(brand, hour, hash: 16)  embed 4
}
features context { hour : int(0..23)  embed 4 }
history clicks(max: 5) {
  item_id <-> clicked_items
  brand   <-> clicked_brands
}
label click : binary
net {
${net}
}
${more}`;

/** The net that is left, each statement on one line. */
function netWithout(net: string, name: string): string | null {
  const model = modelOf(spec(net));
  const found = ablation(model, partNamed(model, name));
  if ("reason" in found) return null;
  const { text } = found.model.file;
  return text.slice(text.indexOf("net {\n") + 6, text.lastIndexOf("}")).trim();
}

describe("what is left of a net", () => {
  test.each([
    [
      "price",
      "predict click = concat(item_id, price) |> dense(1) |> sigmoid",
      "predict click = item_id |> dense(1) |> sigmoid",
    ],
    [
      "price",
      "predict click = concat(item_id, brand, price) |> dense(1) |> sigmoid",
      "predict click = concat(item_id, brand) |> dense(1) |> sigmoid",
    ],
    [
      "price",
      "predict click = price |> concat(item_id, brand) |> dense(1) |> sigmoid",
      "predict click = concat(item_id, brand) |> dense(1) |> sigmoid",
    ],
    [
      "brand",
      "predict click = concat(item_id |> dense(3), brand) |> dense(1) |> sigmoid",
      "predict click = (item_id |> dense(3)) |> dense(1) |> sigmoid",
    ],
    [
      "brand",
      "predict click = (dense(item_id, 1) + dense(brand, 1) + dense(price, 1)) |> sigmoid",
      "predict click = (dense(item_id, 1) + dense(price, 1)) |> sigmoid",
    ],
    [
      "brand",
      "let both = item_id * brand\n  predict click = concat(both, price) |> dense(1) |> sigmoid",
      "predict click = price |> dense(1) |> sigmoid",
    ],
    [
      "clicks",
      "let past = mean(clicks)\n  predict click = concat(item_id, past) |> dense(1) |> sigmoid",
      "predict click = item_id |> dense(1) |> sigmoid",
    ],
    [
      "hour",
      "predict click = concat(item_id, hour, pair) |> dense(1) |> sigmoid",
      "predict click = item_id |> dense(1) |> sigmoid",
    ],
  ])("without %s: %s", (name, net, left) => {
    expect(netWithout(net, name)).toBe(left);
  });

  test("is nothing where the prediction needs the part", () => {
    const model = modelOf(spec("predict click = dot(user_id, item_id) |> sigmoid"));
    expect(ablation(model, partNamed(model, "user_id"))).toEqual({
      ...{ name: "user_id", kind: "feature" },
      reason: "nothing is left of the prediction click",
    });
  });
});

describe("what goes along", () => {
  const attending = spec(`  let target = concat(item_id, brand)
  let taste = sum(softmax(dot(target, clicks)) * clicks)
  predict click = concat(target, taste, price) |> dense(1) |> sigmoid`);

  test("is the field of a history that has to be as wide as the candidate, and the other way round", () => {
    const model = modelOf(attending);
    for (const name of ["brand", "clicks.brand"]) {
      const found = ablation(model, partNamed(model, name));
      expect(found).toMatchObject({ name, with: [name === "brand" ? "clicks.brand" : "brand"] });
    }
    // One model for both.
    expect(ablations(model).map((each) => each.name)).toEqual(["item_id", "brand", "price", "clicks"]);
  });

  test("is a cross with its part, and a `let` that nothing is left of", () => {
    const model = modelOf(
      spec("let both = brand * item_id\n  predict click = concat(both, pair, price) |> dense(1) |> sigmoid"),
    );
    expect(ablation(model, partNamed(model, "brand"))).toMatchObject({ with: ["pair", "both"] });
  });

  test("is no field without which the history has the same width everywhere", () => {
    const model = modelOf(
      spec("predict click = concat(item_id, brand, mean(clicks)) |> dense(1) |> sigmoid"),
    );
    expect(ablation(model, partNamed(model, "clicks.brand"))).toMatchObject({ with: [] });
    expect(ablation(model, partNamed(model, "brand"))).toMatchObject({ with: [] });
  });
});

test("the fix takes the declaration out, unless something else needs it", () => {
  const model = modelOf(
    spec(
      "predict click = concat(user_id, item_id, brand, price, hour) |> dense(1) |> sigmoid",
      "train { metrics auc, gauc(by: user_id) }\n",
    ),
  );
  const fixed = (name: string) => withEdits(model.file, removalFix(model, partNamed(model, name))!.edits);
  expect(fixed("price")).not.toContain("price");
  expect(fixed("user_id")).toContain("user_id : id");
  expect(fixed("user_id")).toContain("concat(item_id, brand, price, hour)");
  // A history is bound to it.
  expect(fixed("brand")).toContain("brand   : id");
  for (const name of ["price", "user_id", "brand", "item_id", "hour"]) modelOf(fixed(name));
});

const zoo = join(root, "examples/zoo");

describe.each(sweep(readdirSync(zoo).filter((file) => file.endsWith(".din"))))("of %s", (file) => {
  test("each part that goes is read no more, and each that stays has a reason", () => {
    const { value: model } = check(sourceFile(file, readFileSync(join(zoo, file), "utf8")));
    const parts = partsOfModel(model!);
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts) {
      const found = ablation(model!, part);
      if ("reason" in found) expect(found.reason).toMatch(/\w/);
      else {
        const left = partsOfModel(found.model).map(partName);
        expect(left).not.toContain(partName(part));
        for (const name of left) expect(parts.map(partName)).toContain(name);
      }
      const fix = removalFix(model!, part);
      expect(fix === null).toBe("reason" in found);
      if (fix !== null) modelOf(withEdits(model!.file, fix.edits));
    }
  });
});
