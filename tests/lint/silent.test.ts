// Networks that look like what rules warn of and are right: a false alarm is worse than none.

import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { renderConcise } from "../../compiler/diagnostics/render/concise.ts";
import { lint } from "../../compiler/tools/lint/lint.ts";
import { specFiles } from "../support/spec-files.ts";

interface Parts {
  readonly user?: string;
  readonly item?: string;
  readonly target?: string;
  readonly interest?: string;
  readonly predict?: string;
  readonly train?: string;
}

function advice({ user = "", item = "", target, interest, predict, train }: Parts): string {
  const text = `model m
features user {
  user_id : id
  ${user}
}
features item {
  item_id : id  embed 8
  cate_id : id  embed 8
  ${item}
}
history clicks(max: 50) {
  item_id <-> hist_item_id
  cate_id <-> hist_cate_id
}
label click : binary
net {
  let target   = ${target ?? "concat(item_id, cate_id)"}
  let interest = ${interest ?? "attend(target, clicks)"}
  predict click = ${predict ?? "concat(target, interest) |> mlp([64, 32], relu) |> dense(1) |> sigmoid"}
}
train {
  metrics auc, gauc(by: user_id)
  ${train ?? ""}
}
`;
  return renderConcise(lint(sourceFile("m.din", text))).trimEnd();
}

test("DIN itself", () => expect(advice({})).toBe(""));

describe("nothing is said of", () => {
  test.each<[string, Parts]>([
    [
      "a time in days, one that decays, and one that is only compared",
      {
        ...{ user: "now : time", item: "sold : time" },
        interest:
          "concat(attend(target, clicks), (now - sold) / 86_400, exp(-0.001 * (now - sold)), now - sold > 60)",
      },
    ],
    ["a sum without weights", { interest: "sum(clicks)" }],
    ["a mean without weights", { interest: "mean(clicks)" }],
    ["a sum of learned steps", { interest: "sum(dense(clicks, 16, relu))" }],
    ["weights that no layer learns", { interest: "sum(total(clicks * clicks) * clicks)" }],
    ["a sum of squares", { interest: "sum(clicks * clicks)" }],
    [
      "self-weighted steps beside attention to the candidate",
      { interest: "concat(sum(softmax(dense(clicks, 1)) * clicks), attend(target, clicks))" },
    ],
    [
      "weights that ignore the candidate over values that do not",
      { interest: "sum(softmax(dense(clicks, 1)) * (clicks * target))" },
    ],
    ["a softmax over plain inner products", { interest: "sum(softmax(dot(target, clicks)) * clicks)" }],
    ["a mean of unnormalised scores", { interest: "mean(activation_score(target, clicks) * clicks)" }],
    [
      "a low-rank factorisation",
      { predict: "concat(target, interest) |> dense(4) |> dense(64) |> relu |> dense(1) |> sigmoid" },
    ],
    [
      "a linear layer on a sum of linear layers",
      { predict: "dense(target, 8) + dense(interest, 8) |> dense(1) |> sigmoid" },
    ],
    [
      "layers with a learned activation",
      { predict: "concat(target, interest) |> mlp([8], prelu) |> dense(1) |> sigmoid" },
    ],
    ["a logit of a sum", { predict: "dense(target, 1, relu) - dense(interest, 1, relu) |> sigmoid" }],
    [
      "one width for every field",
      {
        user: 'gender : enum("f", "m")  embed 8',
        predict: "concat(gender, target, interest) |> dense(1) |> sigmoid",
      },
    ],
    [
      "a width of as many as a small table has rows",
      {
        user: 'gender : enum("f", "m")  embed 4',
        predict: "concat(gender, target, interest) |> dense(1) |> sigmoid",
      },
    ],
    [
      "a small vocabulary of users' traits",
      { user: "city : id  embed 8", predict: "concat(city, target, interest) |> dense(1) |> sigmoid" },
    ],
    [
      "two item features that no history binds",
      {
        item: "shop_id : id  embed 8\n  brand : id  embed 8",
        predict: "concat(shop_id, brand, target, interest) |> dense(1) |> sigmoid",
      },
    ],
    [
      "an item's trait that no history binds",
      {
        item: "stars : int(1..5)  embed 2",
        predict: "concat(stars, target, interest) |> dense(1) |> sigmoid",
      },
    ],
    [
      "a history one of whose targets is read",
      { target: "item_id", interest: "concat(attend(target, clicks.item_id), mean(clicks.cate_id))" },
    ],
    [
      "a difference of two things",
      { predict: "concat(target - interest, target / (interest * interest + 1)) |> dense(1) |> sigmoid" },
    ],
    [
      "a value in two different layers",
      { predict: "concat(dense(target, 4), dense(target, 4), interest) |> dense(1) |> sigmoid" },
    ],
    [
      "what a user bought before",
      {
        user: "purchased : number |> standardize",
        predict: "concat(purchased, target, interest) |> dense(1) |> sigmoid",
      },
    ],
    ["SGD at the paper's rate", { train: "optimizer sgd(1.0)" }],
    ["FTRL at the rate it begins with", { train: "optimizer ftrl(0.1, l1: 1e-4)" }],
    ["many epochs that an early stop may end", { train: "epochs 50  stop early(patience: 2)" }],
    ["many epochs with AdamW", { train: "epochs 50  optimizer adamw(weight_decay: 0.1)" }],
    ["many epochs with l2 on tables", { train: "epochs 50  regularize l2(tables: 1e-5)" }],
    ["a focal loss that is measured by its order", { train: "loss focal(gamma: 2)" }],
    ["Adam as it is", { train: "optimizer adam(learning_rate: 1e-3)" }],
    ["a large batch", { train: "batch 8192" }],
    ["a few epochs", { train: "epochs 5" }],
    [
      "many epochs against which something is done",
      { train: "epochs 50  regularize mini_batch_aware(1e-2)" },
    ],
  ])("%s", (_, parts) => {
    expect(advice(parts)).toBe("");
  });
});

