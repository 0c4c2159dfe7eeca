// Fetches a file of a server, whole or not at all.

import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { unknownFormat } from "../../../compiler/diagnostics/catalog/data.ts";
import { fileUnreadable } from "../../../compiler/diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, inData, noLocation } from "../../../compiler/diagnostics/diagnostic.ts";
import { formatOf, helpForFormat, pathOfUrl } from "../../../compiler/frontend/config/data-formats.ts";
import { countedBytes } from "./counted-bytes.ts";

/** What is packed stays packed: its ending says that it is. */
const UNPACKED = { "accept-encoding": "identity" };

/** Bytes between two lines for the person. */
const REPORTED_BYTES = 1e8;

export interface Download {
  /** `path` with the ending of the file. */
  readonly location: string;
  /** What the server says about its content; another one is of another content. */
  readonly state: string;
}

/** Throws DiagnosticError, which calls the file `name`. */
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

/** What a server says about a file now; empty where it says nothing. */
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
