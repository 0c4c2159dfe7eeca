// Writes a generated folder completely or not at all, and never over files that dinc did not generate.

import { createHash } from "node:crypto";
import { readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import {
  GENERATED_BY,
  type GeneratedFile,
  type GeneratedFiles,
} from "../../compiler/backends/contract/emitted.ts";
import { outputNotGenerated } from "../../compiler/diagnostics/catalog/compile.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { flushFolder, makeFolders, writeFlushed } from "./atomic.ts";
import { leavingNothing, partialOf, removeLeftovers, replacedOf } from "./leftovers.ts";
import { unwritable } from "./unwritable.ts";

export function sizeInBytes(content: GeneratedFile): number {
  if (typeof content === "string" || content instanceof Uint8Array) return Buffer.byteLength(content);
  return content.reduce((sum, piece) => sum + piece.length, 0);
}

/** Throws DiagnosticError if `folder` may not be replaced. */
export async function claimFolder(folder: string, force: boolean): Promise<void> {
  const entries = await entriesOf(folder);
  if (entries === null || entries.length === 0 || force || (await isGenerated(folder))) return;
  throw new DiagnosticError([diagnose(outputNotGenerated, { path: folder }, noLocation)]);
}

/** The SHA-256 of a file's future content. */
export function digestOf(content: GeneratedFile): string {
  const hash = createHash("sha256");
  if (typeof content === "string" || content instanceof Uint8Array) hash.update(content);
  else for (const piece of content) hash.update(piece);
  return hash.digest("hex");
}

/** Writes `files` next to `folder`, and replaces `folder` by them if `check` does not throw. */
export async function writeFolder(
  folder: string,
  files: GeneratedFiles,
  force: boolean,
  check: (folder: string) => Promise<void> = async () => {},
): Promise<void> {
  await claimFolder(folder, force);
  await leavingNothing(folder, () => putFolder(folder, files, check)).catch((error: unknown) => {
    throw unwritable(folder, error);
  });
}

async function putFolder(
  folder: string,
  files: GeneratedFiles,
  check: (folder: string) => Promise<void>,
): Promise<void> {
  const path = resolve(folder);
  const partial = partialOf(folder, process.pid);
  const replaced = replacedOf(folder, process.pid);
  await makeFolders(dirname(path));
  await removeLeftovers(folder);
  await rm(partial, { recursive: true, force: true });
  await makeFolders(partial);
  const folders = [...new Set([...files.keys()].map((name) => dirname(join(partial, name))))];
  for (const inner of folders) await makeFolders(inner);
  // All at once, because most of the time is spent waiting for the disk. All writes have ended before an
  // error removes the folder.
  const writes = [...files].map(([name, content]) => writeFlushed(join(partial, name), inOneGo(content)));
  for (const write of await Promise.allSettled(writes)) if (write.status === "rejected") throw write.reason;
  for (const inner of new Set([...folders, partial])) await flushFolder(inner);
  await check(partial);
  const replaces = (await entriesOf(folder)) !== null;
  if (replaces) await rename(path, replaced);
  await rename(partial, path).catch(async (error: unknown) => {
    if (replaces) await rename(replaced, path);
    throw error;
  });
  await rm(replaced, { recursive: true, force: true });
  await flushFolder(dirname(path));
}

/** A file's content in the form that writes it. */
export function inOneGo(content: GeneratedFile): Parameters<typeof writeFlushed>[1] {
  if (typeof content === "string" || content instanceof Uint8Array) return content;
  return async (file) => {
    for (const piece of content) await file.writeFile(piece);
  };
}

/** The names in a folder; null if it does not exist. */
async function entriesOf(folder: string): Promise<string[] | null> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw unwritable(folder, error);
  });
}

async function isGenerated(folder: string): Promise<boolean> {
  const text = (name: string) => readFile(join(folder, name), "utf8").catch(() => "");
  try {
    const content: unknown = JSON.parse(await text("package.json"));
    const by = (content as Record<string, unknown> | null)?.[GENERATED_BY];
    if (typeof by === "string" && by.startsWith("dinc ")) return true;
  } catch {
    // It is not a JavaScript package.
  }
  return (await text("pyproject.toml")).includes(`\n[tool.dinc]\n${GENERATED_BY} = "dinc `);
}
