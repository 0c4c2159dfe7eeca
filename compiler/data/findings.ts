// Collects the mistakes in one data file: the first row of each kind and column, and the number of further
// ones. If bad rows are left out, it records them.

import { firstIndex } from "../common/arrays.ts";
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

/** Rows with the same kind of mistake. */
export interface LeftOutKind {
  /** Code and name of the diagnostic. */
  readonly code: string;
  readonly name: string;
  /** null if the whole row is at fault. */
  readonly column: string | null;
  readonly rows: number;
  /** The first of these rows, from 1, and its message. */
  readonly first: number;
  /** The file of that row, if there are several. */
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

/** Maps a row, from 0, to its file and the row there. */
export interface RowLocations {
  at(row: number): RowLocation;
}

export interface FindingsOptions {
  /** The locations of the rows of several files; without it, the rows are those of one file. */
  readonly places?: RowLocations;
  /** Rows of the file, from 0 and ascending, that are not read. */
  readonly leftOut?: readonly number[];
  /** Whether mistakes in single rows are collected, not thrown. */
  readonly collects?: boolean;
}

export interface FindingDetails extends Details {
  /** The file, of several, if there is no row. */
  readonly path?: string;
  /** Whether the column has one value per row, so that a row reported again was read for another purpose. */
  readonly isOneValue?: boolean;
  /** Makes the help after all rows are read, when it can refer to all of them. */
  readonly finalHelp?: (() => Help | null) | null | undefined;
  /** Called after all rows are read: whether to report it after all, then for the whole column. */
  readonly only?: (() => boolean) | null;
}

export class Findings {
  readonly path: string;
  private readonly found = new Map<string, Found>();
  private readonly leftOut: readonly number[];
  private readonly places: RowLocations;
  private readonly collects: boolean;
  private readonly bad = new Set<number>();
  private additions = 0;

  constructor(path: string, { leftOut = [], collects = false, places }: FindingsOptions = {}) {
    this.path = path;
    this.places = places ?? { at: (row) => ({ path, row }) };
    this.leftOut = leftOut;
    this.collects = collects;
  }

  /** `row` is the index, from 0, among the read rows; null for the whole file or column. */
  add<P>(
    kind: DiagnosticKind<P>,
    parameters: P,
    row: number | null,
    column: string | null,
    { path, isOneValue = false, finalHelp: help = null, only = null, ...details }: FindingDetails = {},
  ): void {
    this.additions += 1;
    const ofRow = kind.severity === "error" && row !== null && only === null;
    if (ofRow && this.collects) this.bad.add(row);
    const among = row === null ? null : rowInFile(row, this.leftOut);
    const more = { details, path: path ?? this.path, help, only, ofRow, isOneValue };
    this.note(kind, parameters, among, column, more);
  }

  /** How many times `add` was called. */
  get added(): number {
    return this.additions;
  }

  /** The text for a row, by its index, from 0, among the read rows. */
  rowText(row: number): string {
    const { path, row: inFile } = this.places.at(rowInFile(row, this.leftOut));
    return `row ${inFile + 1}${path === this.path ? "" : ` of ${path}`}`;
  }

  /** Reports row `row` of all rows, from 0, which is not read because it does not parse. */
  unreadable(row: number, reason: string): void {
    const more = { details: {}, path: this.path, help: null, only: null, ofRow: true, isOneValue: false };
    this.note(unreadableRow, { reason }, row, null, more);
  }

  /** Whether `throwIfAny` will certainly throw, before all rows are read. */
  get isCertain(): boolean {
    return [...this.found.values()].some(
      ({ diagnostic, only, ofRow }) =>
        diagnostic.severity === "error" && only === null && !(ofRow && this.collects),
    );
  }

  /**
   * Throws the mistakes in the order of the rows. If those of rows are collected, it throws only mistakes of
   * the whole file.
   */
  throwIfAny(): void {
    const mistakes = [...this.found.values()].filter(
      ({ diagnostic, only, ofRow }) =>
        diagnostic.severity === "error" && (only === null || only()) && !(ofRow && this.collects),
    );
    if (mistakes.length === 0) return;
    throw new DiagnosticError(mistakes.sort(byOrder).map(complete));
  }

  /** Indices of read rows with mistakes, ascending. */
  badRows(): readonly number[] {
    return [...this.bad].sort((a, b) => a - b);
  }

  /** Mistakes of rows, in order. */
  byRow(): readonly { readonly kind: LeftOutKind; readonly diagnostic: Diagnostic }[] {
    return [...this.found.values()]
      .filter(({ ofRow }) => ofRow)
      .sort(byOrder)
      .map((found) => ({ kind: this.kindOf(found), diagnostic: complete(found) }));
  }

  /** Findings that are not mistakes, in the order of the rows. */
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

/** The row of the file, from 0, of the `row`th row that is not left out. */
export function rowInFile(row: number, leftOut: readonly number[]): number {
  // The first left-out row that more than `row` remaining rows precede.
  return row + firstIndex(leftOut.length, (i) => leftOut[i]! - i > row);
}

interface Found {
  readonly diagnostic: Diagnostic;
  readonly column: string | null;
  readonly help: (() => Help | null) | null;
  readonly only: (() => boolean) | null;
  /** Whether it is about a single row, not about the whole file or column. */
  readonly ofRow: boolean;
  /** The row among those of all files, from 0; −1 for a whole file or column. */
  readonly order: number;
  /** The number of further values like the first. */
  further: number;
  /** The rows with such a value, if bad rows are collected. A row may be read for several histories. */
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
