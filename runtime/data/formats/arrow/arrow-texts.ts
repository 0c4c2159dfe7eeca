// The texts of Arrow's columns, and their bytes. Texts are decoded here because flechette drops byte order marks, and replaces bytes that are
// not UTF-8, so that two ids could become one.

import { isUtf8 } from "node:buffer";
import type { Batch } from "@uwdata/flechette";
import { ContentProblem, damaged } from "../content-problem.ts";
import { NOT_UTF8 } from "../other-encoding.ts";
import { arrowTypes } from "./arrow-types.ts";

/** A view of a text: its length, and either the text itself or its place in one of several arrays. */
const VIEW_BYTES = 16;
const MOST_IN_VIEW = 12;

/** Returns the bytes of a batch of texts or bytes, by row. */
export function bytesOf(batch: Batch<unknown>, column: string): (row: number) => Buffer {
  const { typeId } = batch.type;
  return typeId === arrowTypes.binaryView || typeId === arrowTypes.utf8View
    ? viewed(batch, column)
    : sliced(batch, column);
}

/** Returns the texts of a batch, by row. */
export function textsOf(batch: Batch<unknown>, column: string): (row: number) => string {
  const bytesAt = bytesOf(batch, column);
  return (row) => {
    const bytes = bytesAt(row);
    if (!isUtf8(bytes)) throw new ContentProblem(NOT_UTF8, { column });
    return bytes.toString("utf8");
  };
}

function sliced({ values, offsets }: Batch<unknown>, column: string): (row: number) => Buffer {
  const bytes = asBuffer(values as Uint8Array);
  return (row) => {
    const [from, to] = [Number(offsets[row]), Number(offsets[row + 1])];
    if (!(from >= 0 && from <= to && to <= bytes.length)) throw misplaced(column);
    return bytes.subarray(from, to);
  };
}

function viewed(batch: Batch<unknown>, column: string): (row: number) => Buffer {
  const views = asBuffer(batch.values as Uint8Array);
  const arrays = (batch as Batch<unknown> & { readonly data: readonly Uint8Array[] }).data.map(asBuffer);
  return (row) => {
    const at = row * VIEW_BYTES;
    if (at + VIEW_BYTES > views.length) throw misplaced(column);
    const length = views.readInt32LE(at);
    if (length >= 0 && length <= MOST_IN_VIEW) return views.subarray(at + 4, at + 4 + length);
    const array = arrays[views.readInt32LE(at + 8)];
    const from = views.readInt32LE(at + 12);
    if (length < 0 || array === undefined || from < 0 || from + length > array.length)
      throw misplaced(column);
    return array.subarray(from, from + length);
  };
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function misplaced(column: string): ContentProblem {
  return damaged("a text of it has no place in its array", { column });
}
