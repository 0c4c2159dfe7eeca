// The addresses in data settings, and the files at them.

import { addressOf } from "../../compiler/frontend/config/addresses.ts";
import type { DataConfig, RowsConfig } from "../../compiler/frontend/config/config.ts";
import { databaseOf, elsewhereAt } from "../../compiler/frontend/config/elsewhere.ts";
import type { Split } from "../../compiler/train/score.ts";
import { rowFilesAt } from "./row-files.ts";

/** The address of the training rows. */
export function trainingPath(data: DataConfig): string {
  return data.kind === "rows" ? data.train! : data.events.path;
}

/** The files that `data` names. */
export function pathsOf(data: DataConfig): string[] {
  return addressesOf(data).flatMap(([, address]) => inputsAt(address));
}

/** The files of an address, or the database that it reads. */
export function inputsAt(address: string): readonly string[] {
  const elsewhere = elsewhereAt(address);
  const database = elsewhere === null ? null : databaseOf(elsewhere);
  return database === null ? filesAt(address) : [database];
}

/** The files of an address; the address itself if there are none. */
export function filesAt(address: string): readonly string[] {
  const found = rowFilesAt(address);
  return "problem" in found ? [address] : found.files;
}

/** Addresses with their splits; null for an event log and its tables. */
export function addressesOf(data: DataConfig): (readonly [split: Split | null, address: string])[] {
  const addresses =
    data.kind === "rows"
      ? ([
          ["train", data.train],
          ["valid", data.valid],
          ["test", data.test],
          ...besideRows(data).map((path) => [null, path] as const),
        ] as const)
      : ([
          [null, data.events.path],
          [null, data.items?.path],
          [null, data.users?.path],
        ] as const);
  return addresses.flatMap(([split, address]): (readonly [split: Split | null, address: string])[] =>
    address == null ? [] : [[split, address] as const],
  );
}

/** Logs and tables next to the rows, but not a log that consists of the rows themselves. */
function besideRows({ train, valid, test, impressions }: RowsConfig): string[] {
  if (impressions === undefined) return [];
  const rows = [train, valid, test].filter((address) => address !== null);
  const own = new Set([...rows, addressOf([...new Set(rows)])]);
  const paths = [...impressions.histories, ...impressions.tables].map(({ path }) => path);
  return [...new Set(paths)].filter((path) => !own.has(path));
}
