// Reads TensorBoard's event files, by their format alone: records with masked CRC-32C, each with an Event in
// protobuf's wire format (tensorflow/core/util/event.proto, framework/summary.proto).

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Point {
  readonly step: number;
  readonly value: number;
}

/** By tag: the points of all files of a folder, in the order in which they were written. */
export function readEventFiles(folder: string): Map<string, Point[]> {
  const points = new Map<string, Point[]>();
  // In the order of their names, like TensorBoard.
  for (const name of readdirSync(folder).sort()) {
    const events = [...records(readFileSync(join(folder, name)))].map(fieldsOf);
    const version = events[0]?.get(3)?.[0];
    if (version === undefined || bytes(version).toString("utf8") !== "brain.Event:2")
      throw new Error(`${name} says no version`);
    for (const event of events) {
      const step = Number(event.get(2)?.[0] ?? 0n);
      for (const summary of event.get(5) ?? [])
        for (const value of fieldsOf(bytes(summary)).get(1) ?? []) {
          const scalar = fieldsOf(bytes(value));
          const tag = bytes(scalar.get(1)![0]!).toString("utf8");
          points.set(tag, [
            ...(points.get(tag) ?? []),
            { step, value: bytes(scalar.get(2)![0]!).readFloatLE(0) },
          ]);
        }
    }
  }
  return points;
}

/** Throws if a checksum is wrong or the file is cut off. */
function* records(file: Buffer): Generator<Buffer> {
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    const data = file.subarray(at + 12, at + 12 + length);
    for (const [part, from] of [
      [file.subarray(at, at + 8), at + 8],
      [data, at + 12 + length],
    ] as const)
      if (file.readUInt32LE(from) !== maskedCrc(part)) throw new Error(`a wrong checksum at byte ${from}`);
    yield data;
    at += 16 + length;
  }
}

/** CRC-32C (Castagnoli), rotated and moved as records have it. */
function maskedCrc(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  crc = ~crc >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

type Field = bigint | Buffer;

function bytes(field: Field): Buffer {
  if (typeof field === "bigint") throw new Error("a number where bytes should be");
  return field;
}

/** By number: numbers of varints, the bytes of everything else. */
function fieldsOf(message: Buffer): Map<number, Field[]> {
  const fields = new Map<number, Field[]>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const taken = (length: number): Buffer => message.subarray(at, (at += length));
  while (at < message.length) {
    const key = Number(varint());
    const wire = key & 7;
    const field = wire === 0 ? varint() : taken(wire === 1 ? 8 : wire === 5 ? 4 : Number(varint()));
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), field]);
  }
  return fields;
}
