// Reads vectors with their ids from a file: lines of text, a Parquet file, or a NumPy matrix with the ids beside it,
// the last two as `dinc export embeddings` writes them. Vectors come one at a time, in the order of the file.

import { open, readFile } from "node:fs/promises";
import type { Span } from "../../compiler/common/source-file.ts";
import { isList } from "../../compiler/data/raw-values.ts";
import { vectorsUnreadable } from "../../compiler/diagnostics/catalog/vectors.ts";
import { DiagnosticError, diagnose, inText } from "../../compiler/diagnostics/diagnostic.ts";
import { withFiles } from "../data/tables.ts";
import { NPY_HEAD, type NpyHeader, npyHeader } from "../files/npy-header.ts";
import { linesOf } from "../files/read-text.ts";

export interface GivenVector {
  /** The line or row of the file, from 0. */
  readonly place: number;
  readonly id: string;
  /** As in the file: texts, numbers, or null. */
  readonly numbers: readonly unknown[];
}

/** A file of vectors, and the place in the spec that names it. */
export interface VectorFile {
  readonly path: string;
  readonly span: Span;
  /** The feature that the vectors are for. */
  readonly feature: string;
  /** The expected width, which tells the first line of a text from a header. */
  readonly width: number;
}

/** Tells whether a file is a text with a vector on each line. */
export function isOfLines(path: string): boolean {
  return !/\.(parquet|npy)$/i.test(path);
}

/** Calls `take` for each vector. Throws DiagnosticError if the file has another form. */
export async function eachVector(file: VectorFile, take: (vector: GivenVector) => void): Promise<void> {
  if (isOfLines(file.path)) await vectorsOfLines(file, take);
  else if (/\.npy$/i.test(file.path)) await vectorsOfNumpy(file, take);
  else await vectorsOfParquet(file, take);
}

async function vectorsOfLines(
  { path, width }: VectorFile,
  take: (vector: GivenVector) => void,
): Promise<void> {
  let place = -1;
  for await (const text of linesOf(path)) {
    place += 1;
    // The header of word2vec: the number of vectors and their width.
    const isHeader = place === 0 && width !== 1 && /^\d+\s+\d+$/.test(text.trim());
    if (text.trim() === "" || isHeader) continue;
    take({ place, ...parsed(place === 0 ? text.replace(/^\uFEFF/, "") : text) });
  }
}

/** A tab must follow an id with blanks. */
function parsed(text: string): Pick<GivenVector, "id" | "numbers"> {
  const [, id, rest] = /^([^\t]*)\t(.*)$/s.exec(text) ?? /^\s*([^\s,]+)[\s,]?(.*)$/s.exec(text)!;
  return { id: id!, numbers: rest!.split(/[\s,]+/).filter((number) => number !== "") };
}

async function vectorsOfParquet(file: VectorFile, take: (vector: GivenVector) => void): Promise<void> {
  const { path, feature } = file;
  await withFiles(path, {}, async (files) => {
    const opened = await files.file(path);
    const columns = [...opened.columns.values()];
    const lists = columns.filter(({ typeName }) => /^(FLOAT|DOUBLE)\[\d*\]$/.test(typeName));
    const others = columns.filter((column) => !lists.includes(column));
    const ids = others.find(({ name }) => name === feature) ?? (others.length === 1 ? others[0] : undefined);
    const [vectors, another] = lists;
    const named = columns.map(({ name, typeName }) => `\`${name}\` (${typeName})`).join(", ");
    if (vectors === undefined || another !== undefined || ids === undefined)
      throw unreadable(
        file,
        `it needs a column with the ids, called \`${feature}\` or the only other one, and one column with lists of floats; its columns are ${named}`,
      );
    await files.scan(opened, [ids, vectors], ({ first, rows, columns: [values, lists] }) => {
      for (let row = 0; row < rows; row++) {
        const [id, list] = [values!.cells[row]!, lists!.cells[row]!];
        if (id === null) throw unreadable(file, `its row ${first + row + 1} has no id`);
        take({ place: first + row, id: String(id), numbers: isList(list) ? list : [] });
      }
    });
  });
}

/** The bytes that are read at once. */
const PIECE = 1 << 20;

async function vectorsOfNumpy(file: VectorFile, take: (vector: GivenVector) => void): Promise<void> {
  const { path } = file;
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const head = Buffer.alloc(Math.min(size, NPY_HEAD));
    await handle.read(head, 0, head.length, 0);
    const header = npyHeader(head);
    if (header === null) throw unreadable(file, "it isn't a NumPy file");
    const { start } = header;
    const { rows, width, bytes } = matrixIn(header, file);
    const beside = path.replace(/\.npy$/i, ".ids.json");
    const ids = await idsIn(beside, rows, file);
    if (size !== start + rows * width * bytes)
      throw unreadable(file, `it has ${size} bytes instead of ${start + rows * width * bytes}`);
    const together = Math.max(1, Math.floor(PIECE / Math.max(1, width * bytes)));
    const piece = Buffer.alloc(together * width * bytes);
    for (let from = 0; from < rows; from += together) {
      const count = Math.min(together, rows - from);
      await handle.read(piece, 0, count * width * bytes, start + from * width * bytes);
      for (let i = 0; i < count; i++) {
        const numbers = Array.from({ length: width }, (_, k) => {
          const at = (i * width + k) * bytes;
          return bytes === 4 ? piece.readFloatLE(at) : piece.readDoubleLE(at);
        });
        take({ place: from + i, id: ids[from + i]!, numbers });
      }
    }
  } finally {
    await handle.close();
  }
}

interface Matrix {
  readonly rows: number;
  readonly width: number;
  /** The bytes of a number. */
  readonly bytes: 4 | 8;
}

function matrixIn({ type, shape, isByColumns }: NpyHeader, file: VectorFile): Matrix {
  const [rows, width] = shape;
  if (type !== "<f4" && type !== "<f8")
    throw unreadable(
      file,
      `its numbers are \`${type ?? "?"}\`, not little-endian floats: \`<f4\` or \`<f8\``,
    );
  if (isByColumns)
    throw unreadable(
      file,
      "its numbers are stored by columns; `numpy.ascontiguousarray` stores them by rows",
    );
  if (rows === undefined || width === undefined || shape.length !== 2)
    throw unreadable(
      file,
      `its shape is (${shape.join(", ")}${shape.length === 1 ? "," : ""}), not that of a matrix with a row for each vector`,
    );
  return { rows, width, bytes: type === "<f4" ? 4 : 8 };
}

/** The values of the rows of a matrix: a list of texts and whole numbers. */
async function idsIn(path: string, rows: number, file: VectorFile): Promise<readonly string[]> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    throw unreadable(file, `the file of its ids, ${path}, is not there`);
  });
  const isId = (value: unknown) => typeof value === "string" || Number.isSafeInteger(value);
  const ids = listIn(text);
  if (ids === null || !ids.every(isId))
    throw unreadable(file, `${path} isn't a list of texts and whole numbers, one for each of its rows`);
  if (ids.length !== rows) throw unreadable(file, `it has ${rows} rows, and ${path} has ${ids.length} ids`);
  return ids.map(String);
}

function listIn(text: string): readonly unknown[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function unreadable({ path, span }: VectorFile, reason: string): DiagnosticError {
  return new DiagnosticError([diagnose(vectorsUnreadable, { path, reason }, inText(span))]);
}
