// What is done with rows that cannot be read: nothing is read on (`fail`), or they are left out as if the file did not
// hold them (`skip`), or they are counted in every file before reading fails (`count`). Mistakes of a file as a whole, such
// as a column that is missing, are none of this: they always fail.

import type { BadRowPolicy } from "../../compiler/config/choices.ts";
import { noGoodRows, rowsLeftOut } from "../../compiler/diagnostics/catalog/bad-rows.ts";
import { type Diagnostic, DiagnosticError, diagnose, inData } from "../../compiler/diagnostics/diagnostic.ts";
import type { Encoders } from "../features/encoders.ts";
import type { DataFile, DataFiles } from "./data-files.ts";
import { Findings } from "./findings.ts";

/** The bad rows of one file. */
export interface LeftOut {
  readonly path: string;
  /** Of the file, bad ones included. */
  readonly rows: number;
  /** How many of them are bad; one row may be bad in several ways. */
  readonly bad: number;
  readonly kinds: readonly LeftOutKind[];
}

/** Rows that are bad in the same way. */
export interface LeftOutKind {
  /** Code and name of the diagnostic. */
  readonly code: string;
  readonly name: string;
  /** null for what is wrong with the row as a whole. */
  readonly column: string | null;
  readonly rows: number;
  /** The first of them, from 1, and what is said about it. */
  readonly first: number;
  readonly message: string;
}

/** What became of bad rows while data were read; one for all files of a command. */
export class BadRows {
  readonly policy: BadRowPolicy;
  private readonly files = new Map<
    string,
    { readonly leftOut: LeftOut; readonly diagnostics: Diagnostic[] }
  >();

  private readonly rows = new Map<string, readonly number[]>();
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
    return [...this.files.values()].flatMap(({ leftOut: { kinds }, diagnostics }) =>
      diagnostics.map(({ place, related, help }, i) =>
        diagnose(rowsLeftOut, kinds[i]!, place, { related, ...(help === undefined ? {} : { help }) }),
      ),
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
  note(findings: Findings, rows: number, bad: number): void {
    const kinds = findings.byRow();
    const leftOut = { path: findings.path, rows, bad, kinds: kinds.map(({ kind }) => kind) };
    this.files.set(findings.path, { leftOut, diagnostics: kinds.map(({ diagnostic }) => diagnostic) });
  }

  /** Notes further bad rows of a file, beside those that were bad when it was read. */
  noteFurther(findings: Findings, rows: number, bad: number): void {
    const before = this.files.get(findings.path);
    this.note(findings, rows, bad);
    const further = this.files.get(findings.path)!;
    if (before === undefined) return;
    const leftOut = {
      ...further.leftOut,
      bad: before.leftOut.bad + bad,
      kinds: [...before.leftOut.kinds, ...further.leftOut.kinds],
    };
    const diagnostics = [...before.diagnostics, ...further.diagnostics];
    this.files.set(findings.path, { leftOut, diagnostics });
  }

  /** Numbers of rows of the file at `path`, from 0 and ascending, that were left out when it was read last. */
  rowsLeftOut(path: string): readonly number[] {
    return this.rows.get(path) ?? [];
  }

  keepRows(path: string, rows: readonly number[]): void {
    this.rows.set(path, rows);
  }

  /**
   * Does `work`, which reads. Where rows were only counted, it throws DiagnosticError with everything that is wrong with any
   * of them; where reading fails, what was left out before that is said beside the reason.
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

/** What reads a file once. */
export interface Source {
  readonly file: DataFile;
  readonly findings: Findings;
  readonly encoders: Encoders;
  /** At most so many rows are read. */
  readonly limit: number;
}

/** What reading gives: how many rows there were. */
interface Read {
  readonly rows: number;
}

/**
 * Reads the file at `path` by `read`, which notes what is wrong in the findings and throws them. Where bad rows are left
 * out, the file is read twice: once to find them, with encoders that teach nothing, and once without them. So what comes of
 * it is what would come of a file without them.
 */
export async function readSound<T extends Read>(
  files: DataFiles,
  path: string,
  encoders: Encoders,
  limit: number,
  read: (source: Source) => Promise<T>,
): Promise<T> {
  const source = await soundSource(files, path, encoders, limit, read);
  const result = await read(source);
  files.badRows.remark(source.findings);
  return result;
}

/** The same up to what is read last: `look` reads the rows to find bad ones. */
export async function soundSource(
  files: DataFiles,
  path: string,
  encoders: Encoders,
  limit: number,
  look: (source: Source) => Promise<Read>,
): Promise<Source> {
  const { badRows } = files;
  const file = await files.file(path);
  if (badRows.policy === "fail") return { file, findings: new Findings(file.path), encoders, limit };
  const findings = new Findings(file.path, { leftOut: file.leftOut, collects: true });
  for (const { row, reason } of file.unreadable) findings.unreadable(row, reason);
  const { rows } = await look({ file, findings, encoders: encoders.forChecking(), limit });
  const bad = findings.badRows();
  const unreadable = file.unreadable.length;
  if (bad.length === rows) throw new DiagnosticError([nothingLeft(findings, rows + unreadable)]);
  if (bad.length + unreadable > 0) badRows.note(findings, rows + unreadable, bad.length + unreadable);
  const sound = await files.without(file, bad);
  badRows.keepRows(file.path, sound.leftOut);
  const rest = new Findings(file.path, { leftOut: sound.leftOut });
  return { file: sound, findings: rest, encoders, limit: limit - bad.length };
}

/** What is said about a file that has bad rows only. */
export function nothingLeft(findings: Findings, rows: number): Diagnostic {
  const related = findings
    .byRow()
    .map(({ kind, diagnostic: { place, message } }) => ({ place, label: `${kind.code}: ${message}` }));
  return diagnose(noGoodRows, { rows }, inData({ path: findings.path }), { related });
}
