// The first line of a CSV, which names its columns. DuckDB can guess it, but guesses wrong without a word where a later
// line is longer; so dinc reads it itself and holds every line to it.

import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { refusal } from "../files/file-problem.ts";
import { LONGEST_TEXT } from "../files/read-text.ts";

/** Names of the columns, none where the file is empty. */
export async function csvHeader(path: string, delimiter: string): Promise<string[]> {
  const file = createReadStream(path);
  const unpacked = path.endsWith(".gz") ? file.pipe(createGunzip()) : file;
  if (unpacked !== file) file.on("error", (error) => unpacked.destroy(error));
  try {
    return splitLine(await firstLine(unpacked), delimiter);
  } finally {
    file.destroy();
    unpacked.destroy();
  }
}

/** Up to the first line break that is not inside quotes. */
async function firstLine(stream: Readable): Promise<string> {
  stream.setEncoding("utf8");
  let text = "";
  let at = 0;
  let quoted = false;
  for await (const piece of stream as AsyncIterable<string>) {
    text += piece;
    if (text.length > LONGEST_TEXT)
      throw refusal(`it has no line break in its first ${LONGEST_TEXT.toLocaleString("en")} characters`);
    for (; at < text.length; at++) {
      const character = text[at];
      if (character === '"') quoted = !quoted;
      else if (!quoted && (character === "\n" || character === "\r")) return withoutMark(text.slice(0, at));
    }
  }
  return withoutMark(text);
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
