// Reads columns of features for any kind of row: an example, an item, a user, an event.

import { suggest } from "../../grammar/closest-word.ts";
import type { Wording } from "../common/option-text.ts";
import type { TimeZone } from "../common/time-zone.ts";
import { malformedFile, missingColumn, wrongColumnType } from "../diagnostics/catalog/data.ts";
import { columnNotInEveryFile, columnTypesDiffer } from "../diagnostics/catalog/sources.ts";
import type { Details } from "../diagnostics/diagnostic.ts";
import { type Encoders, internedIn } from "../frontend/kinds/encoders.ts";
import { Interner } from "../frontend/kinds/interner.ts";
import { groupingFeatures, needsIds } from "../frontend/kinds/model-queries.ts";
import {
  hasIds,
  hasLearningPipe,
  kindOf,
  numbersIn,
  partsOf,
  saysValues,
} from "../frontend/kinds/registry.ts";
import { type Feature, type Model, rawNameOf, UNKNOWN_ID } from "../frontend/model/model.ts";
import { ColumnBuilder } from "./builders.ts";
import type { Findings } from "./findings.ts";
import { type GraphInputs, readsFeature } from "./graph-inputs.ts";
import { KnownCells } from "./known-cells.ts";
import { weighingFeatures } from "./label-columns.ts";
import type { SetRanges } from "./memory-rows.ts";
import { numberFormat } from "./number-format.ts";
import { formatRaw, type RawCell, type RawChunk } from "./raw-values.ts";
import { type SetCells, setCells } from "./sets.ts";
import { columnNamed, type DataColumn, type DataTable, type Unfit } from "./table.ts";
import {
  type CellColumn,
  type CellEncoding,
  type CellReader,
  declaredIn,
  idCells,
  type Outside,
  timeNumbers,
  type VectorReader,
  valueReader,
  vectorCells,
} from "./values.ts";
import { type PairedCells, pairedCells } from "./weighted-values.ts";

/**
 * By feature: one value per row (for a vector, its width), or a set. 64-bit numbers are not transformed yet.
 */
export interface FeatureColumns<Numbers = Float64Array> {
  readonly ids: ReadonlyMap<string, Int32Array>;
  readonly sets: ReadonlyMap<string, SetRanges>;
  readonly numbers: ReadonlyMap<string, Numbers>;
  readonly groups: ReadonlyMap<string, Int32Array>;
}

/** The purpose of a feature's column; a feature may be read both for its ids and its groups. */
export interface ColumnUse {
  readonly feature: Feature;
  readonly column: string;
  readonly into: "ids" | "numbers" | "groups";
  /** The separator between steps of histories with such values, which no value may contain. */
  readonly betweenSteps?: string;
  /** The time zone of times without a UTC offset, for the order of an event log. */
  readonly orderZone?: TimeZone;
}

/**
 * The features with a value in the network (ids of tables, numbers; with `inputs`, only those it names),
 * those that group rows, and with `labelled` those with row weights of labels.
 */
export function columnUses(
  model: Model,
  inputs: GraphInputs | null = null,
  labelled = inputs === null,
): ColumnUse[] {
  const uses: ColumnUse[] = [];
  const grouped = groupingFeatures(model);
  const weighing = weighingFeatures(model);
  for (const feature of model.features.values()) {
    // A cross has no column: it is computed from its parts' ids.
    if (partsOf(feature).length > 0) continue;
    const { name } = feature;
    const column = rawNameOf(feature);
    const isRead = inputs === null ? labelled || !weighing.has(name) : readsFeature(model, inputs, name);
    if (isRead || (labelled && weighing.has(name))) {
      if (!hasIds(feature.kind)) uses.push({ feature, column, into: "numbers" });
      else if (needsIds(model, feature)) uses.push({ feature, column, into: "ids" });
    }
    if (grouped.has(name)) uses.push({ feature, column, into: "groups" });
  }
  return uses;
}

/** The columns of an event log for fields of histories that are bound to no feature. */
export function ownColumnUses({ histories }: Model): ColumnUse[] {
  return [...histories.values()].flatMap(({ fields }) =>
    fields.flatMap(({ feature, column }): ColumnUse[] => {
      if (feature.scope !== "history") return [];
      return [{ feature, column, into: hasIds(feature.kind) ? "ids" : "numbers" }];
    }),
  );
}

/** Finds a column, or reports that it is missing and why it is needed, or that several have its name. */
export function findColumn<C extends DataColumn>(
  table: DataTable<C>,
  name: string,
  use: Wording,
  findings: Findings,
  /** `isMade`: `data.impressions` made it for training. */
  { isMade = false, ...details }: Details & { readonly isMade?: boolean } = {},
): C | null {
  if (table.ambiguous.has(name)) {
    findings.add(malformedFile, { reason: `its first line names \`${name}\` twice` }, null, name, details);
    return null;
  }
  const unfit = table.unfit?.get(name);
  if (unfit !== undefined) {
    noteUnfit(unfit, name, use, findings, details);
    return null;
  }
  const column = columnNamed(table, name);
  if (column !== undefined) return column;
  const near = suggest(name, table.columns.keys());
  findings.add(
    missingColumn,
    { column: name, use, near, columns: [...table.columns.keys()], isMade },
    null,
    name,
    details,
  );
  return null;
}

