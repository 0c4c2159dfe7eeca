// Means and variances for each value of a feature: `batch_norm(x, by: domain)`. Which value a row has is a vector with one 1, which a frozen
// table holds; so sums for each value are means over the batch of what they are multiplied with, and moving averages as those of `batch_norm`.

import { invariant } from "../../common/internal-error.ts";
import { domainNotCounted, domainTooLarge, domainVaries } from "../../diagnostics/catalog/parts.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { hasIds, hasLearnedVocabulary, kindPhrase, knownValues } from "../kinds/registry.ts";
import { ownerOf, tableNames } from "../model/model.ts";
import { constantDim, constantOf } from "../values/dims.ts";
import { nameOf } from "../values/leading-axes.ts";
import { defaultTable, lookUp } from "../values/tables.ts";
import type { FeatureType, FunctionCall, TensorValue } from "../values/values.ts";

/** Of a value that no row of the batch has, by which nothing is divided that counts. */
const LEAST_SHARE = 1e-12;

const MOST_VALUES = 1000;

/** γ·(x − E)/√(Var + epsilon) + β with those of the row's value of `domain`; null where something was reported. */
export function normalizedBy(
  call: FunctionCall,
  x: TensorValue,
  domain: FeatureType,
  epsilon: number,
): NodeId | null | "reported" {
  const reference = domain.references[0]!;
  const { feature } = reference;
  const { span } = call.argument("by");
  const callee = call.name;
  const { elaboration } = call;
  const isCounted = hasIds(feature.kind) && feature.set === null;
  const count = isCounted && !hasLearnedVocabulary(feature) ? knownValues(feature, null) : null;
  if (count === null) {
    const is =
      feature.set !== null
        ? "a set"
        : hasIds(feature.kind)
          ? "an id whose values are only known with the data"
          : kindPhrase(feature.kind);
    elaboration.report(domainNotCounted, { callee, name: nameOf(reference), is }, span);
    return "reported";
  }
  if (count > MOST_VALUES) {
    elaboration.report(domainTooLarge, { callee, name: nameOf(reference), count, most: MOST_VALUES }, span);
    return "reported";
  }
  const { type, outerAxes } = x;
  const list = type.list ?? outerAxes.list;
  const axis = type.axis ?? outerAxes.axis ?? (reference.history === null ? null : reference.history);
  if (list !== null || axis !== null || domain.lift !== null) {
    const what = axis !== null ? `this varies along \`${axis.name}\`` : "this is a list";
    elaboration.report(domainVaries, { callee, what }, call.argument(axis === null ? "x" : "by").span);
    return "reported";
  }
  const owner = ownerOf(feature);
  const options = { ...defaultTable({ kind: "identity" }), frozen: true };
  const table = { name: tableNames.values(owner), feature: owner, width: count, options };
  const origin = { span, what: `\`${owner}\` has ${count} values` };
  const { node: which } = lookUp(elaboration, reference, table, span, origin);

  const layer = call.layer();
  const width = constantOf(type.width);
  invariant(width !== null, "features are seen where every width is a number");
  const constant = (value: number) => () => ({ kind: "constant", value }) as const;
  const learned = (name: string, value: number) =>
    layer.parameter(name, [constantDim(count), constantDim(width)], constant(value));
  const moving = (name: string, size: number, value: number) =>
    layer.parameter(name, [constantDim(size)], constant(value), "statistic");
  const has = call.emit("reshape", [which], { dims: [count, 1] });
  /** The mean over the batch of what rows of each value have, where the others have 0: once [count, width]. */
  const shares = (name: string, value: number, numbers: NodeId | null) => {
    const spread = call.emit("broadcast_list", [numbers], { times: count });
    const own = call.emit("reshape", [call.emit("multiply", [spread, has], {})], { dims: [count * width] });
    const mean = call.emit("batch_mean", [own, moving(name, count * width, value)], {});
    return call.emit("reshape", [mean], { dims: [count, width] });
  };
  const begun = 1 / count;
  const share = moving("share", count, begun);
  const have = call.emit("batch_mean", [which, share], {});
  const divisor = call.emit("reshape", [call.emit("maximum", [have, call.constant(LEAST_SHARE)], {})], {
    dims: [count, 1],
  });
  const ofRow = (matrix: NodeId | null) => call.emit("matmul", [which, matrix], { transpose: false });
  const means = call.emit("divide", [shares("mean", 0, x.node), divisor], {});
  const centred = call.emit("subtract", [x.node, ofRow(means)], {});
  const squares = call.emit("multiply", [centred, centred], {});
  const variances = call.emit("divide", [shares("variance", begun, squares), divisor], {});
  const deviations = call.emit(
    "sqrt",
    [call.emit("add", [variances, call.emit("constant", [], { value: epsilon, dims: [count, 1] })], {})],
    {},
  );
  const scale = call.emit("divide", [learned("gamma", 1), deviations], {});
  const scaled = call.emit("multiply", [centred, ofRow(scale)], {});
  return call.emit("add", [scaled, ofRow(learned("beta", 0))], {});
}
