// dinc init [DIR] --data FILE: drafts a spec and a dinc.yaml from the columns of a file, and says what it guessed and why.

import { stat } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import { unwritable } from "../../../runtime/files/unwritable.ts";
import { sampleTable } from "../../../runtime/init/sample-table.ts";
import { makeFolders, writeTogether } from "../../../runtime/run/atomic.ts";
import { removeLeftovers } from "../../../runtime/run/leftovers.ts";
import { inputAt, liesIn } from "../../../runtime/run/same-file.ts";
import {
  draftExists,
  draftOverData,
  nothingToLearn,
  unfitLabel,
  withoutLabel,
} from "../../diagnostics/catalog/init.ts";
import { type Diagnostic, DiagnosticError, diagnose, inData, nowhere } from "../../diagnostics/diagnostic.ts";
import { guess, type NoDraft } from "../../init/guess.ts";
import { counted, type Plan } from "../../init/plan.ts";
import type { Table } from "../../init/table.ts";
import { draftTexts } from "../../init/write.ts";
import { UsageError } from "../../../runtime/driver/usage-error.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";

export interface InitOptions {
  readonly data: string;
  readonly label?: string;
  readonly force?: boolean;
}

export async function init(folder: string, options: InitOptions, terminal: Terminal): Promise<number> {
  if (options.data === "-")
    throw new UsageError("a draft names the file that it is made for: give a path with --data");
  const [spec, config] = [join(folder, "model.din"), join(folder, "dinc.yaml")];
  await requireApart(options.data, folder, [spec, config]);
  // Of an earlier draft that was killed.
  if ((await stat(folder).catch(() => null))?.isDirectory())
    for (const path of [spec, config]) await removeLeftovers(path);
  if (!options.force) await requireAbsent(spec, config);
  const table = await sampleTable(options.data, (line) => terminal.progress(line));
  const guessed = guess(table, options.label ?? null);
  if (guessed.kind !== "plan") throw new DiagnosticError([whyNot(guessed, table)]);
  const { plan } = guessed;
  const data = isAbsolute(options.data) ? options.data : relative(folder, options.data).replaceAll("\\", "/");
  const texts = draftTexts(plan, table, { spec: "model.din", data });
  try {
    await makeFolders(folder);
    await writeTogether([
      { path: spec, text: texts.spec },
      { path: config, text: texts.config },
    ]);
  } catch (error) {
    throw unwritable(folder, error);
  }
  terminal.say(told(plan, table));
  terminal.say(`\nwrote ${spec} and ${config}`);
  terminal.say(`next: dinc train -c ${config} --out run`);
  return exitCodes.clean;
}

/** Refuses a draft that would replace the data, or lie in them. */
async function requireApart(data: string, folder: string, written: readonly string[]): Promise<void> {
  const isInside = await liesIn(folder, data);
  const over = await inputAt(data, written);
  if (!isInside && over === null) return;
  const parameters = { data, out: over ?? folder, isInside };
  const help = "name a folder for the draft, such as `dinc init mine --data FILE`";
  throw new DiagnosticError([diagnose(draftOverData, parameters, nowhere, { help })]);
}

async function requireAbsent(...paths: readonly string[]): Promise<void> {
  const there: string[] = [];
  for (const path of paths) if ((await stat(path).catch(() => null)) !== null) there.push(path);
  if (there.length === 0) return;
  const help = "name another folder, or replace them with --force";
  throw new DiagnosticError([diagnose(draftExists, { paths: there }, nowhere, { help })]);
}

function whyNot(reason: NoDraft, { path, columns }: Table): Diagnostic {
  const place = inData({ path });
  switch (reason.kind) {
    case "no-label": {
      const help =
        reason.binary.length > 0
          ? "say which one it is with --label"
          : (reason.noLog ??
            "add a column of 0 and 1; a rating becomes one by a threshold, such as 4 stars or more");
      return diagnose(withoutLabel, { binary: reason.binary }, place, { help });
    }
    case "bad-label":
      return diagnose(unfitLabel, { column: reason.column, reason: reason.reason }, place, {
        help: `the columns are ${columns
          .slice(0, 12)
          .map(({ header }) => `\`${header}\``)
          .join(", ")}`,
      });
    case "no-features": {
      const help = reason.leftOut.map(({ column, reason: why }) => `\`${column}\`: ${why}`).join("; ");
      return diagnose(nothingToLearn, { columns: reason.leftOut.length }, place, help === "" ? {} : { help });
    }
  }
}

function told({ guesses, leftOut }: Plan, { path, rows, total }: Table): string {
  const looked =
    rows === total
      ? `all ${counted(total)} rows were looked at`
      : `${counted(rows)} of ${counted(total)} rows were looked at, drawn at random; training will say so if the others hold a value that does not fit the draft`;
  const line = (column: string, is: string, more: string) => [`  ${column}: ${is}`, `      ${more}`];
  return [
    `${path}: ${looked}`,
    ...guesses.flatMap(({ column, is, reason, change }) =>
      line(column, is, `${reason}; otherwise ${change}`),
    ),
    ...(leftOut.length === 0 ? [] : ["", "left out:"]),
    ...leftOut.flatMap(({ column, reason, change }) => line(column, reason, change)),
  ].join("\n");
}
