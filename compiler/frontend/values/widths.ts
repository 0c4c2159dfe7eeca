// Widths of operands that meet: where they were decided, and which they have together.

import type { Span } from "../../common/source-file.ts";
import { widthMismatch } from "../../diagnostics/catalog/expressions.ts";
import type { Related } from "../../diagnostics/diagnostic.ts";
import { at } from "../syntax/reporter.ts";
import { constantOf, type Dim, equalDims, printDim } from "./dims.ts";
import type { Elaboration, TensorArgument, WidthOrigin } from "./values.ts";

/** Places where the widths of two operands were decided. */
export function widthOrigins(operands: readonly TensorArgument[]): Related[] {
  return operands.map(({ value, span }) =>
    at(
      value.widthOrigin?.span ?? span,
      `${printDim(value.type.width)} wide${value.widthOrigin === null ? "" : `: ${value.widthOrigin.what}`}`,
    ),
  );
}

/** The width two operands have together; null where they differ, reported. */
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

/** Whether two operands have one width, where none is stretched; reported where they have not. */
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
    related: widthOrigins([a, b]),
  });
}
