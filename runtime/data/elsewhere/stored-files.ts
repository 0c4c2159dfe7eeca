// Finds the objects that a folder or a pattern in an object store means, by the rules for files of this machine:
// sorted by name, without hidden names, and only those whose ending shows rows.

import { formatCount } from "../../../compiler/common/format-count.ts";
import {
  alternatives,
  commonFolder,
  inOrderOfNames,
  isHidden,
  isPattern,
  namePattern,
} from "../../../compiler/frontend/config/addresses.ts";
import {
  isListedInStore,
  isPackedOtherwise,
  isRowsName,
} from "../../../compiler/frontend/config/data-formats.ts";
import { nameOfAddress, type StoredName, storedName } from "../../../compiler/frontend/config/elsewhere.ts";
import type { RowFiles } from "../../../compiler/frontend/config/read-settings.ts";
import { rowFilesAt } from "../../files/row-files.ts";
import { reasonOf, refusal, unreadableServed } from "./refusals.ts";
import { requestNames } from "./stores.ts";

/** The most objects to search; an address that leads to more is probably a mistake. */
const MOST_OBJECTS = 100_000;

/** The files that an address means, in stores too. Throws DiagnosticError if a store does not list its objects. */
export async function rowFilesOf(address: string): Promise<RowFiles> {
  const found = rowFilesAt(address);
  if ("problem" in found || !found.files.some(isListedInStore)) return found;
  const files: string[] = [];
  const folders: string[] = [];
  for (const file of found.files) {
    const listed = isListedInStore(file) ? await listedFiles(file) : { files: [file], folder: found.folder };
    if ("problem" in listed) return file === address ? listed : { problem: `${file}: ${listed.problem}` };
    files.push(...listed.files);
    folders.push(listed.folder);
  }
  return { ...found, files: [...new Set(files)], folder: commonFolder(folders) };
}

async function listedFiles(address: string): Promise<RowFiles> {
  const files: string[] = [];
  const folders: string[] = [];
  for (const pattern of alternatives(address)) {
    const stored = storedName(pattern)!;
    const parts = stored.key.split("/").filter((part) => part !== "");
    const fixed = parts.findIndex((part) => namePattern(part).kind !== "name");
    const folder = (fixed < 0 ? parts : parts.slice(0, fixed)).map((part) => `${plain(part)}/`).join("");
    // The text before the first special character narrows the list.
    const begun = fixed < 0 ? "" : (/^[^\\*?[]*/.exec(parts[fixed]!)?.[0] ?? "");
    const root = `${stored.store}://${stored.bucket}/`;
    const keys = await keysIn(stored, `${folder}${begun}`, nameOfAddress(address));
    if (keys === null)
      return {
        problem: `it leads through more than ${formatCount(MOST_OBJECTS)} objects: name their folder`,
      };
    files.push(...keys.filter((key) => fits(key.split("/"), parts)).map((key) => `${root}${key}`));
    folders.push(`${root}${folder}`);
  }
  return files.length === 0
    ? {
        problem: isPattern(address) ? "no object fits this pattern" : "it is a folder without a file of rows",
      }
    : { files: inOrderOfNames(files), folder: commonFolder(folders) };
}

/** The keys with a prefix; null if there are too many. */
async function keysIn(stored: StoredName, prefix: string, name: string): Promise<string[] | null> {
  const keys: string[] = [];
  for (let token: string | null = null; ; ) {
    const query = { "list-type": "2", "encoding-type": "url", prefix };
    const answer: Response = await requestNames(stored, {
      ...query,
      ...(token === null ? {} : { "continuation-token": token }),
    }).catch((error: unknown) => {
      throw unreadableServed(name, `its store does not answer (${reasonOf(error)})`);
    });
    if (!answer.ok) throw await refusal(name, name, answer);
    const page: string = await answer.text().catch((error: unknown) => {
      throw unreadableServed(name, `its store broke off (${reasonOf(error)})`);
    });
    for (const [, key] of page.matchAll(/<Key>([^<]*)<\/Key>/g)) keys.push(decodeURIComponent(spaced(key!)));
    if (keys.length > MOST_OBJECTS) return null;
    token = /<NextContinuationToken>([^<]+)</.exec(page)?.[1] ?? null;
    if (token === null) return keys;
  }
}

/** Stores write a space in a key as a plus, and a plus as %2B. */
function spaced(key: string): string {
  return key.replaceAll("+", " ");
}

/** Whether a key fits the parts of a pattern, or is in a folder that does. */
function fits(key: readonly string[], [part, ...others]: readonly string[]): boolean {
  const [name, ...below] = key;
  if (name === undefined) return part === undefined;
  if (part === undefined) {
    const file = key.at(-1)!;
    return !key.some(isHidden) && (isRowsName(file) || isPackedOtherwise(file));
  }
  const pattern = namePattern(part);
  switch (pattern.kind) {
    case "folders":
      return fits(key, others) || (!isHidden(name) && below.length > 0 && fits(below, [part, ...others]));
    case "names":
      return pattern.fits(name) && fits(below, others);
    case "name":
      return pattern.name === name && fits(below, others);
  }
}

function plain(part: string): string {
  return part.replaceAll(/\\(.)/gs, "$1");
}
