// Collects what is wrong with one data file: the first row of each kind and column, and how many more. Where bad rows are
// left out, it tells which they are.

import { invariant } from "../common/internal-error.ts";
import { joined } from "../common/option-text.ts";
import { noGoodRows, unreadableRow } from "../diagnostics/catalog/bad-rows.ts";
import { furtherRows } from "../diagnostics/catalog/data.ts";
import {
  type Details,
  type Diagnostic,
  DiagnosticError,
  type DiagnosticKind,
  diagnose,
  type Help,
  inData,
  messageOf,
  withTexts,
} from "../diagnostics/diagnostic.ts";

/** Rows that are bad in the same way. */
export interface LeftOutKind {
  /** Code and name of the diagnostic. */
  readonly code: string;
  readonly name: string;
  /** null for what is wrong with the row as a whole. */
  readonly column: string | null;
  readonly rows: number;
  /** The first of them, from 1, and its message. */
  readonly first: number;
  /** The file that it is a row of, where there are several. */
  readonly file?: string;
  readonly message: string;
}

/** The message about a file with bad rows only. */
export function nothingLeft(findings: Findings, rows: number): Diagnostic {
  const related = findings
    .byRow()
    .map(({ kind, diagnostic: { location, message } }) => ({ location, label: `${kind.code}: ${message}` }));
  return diagnose(noGoodRows, { rows }, inData({ path: findings.path }), { related });
}

/** A row of a file, from 0. */
export interface RowLocation {
  readonly path: string;
  readonly row: number;
}

/** Says of a row, from 0, which row of which file it is. */
export interface RowLocations {
  at(row: number): RowLocation;
}

export interface FindingsOptions {
  /** Where the rows of several files are; the rows are those of one file where it is not given. */
  readonly places?: RowLocations;
  /** Rows of the file, from 0 and ascending, that are not among those that are read. */
  readonly leftOut?: readonly number[];
  /** Mistakes of single rows are kept, not thrown. */
  readonly collects?: boolean;
}

export interface FindingDetails extends Details {
  /** The one of several files that is meant where there is no row. */
  readonly path?: string;
  /** The column has one value a row, so that a row that is noted again is one that is read for another purpose, too. */
  readonly isOneValue?: boolean;
  /** Makes the help when all rows are read, so that it can speak about all of them. */
  readonly finalHelp?: (() => Help | null) | null | undefined;
  /** Asked when all rows are read: whether it is said after all, of the whole column then. */
  readonly only?: (() => boolean) | null;
}

export class Findings {
  readonly path: string;
  private readonly found = new Map<string, Found>();
  private readonly leftOut: readonly number[];
  private readonly places: RowLocations;
  private readonly collects: boolean;
  private readonly bad = new Set<number>();

  constructor(path: string, { leftOut = [], collects = false, places }: FindingsOptions = {}) {
    this.path = path;
    this.places = places ?? { at: (row) => ({ path, row }) };
    this.leftOut = leftOut;
    this.collects = collects;
  }

  /** `row` counts from 0 what is read of the file; null for the file or column as a whole. */
  add<P>(
    kind: DiagnosticKind<P>,
    parameters: P,
    row: number | null,
    column: string | null,
    { path, isOneValue = false, finalHelp: help = null, only = null, ...details }: FindingDetails = {},
  ): void {
    const ofRow = kind.severity === "error" && row !== null && only === null;
    if (ofRow && this.collects) this.bad.add(row);
    const among = row === null ? null : rowInFile(row, this.leftOut);
    const more = { details, path: path ?? this.path, help, only, ofRow, isOneValue };
    this.note(kind, parameters, among, column, more);
  }

  /** How messages call the row of a number, from 0, among those that are read. */
  rowText(row: number): string {
    const { path, row: inFile } = this.places.at(rowInFile(row, this.leftOut));
    return `row ${inFile + 1}${path === this.path ? "" : ` of ${path}`}`;
  }

  /** Notes row `row` of all, from 0, which is not among those that are read because it does not parse. */
  unreadable(row: number, reason: string): void {
    const more = { details: {}, path: this.path, help: null, only: null, ofRow: true, isOneValue: false };
    this.note(unreadableRow, { reason }, row, null, more);
  }

