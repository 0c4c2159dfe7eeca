// The elements of NumPy's arrays in the types of DuckDB, with all digits.

import { isUtf8 } from "node:buffer";
import type { DuckDBType, DuckDBValue } from "@duckdb/node-api";

type Api = typeof import("@duckdb/node-api");

export interface NpyElement {
  readonly type: DuckDBType;
  readonly bytes: number;
  /** The value at a place; undefined if it is none. */
  readonly valueAt: (bytes: Buffer, at: number) => DuckDBValue | undefined;
}

/** In datetime64, the least number is not a time. */
const NOT_A_TIME = -(2n ** 63n);

/** Null for a type that dinc does not read, such as Python's objects. */
export function npyElement(api: Api, type: string): NpyElement | null {
  const numbers = numbersOf(api);
  const known = numbers[type.replace(/^[<|=]/, "")];
  if (known !== undefined && !type.startsWith(">")) return known;
  const [, letters] = /^<U(\d+)$/.exec(type) ?? [];
  if (letters !== undefined)
    return { type: api.VARCHAR, bytes: 4 * Number(letters), valueAt: textAt(Number(letters)) };
  const [, bytes] = /^\|S(\d+)$/.exec(type) ?? [];
  if (bytes !== undefined)
    return { type: api.VARCHAR, bytes: Number(bytes), valueAt: bytesAt(Number(bytes)) };
  const [, unit] = /^<M8\[(D|s|ms|us|ns)\]$/.exec(type) ?? [];
  return unit === undefined ? null : instant(api, unit as Unit);
}

type Unit = "D" | "s" | "ms" | "us" | "ns";

function numbersOf(api: Api): Readonly<Record<string, NpyElement>> {
  return {
    b1: { type: api.BOOLEAN, bytes: 1, valueAt: (bytes, at) => bytes[at] !== 0 },
    i1: { type: api.TINYINT, bytes: 1, valueAt: (bytes, at) => bytes.readInt8(at) },
    i2: { type: api.SMALLINT, bytes: 2, valueAt: (bytes, at) => bytes.readInt16LE(at) },
    i4: { type: api.INTEGER, bytes: 4, valueAt: (bytes, at) => bytes.readInt32LE(at) },
    i8: { type: api.BIGINT, bytes: 8, valueAt: (bytes, at) => bytes.readBigInt64LE(at) },
    u1: { type: api.UTINYINT, bytes: 1, valueAt: (bytes, at) => bytes.readUInt8(at) },
    u2: { type: api.USMALLINT, bytes: 2, valueAt: (bytes, at) => bytes.readUInt16LE(at) },
    u4: { type: api.UINTEGER, bytes: 4, valueAt: (bytes, at) => bytes.readUInt32LE(at) },
    u8: { type: api.UBIGINT, bytes: 8, valueAt: (bytes, at) => bytes.readBigUInt64LE(at) },
    f4: { type: api.FLOAT, bytes: 4, valueAt: (bytes, at) => bytes.readFloatLE(at) },
    f8: { type: api.DOUBLE, bytes: 8, valueAt: (bytes, at) => bytes.readDoubleLE(at) },
  };
}

/** Texts have a fixed number of characters of 32 bits, the last of which may be 0. */
function textAt(letters: number): NpyElement["valueAt"] {
  return (bytes, at) => {
    let end = letters;
    while (end > 0 && bytes.readUInt32LE(at + 4 * (end - 1)) === 0) end -= 1;
    let text = "";
    for (let i = 0; i < end; i++) {
      const point = bytes.readUInt32LE(at + 4 * i);
      if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return undefined;
      text += String.fromCodePoint(point);
    }
    return text;
  };
}

function bytesAt(length: number): NpyElement["valueAt"] {
  return (bytes, at) => {
    let end = at + length;
    while (end > at && bytes[end - 1] === 0) end -= 1;
    const text = bytes.subarray(at, end);
    return isUtf8(text) ? text.toString("utf8") : undefined;
  };
}

function instant(api: Api, unit: Unit): NpyElement {
  const micros = { D: 86_400_000_000n, s: 1_000_000n, ms: 1000n, us: 1n };
  const valueAt = (bytes: Buffer, at: number) => {
    const count = bytes.readBigInt64LE(at);
    if (count === NOT_A_TIME) return null;
    if (unit === "ns") return api.timestampNanosValue(count);
    const value = count * micros[unit];
    return BigInt.asIntN(64, value) === value ? api.timestampValue(value) : undefined;
  };
  return { type: unit === "ns" ? api.TIMESTAMP_NS : api.TIMESTAMP, bytes: 8, valueAt };
}
