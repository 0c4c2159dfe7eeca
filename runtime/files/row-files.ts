// Finds the files that an address of rows means, sorted by name, whatever order the file system returns. A
// path that is a file means that file, whatever characters it contains.

import { accessSync, constants, type Dirent, readdirSync, realpathSync, statSync } from "node:fs";
import { formatCount } from "../../compiler/common/format-count.ts";
import {
  alternatives,
  commonFolder,
  inOrderOfNames,
  isHidden,
  isPattern,
  namePattern,
} from "../../compiler/frontend/config/addresses.ts";
import { isPackedOtherwise, isRowsName } from "../../compiler/frontend/config/data-formats.ts";
import {
  databaseOf,
  type Elsewhere,
  elsewhereAt,
  isElsewhere,
  nameOfAddress,
  STANDARD_INPUT,
} from "../../compiler/frontend/config/elsewhere.ts";
import type { RowFiles } from "../../compiler/frontend/config/read-settings.ts";
import { fileProblem, MISSING } from "./file-problem.ts";
import { otherThanFile } from "./read-text.ts";

/** The most files and folders to search; an address that leads to more is probably a mistake. */
const MOST_ENTRIES = 100_000;

export function rowFilesAt(address: string, most = MOST_ENTRIES): RowFiles {
  try {
    return filesAt(address, new Walk(most));
  } catch (error) {
    if (!(error instanceof TooManyEntries)) throw error;
    return {
      problem: `it leads through more than ${formatCount(most)} files and folders: name the folder of the rows`,
    };
  }
}

function filesAt(address: string, walk: Walk): RowFiles {
  const elsewhere = elsewhereAt(address);
  if (elsewhere !== null && kindOf(placeOf(elsewhere)) !== "folder") return itselfOf(address, elsewhere);
  if (kindOf(address) === "file") return oneFile(address);
  if (address === STANDARD_INPUT) return { files: [address], folder: "" };
  const files: string[] = [];
  const folders: string[] = [];
  const places = new Set<string>();
  const twice = new Set<string>();
  for (const each of isPattern(address) ? alternatives(address) : [address]) {
    const path = each.replaceAll(/\\(.)/gs, "$1");
    const kind = kindOf(path);
    const found =
      each !== address && isElsewhere(path)
        ? filesAt(path, walk)
        : kind === "file"
          ? oneFile(path)
          : kind === "folder"
            ? filesIn(path, walk)
            : matching(each, walk);
    if ("problem" in found) return each === address ? found : { problem: `${path}: ${found.problem}` };
    for (const file of found.files) {
      const place = isElsewhere(file) ? file : realPathOf(file);
      if (places.has(place)) twice.add(file);
      else files.push(file);
      places.add(place);
    }
    folders.push(found.folder);
  }
  for (const file of files.filter((each) => !isElsewhere(each))) {
    const problem = problemOfFile(file);
    if (problem !== null) return { problem: `${file}: ${problem}` };
  }
  return { files, folder: commonFolder(folders), twice: [...twice] };
}

/** The path of a database; empty for a query without one. */
function placeOf(elsewhere: Elsewhere): string {
  return databaseOf(elsewhere) ?? "";
}

/** A table of a database or a query: its files are found only when it runs. */
function itselfOf(address: string, elsewhere: Elsewhere): RowFiles {
  const database = databaseOf(elsewhere);
  const problem =
    database !== null
      ? problemOfFile(database)
      : elsewhere.kind === "query" && kindOf(elsewhere.from) !== "folder"
        ? `there is no folder ${elsewhere.from}`
        : null;
  if (problem === null)
    return {
      files: [address],
      folder: elsewhere.kind === "served" ? folderOf(nameOfAddress(address)) : "",
    };
  return { problem: database === null || database === address ? problem : `${database}: ${problem}` };
}

/** The reason why the file at a path cannot be read; null if it can. */
export function problemOfFile(path: string): string | null {
  try {
    accessSync(path, constants.R_OK);
    return otherThanFile(statSync(path));
  } catch (error) {
    return fileProblem(error);
  }
}

function oneFile(path: string): RowFiles {
  const problem = problemOfFile(path);
  return problem === null ? { files: [path], folder: folderOf(path) } : { problem };
}

/** All files of rows in a folder and its subfolders. */
function filesIn(folder: string, walk: Walk): RowFiles {
  const base = folder === "." ? "" : folder.endsWith("/") ? folder : `${folder}/`;
  const files = walk.filesBelow(base);
  return files.length === 0
    ? { problem: "it is a folder without a file of rows" }
    : { files: inOrderOfNames(files), folder: base };
}

class TooManyEntries extends Error {
  override readonly name = "TooManyEntries";
}

