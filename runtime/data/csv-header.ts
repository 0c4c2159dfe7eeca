// The first line of a CSV, which names its columns. DuckDB can guess it, but guesses wrong without a word where a later
// line is longer; so dinc reads it itself and holds every line to it.

import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";

/** Names of the columns, none where the file is empty. */
export async function csvHeader(path: string, delimiter: string): Promise<string[]> {
  return (await firstRecords(path, delimiter, 1))[0] ?? [];
}

/** The first records of a CSV, that of its names among them. */
export async function firstRecords(path: string, delimiter: string, most: number): Promise<string[][]> {
  const file = createReadStream(path);
  const unpacked = path.endsWith(".gz") ? file.pipe(createGunzip()) : file;
  if (unpacked !== file) file.on("error", (error) => unpacked.destroy(error));
  try {
    return (await firstLines(unpacked, most)).map((line) => splitLine(line, delimiter));
  } finally {
    file.destroy();
    unpacked.destroy();
  }
}

/** Each up to a line break that is not inside quotes. */
async function firstLines(stream: Readable, most: number): Promise<string[]> {
  stream.setEncoding("utf8");
  const lines: string[] = [];
  let text = "";
  let at = 0;
  let quoted = false;
  for await (const piece of stream as AsyncIterable<string>) {
    text += piece;
    for (; at < text.length; at++) {
      const character = text[at];
      if (character === '"') quoted = !quoted;
      else if (!quoted && (character === "\n" || character === "\r")) {
        // The second half of a Windows line break ends nothing.
        if (at > 0 || lines.length === 0) lines.push(withoutMark(text.slice(0, at)));
        if (lines.length === most) return lines;
        text = text.slice(at + 1);
        at = -1;
      }
    }
  }
  return [...lines, withoutMark(text)];
}

function withoutMark(line: string): string {
  return line.startsWith("\ufeff") ? line.slice(1) : line;
}

function splitLine(line: string, delimiter: string): string[] {
  if (line === "") return [];
  const names: string[] = [];
  let name = "";
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const character = line[i]!;
    if (character === '"') {
      if (quoted && line[i + 1] === '"') name += line[++i];
      else quoted = !quoted;
    } else if (character === delimiter && !quoted) {
      names.push(name);
      name = "";
    } else name += character;
  }
  return [...names, name];
}
