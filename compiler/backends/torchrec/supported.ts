// Rejects models that a package for PyTorch and TorchRec cannot train: an error at the location in the spec,
// never a different model.

import type { Span } from "../../common/source-file.ts";
import { targetWithoutSetting } from "../../diagnostics/catalog/compile.ts";
import { DiagnosticError, diagnose, noLocation } from "../../diagnostics/diagnostic.ts";
import { lower } from "../../frontend/check/lower.ts";
import { settingSpan } from "../../frontend/check/setting-span.ts";
import type { Model } from "../../frontend/model/model.ts";

import type { Graph, NodeId } from "../../middle/graph/graph.ts";
import { labelsRead } from "../../middle/programs/loss.ts";

/** Throws DiagnosticError. */
export function requireSupported(model: Model): void {
  const { anew, average } = model.train;
  const graph = lower(model);
  for (const { op, attributes, origin, inputs } of graph.nodes) {
    if (op === "lookup" && isBatch(graph, inputs[1]!)) {
      // The axis leaves out rows without the label, and only the process with these rows knows which they
      // are.
      const missing = labelsRead(graph, inputs[0]!).find((label) => model.labels.get(label)!.mayBeMissing);
      if (missing !== undefined)
        throw refusal(`batch of ${missing}, which may be missing`, "leave the loss out", origin ?? null);
    }
    if (op !== "input") continue;
    // Ids that are only compared are refused too.
    const role = attributes.role.kind === "ids" ? attributes.role.of : attributes.role;
    if (role.kind === "drawn") throw refusal(`drawn(${role.feature})`, "leave the loss out", origin ?? null);
    if (role.kind === "candidates")
      throw refusal(`candidates(by: ${role.by})`, "read the row alone", origin ?? null);
    // The rows of a group may be in different shards.
    if (role.kind === "batch" && role.by !== null)
      throw refusal(`by: ${role.by}`, "leave the loss out", origin ?? null);
  }
  // A package has no numbers that are learned from rows before the training.
  for (const { init } of graph.parameters.values())
    if (init.kind === "label") {
      const { type, span } = model.labels.get(init.label)!;
      const transform = type.kind === "number" ? type.transforms[init.transform]!.kind : "";
      throw refusal(`${transform} of the label ${init.label}`, "leave it out", span);
    }
  if (anew !== null) throw refusal("tables anew", "leave it out", settingSpan(model, "tables"));
  if (average !== null) throw refusal(`ema(${average})`, "leave it out", settingSpan(model, "average"));
}

function isBatch({ nodes }: Graph, id: NodeId): boolean {
  const { op, attributes } = nodes[id]!;
  return op === "input" && attributes.role.kind === "batch";
}

function refusal(setting: string, instead: string, place: Span | null): DiagnosticError {
  const facts = {
    ...{ target: "torchrec", setting },
    instead: `${instead}, for example in a variant, or train with \`dinc train\``,
  };
  return new DiagnosticError([diagnose(targetWithoutSetting, facts, place ?? noLocation)]);
}
