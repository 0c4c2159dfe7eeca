// Learned values that depend on no input: `parameter(4, 16)`, and one for each value of a feature.

import { parameterBy, parameterSizes } from "../../diagnostics/catalog/layers.ts";
import type { Initializer } from "../../middle/graph/graph.ts";
import { hasIds } from "../kinds/registry.ts";
import { ownerOf, tableNames, type WrittenInit } from "../model/model.ts";
import { defineFunction } from "../values/define-function.ts";
import { constantOf, type Dim, printDim } from "../values/dims.ts";
import { nameOf } from "../values/leading-axes.ts";
import { defaultTable, lookUp } from "../values/tables.ts";
import { ERROR, featureValue, isTensor, plainValue, tensorValue } from "../values/types.ts";
import type { FeatureType, FunctionCall, Value } from "../values/values.ts";
import { initOf } from "./initial.ts";
import { ofEach } from "./tables.function.ts";

export const parameter = defineFunction({
  name: "parameter",
  doc: [
    "`parameter(sizes: Int, init?, per?: Feature) -> Vec[d]` is a learned vector, `parameter(n, d) -> Seq[n, d]` a list of n learned",
    "vectors: a memory, prototypes, a matrix. Numbers of a vector begin at 0, those of a list as a kernel's (Glorot normal), or",
    "as `init` says: a number, `normal(0.05)`, `uniform(0.1)`. With `per` there is one for each value of a feature, and for a",
    "value that training never saw what `init` says, where that is a number, else 0. Under `stop_gradient` it stays as it begins.",
  ].join("\n"),
  parameters: [
    { name: "sizes", accepts: "width", rest: true },
    { name: "init", accepts: "initial", default: () => plainValue({ kind: "initial", init: null }) },
    { name: "per", accepts: "feature", default: () => featureValue([]) },
  ],
  apply(call) {
    const sizes = call.rest().map(({ value: { type } }) => (type.kind === "int" ? type.value : null));
    const [first, second, more] = sizes;
    if (first == null || second === null || more !== undefined) {
      call.elaboration.report(parameterSizes, { got: sizes.length }, call.span);
      return ERROR;
    }
    const shape: Shape = second === undefined ? { list: null, width: first } : { list: first, width: second };
    const per = call.feature("per");
    if (per.references.length > 0) return perFeature(call, shape, per);
    const { list, width } = shape;
    const init = initOf(call);
    const dims = list === null ? [width] : [list, width];
    const node = call.layer().parameter("value", dims, () => init ?? beginning(shape));
    return learned(call, shape, node);
  },
});

interface Shape {
  readonly list: Dim | null;
  readonly width: Dim;
}

function learned(call: FunctionCall, shape: Shape, node: Value["node"]): Value {
  const widthOrigin = { span: call.span, what: `this \`parameter\` gives ${printDim(shape.width)}` };
  return tensorValue(shape, { node, sources: new Set(), widthOrigin });
}

function beginning({ list, width }: Shape): Initializer {
  const [fanIn, fanOut] = [constantOf(list ?? width) ?? 1, constantOf(width) ?? 1];
  return list === null ? { kind: "zeros" } : { kind: "glorot_normal", fanIn, fanOut };
}

/** Stored in a table whose rows are the values. */
function perFeature(call: FunctionCall, shape: Shape, feature: FeatureType): Value {
  const per = call.argument("per");
  const odd = feature.references.find(({ feature }) => !hasIds(feature.kind));
  const [n, d] = [shape.list === null ? 1 : constantOf(shape.list), constantOf(shape.width)];
  if (odd !== undefined || n === null || d === null) {
    call.elaboration.report(parameterBy, { name: odd === undefined ? "this" : nameOf(odd) }, per.span);
    return ERROR;
  }
  const init = initOf(call);
  const place = call.layer().sharedName;
  const width = n * d;
  // Rows of unknown values are 0, so a common initial number is added outside the table.
  const rows: WrittenInit =
    init === null
      ? shape.list === null
        ? { kind: "zeros" }
        : { kind: "normal", deviation: Math.sqrt(2 / (n + d)) }
      : init.kind === "constant"
        ? { kind: "zeros" }
        : init;
  const origin = { span: call.span, what: `this \`parameter\` gives ${d}` };
  const value = ofEach(call, feature, (reference) => {
    const owner = ownerOf(reference.feature);
    const name = tableNames.parameter(owner, place);
    const table = { name, feature: owner, width, options: defaultTable(rows) };
    return lookUp(call.elaboration, reference, table, call.span, origin);
  });
  if (!isTensor(value)) return value;
  const moved =
    init?.kind === "constant" && init.value !== 0
      ? call.emit("add", [value.node, call.forEach(value, call.constant(init.value))], {})
      : value.node;
  if (shape.list === null) return { ...value, node: moved };
  const node = call.emit("reshape", [moved], { dims: [n, d] });
  return { ...value, node, type: { ...value.type, list: shape.list, width: shape.width } };
}
