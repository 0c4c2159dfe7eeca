// Detects a CSV with another separator than its extension promises. The message tells how to rewrite the file without changing a
// value.

import { otherSeparator } from "../../compiler/diagnostics/catalog/data.ts";
import { DiagnosticError, diagnose, inData } from "../../compiler/diagnostics/diagnostic.ts";
import { inShell } from "../files/shell.ts";
import { csvHeader, firstRecords } from "./csv-header.ts";
import { isPacked } from "./packed-file.ts";

const SEPARATORS: ReadonlyMap<string, string> = new Map([
  [",", "comma"],
  ["\t", "tab"],
  [";", "semicolon"],
  ["|", "|"],
]);

/** Throws DiagnosticError where the first line is one name that is several with another sign between them. */
export async function refuseOtherSeparator(
  path: string,
  delimiter: string,
  names: readonly string[],
): Promise<void> {
  if (names.length !== 1) return;
  const other = [...SEPARATORS.keys()].find((sign) => sign !== delimiter && names[0]!.includes(sign));
  if (other === undefined) return;
  const parameters = {
    separator: `a ${SEPARATORS.get(other)}`,
    expected: SEPARATORS.get(delimiter)!,
    names: (await csvHeader(path, other)).names.length,
  };
  const ending = { "\t": ".tsv", ",": ".csv" }[other];
  const help =
    ending === undefined
      ? otherSeparator.helps.withCommas(await withCommas(path, other))
      : otherSeparator.helps.ending(ending);
  throw new DiagnosticError([diagnose(otherSeparator, parameters, inData({ path }), { help })]);
}

/**
 * A command that writes the file again and takes no value for a number, as pandas would: the id 007 stays 007. Only the commas
 * of columns whose values are numbers with decimal commas become points.
 */
async function withCommas(path: string, delimiter: string): Promise<string> {
  const decimal = decimalColumns(await firstRecords(path, delimiter, SAMPLED));
  const rows = `csv.reader(sys.stdin, delimiter="${delimiter}")`;
  const changed =
    decimal.length === 0
      ? rows
      : `[v.replace(",", ".") if i in [${decimal.join(", ")}] else v for i, v in enumerate(r)] for r in ${rows}`;
  const script = `import csv, sys; csv.writer(sys.stdout).writerows(${changed})`;
  const written = inShell(`${path.replace(/\.[ct]sv(\.gz)?$/i, "")}.commas.csv`);
  const read = inShell(path);
  return isPacked(path)
    ? `gunzip -c ${read} | python3 -c '${script}' > ${written}`
    : `python3 -c '${script}' < ${read} > ${written}`;
}

const SAMPLED = 1000;

/** The columns that hold numbers with decimal commas; a list of ids has more commas in some row. */
function decimalColumns([names = [], ...rows]: readonly (readonly string[])[]): number[] {
  return names.flatMap((_, i) => {
    const values = rows.flatMap((row) => row[i] ?? []).filter((value) => value !== "");
    const areNumbers = values.every((value) => /^-?\d+(,\d+)?$/.test(value));
    return areNumbers && values.some((value) => value.includes(",")) ? [i] : [];
  });
}
