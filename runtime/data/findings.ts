// Collects what is wrong with one data file: the first row of each kind and column, and how many rows more.

import { furtherRows } from "../../compiler/diagnostics/catalog/data.ts";
import {
  type Details,
  type Diagnostic,
  DiagnosticError,
  type DiagnosticKind,
  diagnose,
  inData,
} from "../../compiler/diagnostics/diagnostic.ts";

export class Findings {
  readonly path: string;
  private readonly found = new Map<string, Found>();

  constructor(path: string) {
    this.path = path;
  }

  /** `row` counts from 0; null for the file or column as a whole. */
  add<P>(
    kind: DiagnosticKind<P>,
    parameters: P,
    row: number | null,
    column: string | null,
    details: Details = {},
    /** Makes the help when all rows are read, so that it can speak about all of them. */
    help: (() => string | null) | null = null,
    /** Asked when all rows are read: whether it is a mistake after all. */
    only: (() => boolean) | null = null,
  ): void {
    const key = `${kind.code} ${column}`;
    const known = this.found.get(key);
    if (known !== undefined) {
      if (row !== null) known.further += 1;
      return;
    }
    const place = inData({
      path: this.path,
      ...(row === null ? {} : { row: row + 1 }),
      ...(column === null ? {} : { column }),
    });
    this.found.set(key, { diagnostic: diagnose(kind, parameters, place, details), help, only, further: 0 });
  }

  /** Whether it is clear already, before all rows are read, that `throwIfAny` will throw. */
  get isCertain(): boolean {
    return [...this.found.values()].some(({ only }) => only === null);
  }

  /** Throws them all, in the order of the rows. */
  throwIfAny(): void {
    const mistakes = [...this.found.values()].filter(({ only }) => only === null || only());
    if (mistakes.length === 0) return;
    const diagnostics = mistakes.map(complete);
    throw new DiagnosticError(diagnostics.sort((a, b) => rowOf(a) - rowOf(b)));
  }
}

interface Found {
  readonly diagnostic: Diagnostic;
  readonly help: (() => string | null) | null;
  readonly only: (() => boolean) | null;
  further: number;
}

function complete({ diagnostic, help, further }: Found): Diagnostic {
  const message = diagnostic.message + furtherRows(further);
  const made = help?.() ?? null;
  return made === null ? { ...diagnostic, message } : { ...diagnostic, message, help: made };
}

function rowOf({ place }: Diagnostic): number {
  return place.kind === "data" ? (place.data.row ?? 0) : 0;
}
