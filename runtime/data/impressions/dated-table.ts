// A table that gives each row of the data one of its rows, by a key: the only one, or with `as_of` the newest
// that is not later than the row of the data. Cells stay as in the table, and are read like those of the row
// itself.

import {
  type ColumnUse,
  columnUses,
  FeatureReader,
  findColumn,
  holdsValues,
  ownColumnUses,
} from "../../../compiler/data/feature-columns.ts";
import type { Findings } from "../../../compiler/data/findings.ts";
import { numberFormat } from "../../../compiler/data/number-format.ts";
import { formatRaw, type RawCell } from "../../../compiler/data/raw-values.ts";
import { columnNamed } from "../../../compiler/data/table.ts";
import { DecimalWatch, isOneValue } from "../../../compiler/data/values.ts";
import { keyTwice, missingValue, noRows, notAnId } from "../../../compiler/diagnostics/catalog/data.ts";
import { keyTwiceAtOnce } from "../../../compiler/diagnostics/catalog/impressions.ts";
import type { JoinedTable } from "../../../compiler/frontend/config/impressions.ts";
import { Interner } from "../../../compiler/frontend/kinds/interner.ts";
import { allFeatures, type Model } from "../../../compiler/frontend/model/model.ts";
import type { SqlColumn } from "../formats/data-file.ts";
import { exactColumn } from "../formats/data-file.ts";
import type { Reading } from "../tables/reading.ts";
import { type FilePass, readSkippingBad } from "../tables/skipping-bad.ts";
import { ColumnTimes, type TimeScale } from "../times/time-scale.ts";

export interface DatedTable {
  readonly joined: JoinedTable;
  /** By its name in a spec: a column, and its cells by row. */
  readonly columns: ReadonlyMap<string, { readonly column: SqlColumn; readonly cells: readonly RawCell[] }>;
  readonly keys: Interner;
  /** The rows of key k are rows[first[k]] … rows[first[k + 1] − 1], the earliest first. */
  readonly rows: Int32Array;
  readonly first: Int32Array;
  /** By row, on the common scale; all equal if there is no `as_of`. */
  readonly times: Float64Array;
}

/** The row that is valid for the key with a number at `time`; −1 if there is none. */
export function rowAsOf({ first, rows, times }: DatedTable, key: number, time: number): number {
  if (key < 0) return -1;
  let [low, high] = [first[key]!, first[key + 1]!];
  const begin = low;
  // Finds the first row later than `time`.
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[rows[middle]!]! <= time) low = middle + 1;
    else high = middle;
  }
  return low === begin ? -1 : rows[low - 1]!;
}

/** Reads the columns of a table that a model may read, and `kept` ones. Throws DiagnosticError for its mistakes. */
export async function readDatedTable(
  reading: Reading,
  joined: JoinedTable,
  separator: string,
  scale: TimeScale,
  kept: readonly string[] = [],
): Promise<DatedTable> {
  const read = (source: FilePass<Reading>) => readOnce(source, joined, separator, scale, kept);
  const { table } = await readSkippingBad(reading, joined, read);
  return table;
}

/** `rows` is the count of `readSkippingBad`. */
interface Once {
  readonly rows: number;
  readonly table: DatedTable;
}

