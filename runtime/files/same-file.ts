// Tests whether two paths are the same file, or one is inside the other, also through links, other spellings
// or hard links.

import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";

/** The first of `inputs` that is the same file as `out`; null if none is. */
export async function inputAt(out: string, inputs: readonly string[]): Promise<string | null> {
  const own = await identitiesOf(out);
  for (const input of inputs) {
    const others = await identitiesOf(input);
    if (others.some((each) => own.includes(each))) return input;
  }
  return null;
}

/** Whether `path` is the folder or is inside it. */
export async function liesIn(path: string, folder: string): Promise<boolean> {
  const [own, outer] = [await plainPath(resolve(path)), await plainPath(resolve(folder))];
  return own === outer || own.startsWith(outer.endsWith(sep) ? outer : outer + sep);
}

/** Its path without links and, if it exists, its inode and disk. */
async function identitiesOf(path: string): Promise<string[]> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  return [await plainPath(resolve(path)), ...(found === null ? [] : [`${found.dev}:${found.ino}`])];
}

/** The path without links, resolved as far as it exists. */
async function plainPath(path: string): Promise<string> {
  const plain = await realpath(path).catch(() => null);
  if (plain !== null || dirname(path) === path) return plain ?? path;
  return join(await plainPath(dirname(path)), basename(path));
}
