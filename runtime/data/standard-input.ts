// What comes on standard input, as a file: names and types of columns have to be known before the rows are read.

import { createWriteStream, rmSync } from "node:fs";
import { mkdtemp, open, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

export class StandardInput {
  private folder: string | null = null;

  /** Where it lies until this is closed: a CSV, or JSON Lines where it begins with a brace. */
  async spooled(): Promise<string> {
    this.folder = await mkdtemp(join(tmpdir(), "dinc-input-"));
    process.once("exit", this.remove);
    const path = join(this.folder, "rows");
    await pipeline(process.stdin, createWriteStream(path));
    const file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, 0);
    await file.close();
    const typed = `${path}.${bytesRead === 1 && buffer.toString() === "{" ? "jsonl" : "csv"}`;
    await rename(path, typed);
    return typed;
  }

  async close(): Promise<void> {
    process.off("exit", this.remove);
    if (this.folder !== null) await rm(this.folder, { recursive: true, force: true });
  }

  /** Where the process ends before this is closed: on a signal, or as nobody reads what it writes. */
  private readonly remove = (): void => {
    if (this.folder !== null) rmSync(this.folder, { recursive: true, force: true });
  };
}
