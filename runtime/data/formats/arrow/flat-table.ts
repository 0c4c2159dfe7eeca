// Reads the metadata of Arrow's messages, which are FlatBuffers. Each access is checked, and so are the lengths of lists, which
// flechette believes: a damaged length would keep it busy for hours.

import { ContentProblem, damaged } from "../content-problem.ts";

/** The kinds of messages, by their numbers. */
export const SCHEMA = 1;
export const DICTIONARY = 2;
export const ROWS = 3;

const UNION = 14;

/** A table of a FlatBuffer. DataView throws RangeError for places outside. */
export class FlatTable {
  private readonly view: DataView;
  /** Its place in the buffer. */
  readonly at: number;

  constructor(view: DataView, at: number) {
    this.view = view;
    this.at = at;
  }

  /** The table that a buffer begins with. */
  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(view, view.getUint32(0, true));
  }

  /** The place of a field; null if it has its default. */
  private placeOf(field: number): number | null {
    const names = this.at - this.view.getInt32(this.at, true);
    const entry = 4 + 2 * field;
    if (entry >= this.view.getUint16(names, true)) return null;
    const offset = this.view.getUint16(names + entry, true);
    return offset === 0 ? null : this.at + offset;
  }

  byte(field: number): number {
    const place = this.placeOf(field);
    return place === null ? 0 : this.view.getUint8(place);
  }

  short(field: number): number {
    const place = this.placeOf(field);
    return place === null ? 0 : this.view.getInt16(place, true);
  }

  long(field: number): bigint {
    const place = this.placeOf(field);
    return place === null ? 0n : this.view.getBigInt64(place, true);
  }

  table(field: number): FlatTable | null {
    const place = this.placeOf(field);
    return place === null ? null : new FlatTable(this.view, place + this.view.getUint32(place, true));
  }

  /** Throws ContentProblem if a list of elements of `size` bytes is longer than the buffer. Returns its place and length. */
  list(field: number, size: number): { readonly from: number; readonly length: number } {
    const place = this.placeOf(field);
    if (place === null) return { from: 0, length: 0 };
    const at = place + this.view.getUint32(place, true);
    const length = this.view.getUint32(at, true);
    if (at + 4 + length * size > this.view.byteLength)
      throw damaged("a list of its metadata is longer than they are");
    return { from: at + 4, length };
  }

  tables(field: number): FlatTable[] {
    const { from, length } = this.list(field, 4);
    return Array.from({ length }, (_, i) => {
      const place = from + 4 * i;
      return new FlatTable(this.view, place + this.view.getUint32(place, true));
    });
  }

  /** A number in a list, by its place. */
  longAt(place: number): bigint {
    return this.view.getBigInt64(place, true);
  }

  /** The most tables that a buffer without repetitions has. */
  get most(): number {
    return this.view.byteLength / 4;
  }
}

/** Throws ContentProblem if lists of a schema are longer than it, and for numbers in the order of other machines. */
export function checkSchema(schema: FlatTable): void {
  if (schema.short(0) !== 0)
    throw new ContentProblem("its numbers begin with their highest byte (big-endian)", {}, true);
  let left = schema.most;
  const check = (field: FlatTable): void => {
    left -= 1;
    // Two fields may have the same child, so that few bytes are a tree without end.
    if (left < 0) throw damaged("its schema repeats itself");
    field.list(6, 4);
    if (field.byte(2) === UNION) field.table(3)?.list(1, 4);
    for (const child of field.tables(5)) check(child);
  };
  schema.list(2, 4);
  for (const field of schema.tables(1)) check(field);
}

/** A node: the length of an array, and the number of its nulls. A buffer: its place and its length. */
const PAIR = 16;

/** Throws ContentProblem if lists of a record batch are longer than its metadata. */
export function checkRows(rows: FlatTable): void {
  rows.list(1, PAIR);
  rows.list(2, PAIR);
  rows.list(4, 8);
}

/** Throws ContentProblem if arrays of a record batch have more elements than its bytes have bits. */
export function checkLengths(rows: FlatTable, body: Uint8Array): void {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const isCompressed = rows.table(3) !== null;
  const buffers = rows.list(2, PAIR);
  let bytes = 0n;
  for (let i = 0; i < buffers.length; i++) {
    const at = rows.longAt(buffers.from + i * PAIR);
    const length = rows.longAt(buffers.from + i * PAIR + 8);
    if (at < 0n || length < 0n || at + length > BigInt(body.length))
      throw damaged("an array has no place in it");
    // The content follows its own length, or −1 if it is not compressed after all.
    const whole = isCompressed && length >= 8n ? view.getBigInt64(Number(at), true) : -1n;
    bytes += whole < 0n ? length : whole;
  }
  const counts = rows.list(4, 8);
  for (let i = 0; i < counts.length; i++) {
    const count = rows.longAt(counts.from + i * 8);
    if (count < 0n || count > BigInt(buffers.length)) throw damaged("a column has more arrays than it");
  }
  const nodes = rows.list(1, PAIR);
  for (let i = 0; i < nodes.length; i++) {
    const length = rows.longAt(nodes.from + i * PAIR);
    if (length < 0n || length > bytes * 8n) throw damaged("an array is longer than the bytes for it");
  }
}