  /** Whether it is clear already, before all rows are read, that `throwIfAny` will throw. */
  get isCertain(): boolean {
    return [...this.found.values()].some(
      ({ diagnostic, only, ofRow }) =>
        diagnostic.severity === "error" && only === null && !(ofRow && this.collects),
    );
  }

  /** Throws in the order of the rows: all, or where those of rows are kept what is wrong with the file as a whole. */
  throwIfAny(): void {
    const mistakes = [...this.found.values()].filter(
      ({ diagnostic, only, ofRow }) =>
        diagnostic.severity === "error" && (only === null || only()) && !(ofRow && this.collects),
    );
    if (mistakes.length === 0) return;
    throw new DiagnosticError(mistakes.sort(byOrder).map(complete));
  }

  /** Rows that something is wrong with, as they are read, ascending. */
  badRows(): readonly number[] {
    return [...this.bad].sort((a, b) => a - b);
  }

  /** What is wrong with rows, in their order. */
  byRow(): readonly { readonly kind: LeftOutKind; readonly diagnostic: Diagnostic }[] {
    return [...this.found.values()]
      .filter(({ ofRow }) => ofRow)
      .sort(byOrder)
      .map((found) => ({ kind: this.kindOf(found), diagnostic: complete(found) }));
  }

  /** What is worth knowing and no mistake, in the order of the rows. */
  remarks(): readonly Diagnostic[] {
    const remarks = [...this.found.values()].filter(
      ({ diagnostic, only }) => diagnostic.severity !== "error" && (only === null || only()),
    );
    return remarks.sort(byOrder).map(complete);
  }

  private note<P>(
    kind: DiagnosticKind<P>,
    parameters: P,
    row: number | null,
    column: string | null,
    {
      details,
      path,
      isOneValue,
      ...more
    }: Pick<Found, "help" | "only" | "ofRow"> & {
      readonly details: Details;
      readonly path: string;
      readonly isOneValue: boolean;
    },
  ): void {
    const key = `${kind.code} ${column}`;
    const known = this.found.get(key);
    if (known !== undefined) {
      if (row === null) return;
      if (known.ofRow && this.collects) known.rows.add(row);
      if (isOneValue && known.last !== null && row <= known.last) return;
      known.further += 1;
      known.last = row;
      return;
    }
    const place = row === null ? null : this.places.at(row);
    const location = inData({
      path: place?.path ?? path,
      ...(place === null ? {} : { row: place.row + 1 }),
      ...(column === null ? {} : { column }),
    });
    const diagnostic = diagnose(kind, parameters, location, details);
    const order = row === null ? -1 : row;
    this.found.set(key, {
      diagnostic,
      column,
      ...more,
      order,
      further: 0,
      rows: new Set([order]),
      last: row,
    });
  }

  private kindOf({ diagnostic: { code, name, message, location }, column, rows }: Found): LeftOutKind {
    invariant(location.kind === "data" && location.data.row !== undefined, "a row is bad that has no number");
    const { path, row: first } = location.data;
    return {
      code,
      name,
      column,
      rows: rows.size,
      first,
      ...(path === this.path ? {} : { file: path }),
      message,
    };
  }
}

/** The row of the file, from 0, that is the `row`th of those that are not left out. */
export function rowInFile(row: number, leftOut: readonly number[]): number {
  // The first of those left out before which more than `row` rows stay.
  let low = 0;
  let high = leftOut.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (leftOut[middle]! - middle > row) high = middle;
    else low = middle + 1;
  }
  return row + low;
}

interface Found {
  readonly diagnostic: Diagnostic;
  readonly column: string | null;
  readonly help: (() => Help | null) | null;
  readonly only: (() => boolean) | null;
  /** Of single rows, not of the file or a column as a whole. */
  readonly ofRow: boolean;
  /** The row among those of all files, from 0; −1 of a file or column as a whole. */
  readonly order: number;
  /** Values like the first. */
  further: number;
  /** Where bad rows are kept, those with such a value. A row may be read for several histories. */
  readonly rows: Set<number>;
  last: number | null;
}

function complete({ diagnostic, help, further }: Found): Diagnostic {
  const otherHelp = help?.() ?? null;
  return withTexts(diagnostic, {
    message: joined([messageOf(diagnostic), furtherRows(further)], ""),
    ...(otherHelp === null ? {} : { help: otherHelp }),
  });
}

function byOrder(a: Found, b: Found): number {
  return a.order - b.order;
}
