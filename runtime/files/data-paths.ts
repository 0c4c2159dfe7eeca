// The addresses that data settings name, and the files that are there.

import { addressOf } from "../../compiler/frontend/config/addresses.ts";
import type { DataConfig, RowsConfig } from "../../compiler/frontend/config/config.ts";
import { databaseOf, elsewhereAt } from "../../compiler/frontend/config/elsewhere.ts";
import type { Split } from "../../compiler/train/score.ts";
import { rowFilesAt } from "./row-files.ts";

/** Where training rows come from. */
export function trainingPath(data: DataConfig): string {
  return data.kind === "rows" ? data.train! : data.events.path;
}

/** The files that `data` names. */
export function pathsOf(data: DataConfig): string[] {
  return addressesOf(data).flatMap(([, address]) => inputsAt(address));
}

/** The files that an address has rows of, or the database that it reads. */
export function inputsAt(address: string): readonly string[] {
  const elsewhere = elsewhereAt(address);
  const database = elsewhere === null ? null : databaseOf(elsewhere);
  return database === null ? filesAt(address) : [database];
}

/** The files of an address; where there is none, the address. */
export function filesAt(address: string): readonly string[] {
  const found = rowFilesAt(address);
  return "problem" in found ? [address] : found.files;
}

/** With the split that it has the rows of; null of an event log and its tables. */
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

/** Logs and tables beside the rows; a log that is made of the rows themselves is none. */
function besideRows({ train, valid, test, impressions }: RowsConfig): string[] {
  if (impressions === undefined) return [];
  const rows = [train, valid, test].filter((address) => address !== null);
  const own = new Set([...rows, addressOf([...new Set(rows)])]);
  const paths = [...impressions.histories, ...impressions.tables].map(({ path }) => path);
  return [...new Set(paths)].filter((path) => !own.has(path));
}
