// The formats of data files, by file extension.

import { otherPackingOf, repacking } from "../../common/packing.ts";
import { unknownFormat } from "../../diagnostics/catalog/data.ts";
import type { Help } from "../../diagnostics/diagnostic.ts";
import { type DataFormat, dataFormats, type FormatFacts } from "./data-format-list.ts";
import { elsewhereAt } from "./elsewhere.ts";

/** What to do about rows that are not there; null where their address does not tell. */
export function helpForMissing(address: string): Help | null {
  if (/(?:^|\/)postgres(?:ql)?:\/?\//.test(address)) return unknownFormat.helps.postgres();
  if (/(?:^|\/)(s3|gs|hdfs|abfss?|mysql):\/?\//.test(address)) return unknownFormat.helps.elsewhere();
  const hasOther = /\.\w+$/.test(address) && !address.endsWith(".din");
  return formatOf(address) === undefined && hasOther ? helpForFormat(address) : null;
}

/** Arrow's files, whose columns are mostly packed by LZ4, which nothing here unpacks. */
const ARROW = /\.(?:feather|ftr|arrow|ipc)$/i;

/** What to do about a file whose name does not say how it is read. */
export function helpForFormat(path: string): Help {
  const { arrow, endings, packed } = unknownFormat.helps;
  const other = otherPackingOf(path);
  if (other !== null && isPackedOtherwise(path))
    return packed(repacking(other.packing, path, `${other.unpacked}.gz`));
  const all = dataFormats.flatMap(({ endings }) => endings.map((ending) => `.${ending}`)).join(", ");
  return ARROW.test(path) ? arrow(path, path.replace(ARROW, ".parquet")) : endings(all);
}

/** By the last ending; `.gz` after it says that the file is packed. */
export function formatOf(path: string): FormatFacts<DataFormat> | undefined {
  const elsewhere = elsewhereAt(path);
  if (elsewhere?.kind === "served") return formatOf(pathOfUrl(elsewhere.url));
  if (elsewhere !== null) return undefined;
  const name = path.toLowerCase().replace(/\.gz$/, "");
  const last = name.slice(name.lastIndexOf(".") + 1);
  return dataFormats.find(({ endings }) => endings.includes(last));
}

/** Whether the name says rows that another packing than gzip packs. */
export function isPackedOtherwise(path: string): boolean {
  const other = otherPackingOf(path);
  return other !== null && formatOf(other.unpacked) !== undefined;
}

/** As what rows are typed: those of a database or a query have types, as those of a Parquet file. */
export function typedAs(address: string): DataFormat | undefined {
  const elsewhere = elsewhereAt(address);
  return elsewhere === null || elsewhere.kind === "served" ? formatOf(address)?.name : "parquet";
}

/** Of the file alone: what follows `?` says nothing of it. */
export function pathOfUrl(url: string): string {
  return url.replace(/^[a-z]+:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "");
}
