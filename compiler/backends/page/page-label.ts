// The label whose scores a page shows: the first one.

import { InternalError } from "../../common/internal-error.ts";
import { labelKindOf } from "../../frontend/labels/registry.ts";
import type { Model } from "../../frontend/model/model.ts";
import type { PageLabel } from "./page-data.ts";

export function pageLabel({ labels, predictions }: Pick<Model, "labels" | "predictions">): PageLabel {
  const name = predictions[0]?.label ?? "";
  const label = labels.get(name);
  if (label === undefined) throw new InternalError(`the model has no label ${name}`);
  const { type } = label;
  return {
    name,
    isChance: labelKindOf(label).outcome !== "number" && type.kind !== "int",
    low: type.kind === "int" ? type.low : null,
  };
}
