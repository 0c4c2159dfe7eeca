// Detects a CSV with another separator than its extension promises. The message tells which setting reads it.

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

/** Throws DiagnosticError where the first line is one name that is several with another sign between them. */
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

/** How a CSV is written that is not as its ending says; null where it is, or where that cannot be told. */
export async function formatIn(path: string): Promise<CsvFormat | null> {
  const delimiter = formatOf(path)?.delimiter ?? null;
  if (delimiter === null) return null;
  // A pipe would wait for who writes it; what else is no file is told where rows are read.
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

/** Whether a column holds numbers with decimal commas, but for a few values; a list of ids has more commas in some row. */
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
