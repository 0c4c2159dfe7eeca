// A Parquet file of a server, of which only the columns that are read are fetched. The local file has the length and
// the offsets of the served one: DuckDB finds the footer and each fetched column where it looks for them, and holes,
// which take no room on the disk, in place of all others.

import { createHash } from "node:crypto";
import { type FileHandle, open, utimes } from "node:fs/promises";
import type { DuckDBConnection } from "@duckdb/node-api";
import { fileInSql } from "../../duckdb/sql-text.ts";
import type { FileFingerprint } from "../../files/fingerprint.ts";
import { byteCounter, FETCHED_BYTES } from "./counted-bytes.ts";
import type { ServedContent, ServedFile } from "./served-file.ts";

/** The bytes at the end of a file that the first request fetches: most footers are shorter. */
export const FOOTER_BYTES = 16_384;

/** Ends every Parquet file, after the footer and its length, and begins it. */
const MAGIC = "PAR1";
const AFTER_FOOTER = 8;

/** A gap that is fetched, because a further request takes as long. */
const SHORT_GAP = 32_768;

/** The most bytes of a request, and the most requests at the same time. */
const LONGEST_RANGE = 1 << 24;
const CONNECTIONS = 6;

interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export class ServedParquet {
  /** Identifies the content of the file without all of its bytes: by its size, the server's state and the footer. */
  readonly fingerprint: FileFingerprint;
  private readonly file: ServedFile;
  private readonly location: string;
  private readonly count: (bytes: number) => void;
  /** The end of what is not fetched yet: the footer follows. */
  private readonly end: number;
  /** Read from the footer when the first column is asked for. */
  private chunks: Promise<ReadonlyMap<string, readonly ByteRange[]>> | null = null;
  private readonly fetched = new Set<string>();
  /** The last request for columns, after which the next one begins. */
  private last: Promise<void> = Promise.resolve();

  private constructor(
    file: ServedFile,
    location: string,
    {
      end,
      fingerprint,
      report,
    }: Pick<ServedParquet, "fingerprint"> & {
      readonly end: number;
      readonly report: (line: string) => void;
    },
  ) {
    this.file = file;
    this.location = location;
    this.end = end;
    this.fingerprint = fingerprint;
    this.count = byteCounter(FETCHED_BYTES, (bytes) =>
      report(`${file.name}: ${Math.round(bytes / 1e6)} MB of its columns fetched`),
    );
  }

  /**
   * Writes the footer to `location`. `tail` is the answer to a request for the last FOOTER_BYTES. Null if the server
   * gives no ranges, or if the file does not end as Parquet does.
   */
  static async open(
    file: ServedFile,
    tail: ServedContent,
    location: string,
    report: (line: string) => void,
  ): Promise<ServedParquet | null> {
    const { start, size } = tail;
    if (!file.hasRanges || start === 0 || size === null) return null;
    const last = await collected(file.content(tail));
    if (last.toString("latin1", last.length - MAGIC.length) !== MAGIC) return null;
    const length = last.readUInt32LE(last.length - AFTER_FOOTER) + AFTER_FOOTER;
    const before = start - Math.max(0, length - last.length);
    if (before <= MAGIC.length) return null;
    const first = before < start ? await collected(file.range(before, start)) : Buffer.alloc(0);
    const bytes = Buffer.concat([first, last]);
    const target = await open(location, "w");
    try {
      await target.write(MAGIC, 0);
      await target.write(bytes, 0, bytes.length, before);
    } finally {
      await target.close();
    }
    const hash = createHash("sha256").update(`${size}\n${file.state}\n`);
    hash.update(bytes.subarray(Math.max(0, bytes.length - length)));
    const fingerprint = { bytes: size, hash: hash.digest("hex") };
    await keepTime(location);
    return new ServedParquet(file, location, { end: before, fingerprint, report });
  }

  /** Fetches the columns of these names, unless they are there. Throws DiagnosticError if they cannot be had. */
  fetch(names: readonly string[]): Promise<void> {
    const next = this.last.then(() => this.fetchNow(names));
    this.last = next.catch(() => {});
    return next;
  }

  private async fetchNow(names: readonly string[]): Promise<void> {
    if (names.every((name) => this.fetched.has(name))) return;
    this.chunks ??= chunksIn(this.location);
    const chunks = await this.chunks;
    const wanted = [...new Set(names)].filter((name) => !this.fetched.has(name));
    const ranges = joinedRanges(
      wanted.flatMap((name) => chunks.get(name) ?? []),
      this.end,
    );
    const target = await open(this.location, "r+");
    try {
      const left = ranges.values();
      const work = Array.from({ length: CONNECTIONS }, async () => {
        for (const range of left) await this.fetchRange(range, target);
      });
      // All have ended before the file is closed.
      const ended = await Promise.allSettled(work);
      for (const each of ended) if (each.status === "rejected") throw each.reason;
    } finally {
      await target.close();
      await keepTime(this.location);
    }
    for (const name of wanted) this.fetched.add(name);
  }

  private async fetchRange({ start, end }: ByteRange, target: FileHandle): Promise<void> {
    let at = start;
    for await (const piece of this.file.range(start, end)) {
      await target.write(piece, 0, piece.length, at);
      at += piece.length;
      this.count(piece.length);
    }
  }
}