/**
 * Walks down folders. It follows links, but not back to a folder above, and finds a file once even if several
 * paths lead to it.
 */
class Walk {
  private readonly most: number;
  private entries = 0;
  private hasLinks = false;

  constructor(most: number) {
    this.most = most;
  }

  /** The files of rows in a folder, whose path ends with a slash, and in its subfolders. */
  filesBelow(folder: string): string[] {
    const found = this.below(folder).flatMap(({ path, entries }) =>
      entries
        .filter(({ name, kind }) => kind === "file" && (isRowsName(name) || isPackedOtherwise(name)))
        .map(({ name }) => `${path}${name}`),
    );
    if (!this.hasLinks) return found;
    const byPlace = new Map<string, string>();
    for (const path of inOrderOfNames(found)) {
      const place = realPathOf(path);
      if (!byPlace.has(place)) byPlace.set(place, path);
    }
    return [...byPlace.values()];
  }

  /** A folder and its subfolders. */
  foldersBelow(folder: string): string[] {
    return this.below(folder).map(({ path }) => path);
  }

  private below(folder: string, way: readonly string[] = [realPathOf(folder)]): Folder[] {
    const entries = this.entriesIn(folder).filter(({ name }) => !isHidden(name));
    return [
      { path: folder, entries },
      ...entries.flatMap(({ name, kind, isLink }) => {
        if (kind !== "folder") return [];
        const path = `${folder}${name}`;
        if (!isLink) return this.below(`${path}/`, way);
        const target = realPathOf(path);
        const leadsBack = way.includes(target) || `${realPathOf(folder)}/`.startsWith(`${target}/`);
        return leadsBack ? [] : this.below(`${path}/`, [...way, target]);
      }),
    ];
  }

  /** Empty for a folder that cannot be read. */
  entriesIn(folder: string): Entry[] {
    let entries: Dirent[];
    try {
      entries = readdirSync(folder === "" ? "." : folder, { withFileTypes: true });
    } catch {
      return [];
    }
    this.entries += entries.length;
    if (this.entries > this.most) throw new TooManyEntries();
    return entries.map((entry) => {
      const isLink = entry.isSymbolicLink();
      this.hasLinks ||= isLink;
      const kind = isLink ? kindOf(`${folder}${entry.name}`) : entry.isDirectory() ? "folder" : "file";
      return { name: entry.name, kind, isLink };
    });
  }
}

interface Folder {
  /** Ends with a slash. */
  readonly path: string;
  /** Without hidden entries. */
  readonly entries: readonly Entry[];
}

interface Entry {
  readonly name: string;
  /** The kind of a link's target; null if it does not exist. */
  readonly kind: "file" | "folder" | null;
  readonly isLink: boolean;
}

/** The files that a pattern without braces matches; for a matching folder, the files in it. */
function matching(pattern: string, walk: Walk): RowFiles {
  if (!isPattern(pattern)) return { problem: problemOfFile(pattern) ?? MISSING };
  const parts = pattern.split("/");
  const fixed = parts.findIndex((part) => namePattern(part).kind !== "name");
  const folder = parts
    .slice(0, fixed)
    .map((part) => `${part.replaceAll(/\\(.)/gs, "$1")}/`)
    .join("");
  let paths = [folder];
  for (const [i, part] of parts.slice(fixed).entries()) {
    const isLast = fixed + i === parts.length - 1;
    const next = new Set<string>();
    for (const path of paths) for (const found of stepFrom(path, part, isLast, walk)) next.add(found);
    paths = [...next];
  }
  const files = paths.flatMap((path) => (path.endsWith("/") ? walk.filesBelow(path) : [path]));
  return files.length === 0
    ? { problem: "no file fits this pattern" }
    : { files: inOrderOfNames([...new Set(files)]), folder };
}

/** The paths that match one more part of a pattern; those of folders end with a slash. */
function stepFrom(folder: string, part: string, isLast: boolean, walk: Walk): string[] {
  const pattern = namePattern(part);
  if (pattern.kind === "folders") return walk.foldersBelow(folder);
  const names =
    pattern.kind === "name"
      ? [pattern.name]
      : walk.entriesIn(folder).flatMap(({ name }) => (pattern.fits(name) ? [name] : []));
  return names.flatMap((name) => {
    const path = `${folder}${name}`;
    const kind = kindOf(path);
    return kind === "folder" ? [`${path}/`] : kind === "file" && isLast ? [path] : [];
  });
}

function kindOf(path: string): "file" | "folder" | null {
  try {
    return statSync(path).isDirectory() ? "folder" : "file";
  } catch {
    return null;
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

/** The path without symbolic links. */
export function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
