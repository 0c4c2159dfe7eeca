// Reads a zip file, such as an extension of VS Code or a package, for tests that look into one.

import { readFileSync } from "node:fs";
import { unzipSync } from "fflate";

/** The files of an archive by name. */
export function readZip(path: string): ReadonlyMap<string, Buffer> {
  const files = Object.entries(unzipSync(readFileSync(path)));
  return new Map(files.map(([name, bytes]) => [name, Buffer.from(bytes)]));
}