async function collected(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

/** Fetched columns do not change the file: its time, by which readers notice changes, stays the same. */
async function keepTime(location: string): Promise<void> {
  await utimes(location, 0, 0);
}

/** The ranges in order, without those from `end` on, joined over short gaps and cut into pieces. */
function joinedRanges(ranges: readonly ByteRange[], end: number): readonly ByteRange[] {
  const sorted = ranges.filter(({ start }) => start < end).sort((a, b) => a.start - b.start);
  const joined: { start: number; end: number }[] = [];
  for (const range of sorted) {
    const last = joined.at(-1);
    const to = Math.min(range.end, end);
    if (last !== undefined && range.start <= last.end + SHORT_GAP) last.end = Math.max(last.end, to);
    else joined.push({ start: range.start, end: to });
  }
  return joined.flatMap(({ start, end }) => {
    const pieces = Math.ceil((end - start) / LONGEST_RANGE);
    return Array.from({ length: pieces }, (_, i) => ({
      start: start + i * LONGEST_RANGE,
      end: Math.min(end, start + (i + 1) * LONGEST_RANGE),
    }));
  });
}

/** The ranges of each column, by its name in DuckDB. */
async function chunksIn(location: string): Promise<ReadonlyMap<string, readonly ByteRange[]>> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  try {
    const connection = await instance.connect();
    return await columnChunks(connection, fileInSql(location));
  } finally {
    instance.closeSync();
  }
}

async function columnChunks(
  connection: DuckDBConnection,
  file: string,
): Promise<ReadonlyMap<string, readonly ByteRange[]>> {
  const rows = async (query: string) => (await connection.runAndReadAll(query)).getRows();
  const described = await rows(
    `SELECT column_name FROM (DESCRIBE SELECT * FROM read_parquet(${file}, hive_partitioning=false))`,
  );
  const schema = await rows(`SELECT num_children FROM parquet_schema(${file})`);
  const owners = leafOwners(schema.map(([children]) => Number(children ?? 0)));
  const names = described.map(([name]) => String(name));
  const chunks = new Map<string, ByteRange[]>(names.map((name) => [name, []]));
  const stored = await rows(
    `SELECT column_id, total_compressed_size, data_page_offset, dictionary_page_offset, index_page_offset, bloom_filter_offset, bloom_filter_length FROM parquet_metadata(${file})`,
  );
  for (const row of stored) {
    const [leaf, size, data, dictionary, index, bloom, bloomSize] = row.map((value) => Number(value ?? 0));
    const own = chunks.get(names[owners[leaf!]!]!)!;
    // Writers give the offset 0 for a page that does not exist.
    const start = Math.min(...[data!, dictionary!, index!].filter((offset) => offset > 0));
    own.push({ start, end: start + size! });
    if (bloom! > 0) own.push({ start: bloom!, end: bloom! + bloomSize! });
  }
  return chunks;
}

/** The column of each leaf of a schema. `children` are the numbers of children of its nodes, in order, the root first. */
function leafOwners(children: readonly number[]): readonly number[] {
  const owners: number[] = [];
  let at = 1;
  const walk = (column: number): void => {
    const own = children[at++]!;
    if (own === 0) owners.push(column);
    for (let i = 0; i < own; i++) walk(column);
  };
  for (let column = 0; at < children.length; column++) walk(column);
  return owners;
}