function noteUnfit(unfit: Unfit, column: string, use: Wording, findings: Findings, details: Details): void {
  const { path } = unfit;
  if (unfit.kind === "missing")
    findings.add(columnNotInEveryFile, { column, use }, null, column, { ...details, path });
  else {
    const parameters = { column, here: unfit.type, there: unfit.otherType, path: unfit.otherPath };
    findings.add(columnTypesDiffer, parameters, null, column, { ...details, path });
  }
}

interface Reader<C extends DataColumn> {
  readonly use: ColumnUse;
  readonly column: C;
  /** Takes column `place` of a chunk. */
  readonly read: (chunk: RawChunk, place: number) => void;
  readonly builder: ColumnBuilder<Int32Array> | ColumnBuilder<Float64Array>;
}

interface SetReader<C extends DataColumn> {
  readonly use: ColumnUse;
  readonly column: C;
  readonly cells: SetCells;
  /** The column with the weights of its values; null if these are beside the values. */
  readonly weights: { readonly column: C; readonly pairs: PairedCells } | null;
}

/** Reads the columns in `uses` from one table. */
export class FeatureReader<C extends DataColumn> {
  private readonly readers: readonly Reader<C>[];
  private readonly sets: readonly SetReader<C>[];

  constructor(
    uses: readonly ColumnUse[],
    table: DataTable<C>,
    { encoders, outside, separator }: CellEncoding,
    findings: Findings,
  ) {
    const columnOf = ({ feature, column }: ColumnUse) =>
      findColumn(
        table,
        column,
        `${feature.scope === "history" ? "the field" : "the feature"} \`${feature.name}\` is read from`,
        findings,
        declaredIn(feature),
      );
    this.sets = uses.flatMap((use): SetReader<C>[] => {
      const { feature } = use;
      const { set, kind } = feature;
      const column = set === null ? null : columnOf(use);
      if (set === null || column === null) return [];
      if (kind.kind === "text" && !holdsValues(column, findings)) return [];
      if (kind.kind === "codes" && !holdsVectors(column, feature, kind.width, findings)) return [];
      const of = { feature, column: use.column, format: numberFormat(column), findings };
      const cells = setCells(of, column, set, { encoders, outside, separator });
      if (set.weightsColumn === undefined) return [{ use, column, cells, weights: null }];
      const own = findColumn(
        table,
        set.weightsColumn,
        `the weights of \`${feature.name}\` are read from`,
        findings,
        declaredIn(feature),
      );
      if (own === null) return [];
      const pairs = pairedCells(of, set.weightsColumn, separator);
      return [{ use, column, cells, weights: { column: own, pairs } }];
    });
    this.readers = uses.flatMap((use): Reader<C>[] => {
      const { feature } = use;
      const column = feature.set === null ? columnOf(use) : null;
      if (column === null) return [];
      const builder = use.into === "numbers" ? ColumnBuilder.float64() : ColumnBuilder.int32();
      const push = (x: number) => builder.push(x);
      const { kind } = feature;
      const of = { feature, column: column.name, format: numberFormat(column), findings };
      if (kind.kind === "vector") {
        if (!holdsVectors(column, feature, kind.width, findings)) return [];
        return [{ use, column, builder, read: eachCell(vectorCells(of, kind, separator), push) }];
      }
      if (!holdsValues(column, findings)) return [];
      if (kind.kind === "time") {
        return [{ use, column, builder, read: eachCell(timeNumbers(of, use.orderZone), push) }];
      }
      const cell = cellReader(use, { ...of, column: use.column }, encoders, outside);
      // Each number from which buckets are learned gets an id of its own.
      if (use.into === "ids" && hasLearningPipe(feature))
        return [{ use, column, builder, read: eachCell((value, row) => push(cell(value, row)), push) }];
      const known = new KnownCells(cell, findings);
      return [
        { use, column, builder, read: (chunk, place) => builder.pushAll(known.numbersOf(chunk, place)) },
      ];
    });
  }

  /** The columns to request from the table, in this order: those of features, and then those of weights. */
  get columns(): C[] {
    const weights = this.sets.flatMap((reader) => reader.weights?.column ?? []);
    return [...[...this.readers, ...this.sets].map(({ column }) => column), ...weights];
  }

  /** By place in `columns`: its purpose, for those of features. */
  get uses(): readonly ColumnUse[] {
    return [...this.readers, ...this.sets].map(({ use }) => use);
  }

  /** The index of a feature's column in `columns`; null if it is not read. */
  placeOf(feature: string): number | null {
    const at = this.uses.findIndex((use) => use.feature.name === feature);
    return at < 0 ? null : at;
  }

