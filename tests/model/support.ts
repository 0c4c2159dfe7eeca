// Short ways to check and lower a spec that is written in a test.

import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import type { Graph } from "../../compiler/middle/graph/graph.ts";

/** Codes of everything wrong with a text, in order. */
export function codesOf(text: string): string[] {
  return check(sourceFile("test.din", text)).diagnostics.map((diagnostic) => diagnostic.code);
}

/** The model of a text that is clean. */
export function modelOf(text: string): Model {
  const { value, diagnostics } = check(sourceFile("test.din", text));
  const [first] = diagnostics;
  if (first !== undefined || value === null) throw new Error(`${first?.code}: ${first?.message}`);
  return value;
}

export function graphOf(text: string): Graph {
  return validate(lower(modelOf(text)));
}

/** A small spec around what a network computes: two items' features, a user's, and two histories. */
export function specOf(net: string, blocks = ""): string {
  return `model test
features user { user_id : id  embed 4 }
features item {
  item_id : id  embed 4
  cate_id : id  embed 3
  price   : number
}
history clicks(max: 5) {
  item_id <-> clicked_item_id
  cate_id <-> clicked_cate_id
}
history buys(max: 5) { item_id <-> bought_item_id }
label click : binary
${blocks}
net {
${net}
  let all = concat(user_id, item_id, cate_id, price, sum(clicks), sum(buys))
  predict click = concat(all, x) |> dense(1) |> sigmoid
}`;
}
