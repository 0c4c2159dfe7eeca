// The events that are the steps of histories. Those of all histories that one log has the steps of are found
// in one reading of it.

import type { Column, NumberArray } from "../../../compiler/data/columns.ts";
import type { PastOfHistory } from "../../../compiler/frontend/config/impressions.ts";
import type { SqlColumn } from "../formats/data-file.ts";
import type { SpillingStore } from "../storage/spilling-store.ts";
import { type FilePass, readSkippingBad } from "../tables/skipping-bad.ts";
import { type PastReading, Scan, type StoredPast } from "./past-scan.ts";

/**
 * The events of histories whose steps are all in one log, which is read once. Throws DiagnosticError for what
 * is wrong with it.
 */
export async function readPastEvents(
  reading: PastReading,
  pasts: readonly [PastOfHistory, ...PastOfHistory[]],
): Promise<StoredPast[]> {
  const { files } = reading;
  const [{ path, isOfSplits }] = pasts;
  // Where bad rows are looked for, what the first pass scanned is of no use.
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

/** Gives the number of rows. A column that several scans want is read once. */
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

/** No row is made of them any more. */
export function removePast(
  { times, ids, numbers, vectors, sets, row }: StoredPast,
  store: SpillingStore,
): void {
  const ofSets = [...sets.values()].flatMap(({ ids: values, bounds }) => [values, bounds]);
  const columns: Column<NumberArray>[] = [
    ...ids.values(),
    ...numbers.values(),
    ...vectors.values(),
    ...ofSets,
  ];
  for (const column of [times, ...columns]) store.remove(column);
  if (row !== null) store.remove(row);
}
