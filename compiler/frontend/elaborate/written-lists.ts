// Written lists: `[a, b]` and `1..3`.

import { listTooLong, mixedList, rangeBackwards, wrongType } from "../../diagnostics/catalog/expressions.ts";
import type { Expression } from "../syntax/nodes.ts";
import { at } from "../syntax/reporter.ts";
import { addDims, constantDim, constantOf, subtractDims } from "../values/dims.ts";
import { limits } from "../values/limits.ts";
import { ERROR, intValue, isError, isFeature, plainValue, printType } from "../values/types.ts";
import type { Environment, Value } from "../values/values.ts";
import { isGroup, withoutGroups } from "./groups.ts";
import type { Walk } from "./walk.ts";

export function writtenList(
  walk: Walk,
  { elements, span }: Expression & { kind: "list" },
  environment: Environment,
): Value {
  // Computed elements are evaluated in the order of the text, so features among them are read at their
  // position.
  const areNames = elements.every(({ kind }) => kind === "name" || kind === "field" || kind === "range");
  const written = elements.map((element) => ({
    value: areNames ? walk.given(element, environment) : walk.evaluate(element, environment),
    span: element.span,
  }));
  if (written.some(({ value }) => isError(value))) return ERROR;
  const given = withoutGroups(walk, written);
  const isOfFeatures = given.every(({ value }) => isFeature(value));
  const values = given.map(({ value, span }) => (isOfFeatures ? value : walk.vectorOf(value, span)));
  if (values.some(isError)) return ERROR;
  const kinds = values.map((value) => (value.type.kind === "float" ? "int" : value.type.kind));
  const odd = kinds.findIndex((kind) => kind !== kinds[0]);
  if (odd > 0) {
    const [first, other] = [printType(values[0]!.type), printType(values[odd]!.type)];
    walk.report(mixedList, { first, other }, given[odd]!.span, {
      related: [at(given[0]!.span, first)],
    });
    return ERROR;
  }
  if (isOfFeatures && written.length > 0 && written.every(({ value }) => isGroup(value)))
    return walk.group(
      values.flatMap(({ type }) => (type.kind === "feature" ? type.references : [])),
      span,
    );
  const numbers = kinds[0] === undefined || kinds[0] === "int";
  const of = !numbers ? null : values.some((value) => value.type.kind === "float") ? "Float" : "Int";
  return walk.listOf("this", values, of, span);
}

export function writtenRange(
  walk: Walk,
  { low: lowest, high: highest, span }: Expression & { kind: "range" },
  environment: Environment,
): Value {
  const [low, high] = [lowest, highest].map((end) => {
    const { type } = walk.evaluate(end, environment);
    if (type.kind === "int") return type.value;
    if (type.kind !== "error") {
      const what = "an end of a range";
      walk.report(wrongType, { what, expected: "an Int", got: printType(type) }, end.span);
    }
    return null;
  });
  if (low == null || high == null) return ERROR;
  const [from, to] = [constantOf(low), constantOf(high)];
  if (from === null || to === null) {
    const length = addDims(subtractDims(high, low), constantDim(1));
    return plainValue({
      kind: "list",
      elements: null,
      length,
      size: 0,
      isConcrete: false,
      of: "Int",
      isGroup: false,
    });
  }
  if (to < from - 1) {
    walk.report(rangeBackwards, { low: from, high: to }, span);
    return ERROR;
  }
  const length = to - from + 1;
  if (length > limits.elements) {
    walk.report(listTooLong, { length, most: limits.elements }, span);
    return ERROR;
  }
  const elements = Array.from({ length }, (_, i) => intValue(from + i));
  return walk.listOf("this range", elements, "Int", span);
}
