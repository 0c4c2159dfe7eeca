// dinc export embeddings RUN: the vectors of a table, for a vector index.

import { type ExportEmbeddingsOptions, exportEmbeddings } from "../../driver/export-embeddings.ts";
import { thousands } from "../../driver/text-table.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";

export interface ExportCommandOptions extends ExportEmbeddingsOptions {
  readonly out: string;
}

export async function exportVectors(
  folder: string,
  options: ExportCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const { table, vectors, width, files } = await exportEmbeddings(folder, options.out, options);
  terminal.say(`${thousands(vectors)} vectors of ${table}, ${width} numbers each: ${files.join(", ")}`);
  return exitCodes.clean;
}
