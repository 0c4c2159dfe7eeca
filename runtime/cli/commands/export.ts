// dinc export embeddings RUN and dinc export items RUN: write the vectors of a table, or of items in a
// two-tower model, for a vector index.

import { type ExportEmbeddingsOptions, exportEmbeddings } from "../../driver/export-embeddings.ts";
import { type ExportItemsOptions, exportItems } from "../../driver/export-items.ts";
import { thousands } from "../../driver/text-table.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";
import { terminalWatch } from "../terminal-watch.ts";

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

export interface ExportItemsCommandOptions extends ExportItemsOptions {
  readonly out: string;
}

export async function exportItemVectors(
  folder: string,
  options: ExportItemsCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const watched = { ...options, ...terminalWatch(terminal) };
  const { vectors, width, keep, files } = await exportItems(folder, options.out, watched);
  terminal.say(
    `${thousands(vectors)} vectors of items, ${width} numbers each, by ${keep.join(", ")}: ${files.join(", ")}`,
  );
  return exitCodes.clean;
}
