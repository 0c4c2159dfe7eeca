// Finds the format of a data file by its extension.

import { otherCompressionOf, recompressing } from "../../common/compression.ts";
import { unknownFormat } from "../../diagnostics/catalog/data.ts";
import type { Help } from "../../diagnostics/diagnostic.ts";
import { isPattern } from "./addresses.ts";
import { type DataFormat, dataFormats, type FormatFacts } from "./data-format-list.ts";
import { elsewhereAt, storedName } from "./elsewhere.ts";

/** The help for rows that don't exist; null if their address gives no hint. */
export function helpForMissing(address: string): Help | null {
  if (/(?:^|\/)postgres(?:ql)?:\/?\//.test(address)) return unknownFormat.helps.postgres();
  if (/(?:^|\/)(s3a?|gs|hdfs|abfss?|mysql):\/?\//.test(address)) return unknownFormat.helps.elsewhere();
  const hasOther = /\.\w+$/.test(address) && !address.endsWith(".din");
  return formatOf(address) === undefined && hasOther ? helpForFormat(address) : null;
}

/** The help for a file whose name does not give its format. */
export function helpForFormat(path: string): Help {
  const { endings, compressed } = unknownFormat.helps;
  const other = otherCompressionOf(path);
  if (other !== null && isPackedOtherwise(path))
    return compressed(recompressing(other.compression, path, `${other.unpacked}.gz`));
  const all = dataFormats.flatMap(({ endings, sharedEndings = [] }) => [...endings, ...sharedEndings]);
  return endings(all.map((ending) => `.${ending}`).join(", "));
}

/** Finds the format by the last ending; a further `.gz` means that the file is compressed. */
export function formatOf(path: string): FormatFacts<DataFormat> | undefined {
  const elsewhere = elsewhereAt(path);
  if (elsewhere?.kind === "served") return formatOf(pathOfUrl(elsewhere.url));
  if (elsewhere !== null) return undefined;
  const last = lastEnding(path);
  return dataFormats.find(
    ({ endings, sharedEndings = [] }) => endings.includes(last) || sharedEndings.includes(last),
  );
}

/**
 * Whether the name alone shows that a file has rows. `README.txt` is not, although a path may name a CSV
 * `rows.txt`.
 */
export function isRowsName(path: string): boolean {
  return formatOf(path)?.endings.includes(lastEnding(path)) === true;
}

/** Whether an address is a folder of an object store, or a pattern of names there. */
export function isListedInStore(address: string): boolean {
  const stored = storedName(address);
  return stored !== null && (isPattern(stored.key) || !/\.\w+$/.test(stored.key));
}

function lastEnding(path: string): string {
  const name = path.toLowerCase().replace(/\.gz$/, "");
  return name.slice(name.lastIndexOf(".") + 1);
}

/** Whether the name shows rows in a compression other than gzip. */
export function isPackedOtherwise(path: string): boolean {
  const other = otherCompressionOf(path);
  return other !== null && isRowsName(other.unpacked);
}

/**
 * The format whose types the rows have: rows of a database or a query are typed, like those of a Parquet
 * file.
 */
export function typedAs(address: string): DataFormat | undefined {
  const elsewhere = elsewhereAt(address);
  return elsewhere === null || elsewhere.kind === "served" ? formatOf(address)?.name : "parquet";
}

/** The path of the file alone; on a server, without the part after `?`. */
export function pathOfUrl(url: string): string {
  return storedName(url)?.key ?? url.replace(/^[a-z]+:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "");
}
