// The content of a file on a server or in an object store, as a whole or in ranges. A connection that breaks is
// opened again at the next byte, if the server says which content it has: all bytes are of one content.

import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { setTimeout as sleep } from "node:timers/promises";
import { fileChanged } from "../../../compiler/diagnostics/catalog/data.ts";
import { DiagnosticError, diagnose, inData } from "../../../compiler/diagnostics/diagnostic.ts";
import { reasonOf, refusal, unreadableServed } from "./refusals.ts";
import { requestContent } from "./stores.ts";

/** Connections that may fail in sequence, without a byte between them. */
const MOST_FAILURES = 4;

/** The pause after the first failure; each further one doubles it. */
const PAUSE_MS = 100;

/** Answers of a server that has too much work. */
const BUSY: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

/** An answer with content. */
export interface ServedContent {
  readonly answer: Response;
  /** The first byte. */
  readonly start: number;
  /** The byte after the last; null if the server does not say. */
  readonly end: number | null;
  /** The bytes of the whole file; null if the server does not say. */
  readonly size: number | null;
}

/** A connection that failed; another one may not. */
class Interrupted extends Error {
  override readonly name = "Interrupted";
}

export class ServedFile {
  readonly name: string;
  private readonly address: string;
  /** Identifies the content; null if the server does not, or was not asked yet. */
  private tag: string | null = null;
  private current = "";

  /** `name` is the address without secrets. */
  constructor(address: string, name: string) {
    this.address = address;
    this.name = name;
  }

  /** The server's state of the content; another state means other content. */
  get state(): string {
    return this.current;
  }

  /** Whether ranges are sure to be of one content. */
  get hasRanges(): boolean {
    return this.tag !== null;
  }

  /** Requests the file, or the end of it. Throws DiagnosticError if the server does not give it. */
  async open(last: number | null = null): Promise<ServedContent> {
    const headers: Record<string, string> = last === null ? {} : { range: `bytes=-${last}` };
    for (let failures = 1; ; failures++)
      try {
        const content = await this.request(headers, failures > 1);
        this.tag = strongTag(content.answer);
        this.current = stateIn(content);
        return content;
      } catch (error) {
        if (!(error instanceof Interrupted)) throw error;
        if (failures > MOST_FAILURES) throw unreadableServed(this.name, error.message);
        await pause(failures);
      }
  }

  /** The bytes from `start` to `end`. Throws DiagnosticError if they cannot be had. */
  range(start: number, end: number): AsyncGenerator<Uint8Array> {
    return this.bytes(null, start, end);
  }

  /** The bytes of an answer. Throws DiagnosticError if they do not come. */
  content(opened: ServedContent): AsyncGenerator<Uint8Array> {
    return this.bytes(opened, opened.start, opened.end);
  }

  private async *bytes(
    opened: ServedContent | null,
    start: number,
    end: number | null,
  ): AsyncGenerator<Uint8Array> {
    let at = start;
    let given = opened;
    for (let failures = 0; ; ) {
      let reason: string;
      try {
        given ??= await this.again(at, end);
        for await (const piece of bodyOf(given.answer)) {
          at += piece.length;
          failures = 0;
          yield piece;
        }
        if (end === null || at >= end) return;
        reason = "it ended early";
      } catch (error) {
        if (error instanceof DiagnosticError) throw error;
        reason = reasonOf(error);
      }
      given = null;
      failures += 1;
      if (this.tag === null || failures > MOST_FAILURES) throw this.brokeOff(at - start, start, end, reason);
      await pause(failures);
    }
  }

  /** Requests the rest of a range, of the same content. */
  private async again(start: number, end: number | null): Promise<ServedContent> {
    const range = `bytes=${start}-${end === null ? "" : end - 1}`;
    const content = await this.request({ range, "if-match": this.tag! }, true);
    const isSame = content.answer.status === 206 && strongTag(content.answer) === this.tag;
    if (isSame && content.start === start) return content;
    await content.answer.body?.cancel();
    throw this.changed();
  }

  /** Throws Interrupted for a connection that may succeed later, and DiagnosticError for others. */
  private async request(headers: Readonly<Record<string, string>>, isAgain: boolean): Promise<ServedContent> {
    const answer = await requestContent(this.address, headers).catch((error: unknown) => {
      const reason = `its server does not answer (${reasonOf(error)})`;
      throw isAgain ? new Interrupted(reason) : unreadableServed(this.name, reason);
    });
    if (answer.status === 412) throw this.changed();
    if (BUSY.has(answer.status)) {
      await answer.body?.cancel();
      throw new Interrupted(`its server says ${`${answer.status} ${answer.statusText}`.trim()}`);
    }
    // An empty file has no end that could be requested.
    if (answer.status === 416 && headers["range"]?.startsWith("bytes=-")) return this.request({}, isAgain);
    if (!answer.ok || answer.body === null) throw await refusal(this.address, this.name, answer);
    return contentOf(answer);
  }

  private changed(): DiagnosticError {
    return new DiagnosticError([diagnose(fileChanged, {}, inData({ path: this.name }))]);
  }

  private brokeOff(read: number, start: number, end: number | null, reason: string): DiagnosticError {
    const of = end === null ? "" : ` of ${end - start}`;
    const tries = this.tag === null ? "" : `, ${MOST_FAILURES + 1} times in a row`;
    return unreadableServed(this.name, `its server broke off after ${read}${of} bytes${tries} (${reason})`);
  }
}

/** The server's current state of a file; empty if it gives none. */
export async function servedState(address: string): Promise<string> {
  const answer = await requestContent(address, {}, "HEAD").catch(() => null);
  return answer?.ok === true ? stateIn(contentOf(answer)) : "";
}

function contentOf(answer: Response): ServedContent {
  const [, first, last, all] =
    /^bytes (\d+)-(\d+)\/(\d+)$/.exec(answer.headers.get("content-range") ?? "") ?? [];
  if (answer.status === 206 && first !== undefined)
    return { answer, start: Number(first), end: Number(last) + 1, size: Number(all) };
  const length = answer.headers.get("content-length");
  const size = length === null || answer.headers.has("content-encoding") ? null : Number(length);
  return { answer, start: 0, end: size, size };
}

function stateIn({ answer: { headers }, size }: ServedContent): string {
  return headers.get("etag") ?? headers.get("last-modified") ?? (size === null ? "" : String(size));
}

/** Null for a tag that several contents may have. */
function strongTag({ headers }: Response): string | null {
  const tag = headers.get("etag");
  return tag === null || !tag.startsWith('"') ? null : tag;
}

function bodyOf(answer: Response): AsyncIterable<Uint8Array> {
  return Readable.fromWeb(answer.body as ReadableStream<Uint8Array>);
}

async function pause(failures: number): Promise<void> {
  await sleep(PAUSE_MS * 2 ** (failures - 1));
}