  /** The index in `columns` of the weights of the values at a place; null if these have none, or beside them. */
  weightsOf(place: number): number | null {
    const { weights } = this.sets[place - this.readers.length] ?? { weights: null };
    return weights === null ? null : this.columns.indexOf(weights.column, this.uses.length);
  }

  /** Takes its columns, which begin at index `from` of the chunk. */
  read(chunk: RawChunk, from: number): void {
    for (const [i, { read }] of this.readers.entries()) read(chunk, from + i);
    let next = from + this.readers.length + this.sets.length;
    for (const [i, { cells, weights }] of this.sets.entries()) {
      const values = chunk.columns[from + this.readers.length + i]!.cells;
      const own = weights === null ? null : chunk.columns[next++]!.cells;
      for (let row = 0; row < chunk.rows; row++) {
        const at = chunk.first + row;
        cells.read(own === null ? values[row]! : weights!.pairs(values[row]!, own[row]!, at), at);
      }
    }
  }

  finish(): FeatureColumns {
    return this.collected(
      (builder) => builder.finish(),
      (cells) => cells.finish(),
    );
  }

  /** The columns of the rows read since the last call. */
  drain(): FeatureColumns {
    return this.collected(
      (builder) => builder.drain(),
      (cells) => cells.drain(),
    );
  }

  private collected(
    valuesOf: (builder: Reader<C>["builder"]) => Int32Array | Float64Array,
    setsOf: (cells: SetCells) => SetRanges,
  ): FeatureColumns {
    const ids = new Map<string, Int32Array>();
    const numbers = new Map<string, Float64Array>();
    const groups = new Map<string, Int32Array>();
    for (const { use, builder } of this.readers) {
      const values = valuesOf(builder);
      if (values instanceof Float64Array) numbers.set(use.feature.name, values);
      else (use.into === "ids" ? ids : groups).set(use.feature.name, values);
    }
    const sets = new Map(this.sets.map(({ use, cells }) => [use.feature.name, setsOf(cells)]));
    return { ids, sets, numbers, groups };
  }
}

/** Reads each cell of a column. */
function eachCell(cell: VectorReader, push: (x: number) => void): Reader<DataColumn>["read"] {
  return ({ first, rows, columns }, place) => {
    const values = columns[place]!.cells;
    for (let row = 0; row < rows; row++) cell(values[row]!, first + row, push);
  };
}

/** A JSON column in which all values are null has no type of its own. */
export function holdsTexts({ typeName }: DataColumn): boolean {
  return ["text", "VARCHAR", "JSON"].includes(typeName);
}

/** Reports a column without a vector per row. */
function holdsVectors(column: DataColumn, feature: Feature, width: number, findings: Findings): boolean {
  const isOther = (column.type === "value" && !holdsTexts(column)) || column.typeName.endsWith("[][]");
  const parameters = { column: column.name, expected: `${width} numbers a row`, got: column.typeName };
  if (isOther) findings.add(wrongColumnType, parameters, null, column.name, declaredIn(feature));
  return !isOther;
}

/** Reports a column of lists or records where one value per row is required. */
export function holdsValues(column: DataColumn, findings: Findings): boolean {
  if (column.type === "value" && !/^(STRUCT|MAP|UNION)/.test(column.typeName)) return true;
  const expected = "one value per row";
  findings.add(wrongColumnType, { column: column.name, expected, got: column.typeName }, null, column.name);
  return false;
}

function cellReader(use: ColumnUse, of: CellColumn, encoders: Encoders, outside: Outside): CellReader {
  const { feature, into } = use;
  // Groups by listed values use their ids, by which metrics by value find them.
  if (into !== "groups" || saysValues(feature)) {
    const cell = valueReader(of, encoders, outside, use.orderZone);
    const sign = use.betweenSteps;
    return sign === undefined ? cell : withoutSign(sign, cell, use, of.findings);
  }
  // Groups distinguish values outside the vocabulary; missing values, where allowed, are a group too.
  return idCells(of, internedIn(new Interner()), "unknown");
}

function withoutSign(
  sign: string,
  cell: CellReader,
  { feature, column }: ColumnUse,
  findings: Findings,
): CellReader {
  const read = (value: RawCell, row: number) => {
    if (typeof value !== "string" || !value.includes(sign)) return cell(value, row);
    const parameters = { column, expected: "one value per row", got: `a list here: ${formatRaw(value)}` };
    findings.add(wrongColumnType, parameters, row, column, declaredIn(feature));
    return UNKNOWN_ID;
  };
  const { texts } = cell;
  return Object.assign(read, {
    texts: texts === undefined ? undefined : { ...texts, areFree: () => false },
  });
}

/** The number of numbers in a value. */
export function widthOf({ kind, set }: Pick<Feature, "kind" | "set">): number {
  return set === null ? Math.max(1, numbersIn(kind)) : 1;
}

export function isVector({ kind }: Feature): boolean {
  return kindOf(kind).gives === "vector";
}
