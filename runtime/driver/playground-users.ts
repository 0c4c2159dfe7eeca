// Rows whose users a playground shows: those of a file, with the values of a request, impressions with their histories,
// or the columns of an event log.

import { findColumn } from "../../compiler/data/feature-columns.ts";
import { Findings } from "../../compiler/data/findings.ts";
import { fieldsRead, type GraphInputs, inputsOf, readsFeature } from "../../compiler/data/graph-inputs.ts";
import { numberFormat } from "../../compiler/data/number-format.ts";
import { isList, type RawCell } from "../../compiler/data/raw-values.ts";
import { unpaddedColumns } from "../../compiler/data/step-padding.ts";
import type { DataColumn, DataTable } from "../../compiler/data/table.ts";
import type { EventsConfig, RowsConfig } from "../../compiler/frontend/config/config.ts";
import { type ListFormat, separatorsOf } from "../../compiler/frontend/config/config.ts";
import type { CsvFormat } from "../../compiler/frontend/config/csv-format.ts";
import { nameOfAddress } from "../../compiler/frontend/config/elsewhere.ts";
import { paddingOf } from "../../compiler/frontend/config/padding.ts";
import { hasRawIds, hasRawLists, hasRawVectors, partsOf } from "../../compiler/frontend/kinds/registry.ts";
import { nameOfColumn } from "../../compiler/frontend/model/column-names.ts";
import {
  type Feature,
  type HistoryField,
  type Model,
  rawFields,
  rawNameOf,
} from "../../compiler/frontend/model/model.ts";
import { readShownImpressions } from "../data/read-data.ts";
import type { DataFile } from "../data/tables.ts";
import { BadRowReport, type DataFiles, withFiles } from "../data/tables.ts";
import type { OpenRun } from "../run/open-run.ts";

export type ShownUsers =
  | { readonly kind: "rows"; readonly rows: readonly Readonly<Record<string, RawCell>>[] }
  | {
      readonly kind: "events";
      readonly columns: Readonly<Record<string, readonly RawCell[]>>;
      readonly by: { readonly user: string; readonly item: string; readonly order: string };
    };

/** Rows to choose users from. */
const MOST_ROWS = 20_000;
/** The most values of these rows, those of each step included: some 20 MB of text. */
const MOST_CELLS = 2_000_000;
/** The most events of a log; all events of the first users are included. */
const MOST_EVENTS = 500_000;

/** The first rows of a file of example rows. */
export async function usersOfRows(
  { model, predict }: Pick<OpenRun, "model" | "predict">,
  address: string,
  format: Partial<ListFormat>,
  csv: CsvFormat | null,
): Promise<ShownUsers> {
  const { separator } = separatorsOf(format.separator);
  return withFiles<ShownUsers>(address, { csv: csv ?? undefined }, async (files) => {
    const file = await files.file(address);
    requireColumns(file, address, model, inputsOf(predict));
    const columns = await columnsOf(files, file, numbersOf(model, separator), MOST_ROWS);
    return { kind: "rows", rows: rowsOfPage(rowsIn(columns, model, format)) };
  });
}

/** The first impressions of a split, with histories from their logs, and columns of their tables. */
export async function usersOfImpressions(
  { model, predict, run }: OpenRun,
  path: string,
  source: RowsConfig,
): Promise<ShownUsers> {
  const inputs = inputsOf(predict);
  const badRows = new BadRowReport(source.onBadRow ?? undefined);
  const asked = { path, limit: MOST_ROWS, inputs, badRows };
  const { table, cells, times, steps } = await readShownImpressions(model, run.fitted, source, asked);
  const own = new Set([...times.keys(), ...steps.keys()]);
  requireColumns(table, path, model, inputs, own);
  const columns = plainCells(cells, numbersOf(model, source.separator));
  const rows = rowsIn(columns, model, source).map((row, i) => {
    const made = [...steps].flatMap(([history, fields]) =>
      [...fields].map(([field, each]) => [`${history}.${field}`, each[i]!.map(plain)]),
    );
    const moments = [...times].map(([feature, each]) => [feature, plain(each[i]!)]);
    return { ...row, ...Object.fromEntries([...moments, ...made]) };
  });
  // The page shows the first row of a user, and later ones have longer histories.
  return { kind: "rows", rows: rowsOfPage(rows.toReversed()) };
}

