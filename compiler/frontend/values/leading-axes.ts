// Combines values that vary along different axes. A Vec is repeated along a history or a list, lists of one
// length are combined element by element, and all other combinations are errors. The same rules apply to
// `outerAxes`, the axes of a value outside of a block that is applied to each step or element.

import type { Span } from "../../common/source-file.ts";
import { axisMismatch } from "../../diagnostics/catalog/expressions.ts";
import { featureWidths } from "../../diagnostics/catalog/feature-lists.ts";
import { listLengths, listWidths, needsList, sequencesMultiply } from "../../diagnostics/catalog/lists.ts";
import { chosenMeetsOther, needsAllSteps } from "../../diagnostics/catalog/searches.ts";
import { notAlongValues, valuesMeetOthers } from "../../diagnostics/catalog/sets.ts";
import type { Details } from "../../diagnostics/diagnostic.ts";
import { onlyHistoryOf } from "../../middle/graph/derived-axes.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { at } from "../syntax/reporter.ts";
import { constantDim, constantOf, type Dim, equalDims, printDim } from "./dims.ts";
import { isOnce } from "./rows.ts";
import {
  axisLength,
  featuresIn,
  isError,
  isTensor,
  NO_AXES,
  sameAxes,
  sameAxis,
  tensorValue,
  unionSources,
} from "./types.ts";
import type {
  Axis,
  Elaboration,
  FeatureReference,
  LeadingAxes,
  TensorArgument,
  TensorValue,
  Value,
} from "./values.ts";
import type { VaryingList } from "./varying-list.ts";
import { elementsHelp, widthOrigins } from "./widths.ts";

/** The axes of several values together. */
export interface Joined {
  readonly visible: LeadingAxes;
  readonly outerAxes: LeadingAxes;
}

/** The axes along which all operands can be repeated; null if two are incompatible, which is reported. */
export function joinAxes(
  elaboration: Elaboration,
  operation: string,
  operands: readonly TensorArgument[],
  span: Span,
): Joined | null {
  const join = new Joiner(elaboration, operation, span);
  const visible = join.all(operands);
  const outerAxes = visible === null ? null : join.lifts(operands);
  if (visible === null || outerAxes === null) return null;
  const crossed = visible.axis !== null && visible.list !== null;
  // These lists are the same for all rows, or made for each step.
  const meetsSteps = visible.list?.facing !== undefined || visible.list?.drawn !== undefined;
  const isTogether = meetsSteps || operands.some(({ value }) => sameAxes(value.type, visible));
  if (crossed && !isTogether && visible.list?.varying !== undefined)
    return join.varying(visible.list.varying, visible.axis!.name);
  if (crossed && !isTogether) {
    const ofList = operands.find(({ value }) => value.type.list !== null)!;
    const ofSteps = operands.find(({ value }) => value.type.axis !== null)!;
    return join.multiply(
      describe({ ...visible, list: null }),
      describe({ ...visible, axis: null }),
      elementsHelp(ofSteps, ofList) ?? {},
    );
  }
  if (visible.axis !== null && outerAxes.axis !== null)
    return join.multiply(describe({ ...outerAxes, list: null }), describe({ ...visible, list: null }));
  if (visible.list !== null && outerAxes.list !== null)
    return join.multiply(describe({ ...outerAxes, axis: null }), describe({ ...visible, axis: null }));
  return { visible, outerAxes };
}

/** `step of \`clicks\``, `element of a list of 3` */
export function describe({ axis, list }: LeadingAxes): string {
  if (axis === null && list?.varying !== undefined)
    return `${list.varying.from.kind === "set" ? "value" : "step"} of \`${list.varying.shown}\``;
  if (axis === null && list?.drawn !== undefined) return `one of ${printDim(list)} drawn ids`;
  if (axis === null && list?.facing !== undefined) return `step of \`${printDim(list)}\``;
  return axis !== null ? `step of \`${axis.name}\`` : `element of a list of ${printDim(list!)}`;
}

class Joiner {
  private readonly elaboration: Elaboration;
  private readonly operation: string;
  private readonly span: Span;

  constructor(elaboration: Elaboration, operation: string, span: Span) {
    this.elaboration = elaboration;
    this.operation = operation;
    this.span = span;
  }

  all(operands: readonly TensorArgument[]): LeadingAxes | null {
    let axis: { axis: Axis; span: Span } | null = null;
    let list: { list: Dim; span: Span } | null = null;
    for (const { value, span } of operands) {
      const { type } = value;
      if (type.axis !== null) {
        if (axis !== null && !sameAxis(axis.axis, type.axis)) return this.axes(axis, { ...type, span });
        axis ??= { axis: type.axis, span };
      }
      if (type.list !== null) {
        if (list !== null && !equalDims(list.list, type.list)) return this.lists(list, { ...type, span });
        list ??= { list: type.list, span };
      }
    }
    // In a block that is checked for all lists, the axis `n` and a list of n elements are the same.
    if (axis?.axis.kind === "variable" && list !== null && equalDims(list.list, axisLength(axis.axis)))
      list = null;
    return { axis: axis?.axis ?? null, list: list?.list ?? null };
  }

