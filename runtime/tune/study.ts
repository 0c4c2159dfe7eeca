// The folder of a search: its options, and a line for each finished training, written when it ends. A search
// that was killed can therefore continue at any time.

import { appendFileSync, closeSync, fsyncSync, openSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import {
  studyDamaged,
  studyDiffers,
  studyExists,
  studyInTheWay,
} from "../../compiler/diagnostics/catalog/tune.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import type { Assignment } from "../../compiler/tune/space.ts";
import { makeFolders, writeAtomically } from "../files/atomic.ts";
import { isOfSystem } from "../files/file-problem.ts";
import { unwritable } from "../files/unwritable.ts";
import { claimWhole } from "../files/whole-folder.ts";
import type { TrialResult } from "./trial.ts";

/** The names in the folder. */
export const studyFiles = {
  study: "study.json",
  trials: "trials.jsonl",
  report: "report.html",
  /** The run with the chosen settings. */
  best: "best",
  /** Only during the search: encoded rows, and the checkpoints of trials. */
  rows: "rows",
  checkpoints: "checkpoints",
} as const;

const VERSION = 2;

/**
 * Everything but the rows on which the trials depend: a search can continue only if it is all the same. The
 * number of trials may differ, and the paths of files.
 */
export interface StudyRequest {
  readonly dinc: string;
  /** The hash of the spec with the modules that it uses. */
  readonly spec: string;
  /** The variant, the params and the settings of `train`, by the spec, dinc.yaml and options together. */
  readonly settings: object;
  readonly options: object;
  /** By name: the ranges as they were written. */
  readonly space: Readonly<Record<string, string>>;
  readonly search: string;
  readonly seed: number;
  readonly metric: string;
  readonly rungs: readonly number[];
  readonly reduction: number;
  readonly ahead: number;
}

/** The reason to refuse if a part differs. */
const parts: Readonly<Record<keyof StudyRequest, string>> = {
  dinc: "another version of dinc began it",
  spec: "its spec is another",
  settings: "its params or its settings of `train` are others",
  options: "its rows are limited or prepared otherwise, or another engine trains it",
  space: "it searches other ranges",
  search: "it draws settings in another way",
  seed: "its seed is another",
  metric: "it goes by another metric",
  rungs: "its trials are compared after other numbers of epochs",
  reduction: "another share of its trials goes on",
  ahead: "it decides further ahead, as more trials are trained side by side",
};

/** A finished training. */
export interface StudyLine extends TrialResult {
  /** From 0. */
  readonly trial: number;
  readonly rung: number;
  /** Null for the settings of the spec. */
  readonly settings: Assignment | null;
  /** The rows that it was trained on; null if they could not be read. */
  readonly rows: RowsIdentity | null;
}

/** Identifies the rows of a trial, wherever their files are. */
export interface RowsIdentity {
  /** The hash of how they are read, or `prepared`. */
  readonly how: string;
  /** The hash of what they were read from. */
  readonly data: string;
}

export class Study {
  readonly folder: string;
  readonly lines: readonly StudyLine[];
  readonly release: () => void;

  private constructor(folder: string, lines: readonly StudyLine[], release: () => void) {
    this.folder = folder;
    this.lines = lines;
    this.release = release;
  }

  at(name: keyof typeof studyFiles): string {
    return join(this.folder, studyFiles[name]);
  }

  /**
   * Begins a study, or continues an existing one. Throws DiagnosticError if something else is at the path, if
   * another process is working there, or if the existing study differs.
   */
  static async open(
    folder: string,
    asked: StudyRequest,
    { force, resume }: { readonly force: boolean; readonly resume: boolean },
  ): Promise<Study> {
    const release = await claimWhole(folder, (entries) => {
      if (!entries.includes(studyFiles.study)) return diagnose(studyInTheWay, { path: folder }, noLocation);
      return force || resume ? null : diagnose(studyExists, { path: folder }, noLocation);
    });
    try {
      const found = resume ? await readStudy(folder) : null;
      if (found !== null) {
        requireSame(folder, found.asked, asked);
        await mkdir(join(folder, studyFiles.checkpoints), { recursive: true });
        return new Study(folder, found.lines, release);
      }
      await makeFolders(folder);
      // `study.json` is removed last and written first, so that the folder is always empty or contains a
      // search.
      const { study, ...others } = studyFiles;
      for (const name of Object.values(others))
        await rm(join(folder, name), { recursive: true, force: true });
      await writeAtomically(join(folder, study), `${JSON.stringify({ version: VERSION, asked }, null, 2)}\n`);
      await mkdir(join(folder, studyFiles.checkpoints));
      return new Study(folder, [], release);
    } catch (error) {
      release();
      throw unwritable(folder, error);
    }
  }

  /** Throws DiagnosticError if earlier trials had other rows. */
  requireSameRows(rows: RowsIdentity): void {
    const isOther = this.lines.some(({ rows: kept }) => kept?.how === rows.how && kept.data !== rows.data);
    if (isOther)
      throw new DiagnosticError([
        diagnose(studyDiffers, { path: this.folder, differs: "its rows are others" }, noLocation),
      ]);
  }

  /** Adds a line, and flushes it to disk. */
  add(line: StudyLine): void {
    try {
      const file = openSync(this.at("trials"), "a");
      try {
        // A line that a kill cut off lacks its line break, so the next one begins with a line break.
        appendFileSync(file, `\n${JSON.stringify(line)}\n`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    } catch (error) {
      throw unwritable(this.at("trials"), error);
    }
  }

  /** Writes the report, and removes files that only a running search needs. */
  async finish(report: string): Promise<void> {
    try {
      await writeAtomically(this.at("report"), report);
    } catch (error) {
      throw unwritable(this.at("report"), error);
    }
    await rm(this.at("rows"), { recursive: true, force: true });
    await rm(this.at("checkpoints"), { recursive: true, force: true });
  }
}

function requireSame(path: string, there: StudyRequest, asked: StudyRequest): void {
  const here = JSON.parse(JSON.stringify(asked)) as StudyRequest;
  for (const [part, differs] of Object.entries(parts) as [keyof StudyRequest, string][])
    if (!isDeepStrictEqual(there[part], here[part]))
      throw new DiagnosticError([diagnose(studyDiffers, { path, differs }, noLocation)]);
}

/** Null if there is no study yet. */
async function readStudy(
  folder: string,
): Promise<{ readonly asked: StudyRequest; readonly lines: readonly StudyLine[] } | null> {
  const text = await readOrNull(join(folder, studyFiles.study));
  if (text === null) return null;
  const damaged = (name: string, reason: string) =>
    new DiagnosticError([diagnose(studyDamaged, { path: join(folder, name), reason }, noLocation)]);
  let study: { readonly version?: unknown; readonly asked?: unknown };
  try {
    study = JSON.parse(text);
  } catch {
    throw damaged(studyFiles.study, "is not JSON");
  }
  if (study.version !== VERSION || typeof study.asked !== "object" || study.asked === null)
    throw damaged(studyFiles.study, `is not of version ${VERSION} of its format`);
  const lines = ((await readOrNull(join(folder, studyFiles.trials))) ?? "").split("\n").flatMap(lineOf);
  return { asked: study.asked as StudyRequest, lines };
}

/** Empty for a line that was cut off or is invalid. */
function lineOf(text: string): StudyLine[] {
  try {
    const line = JSON.parse(text) as Partial<StudyLine>;
    const isValue = line.value === null || Number.isFinite(line.value);
    return Number.isSafeInteger(line.trial) && Number.isSafeInteger(line.rung) && isValue
      ? [line as StudyLine]
      : [];
  } catch {
    return [];
  }
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isOfSystem(error) && error.code === "ENOENT") return null;
    throw error;
  }
}
