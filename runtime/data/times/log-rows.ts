// Reads the times of all rows of a log, with digests that tell sets of rows apart. Only times are checked;
// other mistakes are reported by the training on these rows.

import type { Findings } from "../../../compiler/data/findings.ts";
import { columnNamed } from "../../../compiler/data/table.ts";
import type { DataConfig, WindowConfig } from "../../../compiler/frontend/config/config.ts";
import { FittingEncoders } from "../../../compiler/frontend/kinds/encoders.ts";
import type { Model } from "../../../compiler/frontend/model/model.ts";
import { trainingPath } from "../../files/data-paths.ts";
import { stateOf } from "../../files/file-state.ts";
import { rowFilesAt } from "../../files/row-files.ts";
import type { DataFile, SqlColumn } from "../formats/data-file.ts";
import type { BadRowReport } from "../tables/bad-rows.ts";
import type { DataFiles } from "../tables/data-files.ts";
import type { KnownFiles } from "../tables/known-files.ts";
import { profileColumns } from "../tables/profile-file.ts";
import { withMemory } from "../tables/reading.ts";
import { readSkippingBad } from "../tables/skipping-bad.ts";
import { RowWindow, type TimesOfFile } from "./row-window.ts";

/** Identifies a set of rows of a log, whatever their order. */
export interface RowDigest {
  readonly rows: number;
  /** Digests of the rows' times, and of all values that a model reads from them. */
  readonly times: number;
  readonly values: number;
}

/** Digests of single rows. */
type Row = Pick<RowDigest, "times" | "values">;

/** Receives each row of the log in order, with its time in seconds since 1970. */
export interface RowVisitor {
  add(instant: number, row: Row): void;
}

export interface LogRowsOptions {
  readonly badRows: BadRowReport;
  readonly knownFiles: KnownFiles;
  readonly report: (line: string) => void;
  /** Throws if the rows are no longer needed. */
  readonly check: () => void;
}

/**
 * Reads the rows of `data` by the times of `window`, whose bounds are times. If bad rows are left out, the
 * log is read twice, with a new visitor for each pass. Returns the last visitor, and the times of each file. Throws
 * DiagnosticError for times that cannot be read.
 */
export function readLogRows<V extends RowVisitor>(
  model: Model,
  data: DataConfig,
  window: WindowConfig,
  visitor: () => V,
  { badRows, knownFiles, report, check }: LogRowsOptions,
): Promise<{ readonly rows: V; readonly files: readonly TimesOfFile[] }> {
  const path = trainingPath(data);
  const read = async (files: DataFiles) => {
    const encoders = new FittingEncoders();
    let last = visitor();
    const passes: FileTimes[] = [];
    await readSkippingBad({ files, encoders }, { path }, async ({ file, findings }) => {
      last = visitor();
      const times = new FileTimes(file.parts.length);
      passes.push(times);
      const moments = new RowWindow(window, Date.now());
      const visited = { times, rows: last };
      const rows = await readTimes(files, file, findings, moments, visited);
      times.isUniform = moments.isUniform;
      return { rows };
    });
    return { rows: last, files: timesOf(passes) };
  };
  const readTimes = async (
    files: DataFiles,
    file: DataFile,
    findings: Findings,
    times: RowWindow,
    visited: { readonly times: FileTimes; readonly rows: V },
  ) => {
    const use = data.kind === "rows" ? "`data.time` names" : "`events.order` names";
    const moment = times.begin(file, findings, use);
    findings.throwIfAny();
    const columns = [moment!, digestOf([moment!]), digestOf(readColumns(model, data, file))];
    const rows = await files.scan(file, columns, ({ columns: found, first, rows }) => {
      const [moments, ofTime, ofValues] = found.map(({ cells }) => cells);
      check();
      visited.times.begin(files.part, rows);
      for (let row = 0; row < rows; row++) {
        const instant = times.valueOf(moments![row]!, first + row);
        if (instant === null || findings.isCertain) continue;
        visited.times.add(instant);
        visited.rows.add(instant, { times: ofTime![row] as number, values: ofValues![row] as number });
      }
    });
    times.finish();
    findings.throwIfAny();
    return rows;
  };
  return withMemory(
    data.memory,
    path,
    { report, badRows, knownFiles, csv: data.csv },
    read,
    (found) => found,
  );
}

/** The times of rows by file. */
class FileTimes {
  readonly files: { rows: number; odd: number; first: number; last: number }[];
  isUniform = false;
  private file = 0;

  constructor(files: number) {
    const none = { rows: 0, odd: 0, first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };
    this.files = Array.from({ length: files }, () => ({ ...none }));
  }

  /** Begins with rows of a file, whose times are odd until they are added. */
  begin(file: number, rows: number): void {
    this.file = file;
    this.files[file]!.rows += rows;
    this.files[file]!.odd += rows;
  }

  add(instant: number): void {
    const own = this.files[this.file]!;
    own.odd -= 1;
    own.first = Math.min(own.first, instant);
    own.last = Math.max(own.last, instant);
  }
}

/**
 * The times of each file by the passes over it, the last one without bad rows. Empty if the rows of a file could be read in
 * another way without the other files, because a few of all values decide how the others are read.
 */
function timesOf([first, ...others]: readonly FileTimes[]): readonly TimesOfFile[] {
  const isTimed = ({ rows, odd }: TimesOfFile, file: number) =>
    others.every(({ files }) => files[file]!.rows === rows - odd);
  return first?.isUniform === true && first.files.every(isTimed) ? first.files : [];
}

/** The digest of no rows. */
export const NO_ROWS: RowDigest = { rows: 0, times: 0, values: 0 };

/** The digest with one more row. The order of rows makes no difference. */
export function withRow({ rows, times, values }: RowDigest, row: Row): RowDigest {
  return { rows: rows + 1, times: (times + row.times) % LIMIT, values: (values + row.values) % LIMIT };
}

/** Digests are below this number, so a double holds the sum of two without loss. */
const LIMIT = 2 ** 52;

/** A column without a name: a digest of the other columns. */
function digestOf(columns: readonly SqlColumn[]): SqlColumn {
  // Digests texts, because these do not depend on the types that DuckDB guesses, or on its own hash of
  // values.
  const texts = columns.map(({ sql, exact = sql }) => `coalesce(CAST(${exact} AS VARCHAR), chr(30))`);
  const sql = `CAST(md5_number_lower(concat_ws(chr(31), ${texts.join(", ") || "''"})) >> 12 AS DOUBLE)`;
  return { name: "", type: "value", typeName: "DOUBLE", sql };
}

/** The columns of a log that a model reads; others come from joined tables. */
function readColumns(model: Model, data: DataConfig, file: DataFile): SqlColumn[] {
  const names = profileColumns(model).map(({ column }) => column);
  if (data.label?.from != null) names.push(data.label.from);
  if (data.kind === "events") names.push(data.events.user, data.events.item);
  return [...new Set(names)].flatMap((name) => columnNamed(file, name) ?? []);
}

/** A text that changes when the files of a log change. For rows from elsewhere it cannot show changes. */
export async function logState(data: DataConfig): Promise<string> {
  const found = rowFilesAt(trainingPath(data));
  const files = "problem" in found ? [] : found.files;
  const states = files.map((path) =>
    stateOf(path).then(
      (state) => `${path} ${state}`,
      () => path,
    ),
  );
  return (await Promise.all(states)).join("\n");
}