  /** Elements of one list in two nested loops are unrelated. */
  lifts(operands: readonly TensorArgument[]): LeadingAxes | null {
    let [axis, list]: [Axis | null, Dim | null] = [null, null];
    for (const { value } of operands) {
      const { outerAxes } = value;
      if (
        (axis !== null && outerAxes.axis !== null && axis !== outerAxes.axis) ||
        (list !== null && outerAxes.list !== null && list !== outerAxes.list)
      )
        return this.multiply(
          describe(axis !== outerAxes.axis ? { axis, list: null } : { axis: null, list }),
          describe(outerAxes),
        );
      axis ??= outerAxes.axis;
      list ??= outerAxes.list;
    }
    return { axis, list };
  }

  private axes(left: { axis: Axis; span: Span }, right: { axis: Axis | null; span: Span }): null {
    const [one, other] = [left.axis, right.axis!];
    const names = { left: one.name, right: other.name };
    const [history, ofOther] = [one, other].map(({ name }) => onlyHistoryOf(name)?.history);
    const sameHistory = history !== undefined && history === ofOther;
    this.elaboration.report(axisMismatch, { operation: this.operation, ...names, sameHistory }, this.span, {
      related: [
        at(left.span, `varies along \`${one.name}\``),
        ...(right.span.start === this.span.start ? [] : [at(right.span, `varies along \`${other.name}\``)]),
        ...(sameHistory
          ? []
          : [one, other].map(({ name, span }) => {
              const of = onlyHistoryOf(name);
              return at(
                span,
                of === null ? `\`${name}\` is made here` : `\`${of.history}\` is declared here`,
              );
            })),
      ],
    });
    return null;
  }

  varying({ shown, from }: VaryingList, other: string): null {
    const { operation, elaboration, span } = this;
    if (from.kind === "set") elaboration.report(valuesMeetOthers, { operation, set: shown, other }, span);
    else elaboration.report(chosenMeetsOther, { operation, chosen: shown, other }, span);
    return null;
  }

  private lists(left: { list: Dim; span: Span }, right: { list: Dim | null; span: Span }): null {
    const varying = left.list.varying ?? right.list!.varying;
    if (varying !== undefined) {
      const other = varying === left.list.varying ? right.list! : left.list;
      return this.varying(varying, other.varying?.shown ?? `a list of ${printDim(other)}`);
    }
    const [one, other] = [left.list, right.list!].map((list) => describe({ axis: null, list }));
    if (left.list.facing !== right.list?.facing || left.list.drawn !== right.list?.drawn)
      return this.multiply(one!, other!);
    const lengths = { left: printDim(left.list), right: printDim(right.list!) };
    this.elaboration.report(listLengths, { operation: this.operation, ...lengths }, this.span, {
      related: [at(left.span, `${lengths.left} elements`), at(right.span, `${lengths.right} elements`)],
    });
    return null;
  }

  multiply(outer: string, inner: string, details: Details = {}): null {
    const { operation, span } = this;
    this.elaboration.report(sequencesMultiply, { operation, outer, inner }, span, details);
    return null;
  }
}

/** Repeats `value` along the steps and elements of the joined axes. */
export function alongJoined(
  elaboration: Elaboration,
  value: TensorValue,
  to: Joined,
  span: Span,
): TensorValue {
  if (isAlong(value.type, to.visible) && isAlong(value.outerAxes, to.outerAxes)) return value;
  const axis = to.visible.axis ?? to.outerAxes.axis;
  const list = to.visible.list ?? to.outerAxes.list;
  const hasAxis = (value.type.axis ?? value.outerAxes.axis) !== null;
  const repeats = axis !== null && !hasAxis;
  const spreads = list !== null && (value.type.list ?? value.outerAxes.list) === null;
  const move = (node: NodeId | null): NodeId | null => {
    if (node === null) return null;
    const once = isOnce(elaboration, node);
    const inList = spreads
      ? elaboration.emit("broadcast_list", [node], { times: constantOf(list)! }, span)
      : node;
    return repeats && !once ? elaboration.emit("repeat", [inList], { history: axis.name }, span) : inList;
  };
  return {
    ...value,
    type: { ...value.type, ...to.visible },
    outerAxes: to.outerAxes,
    node: move(value.node),
    logit: move(value.logit),
    exponent: move(value.exponent),
    sources: repeats ? new Set([...value.sources, "history"]) : value.sources,
  };
}

function isAlong(axes: LeadingAxes, to: LeadingAxes): boolean {
  return axes.axis === to.axis && axes.list === to.list;
}

/**
 * A list of vectors as one value, `[a, b, c]` as Seq[3, d], and with `keepsChances` one of probabilities
 * as Seq[3, Prob]; other values unchanged. In a loss, probabilities are numbers. Null if a mistake was reported.
 */
