// Writes folders of prepared rows, which are complete or absent in all cases. The memory does not depend on
// the number of rows.

import { dirname, join } from "node:path";
import { Random } from "../../compiler/common/random.ts";
import type { ColumnReader } from "../../compiler/data/columns.ts";
import type { CountedIds } from "../../compiler/data/occurrences.ts";
import type { EpochOrder } from "../../compiler/data/row-order.ts";
import { outputNotPrepared, preparedExists } from "../../compiler/diagnostics/catalog/prepared.ts";
import { diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import type { DataConfig } from "../../compiler/frontend/config/config.ts";
import { describeRows } from "../../compiler/frontend/config/rows-description.ts";
import type { Model, TableSpec } from "../../compiler/frontend/model/model.ts";
import { occurrencesIn, type RowSource, readerOf } from "../data/batches.ts";
import { FileReader } from "../data/storage.ts";
import type { Titles } from "../data/tables.ts";
import type { TrainingData } from "../data/training-data.ts";
import { CHUNK_ROWS } from "../duckdb/streamed.ts";
import { flushFolder, makeFolders, writeFlushed } from "../files/atomic.ts";
import { fingerprint } from "../files/fingerprint.ts";
import { Scratch } from "../files/scratch.ts";
import type { Truth } from "../files/truth.ts";
import { claimWhole, putWhole } from "../files/whole-folder.ts";
import { fittedTexts } from "../fitted/fitted-texts.ts";
import { type Baseline, baselineText } from "../run/baseline-text.ts";
import { sealed, UNSEALED } from "../run/seal.ts";
import { type PreparedCells, preparedColumns, rowColumn } from "./prepared-columns.ts";
import {
  COUNT,
  type FileDescription,
  PREPARED_VERSION,
  type PreparedDescription,
  type PreparedSplit,
  preparedFiles,
  preparedSplits,
  type Recorded,
  type Shard,
  type SplitDescription,
  type StoredOrder,
} from "./prepared-folder.ts";
import {
  chunksOfRows,
  endsOfBatches,
  partOf,
  partOfBatches,
  partsOfBatches,
  rowsAtATime,
  rowsOfParts,
} from "./prepared-rows.ts";
import { ShardWriter } from "./shard-writer.ts";
import { unwritableParquet } from "./unwritable-parquet.ts";

/** The number of files written at a time: DuckDB compresses the rows of one while those of the other are read. */
const AT_A_TIME = 2;

/** The parts of a description that need no files. */
export interface DescribedContents {
  readonly model: Model;
  /** The source of the rows. */
  readonly source: DataConfig;
  readonly data: Pick<TrainingData, "fingerprint">;
  readonly tables: readonly TableSpec[];
  readonly truth: Truth | null;
  /** The version of dinc. */
  readonly compiler: string;
  readonly order: StoredOrder;
}

export interface PreparedContents extends DescribedContents {
  /** The data that were read from `source`. */
  readonly data: TrainingData;
  /** By table whose ids are counted: the inputs that contain them. */
  readonly counted: ReadonlyMap<string, CountedIds>;
  readonly titles: Titles | null;
  readonly baseline: () => Promise<Baseline | null>;
  /** The number of files per split, if it has at least as many rows. */
  readonly shards: number;
  /** Called before each few thousand rows are written. */
  readonly onProgress: (split: PreparedSplit, rows: number, of: number) => void;
}

/** Like `claimWhole`; `force` allows to replace a folder of prepared rows. */
export function claimPrepared(out: string, force: boolean): Promise<() => void> {
  return claimWhole(out, (entries) => {
    if (!entries.includes(preparedFiles.description))
      return diagnose(outputNotPrepared, { path: out }, noLocation);
    return force ? null : diagnose(preparedExists, { path: out }, noLocation);
  });
}

/** Writes the whole folder; `out` must have been claimed. Throws DiagnosticError if it cannot be written. */
export async function writePrepared(out: string, contents: PreparedContents): Promise<PreparedDescription> {
  const scratch = new Scratch();
  try {
    let description: PreparedDescription | null = null;
    await putWhole(out, async (partial) => {
      description = await writeFiles(new Folder(partial), contents, scratch);
    });
    return description!;
  } catch (error) {
    throw unwritableParquet(out, error, scratch);
  } finally {
    scratch.remove();
  }
}

async function writeFiles(
  folder: Folder,
  contents: PreparedContents,
  scratch: Scratch,
): Promise<PreparedDescription> {
  const { model, data, counted, titles } = contents;
  const texts = new Map<string, Recorded>();
  const writeTexts = async () => {
    // Computed while files are written; if one of them fails, that is thrown.
    const computed = contents.baseline();
    computed.catch(() => {});
    for (const [name, text] of fittedTexts(data.fitted)) texts.set(name, await folder.text(name, text));
    if (titles !== null)
      texts.set(preparedFiles.titles, await folder.text(preparedFiles.titles, titlesText(titles)));
    const baseline = await computed;
    if (baseline !== null)
      texts.set(preparedFiles.baseline, await folder.text(preparedFiles.baseline, baselineText(baseline)));
  };
  const writer = await ShardWriter.open(scratch);
  const reader = new FileReader();
  try {
    const splits = new SplitsWriter(folder, contents, writer, reader);
    const written: Partial<Record<PreparedSplit, SplitDescription>> = {};
    const writeSplits = async () => {
      for (const split of preparedSplits) {
        const rows = data[split];
        if (rows !== null) written[split] = await splits.write(split, rows);
      }
    };
    const write = async (file: string, numbers: Float64Array): Promise<FileDescription> => {
      await folder.make(file);
      await writer.write(folder.path(file), [{ name: COUNT, type: "double" }], chunksOf(numbers));
      return { file, ...(await folder.recorded(file)) };
    };
    const counts: Record<string, FileDescription> = {};
    const met: Record<string, FileDescription> = {};
    const writeCounts = async () => {
      for (const [table, where] of counted)
        counts[table] = await write(preparedFiles.counts(table), occurrencesIn([where], data.train)[0]!);
      const vocabularies = [...(data.counts ?? [])].filter(([, numbers]) => numbers.length > 0);
      const files = await inTurns(vocabularies.length, (at) => {
        const [vocabulary, numbers] = vocabularies[at]!;
        return write(preparedFiles.met(vocabulary), numbers);
      });
      for (const [at, [vocabulary]] of vocabularies.entries()) met[vocabulary] = files[at]!;
    };
    // Each file is flushed to disk, for which files of another kind need not wait.
    await allEnded([writeTexts(), writeSplits(), writeCounts()]);
    await folder.flush();
    const description = describe(contents, {
      splits: { train: written.train!, ...written },
      columns: [...preparedColumns(model), rowColumn],
      ...{ counts, met },
      files: Object.fromEntries(texts),
    });
    await folder.write(preparedFiles.description, descriptionBytes(description));
    return description;
  } finally {
    reader.close();
    writer.close();
  }
}

/** The facts that are known once the files exist. */
export type PreparedFacts = Pick<PreparedDescription, "splits" | "columns" | "counts" | "met" | "files">;

export function describe(
  { model, source, data, tables, truth, compiler, order }: DescribedContents,
  { splits, columns, counts, met, files }: PreparedFacts,
): PreparedDescription {
  const { seed, batch } = model.train;
  const stepsOf = (history: string) => columns.filter((column) => column.history === history);
  return {
    ...{ version: PREPARED_VERSION, checksum: UNSEALED, compiler, model: model.name },
    ...{ order, seed, batch, groupedBy: model.batchBy, splits, columns },
    histories: Object.fromEntries(
      [...model.histories.values()].map(({ name, max }) => [
        name,
        { max, columns: stepsOf(name).map((column) => column.name) },
      ]),
    ),
    tables: tables.map(({ name, feature, rows, width }) => ({ name, feature, rows, width })),
    ...{
      counts,
      ...(met === undefined ? {} : { met }),
      files,
      reads: describeRows(model, source),
      data: data.fingerprint,
      truth,
    },
  };
}

/** The text of `prepared.json` with its checksum. */
export function descriptionBytes(description: PreparedDescription): Uint8Array {
  return sealed(Buffer.from(`${JSON.stringify(description, null, 2)}\n`));
}

function titlesText({ feature, column, of }: Titles): string {
  return `${JSON.stringify({ feature, column, of: [...of] })}\n`;
}

/** The folder under construction. */
class Folder {
  private readonly root: string;
  private readonly folders = new Set<string>();

  constructor(root: string) {
    this.root = root;
  }

  path(name: string): string {
    return join(this.root, name);
  }

  /** Makes the folder of a file. */
  async make(name: string): Promise<void> {
    const folder = dirname(this.path(name));
    if (this.folders.has(folder)) return;
    await makeFolders(folder);
    this.folders.add(folder);
  }

  async write(name: string, content: string | Uint8Array): Promise<void> {
    await this.make(name);
    await writeFlushed(this.path(name), content);
  }

  async text(name: string, text: string): Promise<Recorded> {
    await this.write(name, text);
    return this.recorded(name);
  }

  async recorded(name: string): Promise<Recorded> {
    const { bytes, hash } = await fingerprint(this.path(name));
    return { bytes, sha256: hash };
  }

  async flush(): Promise<void> {
    for (const folder of this.folders) await flushFolder(folder);
  }
}

class SplitsWriter {
  private readonly folder: Folder;
  private readonly contents: PreparedContents;
  private readonly writer: ShardWriter;
  private readonly reader: ColumnReader;

  constructor(folder: Folder, contents: PreparedContents, writer: ShardWriter, reader: ColumnReader) {
    this.folder = folder;
    this.contents = contents;
    this.writer = writer;
    this.reader = reader;
  }

  async write(split: PreparedSplit, source: RowSource): Promise<SplitDescription> {
    const { model, order, data, onProgress } = this.contents;
    const { batch } = model.train;
    const { rows } = source;
    const values = readerOf(source, this.reader);
    const isTraining = split === "train";
    const own = preparedColumns(model);
    const columns = isTraining ? [...own, rowColumn] : own;
    const { order: stored, ends } = isTraining
      ? storedOrder(data, order, model)
      : { order: null, ends: null };
    const isTrained = isTraining && order === "trained";
    const isOfGroups = ends !== null && !isTrained;
    const count = Math.min(this.contents.shards, isOfGroups ? ends.length : rows);
    const partsOf = (shard: number) => {
      if (isTrained) return partsOfBatches(ends ?? endsOfBatches(rows, batch), shard, count);
      return [isOfGroups ? partOfBatches(ends, shard, count) : partOf(0, rows, shard, count)];
    };
    let done = 0;
    const writeShard = async (shard: number): Promise<Shard> => {
      const parts = partsOf(shard);
      const file = preparedFiles.shard(split, shard);
      await this.folder.make(file);
      let inShard = 0;
      const { reader } = this;
      const chunks = function* (): Generator<readonly PreparedCells[]> {
        for (const { count, cells } of chunksOfRows(
          columns,
          values,
          rowsOfParts(parts, stored, reader, rowsAtATime(columns)),
        )) {
          onProgress(split, done, rows);
          yield cells;
          inShard += count;
          done += count;
        }
      };
      await this.writer.write(this.folder.path(file), columns, chunks());
      return { file, rows: inShard, ...(await this.folder.recorded(file)) };
    };
    const shards = await inTurns(count, writeShard);
    return { rows, shards, ...(isTrained && ends !== null ? { ends: Array.from(ends) } : {}) };
  }
}

/** The results of `make` for 0 … `count` − 1, `AT_A_TIME` of them at a time. */
async function inTurns<T>(count: number, make: (at: number) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  let next = 0;
  const turn = async () => {
    while (next < count) {
      const at = next++;
      try {
        made[at] = await make(at);
      } catch (error) {
        next = count;
        throw error;
      }
    }
  };
  await allEnded(Array.from({ length: AT_A_TIME }, turn));
  return made;
}

/** Waits until all have ended, even if one fails, because they use the same files. */
async function allEnded(tasks: readonly Promise<void>[]): Promise<void> {
  for (const task of await Promise.allSettled(tasks)) if (task.status === "rejected") throw task.reason;
}

/** If batches keep groups whole, `ends` are the ends of batches in the stored order. */
function storedOrder(
  { train, orders }: TrainingData,
  order: StoredOrder,
  { batchBy, train: { seed, batch } }: Pick<Model, "batchBy" | "train">,
): EpochOrder {
  if (order === "trained") return orders.ofEpoch(train.rows, seed, 1, batch);
  // No epoch of a training has the number 0.
  if (batchBy !== null) return orders.ofEpoch(train.rows, seed, 0, batch);
  return { order: orders.shuffled(train.rows, Random.of(seed, "prepare")), ends: null };
}

function* chunksOf(values: Float64Array): Generator<[Float64Array]> {
  for (let at = 0; at < values.length; at += CHUNK_ROWS) yield [values.subarray(at, at + CHUNK_ROWS)];
}
