// The standard library: the text the compiler carries is the text users read, and it is clean.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { renderPretty } from "../../compiler/diagnostics/render/pretty.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { librarySources } from "../../compiler/frontend/functions/library.generated.ts";

const folder = resolve(dirname(fileURLToPath(import.meta.url)), "../../compiler/std");

test("library.generated.ts is up to date: `node compiler/std/generate.mjs`", () => {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".din"))
    .sort();
  const read = files.map((name) => ({ path: `std/${name}`, text: readFileSync(join(folder, name), "utf8") }));
  expect(librarySources).toEqual(read);
});

describe("each block checks clean when it is the user's own", () => {
  test.each(librarySources)("$path", ({ path, text }) => {
    const names = [...text.matchAll(/^block (\w+)/gm)].map((match) => match[1]!);
    const spec = `model library
features item { item_id : id  embed 4 }
history clicks(max: 5) { item_id <-> clicked_item_id }
label click : binary
${text}
net {
  let score     = dense(item_id, 1)
${names.flatMap((name) => (losses[name] === undefined ? [] : [`  loss of_${name} = ${losses[name]}\n`])).join("")}
  predict click = concat(score, ${names.flatMap((name) => (losses[name] === undefined ? [`dense(${use(name)}, 2)`] : [])).join(", ")}) |> dense(1) |> sigmoid
}`;
    expect(renderPretty(check(sourceFile(path, spec)).diagnostics)).toBe("");
  });
});

/** How each block that only a loss may call is called in the test above. */
const losses: Readonly<Record<string, string>> = {
  bpr: "bpr(score, click, by: item_id)",
  pairwise_hinge: "pairwise_hinge(score, click, by: item_id)",
  listwise_softmax: "listwise_softmax(score, click, by: item_id)",
  jrc: "jrc(score, -score, click, by: item_id)",
  in_batch_softmax: "in_batch_softmax(item_id, mean(clicks), item_id)",
  next_item_softmax: "next_item_softmax(mean(clicks), item_id)",
  sampled_softmax: "sampled_softmax(mean(clicks), item_id, 5)",
  keep_hits: "keep_hits(dot(item_id, batch(item_id)), total(item_id), item_id)",
  drop_hits: "drop_hits(dot(item_id, batch(item_id)), total(item_id), item_id)",
  info_nce: "info_nce(item_id, mean(clicks))",
};

/** How each other one is called there: a value of any width. */
const uses: Readonly<Record<string, string>> = {
  mlp: "mlp(concat(item_id, sum(clicks)), [3, 2])",
  activation_score: "sum(activation_score(item_id, clicks))",
  attend: "attend(item_id, clicks, [3])",
  attend_softmax: "attend_softmax(item_id, clicks, [3])",
  multi_head: "last(multi_head(clicks, heads: 2))",
  causal_multi_head: "last(causal_multi_head(clicks, heads: 2))",
  encoder: "last(encoder(clicks, 6, heads: 2))",
  leaky_relu: "leaky_relu(item_id + sum(clicks))",
  gelu: "gelu(item_id + sum(clicks))",
  elu: "elu(item_id + sum(clicks))",
  selu: "selu(item_id + sum(clicks))",
  hard_sigmoid: "hard_sigmoid(item_id + sum(clicks))",
  instance_mask: "instance_mask(item_id, width: 3, units: 6)",
  mask_block: "mask_block(sum(clicks), item_id, width: 3, units: 6)",
  target_attention: "target_attention(item_id, clicks)",
  interacting: "flatten(interacting([item_id, sum(clicks)], width: 6))",
  bi_interaction: "bi_interaction([item_id, sum(clicks)])",
  fm: "fm([item_id, sum(clicks)])",
  afm: "afm([item_id, sum(clicks), mean(clicks)])",
  inner_products: "inner_products([item_id, sum(clicks), mean(clicks)])",
  outer_product: "outer_product([item_id, sum(clicks)])",
  bilinear: "sum(bilinear([item_id, sum(clicks), mean(clicks)]))",
  senet: "flatten(senet([item_id, sum(clicks), mean(clicks)]))",
  gate: "gate(item_id, 3)",
  gated_by: "gated_by(item_id, sum(clicks))",
  ppnet: "ppnet(item_id, sum(clicks), [4, 3])",
  gru_cell: "gru_cell(item_id, sum(clicks))",
  gru: "mean(gru(clicks, 3))",
  lstm_cell: "lstm_cell(item_id, sum(clicks), item_id)[1]",
  lstm: "mean(lstm(clicks, 3))",
  log_sum_exp: "log_sum_exp(dot(item_id, clicks))",
  first: "item_id + first(clicks)",
  count: "item_id * count(clicks)",
  masked: "concat(masked(item_id, 0.3), sum(masked(clicks)))",
  k_max: "flatten(k_max([item_id, sum(clicks)], 1))",
  bits: "item_id + mean(bits(clicks, 4))",
  augru_cell: "augru_cell(item_id, sum(clicks), total(item_id))",
  augru: "mean(augru(clicks, softmax(dense(clicks, 1)), 3))",
  cross: "cross(item_id)",
  cin: "cin([item_id, sum(clicks)], [3, 2])",
  mixture:
    "mixture([sigmoid(total(item_id)), sigmoid(total(sum(clicks)))], split(dense(item_id, 2), 2)) * item_id",
  gated: "gated(item_id, [sum(clicks), mean(clicks)])",
  mmoe: "mmoe(item_id, experts: 3, tasks: 2, units: [4])[2]",
  ple: "ple(item_id, tasks: 2, own: 2, shared: 1, units: [4])[1]",
  extraction: "sum(extraction([item_id, item_id, item_id], 2, 1, 1, [4]))",
  squared: "squared(item_id, sum(clicks))",
  absolute: "absolute(item_id, sum(clicks))",
  huber: "huber(item_id, sum(clicks), delta: 2.0)",
  log_cosh: "log_cosh(item_id, sum(clicks))",
  poisson: "poisson(exp(item_id), sum(clicks))",
  tweedie: "tweedie(exp(item_id), sum(clicks))",
  weighted_logistic: "weighted_logistic(exp(item_id), sum(clicks))",
  cross_entropy: "cross_entropy(softmax(item_id), sum(clicks))",
  hinge: "hinge(sigmoid(total(item_id)), total(sum(clicks)))",
  ziln: "ziln(sigmoid(total(item_id)), total(item_id), softplus(total(item_id)), total(sum(clicks)))",
};

function use(block: string): string {
  const call = uses[block];
  if (call === undefined) throw new Error(`say in \`uses\` how \`${block}\` is called`);
  return call;
}
