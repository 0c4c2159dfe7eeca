// The vectors of all rows of a table, or of all rows or steps of the batch: the keys of a softmax.

import type { Span } from "../../common/source-file.ts";
import { batchOfSteps } from "../../diagnostics/catalog/batch-axis.ts";
import { rowsElsewhere } from "../../diagnostics/catalog/draws.ts";
import type { Table } from "../model/model.ts";
import { constantDim } from "./dims.ts";
import { ERROR, everyRow, plainValue, tensorValue } from "./types.ts";
import type { Elaboration, EveryType, TensorValue, Value } from "./values.ts";

export interface EveryValue extends Value {
  readonly type: EveryType;
}

export function isEvery(value: Value): value is EveryValue {
  return value.type.kind === "every";
}

/** All rows of a table. */
export function everyRowOf(elaboration: Elaboration, table: Table, span: Span): Value {
  elaboration.reads.table(table);
  const node = elaboration.emit("table", [], { name: table.name, width: table.width }, span);
  const widthOrigin = { span, what: "this table" };
  const of = tensorValue(
    { width: constantDim(table.width) },
    { node, sources: new Set(["item"]), widthOrigin },
  );
  const axis = everyRow(table.feature);
  return plainValue({ kind: "every", of, rows: "table", along: null, axis });
}

/** The values of all rows of the batch, `along` its axis, or of all steps. */
export function everyOfBatch(of: TensorValue, along: TensorValue | null): Value {
  const axis = along?.type.axis?.name ?? `batch of ${of.type.axis!.name}`;
  return { ...plainValue({ kind: "every", of, rows: "batch", along, axis }), node: along?.node ?? null };
}

/** Its value in a computation; an error where it can only be keys, which is reported. */
export function vectorOfEvery(
  elaboration: Elaboration,
  { along, rows, axis, of }: EveryType,
  span: Span,
): Value {
  if (along !== null) return along;
  if (rows === "table") elaboration.report(rowsElsewhere, { axis }, span);
  else elaboration.report(batchOfSteps, { axis: of.type.axis!.name }, span);
  return ERROR;
}
