// What a package for PyTorch and TorchRec does not train with is an error where the spec asks for it, never another model.

import type { Span } from "../../common/source-file.ts";
import { targetWithoutSetting } from "../../diagnostics/catalog/compile.ts";
import { DiagnosticError, diagnose, inText, noLocation } from "../../diagnostics/diagnostic.ts";
import { lower } from "../../frontend/check/lower.ts";
import type { Model } from "../../frontend/model/model.ts";
import type { Item } from "../../frontend/syntax/nodes.ts";
import { parse } from "../../frontend/syntax/parse.ts";
import type { OpAttributes } from "../../middle/graph/attributes.ts";
import type { Graph, Node, NodeId } from "../../middle/graph/graph.ts";
import { outputNames } from "../../middle/programs/program.ts";

/** Throws DiagnosticError. */
export function requireSupported(model: Model): void {
  requireAllRows(model);
  const { optimizer, partOptimizers, shrinkages, average, metrics } = model.train;
  const refuse = (key: string, setting: string, instead: string): never => {
    const span = placeOf(model, key);
    const facts = { target: "torchrec", setting, instead };
    throw new DiagnosticError([diagnose(targetWithoutSetting, facts, span ?? noLocation)]);
  };
  if (optimizer.kind === "grda")
    refuse(
      "optimizer",
      "grda",
      "take another optimizer, for example in a variant, or train with `dinc train`",
    );
  const ofValue = metrics.find(({ per }) => per !== undefined);
  if (ofValue !== undefined)
    refuse(
      "metrics",
      `${ofValue.kind}(per: ${ofValue.per})`,
      "leave it out, for example in a variant, or train with `dinc train`",
    );
  const [part] = partOptimizers;
  if (part !== undefined)
    refuse(
      "optimizer",
      `${part.optimizer.kind}(for: ${part.part.names.join(", ")})`,
      "leave one optimizer for the whole model, for example in a variant, or train with `dinc train`",
    );
  const [shrinkage] = shrinkages;
  if (shrinkage !== undefined)
    refuse(
      "regularize",
      shrinkage.kind,
      "leave it out, for example in a variant, or train with `dinc train`",
    );
  const { nodes } = lower(model);
  const mixed = nodes.find(({ op, attributes }) => {
    if (op === "table") return isCounted(model, (attributes as OpAttributes["table"]).name);
    return op === "input" && (attributes as OpAttributes["input"]).role.kind === "batch";
  });
  if (mixed !== undefined) {
    const facts = {
      ...{ target: "torchrec", setting: mixed.op === "table" ? "frequency" : "batch" },
      instead: "leave the loss out, for example in a variant, or train with `dinc train`",
    };
    throw new DiagnosticError([diagnose(targetWithoutSetting, facts, mixed.origin ?? noLocation)]);
  }
  if (average !== null)
    refuse(
      "average",
      `ema(${average})`,
      "leave it out, for example in a variant, or train with `dinc train`",
    );
}

/** Whether a table has how often values occur. */
function isCounted({ tables }: Model, name: string): boolean {
  return tables.get(name)?.options.init.kind === "frequency";
}

/** Labels of which all rows count alike, and nothing that only training knows. */
function requireAllRows(model: Model): void {
  const instead = "leave it out, for example in a variant, or train with `dinc train`";
  const problem = (setting: string, span: Span) =>
    diagnose(targetWithoutSetting, { target: "torchrec", setting, instead }, inText(span));
  const problems = [...model.labels.values()].flatMap(({ name, weight, mayBeMissing, span }) => {
    if (weight !== null) return [problem(`${name} : binary(weight: ${weight.name})`, weight.span)];
    return mayBeMissing ? [problem(`${name} : binary(missing: none)`, span)] : [];
  });
  const graph = lower(model);
  const inLosses = neededBy(
    graph,
    model.losses.map(({ name }) => outputNames.auxiliary(name)),
  );
  const inputs = graph.nodes.filter((node): node is Node<"input"> => node.op === "input");
  for (const { id, attributes, origin } of inputs) {
    const { role } = attributes;
    if (role.kind === "label") {
      // A prediction's own loss has its label.
      if (!inLosses.has(id)) continue;
      const { name, span } = model.labels.get(role.of)!;
      problems.push(problem(`${name} in a loss`, origin ?? span));
    } else if (role.kind === "feature") {
      const feature = model.features.get(role.feature);
      if (feature != null && feature.served !== null)
        problems.push(problem(`served of ${feature.name}`, feature.span));
    }
  }
  if (problems.length > 0) throw new DiagnosticError(problems);
}

/** The nodes that these outputs are computed from. */
function neededBy(graph: Graph, outputs: readonly string[]): ReadonlySet<NodeId> {
  const needed = new Set<NodeId>();
  const next = outputs.flatMap((name) => graph.outputs.get(name) ?? []);
  for (let id = next.pop(); id !== undefined; id = next.pop()) {
    if (needed.has(id)) continue;
    needed.add(id);
    next.push(...graph.nodes[id]!.inputs);
  }
  return needed;
}

/** Of a setting of `train` in the text of the model; null where that says it in another file. */
function placeOf({ file, assembly }: Model, key: string): Span | null {
  const items: readonly Item[] = assembly?.items ?? parse(file).value?.items ?? [];
  const settings = items.flatMap((item) => (item.kind === "train" ? item.settings : []));
  return settings.find((setting) => setting.key.name === key)?.span ?? null;
}
