// The value of a label as losses read it: 0 or 1, a share or an amount after its transforms; for classes, 1 at
// the row's own class and 0 at all others.

import type { Span } from "../../common/source-file.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import type { Rows } from "../../middle/graph/types.ts";
import { inputOf } from "../../middle/programs/program.ts";
import type { Label } from "../model/model.ts";
import { constantDim } from "../values/dims.ts";
import { tensorValue } from "../values/types.ts";
import type { Elaboration, TensorValue } from "../values/values.ts";
import { transformedLabel } from "./label-transforms.ts";

const EXAMPLES: Rows = { kind: "each", per: "example" };

export function labelValue(elaboration: Elaboration, { name, type, span }: Label, at: Span): TensorValue {
  const input = inputOf({ kind: "label", of: name }, { rows: EXAMPLES, dims: [1], dtype: "f32" });
  const node = elaboration.emit("input", [], input, at);
  const classes = "classes" in type ? type.classes.length : null;
  return tensorValue(
    { width: constantDim(classes ?? 1) },
    {
      node:
        classes === null
          ? transformedLabel(elaboration, { name, type }, node, at)
          : oneOf(elaboration, node, classes, at),
      sources: new Set(["label"]),
      widthOrigin: { span, what: `the label \`${name}\`` },
    },
  );
}

/** 1 at the index of the class; the data count classes from 0. */
function oneOf(elaboration: Elaboration, place: NodeId | null, classes: number, at: Span): NodeId | null {
  const each = Array.from({ length: classes }, (_, i) =>
    elaboration.emit("equal", [place, elaboration.constant(i, at)], {}, at),
  );
  return elaboration.emit("concat", each, { dim: 0 }, at);
}
