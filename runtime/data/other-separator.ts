// A CSV whose values have another sign between them than its ending says: what is said tells how to write it again, with every value
// as it is.

import { otherSeparator } from "../../compiler/diagnostics/catalog/data.ts";
import { DiagnosticError, diagnose, inData } from "../../compiler/diagnostics/diagnostic.ts";
import { csvHeader } from "./csv-header.ts";

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
      ? `write it again with commas: \`${withCommas(path, other)}\``
      : `give it the ending ${ending}`;
  throw new DiagnosticError([diagnose(otherSeparator, parameters, inData({ path }), { help })]);
}

/** A command that writes the file again and takes no value for a number, as pandas would: the id 007 stays 007. */
function withCommas(path: string, delimiter: string): string {
  const script = `import csv, sys; csv.writer(sys.stdout).writerows(csv.reader(sys.stdin, delimiter="${delimiter}"))`;
  const written = inShell(`${path.replace(/\.[ct]sv(\.gz)?$/i, "")}.commas.csv`);
  const read = inShell(path);
  return path.toLowerCase().endsWith(".gz")
    ? `gunzip -c ${read} | python3 -c '${script}' > ${written}`
    : `python3 -c '${script}' < ${read} > ${written}`;
}

function inShell(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
