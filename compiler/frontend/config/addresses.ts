// The addresses of rows: a file, a folder, a name pattern, or a list of these, in one text. Pure: the caller
// says which files exist. A character after a backslash stands for itself.

import { isElsewhere } from "./elsewhere.ts";

/** Writes several addresses as `{a,b}`; each may be a pattern. */
export function addressOf(parts: readonly string[]): string {
  return parts.length === 1 ? parts[0]! : `{${parts.map(inBraces).join(",")}}`;
}

/** The special characters of a query are not a pattern. */
function inBraces(part: string): string {
  return isElsewhere(part) ? part.replaceAll(/[\\{},*?[]/g, "\\$&") : withoutCommas(part);
}

/** Tells whether the text is more than the path of one file or folder. */
export function isPattern(address: string): boolean {
  return /[*?[{]/.test(address);
}

/** Expands braces in order: `{a,b}.csv` gives `a.csv` and `b.csv`. */
export function alternatives(address: string): readonly string[] {
  const braces = firstBraces(address);
  if (braces === null) return [address];
  const { start, commas, end } = braces;
  const bounds = [start, ...commas, end];
  return bounds
    .slice(1)
    .flatMap((bound, i) =>
      alternatives(address.slice(0, start) + address.slice(bounds[i]! + 1, bound) + address.slice(end + 1)),
    );
}

/** A part of a pattern between slashes: a fixed text, or an expression for names. */
export type NamePattern =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "names"; readonly fits: (name: string) => boolean }
  /** `**`: any number of folders, or none. */
  | { readonly kind: "folders" };

export function namePattern(part: string): NamePattern {
  if (part === "**") return { kind: "folders" };
  if (!/[*?[\\]/.test(part)) return { kind: "name", name: part };
  const source = [...part.matchAll(/\\(.)|\*|\?|\[([!^]?)([^\]]+)\]|./gsu)].map(([sign, taken, not, of]) => {
    if (taken !== undefined) return literally(taken);
    if (of !== undefined) return `[${not === "" ? "" : "^"}${of.replace(/[\\\]^]/g, "\\$&")}]`;
    return sign === "*" ? ".*" : sign === "?" ? "." : literally(sign);
  });
  const whole = expressionOf(source.join(""));
  if (whole === null) return { kind: "name", name: part };
  const isPlain = !/[*?[]/.test(part.replaceAll(/\\./gs, ""));
  if (isPlain) return { kind: "name", name: part.replaceAll(/\\(.)/gs, "$1") };
  return { kind: "names", fits: (name) => whole.test(name) && (!isHidden(name) || isHidden(part)) };
}

/** Null if a character range ends before it begins. */
function expressionOf(source: string): RegExp | null {
  try {
    return new RegExp(`^${source}$`, "su");
  } catch {
    return null;
  }
}

/**
 * Names of files that belong to a program, such as Spark's `_SUCCESS`. Patterns match them only if they name
 * them.
 */
export function isHidden(name: string): boolean {
  return name.startsWith(".") || name.startsWith("_");
}

/** Files in the order of their names, folder by folder. */
export function inOrderOfNames(paths: readonly string[]): readonly string[] {
  const parted = paths.map((path) => ({ path, parts: path.split("/") }));
  parted.sort(({ parts: a }, { parts: b }) => {
    for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i]! < b[i]! ? -1 : 1;
    return a.length - b.length;
  });
  return parted.map(({ path }) => path);
}

/** The folder that contains all paths, up to their last common slash. */
export function commonFolder(paths: readonly string[]): string {
  const [first = "", ...others] = paths;
  let end = first.lastIndexOf("/") + 1;
  while (end > 0 && !others.every((path) => path.startsWith(first.slice(0, end))))
    end = first.lastIndexOf("/", end - 2) + 1;
  return first.slice(0, end);
}

/**
 * The values that folders named `key=value`, as Hive and Spark write them, give the rows of a file; null for
 * a missing value. The folders are those from `folder` to the file, and those in which `folder` lies, up to
 * the first one with another name: `clicks/day=2` has the columns that its rows have in `clicks`.
 */
export function partitionsOf(folder: string, file: string): ReadonlyMap<string, string | null> {
  const found = new Map<string, string | null>();
  const above = folder.split("/").slice(0, -1);
  const other = above.findLastIndex((name) => !PARTITION.test(name));
  for (const name of [...above.slice(other + 1), ...file.slice(folder.length).split("/").slice(0, -1)]) {
    const [, key, value] = PARTITION.exec(name) ?? [];
    if (key === undefined || value === undefined) continue;
    found.set(unescaped(key), value === NOTHING ? null : unescaped(value));
  }
  return found;
}

const PARTITION = /^([^=]+)=(.*)$/s;

/** Hive's name of a partition whose value is missing. */
const NOTHING = "__HIVE_DEFAULT_PARTITION__";

/** Hive writes characters that are not allowed in file names as %2F. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function literally(sign: string): string {
  return sign.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** Outside braces, a comma would split the list. */
function withoutCommas(part: string): string {
  let depth = 0;
  return part.replaceAll(/\\.|[{},]/gs, (sign) => {
    if (sign === "{") depth += 1;
    if (sign === "}") depth -= 1;
    return sign === "," && depth <= 0 ? "\\," : sign;
  });
}

/** The first braces that contain a comma and are closed. */
function firstBraces(
  text: string,
): { readonly start: number; readonly commas: readonly number[]; readonly end: number } | null {
  for (let start = text.indexOf("{"); start >= 0; start = text.indexOf("{", start + 1)) {
    if (text[start - 1] === "\\") continue;
    const commas: number[] = [];
    let depth = 0;
    for (let i = start; i < text.length; i++) {
      if (text[i] === "\\") i += 1;
      else if (text[i] === "{") depth += 1;
      else if (text[i] === "," && depth === 1) commas.push(i);
      else if (text[i] === "}" && --depth === 0) {
        if (commas.length > 0) return { start, commas, end: i };
        break;
      }
    }
  }
  return null;
}
