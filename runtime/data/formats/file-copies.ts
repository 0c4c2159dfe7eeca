// Copies files that DuckDB cannot read directly: a CSV in another encoding or with a delimiter of several
// characters becomes UTF-8 with a single one; JSON loses its byte order mark; Arrow and NumPy become Parquet. Rows, quotes and
// line ends stay as they are, so that messages name the rows of the file itself.

import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { malformedFile } from "../../../compiler/diagnostics/catalog/data.ts";
import { diagnose, inData } from "../../../compiler/diagnostics/diagnostic.ts";
import type { CsvFormat } from "../../../compiler/frontend/config/csv-format.ts";
import { atEnd } from "../../files/at-end.ts";
import { FileFault } from "../../files/file-fault.ts";
import { inTemporary, removeIfPossible } from "../../files/temporary.ts";
import { decompressedBytes, isCompressed } from "./compressed-file.ts";

/** The delimiter of a copy whose file has one of several characters; no text contains it. */
export const UNIT_SEPARATOR = "\x1f";

/** Tells whether a file can only be read as a copy. */
export function needsCopy({ delimiter, encoding }: CsvFormat): boolean {
  return encoding !== null || (delimiter !== null && delimiter.length > 1);
}

const PURPOSE = "a copy of a file is kept there while it is read";

/** The copies of a reading, in a folder that is removed with it. */
export class FileCopies {
  private folder: string | null = null;
  private forget: () => void = () => {};
  private count = 0;

  /** The path of a copy. Throws DiagnosticError if the file is not in its encoding. */
  copyOf(path: string, format: CsvFormat): Promise<string> {
    return this.ofBytes("csv", recoded(path, format));
  }

  /** The path of a copy without its initial byte order mark. */
  withoutMark(path: string): Promise<string> {
    return this.ofBytes("json", afterMark(path));
  }

  /** The path of a copy that is not compressed, or of the file itself if it isn't. */
  async decompressed(path: string): Promise<string> {
    return isCompressed(path) ? this.ofBytes("plain", decompressedBytes(path)) : path;
  }

  /** The path of a file with this ending that `write` writes. */
  asFile(ending: string, write: (path: string) => Promise<void>): Promise<string> {
    return inTemporary(PURPOSE, () => this.write(ending, write));
  }

  async close(): Promise<void> {
    if (this.folder !== null) await rm(this.folder, { recursive: true, force: true });
    this.forget();
  }

  private ofBytes(ending: string, pieces: AsyncIterable<Uint8Array>): Promise<string> {
    return this.asFile(ending, async (path) => {
      const file = await open(path, "w");
      try {
        for await (const piece of pieces) await file.write(piece);
      } finally {
        await file.close();
      }
    });
  }

  private async write(ending: string, write: (path: string) => Promise<void>): Promise<string> {
    if (this.folder === null) {
      const folder = await mkdtemp(join(tmpdir(), "dinc-input-"));
      this.folder = folder;
      this.forget = atEnd(() => removeIfPossible(folder));
    }
    const path = join(this.folder, `${this.count++}.${ending}`);
    await write(path);
    return path;
  }
}

async function* recoded(path: string, { delimiter, encoding }: CsvFormat): AsyncGenerator<Uint8Array> {
  const parts = delimiter === null || delimiter.length === 1 ? null : new Delimiters(path, delimiter);
  // An undecoded text has one character per byte.
  const bytesOf = (text: string) => Buffer.from(text, encoding === null ? "latin1" : "utf8");
  for await (const text of textOf(path, encoding)) yield bytesOf(parts === null ? text : parts.add(text));
  yield bytesOf(parts?.finish() ?? "");
}

/** U+FEFF in UTF-8. */
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

export async function beginsWithMark(path: string): Promise<boolean> {
  let first: Buffer = Buffer.alloc(0);
  for await (const bytes of decompressedBytes(path)) {
    first = Buffer.concat([first, bytes.subarray(0, MARK.length)]);
    if (first.length >= MARK.length) break;
  }
  return first.subarray(0, MARK.length).equals(MARK);
}

async function* afterMark(path: string): AsyncGenerator<Uint8Array> {
  let left = MARK.length;
  for await (const bytes of decompressedBytes(path)) {
    if (bytes.length > left) yield bytes.subarray(left);
    left = Math.max(0, left - bytes.length);
  }
}

async function* textOf(path: string, encoding: CsvFormat["encoding"]): AsyncGenerator<string> {
  if (encoding === null) {
    for await (const bytes of decompressedBytes(path)) yield bytes.toString("latin1");
    return;
  }
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for await (const bytes of decompressedBytes(path)) yield decoder.decode(bytes, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const reason = `it is not ${encoding}, as \`data.csv.encoding\` says`;
    throw new FileFault(path, (file) => diagnose(malformedFile, { reason }, inData({ path: file.path })));
  }
}

/** Replaces a delimiter of several characters by one, except within quotes. */
class Delimiters {
  private readonly path: string;
  private readonly delimiter: string;
  private at: "begin" | "plain" | "quoted" | "closed" = "begin";
  private rest = "";

  constructor(path: string, delimiter: string) {
    this.path = path;
    this.delimiter = delimiter;
  }

  add(more: string): string {
    const text = this.rest + more;
    const end = text.length - this.delimiter.length + 1;
    const [changed, from] = this.change(text, Math.max(0, end));
    this.rest = text.slice(from);
    return changed;
  }

  finish(): string {
    const [changed] = this.change(this.rest, this.rest.length);
    return changed;
  }

  /** Processes the text up to `end`; returns the result, and where to continue. */
  private change(text: string, end: number): readonly [string, number] {
    const { delimiter } = this;
    let changed = "";
    let [from, i] = [0, 0];
    while (i < end) {
      const sign = text[i]!;
      if (sign === UNIT_SEPARATOR) {
        const reason = "it has the sign U+001F, which dinc itself puts between values";
        throw new FileFault(this.path, ({ path }) => diagnose(malformedFile, { reason }, inData({ path })));
      }
      if (this.at === "quoted") {
        if (sign === '"') this.at = "closed";
      } else if (sign === "\n" || sign === "\r") this.at = "begin";
      else if (sign === '"') this.at = this.at === "plain" ? "plain" : "quoted";
      else if (sign === delimiter[0] && text.startsWith(delimiter, i)) {
        changed += text.slice(from, i) + UNIT_SEPARATOR;
        i += delimiter.length;
        from = i;
        this.at = "begin";
        continue;
      } else if (sign !== " " && this.at === "begin") this.at = "plain";
      i += 1;
    }
    return [changed + text.slice(from, i), i];
  }
}
