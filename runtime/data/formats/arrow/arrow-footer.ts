// The footer of an Arrow file: its schema, and the places of its dictionaries and record batches. The footer alone says
// where they are: polars begins a file with other bytes than pyarrow.

import { ContentProblem, damaged } from "../content-problem.ts";
import { readBytes } from "../file-bytes.ts";
import { checkSchema, FlatTable, SCHEMA } from "./flat-table.ts";

/** The first and the last bytes of a file. */
export const MAGIC = "ARROW1";

/** The magic bytes are followed by bytes that align what comes next. */
const START = 8;
/** At the end: the length of the footer, and the magic bytes. */
const END = 4 + MAGIC.length;
/** The bytes of a place: its offset and two lengths. */
const PLACE_BYTES = 24;

export interface ArrowFooter {
  /** As the message that a stream begins with. */
  readonly schema: Uint8Array;
  readonly dictionaries: readonly number[];
  readonly batches: readonly number[];
  /** Its own place: nothing else is after it. */
  readonly at: number;
}

/** Throws ContentProblem if the file has no end. */
export function footerOf(file: number, size: number): ArrowFooter {
  const cut = "it is an Arrow file that is cut short: its end is missing";
  if (size < START + END) throw new ContentProblem(cut);
  const end = readBytes(file, size - END, END);
  if (end.toString("latin1", 4) !== MAGIC) throw new ContentProblem(cut);
  const length = end.readInt32LE(0);
  const at = size - END - length;
  if (length < 4 || at < START) throw damaged("its footer has no place in it");
  const bytes = readBytes(file, at, length);
  const footer = FlatTable.root(bytes);
  const schema = footer.table(1);
  if (schema === null) throw damaged("its footer has no schema");
  checkSchema(schema);
  const placesIn = (field: number) => {
    const { from, length: count } = footer.list(field, PLACE_BYTES);
    return Array.from({ length: count }, (_, i) => {
      const place = footer.longAt(from + i * PLACE_BYTES);
      if (place < BigInt(START) || place >= BigInt(at)) throw damaged("a record batch has no place in it");
      return Number(place);
    });
  };
  return {
    schema: schemaMessage(bytes, footer.short(0), schema.at),
    dictionaries: placesIn(2),
    batches: placesIn(3),
    at,
  };
}

/** Before a message: a mark, and the length of its metadata. */
const MARK = 8;
const VTABLE = MARK + 4;
const TABLE = VTABLE + 12;
const CONTENT = MARK + 32;

/** A message with the schema at a place of a footer. Places in FlatBuffers are relative, so the footer stays as it is. */
function schemaMessage(footer: Uint8Array, version: number, schema: number): Uint8Array {
  const length = CONTENT + Math.ceil(footer.length / 8) * 8;
  const bytes = Buffer.alloc(length);
  bytes.writeInt32LE(-1, 0);
  bytes.writeInt32LE(length - MARK, 4);
  bytes.writeUInt32LE(TABLE - MARK, MARK);
  // The size of this list and of the table, then the places of its fields: version, kind, header, length of the body.
  for (const [i, number] of [12, 12, 8, 10, 4, 0].entries()) bytes.writeUInt16LE(number, VTABLE + 2 * i);
  bytes.writeInt32LE(TABLE - VTABLE, TABLE);
  bytes.writeUInt32LE(CONTENT + schema - (TABLE + 4), TABLE + 4);
  bytes.writeInt16LE(version, TABLE + 8);
  bytes.writeUInt8(SCHEMA, TABLE + 10);
  bytes.set(footer, CONTENT);
  return bytes;
}
