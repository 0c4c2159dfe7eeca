// The policies for bad rows: `fail` stops reading, `skip` leaves them out as if the file did not contain
// them, and `count` counts them in every file before reading fails. Mistakes of a file as a whole, such as a
// missing column, always fail.

import type { Findings, FindingsOptions, LeftOutKind } from "../../../compiler/data/findings.ts";
import { rowsLeftOut } from "../../../compiler/diagnostics/catalog/bad-rows.ts";
import {
  type Diagnostic,
  DiagnosticError,
  diagnose,
  helpOf,
} from "../../../compiler/diagnostics/diagnostic.ts";
import type { BadRowPolicy } from "../../../compiler/frontend/config/choices.ts";

/** The bad rows of one file. */
export interface LeftOut {
  readonly path: string;
  /**
   * Set if its rows were read as past events; the same file may also be read as rows, which need other
   * columns.
   */
  readonly as?: "events";
  /** The number of rows in the file, including bad ones. */
  readonly rows: number;
  /** The number of bad rows; a row may be bad in several ways. */
  readonly bad: number;
  readonly kinds: readonly LeftOutKind[];
}

type Placed = Pick<FindingsOptions, "leftOut" | "places">;

/** Collects the bad rows of all files that a command reads. */
export class BadRowReport {
  readonly policy: BadRowPolicy;
  /** By the way they were read, and by path. */
  private readonly files = new Map<
    string,
    { readonly leftOut: LeftOut; readonly diagnostics: Diagnostic[] }
  >();

  private readonly rows = new Map<string, Placed>();
  private readonly said: Diagnostic[] = [];
  private readonly remarked = new Map<string, readonly Diagnostic[]>();

  constructor(policy: BadRowPolicy = "fail") {
    this.policy = policy;
  }

  /** The files with bad rows, in the order in which they were read. */
  get leftOut(): readonly LeftOut[] {
    return [...this.files.values()].map(({ leftOut }) => leftOut);
  }

  /** The warnings about omitted rows: one for each kind and column. */
  get warnings(): readonly Diagnostic[] {
    return [...this.files.values()].flatMap(({ leftOut: { kinds, as }, diagnostics }) =>
      diagnostics.map((diagnostic, i) => {
        const { location, related } = diagnostic;
        const help = helpOf(diagnostic);
        const parameters = { ...kinds[i]!, what: as === "events" ? "event" : "row" } as const;
        return diagnose(rowsLeftOut, parameters, location, {
          related,
          ...(help === null ? {} : { help }),
        });
      }),
    );
  }

  /** Further remarks about the rows. */
  get remarks(): readonly Diagnostic[] {
    return [...[...this.remarked.values()].flat(), ...this.said];
  }

  /** Adds a remark about several files. */
  say(diagnostic: Diagnostic): void {
    this.said.push(diagnostic);
  }

  /** Adds the remarks of the findings, which aren't mistakes. */
  remark(findings: Findings): void {
    this.remarked.set(findings.path, findings.remarks());
  }

  /**
   * Notes the bad rows of a file: `bad` of the `rows` that were read. Reading a file again replaces its note.
   */
  note(findings: Findings, rows: number, bad: number, as: "rows" | "events" = "rows"): void {
    const kinds = findings.byRow();
    const { path } = findings;
    const leftOut = {
      path,
      ...(as === "events" && { as }),
      ...{ rows, bad, kinds: kinds.map(({ kind }) => kind) },
    };
    this.files.set(`${as} ${path}`, { leftOut, diagnostics: kinds.map(({ diagnostic }) => diagnostic) });
  }

  /** Notes further bad rows of a file, in addition to those noted when it was read. */
  noteFurther(findings: Findings, rows: number, bad: number): void {
    const key = `rows ${findings.path}`;
    const before = this.files.get(key);
    this.note(findings, rows, bad);
    const further = this.files.get(key)!;
    if (before === undefined) return;
    const leftOut = {
      ...further.leftOut,
      bad: before.leftOut.bad + bad,
      kinds: [...before.leftOut.kinds, ...further.leftOut.kinds],
    };
    const diagnostics = [...before.diagnostics, ...further.diagnostics];
    this.files.set(key, { leftOut, diagnostics });
  }

  /** Adds everything that another report of the same policy has collected. */
  include({ files, rows, said, remarked }: BadRowReport): void {
    for (const [key, each] of files) this.files.set(key, each);
    for (const [path, each] of rows) this.rows.set(path, each);
    for (const [path, each] of remarked) this.remarked.set(path, each);
    this.said.push(...said);
  }

  /** The omitted rows of the last reading of `path`, numbered from 0, ascending. */
  rowsLeftOut(path: string): readonly number[] {
    return this.placed(path).leftOut ?? [];
  }

  /** How findings locate the rows of `path`. */
  placed(path: string): Placed {
    return this.rows.get(path) ?? {};
  }

  keepRows(path: string, placed: Placed): void {
    this.rows.set(path, placed);
  }

  /**
   * Runs `work`, which reads. If rows were only counted, it throws DiagnosticError with the faults of all
   * rows. If reading fails, the rows omitted before are reported with the reason.
   */
  async during<T>(work: () => Promise<T>): Promise<T> {
    let result: T;
    try {
      result = await work();
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      throw new DiagnosticError([...error.diagnostics, ...this.told]);
    }
    this.throwIfCounted();
    return result;
  }

  /** Throws DiagnosticError with the faults of all rows, if bad rows are counted. */
  throwIfCounted(): void {
    if (this.policy === "count" && this.files.size > 0) throw new DiagnosticError(this.told);
  }

  /** Warnings about omitted rows, or the faults of counted rows. */
  private get told(): readonly Diagnostic[] {
    return this.policy === "count"
      ? [...this.files.values()].flatMap(({ diagnostics }) => diagnostics)
      : this.warnings;
  }
}
