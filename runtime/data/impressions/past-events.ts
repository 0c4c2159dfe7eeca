// The events that are the steps of histories. One pass over a log finds those of all its histories.

import type { Column, NumberArray } from "../../../compiler/data/columns.ts";
import { columnsOfSets } from "../../../compiler/data/row-stages.ts";
import type { PastOfHistory } from "../../../compiler/frontend/config/impressions.ts";
import type { SqlColumn } from "../formats/data-file.ts";
import type { SpillingStore } from "../storage/spilling-store.ts";
import { type FilePass, readSkippingBad } from "../tables/skipping-bad.ts";
import { type PastReading, Scan, type StoredPast } from "./past-scan.ts";

/**
 * The events of histories with steps in the same log, which is read once. Throws DiagnosticError for its
 * mistakes.
 */
export async function readPastEvents(
  reading: PastReading,
  pasts: readonly [PastOfHistory, ...PastOfHistory[]],
): Promise<StoredPast[]> {
  const { files } = reading;
  const [{ path, isOfSplits }] = pasts;
  // A pass that looks for bad rows discards its scans.
  const scans: Scan[] = [];
  await files.file(path, isOfSplits);
  try {
    const scan = async (source: FilePass<PastReading>) => {
      for (const last of scans.splice(0)) last.discard();
      for (const past of pasts) scans.push(await Scan.begin(past, source));
      return { rows: await scanTogether(source, scans) };
    };
    await readSkippingBad(reading, { path, as: "events" }, scan);
    const sorted: StoredPast[] = [];
    for (const scan of scans) sorted.push(await scan.sorted());
    return sorted;
  } finally {
    for (const scan of scans) scan.close();
  }
}

/** Returns the number of rows. A column that several scans need is read once. */
async function scanTogether(
  { reading: { files }, file, findings, limit }: FilePass,
  scans: readonly Scan[],
): Promise<number> {
  const wanted = scans.map((scan) => scan.open());
  findings.throwIfAny();
  const columns = new Map<string, SqlColumn>();
  const keyOf = ({ sql, typeName }: SqlColumn) => `${typeName} ${sql}`;
  for (const column of wanted.flat()) columns.set(keyOf(column), column);
  const placeOf = new Map([...columns.keys()].map((key, place) => [key, place]));
  const places = wanted.map((own) => own.map((column) => placeOf.get(keyOf(column))!));
  const rows = await files.scan(
    file,
    [...columns.values()],
    (chunk) => {
      for (const [i, scan] of scans.entries())
        scan.take({ ...chunk, columns: places[i]!.map((place) => chunk.columns[place]!) });
    },
    limit,
  );
  for (const scan of scans) scan.end();
  findings.throwIfAny();
  return rows;
}

/** Called when no more rows are made from them. */
export function removePast(
  { times, ids, numbers, vectors, sets, row }: StoredPast,
  store: SpillingStore,
): void {
  const ofSets = [...sets.values()].flatMap(columnsOfSets);
  const columns: Column<NumberArray>[] = [
    ...ids.values(),
    ...numbers.values(),
    ...vectors.values(),
    ...ofSets,
  ];
  for (const column of [times, ...columns]) store.remove(column);
  if (row !== null) store.remove(row);
}
