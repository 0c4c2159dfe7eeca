// Fetches a file from a server or an object store: completely or not at all, or, if it is Parquet and the server
// serves ranges, only its footer, and columns when they are read.

import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { unknownFormat } from "../../../compiler/diagnostics/catalog/data.ts";
import { DiagnosticError, diagnose, inData } from "../../../compiler/diagnostics/diagnostic.ts";
import { formatOf, helpForFormat, pathOfUrl } from "../../../compiler/frontend/config/data-formats.ts";
import { countedBytes, FETCHED_BYTES } from "./counted-bytes.ts";
import { type ServedContent, ServedFile } from "./served-file.ts";
import { FOOTER_BYTES, ServedParquet } from "./served-parquet.ts";

export interface Download {
  /** `path` with the file's ending. */
  readonly location: string;
  /** The server's state of the content; another state means other content. */
  readonly state: string;
  /** Fetches the columns of the file when they are read; null if it is complete. */
  readonly columns: ServedParquet | null;
}

/** Throws DiagnosticError, with `name` as the name of the file. */
export async function download(
  address: string,
  path: string,
  { name, report }: { readonly name: string; readonly report: (line: string) => void },
): Promise<Download> {
  const ending = /(\.\w+(?:\.gz)?)$/i.exec(pathOfUrl(address))?.[1];
  const format = ending === undefined ? undefined : formatOf(ending);
  if (ending === undefined || format === undefined)
    throw new DiagnosticError([
      diagnose(unknownFormat, { path: name }, inData({ path: name }), { help: helpForFormat(name) }),
    ]);
  const location = `${path}${ending}`;
  const file = new ServedFile(address, name);
  const hasColumns = format.hasFooter === true && !ending.toLowerCase().endsWith(".gz");
  const opened = await file.open(hasColumns ? FOOTER_BYTES : null);
  const columns = hasColumns ? await ServedParquet.open(file, opened, location, report) : null;
  if (columns === null) {
    const whole = opened.start === 0 && opened.end === opened.size ? opened : await reopened(file, opened);
    await save(file, whole, location, report);
  }
  return { location, state: file.state, columns };
}

async function reopened(file: ServedFile, { answer }: ServedContent): Promise<ServedContent> {
  if (!answer.bodyUsed) await answer.body?.cancel();
  return file.open();
}

async function save(
  file: ServedFile,
  content: ServedContent,
  location: string,
  report: (line: string) => void,
): Promise<void> {
  const counted = countedBytes(FETCHED_BYTES, (bytes) =>
    report(`${file.name}: ${Math.round(bytes / 1e6)} MB fetched`),
  );
  await pipeline(file.content(content), counted, createWriteStream(location));
}
