// Widths of operands that meet: where they were decided, and which they have together.

import type { Span } from "../../common/source-file.ts";
import { widthMismatch } from "../../diagnostics/catalog/expressions.ts";
import type { Details, Related } from "../../diagnostics/diagnostic.ts";
import { at } from "../syntax/reporter.ts";
import { constantOf, type Dim, equalDims, multiplyDims, printDim } from "./dims.ts";
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

/** By which `split` calls the width of its parts. */
export const PARTS_OF_SPLIT = "the parts of this `split`";

/** Where one side is the parts of a vector: how wide that should have been. */
function splitHelp({ value }: TensorArgument, wanted: Dim): Details | null {
  const parts = value.type.list ?? value.outerAxes.list;
  if (value.widthOrigin?.what !== PARTS_OF_SPLIT || parts === null) return null;
  const whole = printDim(multiplyDims(parts, wanted));
  return { help: widthMismatch.helps.split(printDim(parts), printDim(wanted), whole) };
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
    ...(splitHelp(a, right) ?? splitHelp(b, left)),
    related: widthOrigins([a, b]),
  });
}
