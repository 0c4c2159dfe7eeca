// Reading a feature, by example or along a history, in one of its tables: the one that `embed` declares, or
// one that a use declares (`weight(f)`, `embed(f, n)`). A number has no table; it is multiplied by a learned
// vector.

import type { Span } from "../../common/source-file.ts";
import type { OpAttributes } from "../../middle/graph/attributes.ts";
import type { Initializer, NodeId } from "../../middle/graph/graph.ts";
import { type EachRows, ONCE, type StepsRows, type TensorType } from "../../middle/graph/types.ts";
import { inputName, inputOf } from "../../middle/programs/program.ts";
import { scopesOf } from "../kinds/model-queries.ts";
import { numbersIn } from "../kinds/registry.ts";
import {
  type Feature,
  type History,
  ownerOf,
  type SetOptions,
  type Table,
  type TableInit,
  type TableOptions,
  tableNames,
} from "../model/model.ts";
import { constantDim, constantOf } from "./dims.ts";
import { numbersFrom } from "./facing.ts";
import { nameOf } from "./leading-axes.ts";
import { tensorValue } from "./types.ts";
import type {
  Axis,
  Elaboration,
  FeatureReference,
  FunctionCall,
  Sources,
  TensorValue,
  WidthOrigin,
} from "./values.ts";
import { VaryingList } from "./varying-list.ts";

/** The default initialisation of embeddings, as in DeepCTR and TensorFlow's feature columns. */
export const NORMAL = { kind: "normal", deviation: 0.01 } as const satisfies TableInit;

/** The default of a table. */
export const defaultTable = (init: TableInit): TableOptions => ({ init, frozen: false, vectors: null });

export function axisOf(history: History): Axis {
  return { kind: "history", name: history.name, span: history.span };
}

/** The table of a feature's name: its own, or the one that it shares. */
export function ownTable(feature: Feature, width: number): Table {
  const owner = ownerOf(feature);
  return { name: tableNames.own(owner), feature: owner, width, options: feature.table };
}

/**
 * The rows of `table` for the ids of a feature or of a history's field; a set gives one vector, or a list of
 * them if it is not pooled.
 */
export function lookUp(
  elaboration: Elaboration,
  reference: FeatureReference,
  table: Table,
  span: Span,
  widthOrigin: WidthOrigin,
): TensorValue {
  elaboration.reads.table(table);
  const rows = elaboration.emit("table", [], { name: table.name, width: table.width }, span);
  const { set } = reference.feature;
  if (set?.pool === "none")
    return listed(elaboration, reference, set.max, table.width, rows, span, widthOrigin);
  if (set !== null)
    return tensorOf(
      elaboration,
      reference,
      table.width,
      pooled(elaboration, reference, set, rows, span),
      widthOrigin,
    );
  const ids = elaboration.emit("input", [], inputOf(reference.role, idsType(reference)), span);
  const node = elaboration.emit("lookup", [rows, ids], {}, span);
  return tensorOf(elaboration, reference, table.width, node, widthOrigin);
}

/** The ids of a set's values, and the row of each. */
function valuesOf(
  elaboration: Elaboration,
  { role, history }: FeatureReference,
  max: number,
  span: Span,
): { readonly ids: NodeId | null; readonly rowOf: NodeId | null } {
  const set = inputName(role);
  const type: TensorType = {
    rows: { kind: "elements", of: rowsOf(history), set, max },
    dims: [],
    dtype: "i32",
  };
  return {
    ids: elaboration.emit("input", [], inputOf(role, type), span),
    rowOf: elaboration.emit("input", [], inputOf({ kind: "owner", of: set }, type), span),
  };
}

/** The weight of each of a set's values. */
function weightsOf(
  elaboration: Elaboration,
  { role, history }: FeatureReference,
  max: number,
  span: Span,
): NodeId | null {
  const set = inputName(role);
  const type: TensorType = {
    rows: { kind: "elements", of: rowsOf(history), set, max },
    dims: [1],
    dtype: "f32",
  };
  return elaboration.emit("input", [], inputOf({ kind: "value_weight", of: set }, type), span);
}

/** The vectors of a set's values as a list. */
function listed(
  elaboration: Elaboration,
  reference: FeatureReference,
  max: number,
  width: number,
  table: NodeId | null,
  span: Span,
  widthOrigin: WidthOrigin,
): TensorValue {
  const { ids, rowOf } = valuesOf(elaboration, reference, max, span);
  const node = elaboration.emit("listed_lookup", [table, ids, rowOf], {}, span);
  const { feature, history } = reference;
  const from = { kind: "set", history: history?.name ?? null } as const;
  const varying = new VaryingList(
    nameOf(reference),
    from,
    feature.span,
    thereOf(elaboration, rowOf, max, span),
  );
  const list = { ...constantDim(max), varying };
  const vectors = tensorOf(elaboration, reference, width, node, widthOrigin);
  return { ...vectors, type: { ...vectors.type, list } };
}

/** 1 for each place of a set's list that has a value: the last ones. */
function thereOf(elaboration: Elaboration, rowOf: NodeId | null, max: number, span: Span): NodeId | null {
  const emit: FunctionCall["emit"] = (op, inputs, attributes) =>
    elaboration.emit(op, inputs, attributes, span);
  const size = emit("broadcast_list", [emit("count_elements", [rowOf], {})], { times: max });
  const number = emit("add", [size, numbersFrom({ emit }, 1, max)], {});
  return emit("greater", [number, emit("constant", [], { value: max, dims: [max, 1] })], {});
}

