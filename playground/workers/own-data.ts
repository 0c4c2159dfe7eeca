// Handles the reader's files: their roles, the draft of a spec for them, and the rows for training the draft
// or an edited version. The data never leave the page.

import { isList } from "../../compiler/data/raw-values.ts";
import { unpaddedColumns } from "../../compiler/data/step-padding.ts";
import { nameOfColumn } from "../../compiler/frontend/model/column-names.ts";
import { type Drafted, draft, requireHeader } from "../../compiler/tools/init/draft.ts";
import type { DraftColumn, DraftTable } from "../../compiler/tools/init/table.ts";
import { joined, joinQuery, type QueriedTable, type TakenTable } from "../../compiler/tools/init/tables.ts";
import { type Model, UsageError } from "../../compiler/train/index.ts";
import { compared, hashOf } from "./chance.ts";
import type { ShownCell } from "./messages.ts";
import { rowsOfEvents } from "./own-events.ts";
import type { OwnFile, ReadColumn } from "./own-file.ts";
import { withPasts } from "./own-impressions.ts";
import type { ShownRow, TrainingInput } from "./shown-user.ts";

/** The number of rows that are examined; of more rows, a random sample. */
const LOOKED_AT = 200_000;
/** One row, or user, in this number is for measuring; as many are for early stopping. */
const MEASURED_PART = 10;
/** The number of rows from which the shown user is chosen. */
const SOME = 3000;

export interface OwnData {
  /** The name of the file with the rows. */
  readonly name: string;
  /** Without the rows that training refuses, as `on_bad_row` in the draft says. */
  readonly rows: number;
  readonly files: readonly File[];
  /** By name in the spec. */
  readonly columns: ReadonlyMap<string, readonly ShownCell[]>;
  readonly drafted: Drafted;
}

/** Throws DiagnosticError if the data cannot be trained on. */
export function openData(given: readonly OwnFile[], taken: ReadonlyMap<string, TakenTable>): OwnData {
  const main = given.find(({ name }) => taken.get(name)?.as === "rows");
  if (main === undefined) throw new UsageError("no file has the rows: say which one");
  const { name, rows: total } = main;
  const read = joined(given, taken, (column, cells, of): ReadColumn => ({ ...column, cells, of }));
  const drawn = Array.from({ length: total }, (_, row) => row).filter(
    (row) => total <= LOOKED_AT || hashOf(`row ${row}`) / 2 ** 32 < LOOKED_AT / total,
  );
  const looked = read.map(({ cells, ...column }) => ({ ...column, cells: drawn.map((row) => cells[row]!) }));
  const table: DraftTable = {
    path: name,
    columns: looked.map(asTexts),
    ambiguous: [],
    rows: drawn.length,
    total,
  };
  if (main.isText) requireHeader(table);
  const used = given.filter((each) => taken.get(each.name)?.as !== null);
  const drafted = draftOf(table, used, taken);
  const lists = listsIn(drafted);
  const { separator } = drafted.plan.rows.kind === "rows" ? drafted.plan.rows : { separator: null };
  const refused = new Set(
    drafted.plan.exceptions.flatMap(({ isRefused, rows }) =>
      isRefused ? rows.map((row) => drawn[row]!) : [],
    ),
  );
  const columns = new Map(
    read.flatMap(({ header, cells }): [string, readonly ShownCell[]][] => {
      const of = nameOfColumn(header);
      if (of === null) return [];
      const sound = refused.size === 0 ? cells : cells.filter((_, row) => !refused.has(row));
      return [[of, lists.has(header) ? sound.map((cell) => listOf(cell, separator)) : sound]];
    }),
  );
  for (const { fields, padding } of drafted.plan.histories) {
    if (padding === undefined) continue;
    const cells = fields.map(({ column }) => columns.get(column)!);
    for (const [i, own] of unpaddedColumns(cells, padding.values).entries())
      columns.set(fields[i]!.column, own);
  }
  return { name, rows: total - refused.size, files: used.map(({ file }) => file), columns, drafted };
}

