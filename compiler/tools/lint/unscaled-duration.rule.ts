// Finds a time between two events that enters the network in seconds.

import { textOf } from "../../common/source-file.ts";
import * as catalog from "../../diagnostics/catalog/advice.ts";
import { allFeatures } from "../../frontend/model/model.ts";
import type { Node } from "../../middle/graph/graph.ts";
import { isOp } from "../../middle/graph/narrow.ts";
import { hasTrait } from "../../middle/ops/registry.ts";
import { inputNames } from "../../middle/programs/program.ts";
import { defineRule } from "./define-rule.ts";
import type { Network } from "./network.ts";

export const unscaledDuration = defineRule(catalog.unscaledDuration, ({ model, network }, advise) => {
  const times = new Set(
    [...allFeatures(model)]
      .filter(({ kind }) => kind.kind === "time")
      .map(({ name }) => inputNames.feature(name)),
  );
  for (const history of model.histories.values())
    for (const { name, feature } of history.fields)
      if (feature.kind.kind === "time") times.add(inputNames.field(history.name, name));

  /** A time is two numbers, days and seconds; it may be repeated for each step. */
  const isTime = (node: Node): boolean =>
    isOp(node, "input")
      ? times.has(node.attributes.name)
      : node.inputs.length === 1 && node.type.dims.at(-1) === 2 && network.inputsOf(node).every(isTime);

  for (const between of network.all("subtract")) {
    if (between.origin === null || !network.inputsOf(between).every(isTime)) continue;
    const [, secondsOfDay] = network.usersOf(between);
    const [seconds] = secondsOfDay === undefined ? [] : network.usersOf(secondsOfDay);
    if (seconds !== undefined && network.isServed(seconds, (user) => keepsSeconds(user, network)))
      advise({ between: textOf(between.origin) }, between.origin);
  }
});

/** Whoever divides by a constant, or lets something decay, has thought of the unit. */
function keepsSeconds(user: Node, network: Network): boolean {
  if (hasTrait(user.op, "losesSize") || user.op === "exp") return false;
  const isScale = user.op === "multiply" || user.op === "divide";
  return !(isScale && network.inputsOf(user).some(({ op }) => op === "constant"));
}
