// Detects a CSV whose separator differs from that of its extension. The message names the setting that reads
// it.

import { mayBeOdd } from "../../../compiler/common/odd-values.ts";
import { otherSeparator } from "../../../compiler/diagnostics/catalog/data.ts";
import { diagnose, inData } from "../../../compiler/diagnostics/diagnostic.ts";
import { type CsvFormat, csvSetting } from "../../../compiler/frontend/config/csv-format.ts";
import { formatOf } from "../../../compiler/frontend/config/data-formats.ts";
import { FileFault } from "../../files/file-fault.ts";
import { problemOfFile } from "../../files/row-files.ts";
import { csvHeader, firstRecords } from "./csv-header.ts";

const SEPARATORS: ReadonlyMap<string, string> = new Map([
  [",", "comma"],
  ["\t", "tab"],
  [";", "semicolon"],
  ["|", "|"],
]);

/** Throws DiagnosticError if the first line is a single name that another separator would split. */
export async function refuseOtherSeparator(
  path: string,
  delimiter: string,
  names: readonly string[],
): Promise<void> {
  const other = otherIn(names, delimiter);
  if (other === null) return;
  const parameters = {
    separator: named(other),
    expected: named(delimiter).replace(/^a /, ""),
    names: (await csvHeader(path, other)).names.length,
  };
  const setting = csvSetting(await formatWith(path, other));
  const help = otherSeparator.helps.setting(setting);
  throw new FileFault(path, (file) =>
    diagnose(otherSeparator, parameters, inData({ path: file.path }), { help }),
  );
}

/** The format of a CSV that differs from its ending; null if it does not, or if that is unclear. */
export async function formatIn(path: string): Promise<CsvFormat | null> {
  const delimiter = formatOf(path)?.delimiter ?? null;
  if (delimiter === null) return null;
  // Reading a pipe would wait for its writer; other paths that are not files are reported where rows are
  // read.
  if (problemOfFile(path) !== null) return null;
  const other = otherIn((await csvHeader(path, delimiter)).names, delimiter);
  return other === null ? null : formatWith(path, other);
}

function otherIn(names: readonly string[], delimiter: string): string | null {
  const [only = ""] = names;
  if (names.length !== 1) return null;
  return [...SEPARATORS.keys()].find((sign) => sign !== delimiter && only.includes(sign)) ?? null;
}

async function formatWith(path: string, delimiter: string): Promise<CsvFormat> {
  const decimal = (await hasDecimalComma(path, delimiter)) ? "," : ".";
  return { delimiter, decimal, encoding: null };
}

function named(delimiter: string): string {
  return `a ${SEPARATORS.get(delimiter) ?? JSON.stringify(delimiter)}`;
}

const SAMPLED = 1000;

/**
 * Tells whether a column has numbers with decimal commas, except for a few values; in a list of ids some row
 * has more commas.
 */
async function hasDecimalComma(path: string, delimiter: string): Promise<boolean> {
  const [names = [], ...rows] = await firstRecords(path, delimiter, SAMPLED);
  return names.some((_, i) => {
    const values = rows.flatMap((row) => row[i] ?? []).filter((value) => value !== "");
    const numbers = values.filter((value) => /^-?\d+(,\d+)?$/.test(value));
    const few = mayBeOdd(values.length);
    return (
      values.length - numbers.length <= few && numbers.filter((value) => value.includes(",")).length > few
    );
  });
}
