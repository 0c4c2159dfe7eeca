// Downloads a file from a server, completely or not at all.

import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { unknownFormat } from "../../../compiler/diagnostics/catalog/data.ts";
import { fileUnreadable } from "../../../compiler/diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, inData, noLocation } from "../../../compiler/diagnostics/diagnostic.ts";
import { formatOf, helpForFormat, pathOfUrl } from "../../../compiler/frontend/config/data-formats.ts";
import { countedBytes } from "./counted-bytes.ts";

/** A compressed file stays compressed, as its ending says. */
const UNPACKED = { "accept-encoding": "identity" };

/** The bytes between two lines of progress. */
const REPORTED_BYTES = 1e8;

export interface Download {
  /** `path` with the file's ending. */
  readonly location: string;
  /** The server's state of the content; another state means other content. */
  readonly state: string;
}

/** Throws DiagnosticError, with `name` as the name of the file. */
export async function download(
  url: string,
  path: string,
  { name, report }: { readonly name: string; readonly report: (line: string) => void },
): Promise<Download> {
  const ending = /(\.\w+(?:\.gz)?)$/i.exec(pathOfUrl(url))?.[1];
  if (ending === undefined || formatOf(ending) === undefined)
    throw new DiagnosticError([
      diagnose(unknownFormat, { path: name }, inData({ path: name }), { help: helpForFormat(name) }),
    ]);
  const location = `${path}${ending}`;
  const failed = (reason: string) =>
    new DiagnosticError([diagnose(fileUnreadable, { path: name, reason }, noLocation)]);
  const answer = await fetch(url, { headers: UNPACKED }).catch((error: unknown) => {
    throw failed(`its server does not answer (${reasonOf(error)})`);
  });
  if (!answer.ok || answer.body === null)
    throw failed(`its server says ${answer.status} ${answer.statusText}`.trim());
  const body = Readable.fromWeb(answer.body as ReadableStream);
  const counted = countedBytes(REPORTED_BYTES, (bytes) =>
    report(`${name}: ${Math.round(bytes / 1e6)} MB fetched`),
  );
  await pipeline(body, counted, createWriteStream(location)).catch((error: NodeJS.ErrnoException) => {
    throw error.syscall === "write" ? error : failed(`its server broke off (${reasonOf(error)})`);
  });
  return { location, state: stateIn(answer) };
}

/** The server's current state of a file; empty if it gives none. */
export async function servedState(url: string): Promise<string> {
  const answer = await fetch(url, { method: "HEAD", headers: UNPACKED }).catch(() => null);
  return answer?.ok === true ? stateIn(answer) : "";
}

function stateIn({ headers }: Response): string {
  return headers.get("etag") ?? headers.get("last-modified") ?? headers.get("content-length") ?? "";
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
  return cause?.code ?? cause?.message ?? message;
}