/** The vectors of a set's values as one; 0 for an empty one. */
function pooled(
  elaboration: Elaboration,
  reference: FeatureReference,
  { max, pool, weighted }: SetOptions,
  table: NodeId | null,
  span: Span,
): NodeId | null {
  const { ids, rowOf } = valuesOf(elaboration, reference, max, span);
  const weights = weighted ? [weightsOf(elaboration, reference, max, span)] : [];
  const lookedUp = elaboration.emit(
    "pooled_lookup",
    [table, ids, rowOf, ...weights],
    { pool: pool === "max" ? "max" : "sum" },
    span,
  );
  // The weights of a mean are shares.
  if (pool !== "mean" || weighted) return lookedUp;
  // At least 1, so that an empty set is not divided by 0: its sum is 0.
  const one = elaboration.emit("constant", [], { value: 1, dims: [1] }, span);
  const size = elaboration.emit(
    "maximum",
    [elaboration.emit("count_elements", [rowOf], {}, span), one],
    {},
    span,
  );
  return elaboration.emit("divide", [lookedUp, size], {}, span);
}

/** Ids as numbers, a Vec[1], for comparison. */
export function idsOf(
  elaboration: Elaboration,
  reference: FeatureReference,
  how: OpAttributes["id_number"],
  span: Span,
): TensorValue {
  if (reference.history === null) elaboration.reads.compared.add(reference.feature.name);
  const role = { kind: "ids", of: reference.role, input: inputName(reference.role) } as const;
  const ids = elaboration.emit("input", [], inputOf(role, idsType(reference)), span);
  const node = elaboration.emit("id_number", [ids], how, span);
  return tensorOf(elaboration, reference, 1, node, { span, what: "an id" });
}

/** A number as itself, a Vec[1]; a vector as itself. */
export function numberOf(
  elaboration: Elaboration,
  reference: FeatureReference,
  span: Span,
  widthOrigin: WidthOrigin,
): TensorValue {
  const width = numbersIn(reference.feature.kind);
  const node = inputNode(elaboration, reference, { dims: [width], dtype: "f32" }, span);
  return tensorOf(elaboration, reference, width, node, widthOrigin);
}

/**
 * A number times a learned vector, or a vector times a learned matrix, shared by all uses of the same name.
 */
export function scaledNumber(
  elaboration: Elaboration,
  reference: FeatureReference,
  vector: { readonly name: string; readonly width: number; readonly init: Initializer },
  span: Span,
  widthOrigin: WidthOrigin,
): TensorValue {
  const numbers = numbersIn(reference.feature.kind);
  const number = inputNode(elaboration, reference, { dims: [numbers], dtype: "f32" }, span);
  const { name, width, init } = vector;
  const weights = elaboration.sharedParameter(
    { name: `net.${name}`, dims: [numbers, width], init, role: "weight" },
    span,
  );
  const node = elaboration.emit("matmul", [number, weights], { transpose: false }, span);
  return tensorOf(elaboration, reference, width, node, widthOrigin);
}

function inputNode(
  elaboration: Elaboration,
  { role, history }: FeatureReference,
  type: { readonly dims: readonly number[]; readonly dtype: "f32" },
  span: Span,
): NodeId | null {
  return elaboration.emit("input", [], inputOf(role, { rows: rowsOf(history), ...type }), span);
}

function idsType({ history, drawn }: FeatureReference): TensorType {
  if (drawn !== undefined) return { rows: ONCE, dims: [constantOf(drawn) ?? 1], dtype: "i32" };
  return { rows: rowsOf(history), dims: [], dtype: "i32" };
}

function rowsOf(history: History | null): EachRows | StepsRows {
  return history === null
    ? { kind: "each", per: "example" }
    : { kind: "steps", per: "example", history: history.name };
}

/** The served value of a training feature is known with the request. */
function sourcesOf(feature: Feature, { declarations }: Elaboration): Sources {
  return feature.served === null ? scopesOf(feature, declarations.features) : new Set(["context"]);
}

function tensorOf(
  elaboration: Elaboration,
  reference: FeatureReference,
  width: number,
  node: NodeId | null,
  widthOrigin: WidthOrigin,
): TensorValue {
  const { feature, history, chosen, drawn } = reference;
  if (chosen !== undefined) {
    const { list, sources } = chosen;
    const from = list.varying?.from;
    const places = from?.kind === "search" ? from.places : null;
    const some = elaboration.emit("gather_steps", [node, places], {}, widthOrigin.span);
    return tensorValue({ list, width: constantDim(width) }, { node: some, sources, widthOrigin });
  }
  if (drawn !== undefined) {
    const sources = sourcesOf(feature, elaboration);
    return tensorValue({ list: drawn, width: constantDim(width) }, { node, sources, widthOrigin });
  }
  const value = tensorValue(
    { axis: history === null ? null : axisOf(history), width: constantDim(width) },
    {
      node,
      sources: history === null ? sourcesOf(feature, elaboration) : new Set(["history"]),
      widthOrigin,
    },
  );
  return reference.along?.of(value) ?? value;
}
