// Drafts a spec and a dinc.yaml from the columns of a file of rows.

import { stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative } from "node:path";
import { option, wording } from "../../compiler/common/option-text.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import { draftExists, draftNotFolder, draftOverData } from "../../compiler/diagnostics/catalog/init.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { elsewhereAt, queryAddress } from "../../compiler/frontend/config/elsewhere.ts";
import { draft } from "../../compiler/tools/init/draft.ts";
import type { DraftPlan, Guess } from "../../compiler/tools/init/plan.ts";
import type { DraftTable } from "../../compiler/tools/init/table.ts";
import { formatIn } from "../data/tables.ts";
import { makeFolders, writeTogether } from "../files/atomic.ts";
import { removeLeftovers } from "../files/leftovers.ts";
import { inputAt, liesIn } from "../files/same-file.ts";
import { unwritable } from "../files/unwritable.ts";
import { joinTables } from "./draft-tables.ts";
import { throwIfStopped, type Watch } from "./events.ts";
import { csvFormatGiven, type RowsOptions, tellTwice } from "./rows.ts";
import { LOOKED_AT, sampleTable } from "./sample-table.ts";
import { type SplitFiles, splitFilesIn } from "./split-files.ts";

export interface InitOptions extends Watch, Pick<RowsOptions, "delimiter" | "decimal" | "encoding"> {
  /**
   * Example rows, or a log of user actions: a file, a table of a database or a query, as in `RowsOptions`.
   */
  readonly data: string;
  /** Tables with a row for each item and for each user, which the draft joins to the rows. */
  readonly items?: string;
  readonly users?: string;
  /** The column of 0 and 1 to predict; by default it is found by its name. */
  readonly label?: string;
  /** The folder for `model.din` and `dinc.yaml`. Without it, the texts are only returned. */
  readonly folder?: string;
  /** Replaces existing files. */
  readonly force?: boolean;
}

export interface Draft {
  /** The texts of `model.din` and `dinc.yaml`. */
  readonly spec: string;
  readonly config: string;
  /** The guess for each column, with its reason. */
  readonly plan: DraftPlan;
  /** The number of rows of the file, and of the rows that were read. */
  readonly rows: { readonly path: string; readonly total: number; readonly looked: number };
}

/**
 * Reads rows of a file, drawn at random, and drafts a spec that passes the check and trains on it. Throws
 * DiagnosticError if the file cannot be read, has nothing to learn, or existing files may not be replaced.
 */
export async function init(options: InitOptions): Promise<Draft> {
  const { data, folder = ".", force = false } = options;
  if (data === "-")
    throw new UsageError(
      wording`a draft names the file that it is made for: give a path with ${option("data")}`,
    );
  const [spec, config] = [join(folder, "model.din"), join(folder, "dinc.yaml")];
  const tables = [options.items ?? [], options.users ?? []].flat();
  const isWritten = options.folder !== undefined;
  if (isWritten) {
    await requireFolder(folder, data);
    for (const path of [data, ...tables]) await requireApart(path, folder, [spec, config]);
    // Removes the remains of an earlier draft that was killed.
    if ((await stat(folder).catch(() => null))?.isDirectory())
      for (const path of [spec, config]) await removeLeftovers(path);
    if (!force) await requireAbsent(spec, config);
  }
  tellTwice(data, options);
  const given = csvFormatGiven(options);
  const csv = given ?? (await formatIn(data).catch(() => null));
  const say = (text: string) => options.onEvent?.({ kind: "activity", text });
  const written = (path: string) => writtenIn(folder, path);
  const draftOf = async (rows: string, splits: SplitFiles | null) => {
    const sampled = { ...(await sampleTable(rows, say, LOOKED_AT, csv)), ...splitsOf(splits, written) };
    throwIfStopped(options);
    const beside = tables.length === 0 ? null : await joinTables(sampled, options, csv, say, written);
    throwIfStopped(options);
    const table = beside?.table ?? sampled;
    const paths = { spec: "model.din", data: written(rows), csv, ...beside?.paths };
    const { plan, ...texts } = draft(table, options.label ?? null, paths);
    beside?.require(plan);
    const guesses = [...splitGuesses(data, splits), ...(beside?.guesses ?? []), ...plan.guesses];
    return { table, drafted: { ...texts, plan: { ...plan, guesses } } };
  };
  const splits = await splitFilesIn(data);
  // A query joins tables to the training rows alone.
  const used = splits === null || tables.length === 0 ? splits : { ...splits, valid: null, test: null };
  let { table, drafted } = await draftOf(splits?.train ?? data, used);
  // A log is one data set, whatever its files are called: a history may span them.
  if (splits !== null && drafted.plan.rows.kind === "events")
    ({ table, drafted } = await draftOf(data, null));
  if (isWritten)
    try {
      await makeFolders(folder);
      await writeTogether([
        { path: spec, write: drafted.spec },
        { path: config, write: drafted.config },
      ]);
    } catch (error) {
      throw unwritable(folder, error);
    }
  return { ...drafted, rows: { path: table.path, total: table.total, looked: table.rows } };
}

function splitsOf(splits: SplitFiles | null, written: (path: string) => string): Pick<DraftTable, "splits"> {
  if (splits === null) return {};
  const { valid, test } = splits;
  return {
    splits: { valid: valid === null ? null : written(valid), test: test === null ? null : written(test) },
  };
}

function splitGuesses(data: string, splits: SplitFiles | null): readonly Guess[] {
  if (splits === null) return [];
  const parts = (["train", "valid", "test"] as const).flatMap((split) =>
    splits[split] === null ? [] : [`${split}: ${basename(splits[split])}`],
  );
  return [
    {
      ...{ column: data, is: parts.join(", "), reason: "the names of its files say so" },
      change: "`train` with the folder in dinc.yaml if all its rows are for training",
    },
  ];
}

/** A draft is a folder: a name of a spec or of settings means the folder that would have them. */
async function requireFolder(folder: string, data: string): Promise<void> {
  const isFile = (await stat(folder).catch(() => null))?.isFile() === true;
  if (!isFile && !/\.(?:din|ya?ml)$/i.test(folder)) return;
  // The data's own path has an answer of its own.
  if (isFile && (await inputAt(data, [folder])) !== null) return;
  const inside = dirname(folder);
  const parameters = { path: folder, folder: inside === "." ? "mine" : inside, data };
  throw new DiagnosticError([diagnose(draftNotFolder, parameters, noLocation)]);
}

/** Refuses a draft that would replace the data or be written into their folder. */
async function requireApart(data: string, folder: string, written: readonly string[]): Promise<void> {
  const isInside = await liesIn(folder, data);
  const over = await inputAt(data, written);
  if (!isInside && over === null) return;
  const parameters = { data, out: over ?? folder, isInside };
  throw new DiagnosticError([diagnose(draftOverData, parameters, noLocation)]);
}

/** The address of the data relative to `folder`. */
function writtenIn(folder: string, data: string): string {
  const from = (path: string) =>
    isAbsolute(path) ? path : relative(folder, path).replaceAll("\\", "/") || ".";
  const elsewhere = elsewhereAt(data);
  if (elsewhere?.kind === "served") return data;
  return elsewhere?.kind === "query" ? queryAddress(elsewhere.sql, from(elsewhere.from)) : from(data);
}

async function requireAbsent(...paths: readonly string[]): Promise<void> {
  const there: string[] = [];
  for (const path of paths) if ((await stat(path).catch(() => null)) !== null) there.push(path);
  if (there.length === 0) return;
  throw new DiagnosticError([diagnose(draftExists, { paths: there }, noLocation)]);
}
