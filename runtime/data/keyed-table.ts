// The items and the users table of an event log: one row a key, found by the key's raw value.

import { keyTwice, missingValue, noRows, notAnId } from "../../compiler/diagnostics/catalog/data.ts";
import type { KeyedTable } from "../config/config.ts";
import type { Encoders } from "../features/encoders.ts";
import { Interner } from "../features/interner.ts";
import type { DataFiles } from "./data-files.ts";
import {
  type ColumnUse,
  type FeatureColumns,
  FeatureReader,
  findColumn,
  holdsValues,
} from "./feature-columns.ts";
import { Findings } from "./findings.ts";
import { type Raw, shown } from "./raw-values.ts";
import { watchDecimals } from "./values.ts";

export interface Entities {
  readonly path: string;
  /** Numbers keys by row, from 0. */
  readonly keys: Interner;
  readonly features: FeatureColumns;
}

/** Reads the table with those of `uses` whose columns it has to have. */
export async function readKeyedTable(
  files: DataFiles,
  { path, key }: KeyedTable,
  what: "items" | "users",
  uses: readonly ColumnUse[],
  encoders: Encoders,
  separator: string,
): Promise<Entities> {
  const file = await files.file(path);
  const findings = new Findings(path);
  const keyColumn = findColumn(file, key, `\`${what}.key\` names`, findings);
  if (keyColumn !== null) holdsValues(keyColumn, findings);
  const reader = new FeatureReader(uses, file, encoders, "error", separator, findings);
  findings.throwIfAny();
  const keys = new Interner();
  const watch = watchDecimals(key, findings);
  const rows = await files.scan(file, [keyColumn!, ...reader.columns], (chunk) => {
    const values = chunk.columns[0] as readonly Raw[];
    for (let i = 0; i < chunk.rows; i++) {
      addKey(keys, key, values[i]!, chunk.first + i, findings);
      watch(values[i]!, chunk.first + i);
    }
    reader.read(chunk, 1);
  });
  if (rows === 0) findings.add(noRows, { what: `the ${what} table has none` }, null, null);
  findings.throwIfAny();
  return { path, keys, features: reader.finish() };
}

function addKey(keys: Interner, key: string, value: Raw, row: number, findings: Findings): void {
  const known = keys.size;
  const number = keys.add(value);
  if (value === null) findings.add(missingValue, { column: key }, row, key);
  else if (number < 0) findings.add(notAnId, { column: key, value: shown(value) }, row, key);
  else if (keys.size === known)
    findings.add(keyTwice, { key, value: shown(value), first: number + 1 }, row, key);
}