/** Settings join the tables of an event log and of impressions, a query those of other rows. */
function draftOf(
  table: DraftTable,
  used: readonly OwnFile[],
  taken: ReadonlyMap<string, TakenTable>,
): Drafted {
  const fileOf = ({ name, isText, columns }: OwnFile) => ({
    ...{ path: name, columns: columns.map(({ header }) => header) },
    csv: isText ? { delimiter: null, skipsRows: false } : null,
  });
  const beside = used.flatMap((file): QueriedTable[] => {
    const { as, key } = taken.get(file.name)!;
    return as === null || as === "rows" || key === null ? [] : [{ ...fileOf(file), as, key }];
  });
  const rows = fileOf(used.find(({ name }) => name === table.path)!);
  return draft(table, null, {
    ...{ spec: "model.din", data: table.path },
    tables: Object.fromEntries(beside.map(({ as, path, key }) => [as, { path, key }])),
    ...(beside.length === 0 ? {} : { query: joinQuery(rows, beside) }),
  });
}

/** Rows for training and for measuring; for an event log they are made for the model. */
export function ownRows(
  model: Model,
  seed: number,
  { name, columns: read, rows, drafted }: OwnData,
): TrainingInput {
  const { plan } = drafted;
  if (plan.rows.kind === "events") {
    const { user, item, order } = plan.rows;
    const named = (header: string) => nameOfColumn(header) ?? header;
    const by = { user: named(user), item: named(item), order: named(order) };
    return rowsOfEvents(model, seed, name, read, by);
  }
  const { validation, impressions } = plan.rows;
  const columns = impressions === null ? read : withPasts(model, read, impressions);
  const by = "by" in validation ? columns.get(nameOfColumn(validation.by) ?? "") : undefined;
  const partOf = partedBy(by, validation.kind === "latest", rows, seed);
  const stops = model.train.earlyStop !== null;
  const among = (...parts: readonly Part[]) => {
    const kept = Array.from({ length: rows }, (_, row) => row).filter((row) => parts.includes(partOf(row)));
    return Object.fromEntries(
      [...columns].map(([column, cells]) => [column, kept.map((row) => cells[row] ?? null)]),
    );
  };
  const test = among("test");
  const some = Array.from(
    { length: Math.min(SOME, Object.values(test)[0]?.length ?? 0) },
    (_, i): ShownRow =>
      Object.fromEntries(Object.entries(test).map(([column, cells]) => [column, cells[i] ?? null])),
  );
  return {
    ...{ name: `rows of ${name}`, model, test, some, best: null },
    train: stops ? among("train") : among("train", "valid"),
    valid: stops ? among("valid") : null,
  };
}

type Part = "train" | "valid" | "test";

/**
 * Keeps all rows of a user in one part. By times, the latest rows are for measuring; otherwise the parts are
 * random.
 */
function partedBy(
  by: readonly ShownCell[] | undefined,
  isLatest: boolean,
  rows: number,
  seed: number,
): (row: number) => Part {
  const parts: readonly Part[] = ["test", "valid"];
  if (by === undefined || !isLatest)
    return (row) => parts[hashOf(`${seed} ${by === undefined ? row : by[row]}`) % MEASURED_PART] ?? "train";
  const latestFirst = Array.from({ length: rows }, (_, row) => row).sort((a, b) => compared(by[b]!, by[a]!));
  const of = new Map(
    latestFirst.map((row, place) => [row, parts[Math.floor((place * MEASURED_PART) / rows)] ?? "train"]),
  );
  return (row) => of.get(row)!;
}

/** A draft examines values as texts, as in a CSV. */
function asTexts({ cells, ...column }: ReadColumn): DraftColumn {
  const text = (cell: ShownCell): DraftColumn["cells"][number] => {
    if (cell === null || typeof cell === "string") return cell;
    return isList(cell) ? cell.map(text) : String(cell);
  };
  return { ...column, cells: cells.map(text) };
}

/** The columns whose values are lists. */
function listsIn({ plan: { features, histories } }: Drafted): ReadonlySet<string> {
  return new Set([
    ...histories.flatMap(({ fields }) => fields.map(({ header }) => header)),
    ...features
      .filter(({ kind }) => kind.kind === "set" || kind.kind === "vector")
      .map(({ header }) => header),
  ]);
}

function listOf(cell: ShownCell, separator: string | null): ShownCell {
  if (cell === null) return [];
  return typeof cell === "string" && separator !== null ? cell.split(separator) : cell;
}
