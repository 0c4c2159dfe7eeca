// Copies standard input to a file, because names and types of columns must be known before the rows are read.

import { createWriteStream } from "node:fs";
import { mkdtemp, open, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { atEnd } from "../files/at-end.ts";
import { inTemporary, removeIfPossible } from "../files/temporary.ts";

export class StandardInput {
  private folder: string | null = null;
  private forget: () => void = () => {};

  /** Where it lies until this is closed: a CSV, or JSON Lines where it begins with a brace. */
  spooled(): Promise<string> {
    return inTemporary("standard input is kept there while it is read", () => this.spool());
  }

  private async spool(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "dinc-input-"));
    this.folder = folder;
    this.forget = atEnd(() => removeIfPossible(folder));
    const path = join(folder, "rows");
    await pipeline(process.stdin, createWriteStream(path));
    const file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, 0);
    await file.close();
    const typed = `${path}.${bytesRead === 1 && buffer.toString() === "{" ? "jsonl" : "csv"}`;
    await rename(path, typed);
    return typed;
  }

  async close(): Promise<void> {
    if (this.folder !== null) await rm(this.folder, { recursive: true, force: true });
    this.forget();
  }
}
