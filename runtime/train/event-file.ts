// An event file of TensorBoard: records of a length and an Event in protobuf, each with its masked CRC-32C.
// However the process ends, the file contains whole records and at most a part of the last one, which
// TensorBoard ignores.

import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { EventSchema } from "./event.generated.ts";

/** The content of a file's first event. */
const VERSION = "brain.Event:2";
/** The interval between writes: writing each point alone would take as long as a small step. */
const FLUSH_MILLIS = 10_000;

/** All methods that write throw the system's error; the file then still ends with a whole record. */
export class EventFile {
  private readonly file: number;
  private readonly waiting: Uint8Array[] = [];
  private bytes = 0;
  private flushed = performance.now();

  /** The folder must exist. */
  constructor(folder: string) {
    this.file = begun(folder);
    this.add({ what: { case: "fileVersion", value: VERSION } });
    try {
      this.flush();
    } catch (error) {
      closeSync(this.file);
      throw error;
    }
  }

  scalar(tag: string, value: number, step: number): void {
    const summary = { value: [{ tag, value: { case: "simpleValue", value } as const }] };
    this.add({ step: BigInt(step), what: { case: "summary", value: summary } });
    if (performance.now() - this.flushed > FLUSH_MILLIS) this.flush();
  }

  flush(): void {
    this.flushed = performance.now();
    const records = Buffer.concat(this.waiting.splice(0));
    try {
      for (let done = 0; done < records.length; ) done += writeSync(this.file, records, done);
    } catch (error) {
      // Removes the part that was written before the disk was full.
      ftruncateSync(this.file, this.bytes);
      throw error;
    }
    this.bytes += records.length;
  }

  /** Does not write points that were not flushed. */
  close(): void {
    closeSync(this.file);
  }

  private add(event: MessageInitShape<typeof EventSchema>): void {
    const wallTime = microseconds() / 1e6;
    this.waiting.push(recordOf(toBinary(EventSchema, create(EventSchema, { ...event, wallTime }))));
  }
}

/** Creates a file. TensorBoard reads the files of a folder in the order of their names. */
function begun(folder: string): number {
  for (let time = microseconds(); ; time++) {
    const [seconds, rest] = [Math.floor(time / 1e6), time % 1e6];
    const stamp = `${String(seconds).padStart(10, "0")}.${String(rest).padStart(6, "0")}`;
    try {
      return openSync(join(folder, `events.out.tfevents.${stamp}.${hostname()}.${process.pid}`), "ax");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

/** The time in microseconds since 1970. */
function microseconds(): number {
  return Math.floor(1000 * (performance.timeOrigin + performance.now()));
}

function recordOf(event: Uint8Array): Uint8Array {
  const record = Buffer.alloc(event.length + 16);
  record.writeBigUInt64LE(BigInt(event.length), 0);
  record.writeUInt32LE(maskedCrc(record.subarray(0, 8)), 8);
  record.set(event, 12);
  record.writeUInt32LE(maskedCrc(event), 12 + event.length);
  return record;
}

/** The CRC-32C (Castagnoli) of each byte. */
const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  return crc;
});

/** Rotated and shifted, because data that contain their own checksums would have bad ones otherwise. */
function maskedCrc(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = (crc >>> 8) ^ remainders[(crc ^ byte) & 0xff]!;
  crc = ~crc;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