export function stacked(
  elaboration: Elaboration,
  value: Value,
  span: Span,
  what: string,
  keepsChances = !elaboration.mode.inLoss,
): Value | null {
  if (value.type.kind !== "list" || value.type.of !== null || value.type.elements === null) return value;
  const features = featuresIn(value);
  const elements = value.type.elements.map((element) => elaboration.vectorOf(element, span));
  if (elements.some(isError)) return null;
  const [first] = elements;
  if (first === undefined || !isTensor(first)) return value;
  const vectors: TensorArgument[] = [];
  const areChances = keepsChances && elements.every(isChance);
  for (const element of elements) {
    const vector = areChances
      ? (element as TensorValue)
      : elaboration.vector(element, what, "an element of the list", element.widthOrigin?.span ?? span);
    if (vector === null) return null;
    vectors.push({ value: vector, span: element.widthOrigin?.span ?? span });
  }
  const odd = vectors.find((each) => !equalDims(each.value.type.width, first.type.width));
  if (odd !== undefined && features !== null) {
    const number = vectors.indexOf(odd);
    const [width, others] = [printDim(odd.value.type.width), printDim(first.type.width)];
    elaboration.report(featureWidths, { name: nameOf(features[number]!), width, others, number }, span, {
      related: widthOrigins([vectors[0]!, odd]),
    });
    return null;
  }
  if (odd !== undefined) {
    const widths = { left: printDim(first.type.width), right: printDim(odd.value.type.width) };
    elaboration.report(listWidths, widths, span, {
      related: widthOrigins([vectors[0]!, odd]),
    });
    return null;
  }
  const joined = joinAxes(elaboration, "a list of vectors", vectors, span);
  if (joined === null) return null;
  const list = constantDim(elements.length);
  const both = joined.visible.list ?? joined.outerAxes.list;
  if (both !== null) {
    const [outer, inner] = [both, list].map((each) => describe({ axis: null, list: each }));
    elaboration.report(
      sequencesMultiply,
      { operation: "a list of vectors", outer: outer!, inner: inner! },
      span,
    );
    return null;
  }
  if (!elaboration.mayHaveVectors(what, elements.length, span)) return null;
  const aligned = vectors.map((each) => alongJoined(elaboration, each.value, joined, span));
  const width = first.type.width;
  const oneBelowAnother = (nodes: readonly (NodeId | null)[]) => {
    const rows = nodes.map((node) =>
      elaboration.emit("reshape", [node], { dims: [1, constantOf(width) ?? 1] }, span),
    );
    return rows.length === 1 ? rows[0]! : elaboration.emit("concat", rows, { dim: 0 }, span);
  };
  const node = oneBelowAnother(aligned.map((each) => each.node));
  const logit = areChances ? oneBelowAnother(aligned.map((each) => each.logit)) : null;
  const { outerAxes } = joined;
  const sources = unionSources(aligned);
  const type = { axis: joined.visible.axis, list, width, probability: areChances };
  return tensorValue(type, { node, logit, sources, outerAxes, widthOrigin: first.widthOrigin });
}

function isChance(value: Value): boolean {
  return isTensor(value) && value.type.probability;
}

/** Reports a function that does not go along a list whose number of elements differs by row. */
export function reportVarying(
  elaboration: Elaboration,
  callee: string,
  { shown, from }: VaryingList,
  span: Span,
): void {
  if (from.kind === "set") elaboration.report(notAlongValues, { callee, set: shown }, span);
  else elaboration.report(needsAllSteps, { callee, chosen: shown, axis: from.axis }, span);
}

/** The functions that combine all elements with all others. */
const MEETING = new Set(["`pairs`", "`product`"]);

/** The name in the spec: `item_id`, `clicks.item_id`. */
export function nameOf({ role }: FeatureReference): string {
  return role.history === null ? role.feature : `${role.history}.${role.feature}`;
}

/**
 * The number of elements of `x`, for functions of lists. In a block that is checked for all sequences, its
 * axis counts as a list. Null if a mistake was reported.
 */
export function listLength(elaboration: Elaboration, operation: string, x: TensorArgument): Dim | null {
  const { axis, list } = x.value.type;
  if (list?.varying !== undefined) {
    reportVarying(elaboration, operation.replaceAll("`", ""), list.varying, x.span);
    return null;
  }
  if (list !== null) return list;
  if (axis?.kind === "variable") return axisLength(axis);
  const name = axis?.name ?? "";
  elaboration.report(needsList, { operation, history: name }, x.span, {
    ...(axis !== null && MEETING.has(operation) ? { help: needsList.helps.attention(name) } : {}),
    related: axis === null ? [] : [at(axis.span, `\`${name}\` is declared here`)],
  });
  return null;
}

/** The remaining axes when the list, or else the axis, of `x` is reduced. */
export function withoutInner({ axis, list }: LeadingAxes): LeadingAxes {
  return list !== null ? { axis, list: null } : NO_AXES;
}
