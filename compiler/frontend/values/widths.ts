// Widths of operands: the locations that determine them, and their common width.

import { type Span, textOf } from "../../common/source-file.ts";
import { widthMismatch } from "../../diagnostics/catalog/expressions.ts";
import type { Details, Related } from "../../diagnostics/diagnostic.ts";
import { at } from "../syntax/reporter.ts";
import { constantOf, type Dim, equalDims, multiplyDims, printDim } from "./dims.ts";
import type { Elaboration, TensorArgument, WidthOrigin } from "./values.ts";

/** The locations that decided the widths of two operands. */
export function widthOrigins(operands: readonly TensorArgument[]): Related[] {
  return operands.map(({ value, span }) =>
    at(
      value.widthOrigin?.span ?? span,
      `${printDim(value.type.width)} wide${value.widthOrigin === null ? "" : `: ${value.widthOrigin.what}`}`,
    ),
  );
}

/** The common width of two operands; null if they differ, which is reported. */
export function commonWidth(
  elaboration: Elaboration,
  operation: string,
  a: TensorArgument,
  b: TensorArgument,
  span: Span,
): { dim: Dim; origin: WidthOrigin | null } | null {
  const [left, right] = [a.value.type.width, b.value.type.width];
  if (equalDims(left, right) || constantOf(right) === 1) return { dim: left, origin: a.value.widthOrigin };
  if (constantOf(left) === 1) return { dim: right, origin: b.value.widthOrigin };
  reportWidths(elaboration, operation, a, b, span);
  return null;
}

/** Tells whether two operands have the same width without stretching, and reports it if not. */
export function haveOneWidth(
  elaboration: Elaboration,
  operation: string,
  a: TensorArgument,
  b: TensorArgument,
  span: Span,
): boolean {
  if (equalDims(a.value.type.width, b.value.type.width)) return true;
  reportWidths(elaboration, operation, a, b, span);
  return false;
}

/** The name of the width of `split`'s parts in messages. */
export const PARTS_OF_SPLIT = "the parts of this `split`";

/** If one side consists of the parts of a vector: the width that the vector should have had. */
function splitHelp({ value }: TensorArgument, wanted: Dim): Details | null {
  const parts = value.type.list ?? value.outerAxes.list;
  if (value.widthOrigin?.what !== PARTS_OF_SPLIT || parts === null) return null;
  const whole = printDim(multiplyDims(parts, wanted));
  return { help: widthMismatch.helps.split(printDim(parts), printDim(wanted), whole) };
}

/** If a vector, of a row or of a step, has as many numbers as the other side has elements. */
export function elementsHelp({ value, span }: TensorArgument, other: TensorArgument): Details | null {
  const { list } = other.value.type;
  if (list === null || list.varying !== undefined || value.type.list !== null) return null;
  if (!equalDims(value.type.width, list) || value.outerAxes.list !== null) return null;
  return { help: widthMismatch.helps.elements(textOf(span), printDim(list)) };
}

function reportWidths(
  elaboration: Elaboration,
  operation: string,
  a: TensorArgument,
  b: TensorArgument,
  span: Span,
): void {
  const [left, right] = [a.value.type.width, b.value.type.width];
  elaboration.report(widthMismatch, { operation, left: printDim(left), right: printDim(right) }, span, {
    label: `${printDim(left)} and ${printDim(right)}`,
    ...(elementsHelp(a, b) ?? elementsHelp(b, a) ?? splitHelp(a, right) ?? splitHelp(b, left)),
    related: widthOrigins([a, b]),
  });
}
