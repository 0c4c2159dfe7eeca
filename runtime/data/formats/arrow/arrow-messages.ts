// Finds the messages of an Arrow file or stream: a schema, dictionaries and record batches. Batches are read a few at a
// time, so that the memory does not depend on the length of the file. Places are checked before anything is read there.

import { closeSync, fstatSync, openSync } from "node:fs";
import { ContentProblem, damaged } from "../content-problem.ts";
import { fillBytes, readBytes } from "../file-bytes.ts";
import { footerOf, MAGIC } from "./arrow-footer.ts";
import { checkLengths, checkRows, checkSchema, DICTIONARY, FlatTable, ROWS, SCHEMA } from "./flat-table.ts";

/** The first bytes of Feather's first version. */
const OLD_FEATHER = "FEA1";

/** Precedes the length of a message since Arrow 0.15. */
const CONTINUES = -1;

/** The bytes of batches that are decoded together, because their dictionaries are decoded each time. */
const TOGETHER = 32 * 2 ** 20;

/** The largest message, which must fit into memory. */
const LARGEST = 2 ** 30;

interface Message {
  readonly at: number;
  /** The bytes before the body. */
  readonly head: number;
  readonly body: number;
  /** The number of its dictionary; null for a record batch. */
  readonly dictionary: { readonly id: bigint; readonly isDelta: boolean } | null;
}

interface Contents {
  readonly schema: Uint8Array;
  readonly messages: readonly Message[];
}

export class ArrowMessages {
  private readonly file: number;
  private readonly contents: Contents;

  private constructor(file: number) {
    this.file = file;
    const { size } = fstatSync(file);
    const begin = readBytes(file, 0, Math.min(size, MAGIC.length)).toString("latin1");
    if (begin.startsWith(OLD_FEATHER))
      throw new ContentProblem("it is the first version of Feather, which pandas wrote until 2020", {}, true);
    this.contents = begin === MAGIC ? ofFile(file, size) : ofStream(file, size);
  }

  /** Throws ContentProblem if the file is no Arrow, or cut short. */
  static open(path: string): ArrowMessages {
    const file = openSync(path, "r");
    try {
      return new ArrowMessages(file);
    } catch (error) {
      closeSync(file);
      throw error instanceof RangeError ? damaged("its metadata point outside of them") : error;
    }
  }

  close(): void {
    closeSync(this.file);
  }

  /** The schema alone. */
  get head(): readonly Uint8Array[] {
    return [this.contents.schema];
  }

  /** Streams of messages, each with the schema, with some of the batches, and with the dictionaries that they need. */
  *groups(): Generator<readonly Uint8Array[]> {
    const { schema, messages } = this.contents;
    let dictionaries: { readonly id: bigint; readonly bytes: Uint8Array }[] = [];
    let rows: Uint8Array[] = [];
    let bytes = 0;
    const group = () => [schema, ...dictionaries.map(({ bytes }) => bytes), ...rows];
    for (const message of messages) {
      const { dictionary, body } = message;
      if (rows.length > 0 && (dictionary !== null || bytes + body > TOGETHER)) {
        yield group();
        rows = [];
        bytes = 0;
      }
      const content = this.contentOf(message);
      if (dictionary === null) {
        rows.push(content);
        bytes += body;
        continue;
      }
      const { id, isDelta } = dictionary;
      if (!isDelta) dictionaries = dictionaries.filter((other) => other.id !== id);
      dictionaries.push({ id, bytes: content });
    }
    if (rows.length > 0) yield group();
  }

  private contentOf({ at, head, body }: Message): Uint8Array {
    // Arrays of 64 bits must begin at a multiple of 8.
    const before = (8 - (head % 8)) % 8;
    const bytes = new Uint8Array(before + head + body).subarray(before);
    fillBytes(this.file, bytes, at);
    checkLengths(rowsIn(bytes.subarray(0, head)), bytes.subarray(head));
    return bytes;
  }
}

function ofFile(file: number, size: number): Contents {
  const { schema, dictionaries, batches, at: end } = footerOf(file, size);
  const messageIn = (at: number, kind: number) => {
    const read = messageAt(file, at, end);
    if (read === null || read.kind !== kind) throw damaged("its footer names a place without a record batch");
    return placed(read);
  };
  return {
    schema,
    messages: [
      ...dictionaries.map((at) => messageIn(at, DICTIONARY)),
      ...batches.map((at) => messageIn(at, ROWS)),
    ],
  };
}

function ofStream(file: number, end: number): Contents {
  const none = new ContentProblem("it is neither a file nor a stream of Arrow");
  const first = begun(() => messageAt(file, 0, end), none);
  const schema = first?.message.table(2) ?? null;
  if (first === null || schema === null || first.kind !== SCHEMA) throw none;
  checkSchema(schema);
  const messages: Message[] = [];
  for (let at = first.head + first.body; ; ) {
    const read = messageAt(file, at, end);
    if (read === null) return { schema: first.bytes, messages };
    if (read.kind === ROWS || read.kind === DICTIONARY) messages.push(placed(read));
    at += read.head + read.body;
  }
}

/** Any other file begins with bytes that aren't a message. */
function begun<T>(read: () => T, none: ContentProblem): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof ContentProblem && error.isOfForm ? error : none;
  }
}

interface ReadMessage extends Omit<Message, "dictionary"> {
  readonly kind: number;
  /** All before the body. */
  readonly bytes: Uint8Array;
  readonly message: FlatTable;
}

/** The record batch of a message, or of its dictionary. */
function rowsIn(head: Uint8Array): FlatTable {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const before = view.getInt32(0, true) === CONTINUES ? 8 : 4;
  return rowsOf(FlatTable.root(head.subarray(before)));
}

/** Throws ContentProblem for a message without a record batch. */
function rowsOf(message: FlatTable): FlatTable {
  const table = message.table(2);
  const rows = message.byte(1) === ROWS ? table : (table?.table(1) ?? null);
  if (rows === null) throw damaged("a message of it is empty");
  return rows;
}

/** Null at the end of a stream. */
function messageAt(file: number, at: number, end: number): ReadMessage | null {
  if (at === end) return null;
  const cut = new ContentProblem("it is cut short, or the length of a message is damaged");
  if (end - at < 4) throw cut;
  const first = readBytes(file, at, Math.min(8, end - at));
  const before = first.readInt32LE(0) === CONTINUES ? 8 : 4;
  if (first.length < before) throw cut;
  const length = first.readInt32LE(before - 4);
  if (length === 0) return null;
  const head = before + length;
  if (length < 0 || at + head > end) throw cut;
  const bytes = readBytes(file, at, head);
  const message = FlatTable.root(bytes.subarray(before));
  const body = message.long(3);
  if (body < 0n || body > BigInt(end - at - head)) throw cut;
  if (head + Number(body) > LARGEST)
    throw new ContentProblem(`one of its record batches has ${Math.round(Number(body) / 1e6)} MB`, {}, true);
  return { kind: message.byte(1), at, head, body: Number(body), bytes, message };
}

/** Throws ContentProblem if its metadata are damaged. */
function placed({ kind, at, head, body, message }: ReadMessage): Message {
  checkRows(rowsOf(message));
  const table = message.table(2);
  const dictionary =
    kind === ROWS || table === null ? null : { id: table.long(0), isDelta: table.byte(2) !== 0 };
  return { at, head, body, dictionary };
}