async function readOnce(
  { reading: { files, model, encoders }, file, findings, limit }: FilePass<Reading>,
  joined: JoinedTable,
  separator: string,
  scale: TimeScale,
  kept: readonly string[],
): Promise<Once> {
  const { name, key, asOf, timeZone } = joined;
  const setting = `impressions.tables.${name}`;
  const named = (column: string, what: string) => {
    const found = findColumn(file, column, `\`${setting}.${what}\` names`, findings);
    return found !== null && holdsValues(found, findings) ? found : null;
  };
  const keyColumn = named(key, "key");
  const timeColumn = asOf === null ? null : named(asOf, "as_of");
  const read = new Set(columnsOf(model));
  const wanted = [...new Set([...read, ...kept])].flatMap((column) => {
    const found = columnNamed(file, column);
    if (found === undefined || found === keyColumn || (read.has(column) && found === timeColumn)) return [];
    return [[column, read.has(column) ? found : exactColumn(found)] as const];
  });
  // Checks the values here, so that a wrong one is reported at its location in the table.
  const isWanted = ({ column }: ColumnUse) => wanted.some(([each]) => each === column);
  const uses = [...columnUses(model), ...ownColumnUses(model)].filter(isWanted);
  // A feature that is read for its ids is checked by these, and otherwise by its groups.
  const isChecked = ({ column, into }: ColumnUse) =>
    into !== "groups" || uses.every((use) => use.column !== column || use.into === "groups");
  const checked = new FeatureReader<SqlColumn>(
    uses.filter(isChecked),
    file,
    { encoders: encoders.forChecking(), outside: "error", separator },
    findings,
  );
  findings.throwIfAny();
  const cells = new Map(wanted.map(([column]) => [column, [] as RawCell[]]));
  const keys = new Interner();
  const ofRow: number[] = [];
  const highs: number[] = [];
  const lows: number[] = [];
  const clock = asOf === null ? null : new ColumnTimes(asOf, timeZone, findings, numberFormat(timeColumn));
  const watch = new DecimalWatch(key, findings, numberFormat(keyColumn));
  const asked = [
    keyColumn!,
    ...(timeColumn === null ? [] : [exactColumn(timeColumn)]),
    ...wanted.map(([, column]) => column),
  ];
  const from = asked.length - wanted.length;
  const count = await files.scan(
    file,
    [...asked, ...checked.columns],
    (chunk) => {
      const [values, moments] = chunk.columns.slice(0, from).map((column) => column.cells);
      for (let i = 0; i < chunk.rows; i++) {
        const row = chunk.first + i;
        const value = values![i]!;
        let number = -1;
        if (isOneValue(value, row, key, findings)) {
          number = value === null ? -1 : keys.add(value);
          if (value === null) findings.add(missingValue, { column: key }, row, key);
          else if (number < 0) findings.add(notAnId, { column: key, value: formatRaw(value) }, row, key);
          watch.read(value, row);
        }
        ofRow.push(number);
        if (clock === null) continue;
        clock.read(moments![i]!, row);
        highs.push(clock.parts[0]);
        lows.push(clock.parts[1]);
      }
      for (const [at, [column]] of wanted.entries())
        for (const cell of chunk.columns[from + at]!.cells) cells.get(column)!.push(cell);
      checked.read(chunk, asked.length);
      checked.drain();
    },
    limit,
  );
  if (count === 0) findings.add(noRows, { what: `the table \`${name}\` has none` }, null, null);
  clock?.finish(scale);
  const scaled = clock?.scaled() ?? (() => Number.NEGATIVE_INFINITY);
  const times = Float64Array.from(ofRow, (_, row) => scaled(highs[row] ?? 0, lows[row] ?? 0));
  const { rows, first } = inOrder(ofRow, keys.size, times);
  const table = { joined, keys, rows, first, times };
  noteTwice(table, findings);
  findings.throwIfAny();
  const columns = new Map(
    wanted.map(([column, found]) => [
      column,
      { column: { ...found, name: column }, cells: cells.get(column)! },
    ]),
  );
  return { rows: count, table: { ...table, columns } };
}

/** The columns of rows or of events that a model reads. */
export function columnsOf(model: Model): string[] {
  const own = [...model.histories.values()].flatMap(({ fields }) =>
    fields.flatMap(({ feature, column }) => (feature.scope === "history" ? [column] : [])),
  );
  const weights = allFeatures(model).flatMap(({ set }) => set?.weightsColumn ?? []);
  return [...new Set([...model.features.keys(), ...own, ...weights])];
}

function inOrder(
  ofRow: readonly number[],
  keys: number,
  times: Float64Array,
): Pick<DatedTable, "rows" | "first"> {
  const rows = Int32Array.from(ofRow.keys()).filter((row) => ofRow[row]! >= 0);
  rows.sort((a, b) => ofRow[a]! - ofRow[b]! || times[a]! - times[b]! || a - b);
  const first = new Int32Array(keys + 1);
  for (const row of rows) first[ofRow[row]! + 1]! += 1;
  for (let key = 0; key < keys; key++) first[key + 1]! += first[key]!;
  return { rows, first };
}

/** Reports rows that contradict each other. */
function noteTwice(
  { joined: { key, asOf }, keys, rows, first, times }: Omit<DatedTable, "columns">,
  findings: Findings,
): void {
  const twice: (readonly [row: number, first: number, number: number])[] = [];
  for (let number = 0; number < keys.size; number++)
    for (let i = first[number]! + 1; i < first[number + 1]!; i++)
      if (asOf === null || times[rows[i]!] === times[rows[i - 1]!])
        twice.push([rows[i]!, rows[i - 1]!, number]);
  for (const [row, before, number] of twice.sort(([a], [b]) => a - b)) {
    const parameters = { key, value: formatRaw(keys.at(number)), first: findings.rowText(before) };
    if (asOf === null) findings.add(keyTwice, parameters, row, key);
    else findings.add(keyTwiceAtOnce, { ...parameters, asOf }, row, key);
  }
}
