// Describes missing rows: where the settings name them, and which file has a similar name. Files that a query
// names are included, as far as the text alone shows them.

import { suggest } from "../../../grammar/closest-word.ts";
import { dataFileMissing } from "../../diagnostics/catalog/data.ts";
import { shared } from "../../diagnostics/catalog/helps.ts";
import { type Details, inText } from "../../diagnostics/diagnostic.ts";
import { replacing } from "../../diagnostics/field-words/name-fixes.ts";
import { isPattern } from "./addresses.ts";
import { databaseOf, elsewhereAt } from "./elsewhere.ts";
import { folderOf, isAbsolute, under } from "./paths.ts";
import type { SettingOrigin } from "./setting-tree.ts";

/** A file that a query reads. */
export interface NamedInQuery {
  /** The name as the query has it. */
  readonly name: string;
  readonly path: string;
}

/** Questions about files. */
interface Disk {
  rowsAt?(address: string): { readonly files: readonly string[] } | { readonly problem: string };
}

/**
 * Skips comments, quoted names and texts; a text after FROM, JOIN or the name of a reading function is a
 * file.
 */
const SQL =
  /--[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"]|"")*"|(?:\b(?:from|join)\s+|\bread_\w+\s*\(\s*|\bparquet_scan\s*\(\s*)'((?:[^']|'')*)'|'(?:[^']|'')*'/gi;

/** The files that a query names, each once; none for an address that isn't a query or reads a database. */
export function namedInQuery(address: string): readonly NamedInQuery[] {
  const query = elsewhereAt(address);
  if (query?.kind !== "query" || databaseOf(query) !== null) return [];
  const names = [...query.sql.matchAll(SQL)].flatMap(([, name]) => name?.replaceAll("''", "'") ?? []);
  return [...new Set(names)].map((name) => ({ name, path: under(query.from, name) }));
}

/** The location of a setting, narrowed to `text` if the setting contains it once. */
export function narrowTo(written: SettingOrigin, text: string): SettingOrigin {
  const { location } = written;
  if (location.kind !== "text") return written;
  const { file, start, end } = location.span;
  const at = file.text.indexOf(text, start);
  const again = file.text.indexOf(text, at + 1);
  const isOnce = at >= 0 && at + text.length <= end && (again < 0 || again >= end);
  return isOnce ? { ...written, location: inText({ file, start: at, end: at + text.length }) } : written;
}

/** Suggests the file in the same folder that a name most likely means: as help, and as a fix at the name. */
export function nearFile(path: string, disk: Disk, written: SettingOrigin): Details {
  const [folder, name] = [folderOf(path), baseOf(path)];
  const ending = /.(\.[\w.]+)$/.exec(name)?.[1];
  if (ending === undefined || isPattern(path) || elsewhereAt(path) !== null) return {};
  const found = disk.rowsAt?.(`${folder}/*${ending}`);
  if (found === undefined || "problem" in found) return {};
  const near = suggest(name, found.files.map(baseOf));
  if (near === null) return {};
  const { location } = narrowTo(written, name);
  const isName =
    location.kind === "text" &&
    location.span.file.text.slice(location.span.start, location.span.end) === name;
  const fixes = isName ? [{ ...replacing(location.span, near), isGuess: true as const }] : [];
  return { help: shared.didYouMean(near), fixes };
}

/**
 * Tells where a relative path was looked for, which isn't the current folder, and how to name the file of that
 * name there.
 */
export function folderHelp(folder: string, named: readonly string[], disk: Disk): Details {
  const [name] = named;
  const isPlain = named.length === 1 && !isAbsolute(name!) && elsewhereAt(name!) === null;
  if (!isPlain || folder === ".") return {};
  const found = disk.rowsAt?.(name!);
  if (found === undefined || "problem" in found) return { help: dataFileMissing.helps.relativeTo(folder) };
  const isBelow = !isAbsolute(folder) && !folder.startsWith("..");
  const asWritten = isBelow ? under(folder.replaceAll(/[^/]+/g, ".."), name!) : null;
  return { help: dataFileMissing.helps.here(name!, folder, asWritten) };
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
