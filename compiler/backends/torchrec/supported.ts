// What a package for PyTorch and TorchRec does not train with is an error where the spec asks for it, never another model.

import type { Span } from "../../common/source-file.ts";
import { targetWithoutSetting } from "../../diagnostics/catalog/compile.ts";
import { DiagnosticError, diagnose, noLocation } from "../../diagnostics/diagnostic.ts";
import { lower } from "../../frontend/check/lower.ts";
import type { Model } from "../../frontend/model/model.ts";
import type { Item } from "../../frontend/syntax/nodes.ts";
import { parse } from "../../frontend/syntax/parse.ts";
import type { OpAttributes } from "../../middle/graph/attributes.ts";

/** Throws DiagnosticError. */
export function requireSupported(model: Model): void {
  const { optimizer, partOptimizers, shrinkages, average } = model.train;
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
  for (const { op, attributes, origin } of nodes) {
    if (op !== "input") continue;
    const { role } = attributes as OpAttributes["input"];
    // Rows of a group lie in any shards.
    if (role.kind !== "batch" || role.by === null) continue;
    const facts = {
      ...{ target: "torchrec", setting: `by: ${role.by}` },
      instead: "leave the loss out, for example in a variant, or train with `dinc train`",
    };
    throw new DiagnosticError([diagnose(targetWithoutSetting, facts, origin ?? noLocation)]);
  }
  if (average !== null)
    refuse(
      "average",
      `ema(${average})`,
      "leave it out, for example in a variant, or train with `dinc train`",
    );
}

/** Of a setting of `train` in the text of the model; null where that says it in another file. */
function placeOf({ file, assembly }: Model, key: string): Span | null {
  const items: readonly Item[] = assembly?.items ?? parse(file).value?.items ?? [];
  const settings = items.flatMap((item) => (item.kind === "train" ? item.settings : []));
  return settings.find((setting) => setting.key.name === key)?.span ?? null;
}
