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
  /** Where its rows were read as events of a past; they may be read as rows, too, which need other columns. */
  readonly as?: "events";
  /** Of the file, bad ones included. */
  readonly rows: number;
  /** How many of them are bad; one row may be bad in several ways. */
  readonly bad: number;
  readonly kinds: readonly LeftOutKind[];
}

type Placed = Pick<FindingsOptions, "leftOut" | "places">;

/** What became of bad rows while data were read; one for all files of a command. */
export class BadRowReport {
  readonly policy: BadRowPolicy;
  /** By what they were read as, and their paths. */
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

  /** By file that has any, in the order in which they were read. */
  get leftOut(): readonly LeftOut[] {
    return [...this.files.values()].map(({ leftOut }) => leftOut);
  }

  /** What is to be said about rows that were left out: one warning for each kind and column. */
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

  /** What else is worth knowing about the rows that were read. */
  get remarks(): readonly Diagnostic[] {
    return [...[...this.remarked.values()].flat(), ...this.said];
  }

  /** Keeps what is worth knowing about several files. */
  say(diagnostic: Diagnostic): void {
    this.said.push(diagnostic);
  }

  /** Keeps what the findings have to say that is no mistake. */
  remark(findings: Findings): void {
    this.remarked.set(findings.path, findings.remarks());
  }

  /** Notes the bad rows of a file, of which `rows` were read and `bad` are bad. A file that is read again is noted anew. */
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

  /** Notes further bad rows of a file, beside those that were bad when it was read. */
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

  /** Numbers of rows of `path`, from 0 and ascending, that were left out when it was read last. */
  rowsLeftOut(path: string): readonly number[] {
    return this.placed(path).leftOut ?? [];
  }

  /** How findings about the rows of `path` say where these are. */
  placed(path: string): Placed {
    return this.rows.get(path) ?? {};
  }

  keepRows(path: string, placed: Placed): void {
    this.rows.set(path, placed);
  }

  /**
   * Does `work`, which reads. Where rows were only counted, it throws DiagnosticError with everything that is wrong with any
   * of them; where reading fails, the rows left out before are printed beside the reason.
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

  /** Throws DiagnosticError with everything that is wrong with any row, where bad rows are counted. */
  throwIfCounted(): void {
    if (this.policy === "count" && this.files.size > 0) throw new DiagnosticError(this.told);
  }

  /** Of rows that are left out warnings, of such as are counted what is wrong with them. */
  private get told(): readonly Diagnostic[] {
    return this.policy === "count"
      ? [...this.files.values()].flatMap(({ diagnostics }) => diagnostics)
      : this.warnings;
  }
}