describe("fields of a history that are bound to nothing", () => {
  const adviceOn = (dwell: string, history = "") => {
    const text = `model m
features item { item_id : id  embed 8 }
history clicks(max: 50) {
  item_id <-> hist_item_id
  dwell   : ${dwell}
}
${history}
label click : binary
net {
  let others = ${history === "" ? "item_id" : "mean(searches)"}
  predict click = concat(item_id, attend(item_id, clicks.item_id), sum(clicks), others) |> mlp([64], relu) |> dense(1) |> sigmoid
}
`;
    return lint(sourceFile("m.din", text))
      .filter(({ code }) => code < "DIN0720")
      .map(({ code, message }) => `${code} ${message}`);
  };

  test("are judged as features are", () => {
    expect(adviceOn("number |> log1p")).toEqual([]);
    expect(adviceOn("number")).toEqual(["DIN0709 `clicks.dwell` enters the network unscaled"]);
    expect(adviceOn('enum("view")  embed 2')).toContain(
      "DIN0711 `clicks.dwell` has only one value, so it does not distinguish rows",
    );
    expect(adviceOn("int(0..1)  embed 6")).toContain(
      "DIN0712 `clicks.dwell` has 6 numbers for each id, but its table has only 4 rows",
    );
  });

  test("make a history of nothing else no worse", () => {
    expect(adviceOn("number |> log1p", "history searches(max: 5) { words : number |> log1p }")).toEqual([]);
  });
});

describe("a number as it is", () => {
  const adviceOn = (net: string) =>
    lint(
      sourceFile(
        "m.din",
        `model m
features user { user_id : id  embed 8 }
features item {
  item_id : id  embed 8
  cents   : number
}
label click : binary
net {
  let x = concat(user_id, item_id)
${net}
}
`,
      ),
    ).flatMap(({ code }) => (code === "DIN0709" ? [code] : []));

  test.each([
    [
      "that is only compared",
      "  predict click = concat(x, cents > 500) |> mlp([8], relu) |> dense(1) |> sigmoid",
    ],
    ["that only chooses", "  predict click = where(cents > 500, x, -x) |> dense(1) |> sigmoid"],
    ["whose logarithm is taken", "  predict click = concat(x, log(1 + cents)) |> dense(1) |> sigmoid"],
    [
      "that only a loss reads",
      "  predict click = dense(x, 1) |> sigmoid\n  loss cheap = cents * log_loss(dense(x, 1), 0)",
    ],
  ])("%s needs no scaling", (_, net) => {
    expect(adviceOn(net)).toEqual([]);
  });

  test.each([
    ["in a layer", "  predict click = concat(x, cents) |> mlp([8], tanh) |> dense(1) |> sigmoid"],
    ["in what is chosen", "  predict click = concat(x, where(cents > 0, cents, 0)) |> dense(1) |> sigmoid"],
    [
      "in a loss and a prediction",
      "  predict click = dense(concat(x, cents), 1) |> sigmoid\n  loss cheap = cents * log_loss(dense(x, 1), 0)",
    ],
  ])("%s needs it", (_, net) => {
    expect(adviceOn(net)).toEqual(["DIN0709"]);
  });
});

test("settings at their defaults are no advice to anybody", () => {
  const text = specFiles("tests/good").find(([path]) => path.endsWith("base-model.din"))![1];
  const untrained = text.replace(/\ntrain \{[\s\S]*?\n\}\n/, "\n");
  const said = lint(sourceFile("m.din", untrained)).map(({ code }) => code);
  expect(said.filter((code) => code >= "DIN0720")).toEqual([]);
});
