// Arrow: files and streams of its IPC format, which Feather is since its second version. Rows become a Parquet file for
// the time of the reading, so that all else reads them as Parquet.

import type { DuckDBDataChunk } from "@duckdb/node-api";
import { malformedFile } from "../../../../compiler/diagnostics/catalog/data.ts";
import type { Help } from "../../../../compiler/diagnostics/diagnostic.ts";
import { copyChunks } from "../../../duckdb/copy-chunks.ts";
import { quoted } from "../../../duckdb/sql-text.ts";
import { CHUNK_ROWS } from "../../../duckdb/streamed.ts";
import { setNumbers } from "../../../duckdb/vector-numbers.ts";
import type { FileName } from "../../../files/file-fault.ts";
import { ContentProblem, contentFault, damaged } from "../content-problem.ts";
import type { FileFormat, Opening } from "../file-format.ts";
import { parquet } from "../parquet.ts";
import { addCodecs } from "./arrow-codecs.ts";
import { type ArrowBatch, columnOf } from "./arrow-columns.ts";
import { ArrowMessages } from "./arrow-messages.ts";
import { arrowTypes } from "./arrow-types.ts";

type Api = typeof import("@duckdb/node-api");
type Flechette = typeof import("@uwdata/flechette");

/** The values of whole numbers, and of decimals, that keep all digits. */
const EXACT = { useBigInt: true, useDecimalInt: true } as const;

export const arrow: FileFormat = {
  ...parquet,
  spark: () => null,

  async copy(path, opening) {
    const { copies } = opening;
    const plain = await copies.decompressed(path);
    try {
      return {
        location: await copies.asFile("parquet", (copy) => convert(plain, copy, opening)),
        delimiter: null,
      };
    } catch (error) {
      if (!(error instanceof ContentProblem)) throw error;
      throw contentFault(path, error, (file) => helpFor(error, file));
    }
  },
};

/** Names a command that writes the file in a form that dinc reads. */
function helpFor({ isOfForm, place: { column } }: ContentProblem, { saved, path }: FileName): Help | null {
  if (!isOfForm) return null;
  const { arrow, arrowColumn } = malformedFile.helps;
  return column === undefined ? arrow(saved ?? path) : arrowColumn(saved ?? path, column);
}

async function convert(path: string, copy: string, { connection }: Opening): Promise<void> {
  const [api, flechette] = await Promise.all([import("@duckdb/node-api"), import("@uwdata/flechette")]);
  await addCodecs(flechette);
  const messages = ArrowMessages.open(path);
  try {
    const { schema } = decoded(flechette, messages.head);
    const columns = schema.fields.map((field) => columnOf(api, field));
    const again = columns.find(({ name }, i) => columns.findIndex((other) => other.name === name) !== i);
    if (again !== undefined)
      throw new ContentProblem("two columns have this name", { column: again.name }, true);
    if (columns.length === 0) throw new ContentProblem("it has no columns");
    const filler = new ChunkFiller(api, batchesOf(flechette, messages), columns);
    await copyChunks(
      connection,
      copy,
      columns,
      (chunk) => filler.setNext(chunk),
      `FORMAT parquet${pandas(schema.metadata)}`,
    );
  } finally {
    messages.close();
  }
}

/** The names of the columns that pandas wrote its index to are in the metadata of Parquet, too. */
function pandas(metadata: ReadonlyMap<string, string> | null | undefined): string {
  const text = metadata?.get("pandas");
  return text === undefined ? "" : `, KV_METADATA { pandas: ${quoted(text)} }`;
}

/** The batches of all columns, record batch after record batch. */
function* batchesOf(flechette: Flechette, messages: ArrowMessages): Generator<readonly ArrowBatch[]> {
  for (const group of messages.groups()) {
    const { children } = decoded(flechette, group);
    const count = children[0]?.data.length ?? 0;
    for (let i = 0; i < count; i++) yield children.map(({ data }) => data[i]!);
  }
}

function decoded(flechette: Flechette, bytes: readonly Uint8Array[]) {
  try {
    return flechette.tableFromIPC([...bytes], EXACT);
  } catch (error) {
    throw error instanceof ContentProblem ? error : damaged("its arrays have no place in it");
  }
}

type Columns = readonly ReturnType<typeof columnOf>[];

/** Sets the rows of batches in chunks of DuckDB. */
class ChunkFiller {
  private readonly api: Api;
  private readonly batches: Generator<readonly ArrowBatch[]>;
  private readonly columns: Columns;
  /** The current record batch. */
  private batch: readonly ArrowBatch[] = [];
  private readers: readonly ReturnType<Columns[number]["valuesOf"]>[] = [];
  private rows = 0;
  private at = 0;
  /** The rows of the earlier ones. */
  private before = 0;

  constructor(api: Api, batches: Generator<readonly ArrowBatch[]>, columns: Columns) {
    this.api = api;
    this.batches = batches;
    this.columns = columns;
  }

  setNext(chunk: DuckDBDataChunk): boolean {
    while (this.at >= this.rows) if (!this.begin()) return false;
    const count = Math.min(CHUNK_ROWS, this.rows - this.at);
    chunk.rowCount = count;
    for (let i = 0; i < this.columns.length; i++) this.set(chunk, i, count);
    this.at += count;
    return true;
  }

  /** Begins the next record batch; false if there is none. */
  private begin(): boolean {
    this.before += this.rows;
    const { done, value } = this.batches.next();
    if (done === true) return false;
    const [first] = value;
    const other = value.findIndex(({ length }) => length !== first!.length);
    if (other >= 0)
      throw damaged("its columns have different lengths", { column: this.columns[other]!.name });
    this.batch = value;
    this.rows = first!.length;
    this.at = 0;
    this.readers = this.columns.map((column, i) => column.valuesOf(value[i]!));
    return true;
  }

  private set(chunk: DuckDBDataChunk, i: number, count: number): void {
    const vector = chunk.getColumnVector(i);
    const { type, values, nullCount } = this.batch[i]!;
    const areNumbers =
      nullCount === 0 && (type.typeId === arrowTypes.int || type.typeId === arrowTypes.float);
    const own = areNumbers ? values.subarray(this.at, this.at + count) : null;
    if (own === null || own.length < count || !setNumbers(this.api, vector, own))
      for (let row = 0; row < count; row++) vector.setItem(row, this.valueOf(i, this.at + row));
    vector.flush();
  }

  private valueOf(i: number, row: number) {
    try {
      return this.readers[i]!(row);
    } catch (error) {
      if (!(error instanceof ContentProblem)) throw error;
      throw new ContentProblem(error.reason, { row: this.before + row, ...error.place }, error.isOfForm);
    }
  }
}
