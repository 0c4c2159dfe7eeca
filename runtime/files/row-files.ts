// The files that an address of rows means, in the order of their names, whatever order the file system gives them in. A path that is a
// file is that file, whatever signs it has.

import { accessSync, constants, readdirSync, realpathSync, statSync } from "node:fs";
import {
  alternatives,
  commonFolder,
  inOrderOfNames,
  isHidden,
  isPattern,
  namePattern,
} from "../../compiler/frontend/config/addresses.ts";
import { formatOf } from "../../compiler/frontend/config/data-formats.ts";
import type { RowFiles } from "../../compiler/frontend/config/read-settings.ts";
import { fileProblem } from "./file-problem.ts";
import { otherThanFile } from "./read-text.ts";

/** Folders within each other; more are a circle of links. */
const DEEPEST = 64;

export function rowFilesAt(address: string): RowFiles {
  if (kindOf(address) === "file") return oneFile(address);
  const files: string[] = [];
  const folders: string[] = [];
  for (const each of isPattern(address) ? alternatives(address) : [address]) {
    const path = each.replaceAll(/\\(.)/gs, "$1");
    const kind = kindOf(path);
    const found = kind === "file" ? oneFile(path) : kind === "folder" ? filesIn(path) : matching(each);
    if ("problem" in found) return each === address ? found : { problem: `${path}: ${found.problem}` };
    files.push(...found.files.filter((file) => !files.includes(file)));
    folders.push(found.folder);
  }
  for (const file of files) {
    const problem = problemOfFile(file);
    if (problem !== null) return { problem: `${file}: ${problem}` };
  }
  return { files, folder: commonFolder(folders) };
}

/** Why the file at a path cannot be read; null where it can. */
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

/** All files of rows in a folder and those within. */
function filesIn(folder: string): RowFiles {
  const base = folder === "." ? "" : folder.endsWith("/") ? folder : `${folder}/`;
  const files = filesBelow(base, 0);
  return files.length === 0
    ? { problem: "it is a folder without a file of rows" }
    : { files: inOrderOfNames(files), folder: base };
}

function filesBelow(folder: string, depth: number): string[] {
  if (depth > DEEPEST) return [];
  return namesIn(folder).flatMap((name) => {
    if (isHidden(name)) return [];
    const path = `${folder}${name}`;
    if (kindOf(path) === "folder") return filesBelow(`${path}/`, depth + 1);
    return formatOf(name) === undefined ? [] : [path];
  });
}

/** The files that a pattern without braces fits; of a folder that it fits, those within. */
function matching(pattern: string): RowFiles {
  if (!isPattern(pattern)) return { problem: problemOfFile(pattern) ?? "there is no such file" };
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
    for (const path of paths) for (const found of stepFrom(path, part, isLast)) next.add(found);
    paths = [...next];
  }
  const files = paths.flatMap((path) => (path.endsWith("/") ? filesBelow(path, 0) : [path]));
  return files.length === 0
    ? { problem: "no file fits this pattern" }
    : { files: inOrderOfNames([...new Set(files)]), folder };
}

/** Paths one part of a pattern further; those of folders end with a slash. */
function stepFrom(folder: string, part: string, isLast: boolean): string[] {
  const pattern = namePattern(part);
  if (pattern.kind === "folders") return foldersBelow(folder, 0);
  const names =
    pattern.kind === "name" ? [pattern.name] : namesIn(folder).filter((name) => pattern.fits(name));
  return names.flatMap((name) => {
    const path = `${folder}${name}`;
    const kind = kindOf(path);
    return kind === "folder" ? [`${path}/`] : kind === "file" && isLast ? [path] : [];
  });
}

function foldersBelow(folder: string, depth: number): string[] {
  if (depth > DEEPEST) return [];
  const below = namesIn(folder).filter((name) => !isHidden(name) && kindOf(`${folder}${name}`) === "folder");
  return [folder, ...below.flatMap((name) => foldersBelow(`${folder}${name}/`, depth + 1))];
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder === "" ? "." : folder);
  } catch {
    return [];
  }
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

/** The path that the file at a path has without symbolic links. */
export function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
