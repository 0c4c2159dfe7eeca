// Rejects models that a package for PyTorch and TorchRec cannot train: an error at the location in the spec,
// never a different model.

import type { Span } from "../../common/source-file.ts";
import { targetWithoutSetting } from "../../diagnostics/catalog/compile.ts";
import { DiagnosticError, diagnose, noLocation } from "../../diagnostics/diagnostic.ts";
import { lower } from "../../frontend/check/lower.ts";
import { settingSpan } from "../../frontend/check/setting-span.ts";
import type { Model } from "../../frontend/model/model.ts";

/** Throws DiagnosticError. */
export function requireSupported(model: Model): void {
  const { anew } = model.train;
  const graph = lower(model);
  for (const { op, attributes, origin } of graph.nodes) {
    if (op !== "input") continue;
    // Ids that are only compared are refused too.
    const role = attributes.role.kind === "ids" ? attributes.role.of : attributes.role;
    if (role.kind === "drawn") throw refusal(`drawn(${role.feature})`, "leave the loss out", origin ?? null);
    if (role.kind === "candidates")
      throw refusal(`candidates(by: ${role.by})`, "read the row alone", origin ?? null);
  }
  // A package has no numbers that are learned from rows before the training.
  for (const { init } of graph.parameters.values())
    if (init.kind === "label") {
      const { type, span } = model.labels.get(init.label)!;
      const transform = type.kind === "number" ? type.transforms[init.transform]!.kind : "";
      throw refusal(`${transform} of the label ${init.label}`, "leave it out", span);
    }
  if (anew !== null) throw refusal("tables anew", "leave it out", settingSpan(model, "tables"));
}

function refusal(setting: string, instead: string, place: Span | null): DiagnosticError {
  const facts = {
    ...{ target: "torchrec", setting },
    instead: `${instead}, for example in a variant, or train with \`dinc train\``,
  };
  return new DiagnosticError([diagnose(targetWithoutSetting, facts, place ?? noLocation)]);
}
