// Specs for the data tests: small, and using every feature they declare.

import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";

/** The model of a spec without mistakes. */
export function modelOf(spec: string): Model {
  const { value, diagnostics } = check(sourceFile("model.din", spec));
  if (value === null) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return value;
}

/** `user_id item_id cate_id`, the history `clicks` over the last two, the label `click`; GAUC by user. */
export function dinModel({ max = 50, minCount = 1 } = {}): Model {
  return modelOf(`model din
features user { user_id : id }
features item {
  item_id : id(min_count: ${minCount})  embed 2
  cate_id : id  embed 2
}
history clicks(max: ${max}) {
  item_id <-> hist_item_id
  cate_id <-> hist_cate_id
}
label click : binary
net {
  let target = concat(item_id, cate_id)
  predict click = concat(target, sum(clicks)) |> dense(1) |> sigmoid
}
train {
  loss binary_cross_entropy
  optimizer sgd(learning_rate: 0.1)
  batch 4 epochs 1
  metrics auc, gauc(by: user_id)
}
`);
}

/** `item_id` and whatever other features are given, all of them used. */
export function flatModel(item = "item_id : id embed 2", names = "item_id", more = ""): Model {
  return modelOf(`model flat
features item {
  ${item}
}
${more}
label click : binary
net { predict click = concat(${names}) |> dense(1) |> sigmoid }
train {
  loss binary_cross_entropy
  optimizer sgd(learning_rate: 0.1)
  batch 4 epochs 1
  metrics auc
}
`);
}