/** The first rows, as many as a page can load. */
function rowsOfPage<Row extends Readonly<Record<string, RawCell>>>(rows: readonly Row[]): readonly Row[] {
  let cells = 0;
  const end = rows.findIndex((row) => {
    for (const cell of Object.values(row)) cells += isList(cell) ? cell.length : 1;
    return cells > MOST_CELLS;
  });
  return end < 0 ? rows : rows.slice(0, Math.max(1, end));
}

/** The columns of ready rows, row by row, the latest step last. */
function rowsIn(
  columns: ReadonlyMap<string, readonly RawCell[]>,
  model: Model,
  { latestFirst = false, separator, padding }: Partial<ListFormat>,
): Readonly<Record<string, RawCell>>[] {
  const separators = separatorsOf(separator);
  const inSteps = [...model.histories.values()].flatMap(({ fields }) => fields.flatMap(columnsOfField));
  const lists = new Set(inSteps.map(({ column }) => column));
  for (const name of listColumns(model.features.values())) lists.add(name);
  const asLists = new Map(
    [...columns].map(([name, cells]) => [
      name,
      lists.has(name) ? cells.map((cell) => listOf(cell, separators.separator)) : cells,
    ]),
  );
  for (const each of model.histories.values()) {
    const fields = rawFields(each);
    const values = paddingOf(padding, each.name) ?? [];
    const cells = fields.flatMap(({ column }) => {
      const found = asLists.get(column);
      return found === undefined ? [] : [found];
    });
    if (values.length === 0 || cells.length < fields.length) continue;
    for (const [i, own] of unpaddedColumns(cells, values, separators.innerSeparator).entries())
      asLists.set(fields[i]!.column, own);
  }
  // A step's set in a text.
  const divided = (cell: RawCell) =>
    isList(cell) ? cell.map((step) => listOf(step, separators.innerSeparator)) : cell;
  for (const { column, isOfLists } of inSteps) {
    const cells = isOfLists ? asLists.get(column) : undefined;
    if (cells !== undefined) asLists.set(column, cells.map(divided));
  }
  const inOrder = (list: RawCell): RawCell => (latestFirst && isList(list) ? list.toReversed() : list);
  return (columns.values().next().value ?? []).map((_, row) =>
    Object.fromEntries(
      [...asLists].map(([name, cells]) => {
        const cell = cells[row] ?? null;
        return [name, lists.has(name) ? inOrder(cell) : cell];
      }),
    ),
  );
}

/** A field's column, and that of its weights in steps. */
function columnsOfField({ column, feature }: HistoryField): { column: string; isOfLists: boolean }[] {
  const weights = feature.scope === "history" ? feature.set?.weightsColumn : undefined;
  return [
    { column, isOfLists: hasRawLists(feature) },
    ...(weights === undefined ? [] : [{ column: weights, isOfLists: true }]),
  ];
}

/** The columns of features that are lists in a request, and those of weights; a text is one value. */
function listColumns(features: Iterable<Feature>): string[] {
  return [...features].flatMap(({ name, set, kind }) => [
    ...(hasRawLists({ kind, set }) || hasRawVectors(kind) ? [name] : []),
    ...(set?.weightsColumn === undefined ? [] : [set.weightsColumn]),
  ]);
}

function listOf(cell: RawCell, separator: string): RawCell {
  if (cell === null || cell === "") return [];
  return typeof cell === "string" ? cell.split(separator) : cell;
}

/** The rows must have all values of a request, except `made` features and histories. Throws DiagnosticError if they don't. */
function requireColumns(
  file: DataTable,
  address: string,
  model: Model,
  inputs: GraphInputs,
  made: ReadonlySet<string> = new Set(),
): void {
  const findings = new Findings(nameOfAddress(address));
  for (const feature of model.features.values()) {
    const { name, scope } = feature;
    const column = rawNameOf(feature);
    const isRead = partsOf(feature).length === 0 && readsFeature(model, inputs, name);
    if (!isRead || scope === "training" || made.has(column)) continue;
    findColumn(file, column, `is a feature of the ${scope}`, findings);
    const { weightsColumn } = feature.set ?? {};
    if (weightsColumn !== undefined)
      findColumn(file, weightsColumn, `has the weights of \`${name}\``, findings);
  }
  for (const history of model.histories.values())
    for (const { column } of made.has(history.name) ? [] : fieldsRead(history, inputs))
      findColumn(file, column, `\`${history.name}\` reads`, findings);
  findings.throwIfAny();
}

