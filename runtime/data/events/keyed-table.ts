// The items and users tables of an event log: one row per key, found by the key's raw value.

import {
  type ColumnUse,
  type FeatureColumns,
  FeatureReader,
  findColumn,
  holdsValues,
} from "../../../compiler/data/feature-columns.ts";
import type { Findings } from "../../../compiler/data/findings.ts";
import { numberFormat } from "../../../compiler/data/number-format.ts";
import { formatRaw, type Raw } from "../../../compiler/data/raw-values.ts";
import { DecimalWatch, isOneValue } from "../../../compiler/data/values.ts";
import { keyTwice, missingValue, noRows, notAnId } from "../../../compiler/diagnostics/catalog/data.ts";
import type { KeyedTable } from "../../../compiler/frontend/config/config.ts";
import { Interner } from "../../../compiler/frontend/kinds/interner.ts";
import type { CarriedColumns } from "../tables/carried-columns.ts";
import type { Reading } from "../tables/reading.ts";
import { type FilePass, readSkippingBad } from "../tables/skipping-bad.ts";

export interface WantedOfTable {
  /** Columns that the table must have. */
  readonly uses: readonly ColumnUse[];
  readonly separator: string;
  /** Receives cells by row, which is the number of the key. */
  readonly carried?: CarriedColumns | null | undefined;
}

export interface Entities {
  readonly path: string;
  /** Numbers keys by row, from 0. */
  readonly keys: Interner;
  readonly features: FeatureColumns;
}

/** Reads the table with its wanted columns. */
export async function readKeyedTable(
  reading: Reading,
  table: KeyedTable,
  what: "items" | "users",
  wanted: WantedOfTable,
): Promise<Entities> {
  return readSkippingBad(reading, table, (source) => readOnce(source, table, what, wanted));
}

async function readOnce(
  { reading: { files, encoders }, file, findings, limit }: FilePass,
  { path, key }: KeyedTable,
  what: "items" | "users",
  { uses, separator, carried = null }: WantedOfTable,
): Promise<Entities & { readonly rows: number }> {
  const keyColumn = findColumn(file, key, `\`${what}.key\` names`, findings);
  if (keyColumn !== null) holdsValues(keyColumn, findings);
  const reader = new FeatureReader(uses, file, { encoders, outside: "error", separator }, findings);
  const further = carried?.begin(file, findings) ?? [];
  findings.throwIfAny();
  const keys = new Interner();
  const watch = new DecimalWatch(key, findings, numberFormat(keyColumn));
  const rows = await files.scan(
    file,
    [keyColumn!, ...reader.columns, ...further],
    (chunk) => {
      const values = chunk.columns[0]!.cells;
      for (let i = 0; i < chunk.rows; i++) {
        const value = values[i]!;
        if (!isOneValue(value, chunk.first + i, key, findings)) continue;
        addKey(keys, key, value, chunk.first + i, findings);
        watch.read(value, chunk.first + i);
      }
      reader.read(chunk, 1);
      carried?.add(chunk, 1 + reader.columns.length);
    },
    limit,
  );
  if (rows === 0) findings.add(noRows, { what: `the ${what} table has none` }, null, null);
  findings.throwIfAny();
  return { rows, path, keys, features: reader.finish() };
}

function addKey(keys: Interner, key: string, value: Raw, row: number, findings: Findings): void {
  const known = keys.size;
  const number = keys.add(value);
  if (value === null) findings.add(missingValue, { column: key }, row, key);
  else if (number < 0) findings.add(notAnId, { column: key, value: formatRaw(value) }, row, key);
  else if (keys.size === known)
    findings.add(keyTwice, { key, value: formatRaw(value), first: findings.rowText(number) }, row, key);
}