/** The events, with the table rows of their items and users. */
export async function usersOfEvents(
  model: Model,
  { events, items, users, csv, separator }: EventsConfig,
): Promise<ShownUsers> {
  return withFiles<ShownUsers>(events.path, { csv }, async (files) => {
    const by = { user: nameOf(events.user), item: nameOf(events.item), order: nameOf(events.order) };
    const numbers = numbersOf(model, separator);
    numbers.columns.add(by.order);
    const log = await columnsOf(files, await files.file(events.path), numbers, MOST_EVENTS);
    const columns = new Map(log);
    for (const [table, key] of [
      [items, by.item],
      [users, by.user],
    ] as const) {
      if (table === null) continue;
      const about = await columnsOf(files, await files.file(table.path), numbers, Number.POSITIVE_INFINITY);
      const places = new Map((about.get(nameOf(table.key)) ?? []).map((id, row) => [String(id), row]));
      const rows = (log.get(key) ?? []).map((id) => places.get(String(id)));
      for (const [name, cells] of about)
        if (!columns.has(name))
          columns.set(
            name,
            rows.map((row) => (row === undefined ? null : (cells[row] ?? null))),
          );
    }
    const fields = [...model.histories.values()].flatMap((history) => history.fields);
    const own = fields.flatMap(({ column, feature }) =>
      feature.scope === "history" ? [{ ...feature, name: column }] : [],
    );
    for (const name of listColumns([...model.features.values(), ...own])) {
      const cells = columns.get(name);
      if (cells !== undefined)
        columns.set(
          name,
          cells.map((cell) => listOf(cell, separator)),
        );
    }
    return { kind: "events", columns: Object.fromEntries(columns), by };
  });
}

/** A file of a config that was not used for training, if there is one. */
export function fileOf({ test, valid, train }: RowsConfig): string | null {
  return test ?? valid ?? train;
}

function nameOf(column: string): string {
  return nameOfColumn(column) ?? column;
}

/** The columns with numbers or times, by their names in a spec. */
interface NumberColumns {
  readonly columns: Set<string>;
  /** Separates several of them in a text. */
  readonly separator: string;
}

function numbersOf({ features, histories }: Model, separator: string): NumberColumns {
  const fields = [...histories.values()].flatMap((history) => history.fields);
  const read = [...features.values()].map((feature) => ({ column: feature.name, feature }));
  const columns = [...read, ...fields].flatMap(({ column, feature: { kind } }) =>
    hasRawIds(kind) ? [] : [column],
  );
  return { columns: new Set(columns), separator };
}

/** The columns by their names in a spec; numbers have decimal points. */
async function columnsOf(
  files: DataFiles,
  file: DataFile,
  numbers: NumberColumns,
  limit: number,
): Promise<Map<string, readonly RawCell[]>> {
  const wanted = [...file.columns.values()].filter(({ name }) => !file.ambiguous.has(name));
  const cells = wanted.map((): RawCell[] => []);
  await files.scan(
    file,
    wanted,
    ({ columns }) => {
      for (const [i, column] of columns.entries()) for (const cell of column.cells) cells[i]!.push(cell);
    },
    limit,
  );
  return plainCells(new Map(wanted.map((column, i) => [column, cells[i]!])), numbers);
}

function plainCells(
  cells: ReadonlyMap<DataColumn, readonly RawCell[]>,
  { columns: numbers, separator }: NumberColumns,
): Map<string, readonly RawCell[]> {
  return new Map(
    [...cells].map(([column, own]) => {
      const name = nameOf(column.name);
      if (column.hasDecimalComma !== true || !numbers.has(name)) return [name, own.map(plain)];
      const format = numberFormat(column);
      const pointed = (cell: RawCell) =>
        typeof cell === "string" ? cell.split(separator).map(format.plain).join(separator) : cell;
      return [name, own.map((cell) => plain(pointed(cell)))];
    }),
  );
}

/** JSON has no whole numbers beyond doubles, so longer ids are texts. */
function plain(cell: RawCell): RawCell {
  if (isList(cell)) return cell.map(plain);
  if (cell === "") return null;
  return typeof cell === "bigint" ? (Number.isSafeInteger(Number(cell)) ? Number(cell) : String(cell)) : cell;
}
