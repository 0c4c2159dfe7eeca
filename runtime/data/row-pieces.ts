// Example rows for a trained model in pieces, which are read on demand.

import { storedPiece } from "../../compiler/data/encode.ts";
import type { StoredRows } from "../../compiler/data/row-stages.ts";
import {
  DEFAULT_MEMORY,
  type ListFormat,
  listFormatOf,
  type RowsConfig,
} from "../../compiler/frontend/config/config.ts";
import { FittedEncoders } from "../../compiler/frontend/kinds/encoders.ts";
import type { Fitted, Model } from "../../compiler/frontend/model/model.ts";
import { Scratch } from "../files/scratch.ts";
import type { RowSource } from "./batches/row-source.ts";
import { type ExampleRowsOptions, readExamplePieces } from "./examples/example-rows.ts";
import { OpenImpressions } from "./impressions/impression-rows.ts";
import { openMemory } from "./storage/memory.ts";
import { DataFiles } from "./tables/data-files.ts";
import type { ReadOptions } from "./training-data.ts";

export interface PieceOptions
  extends ReadOptions,
    ListFormat,
    Pick<RowsConfig, "impressions">,
    Pick<ExampleRowsOptions, "carried" | "isMade"> {
  /** In bytes, like `data.memory` of dinc.yaml. */
  readonly memory?: number;
}

/** Rows in pieces, none of which is empty. */
export interface RowPieces {
  readonly pieces: AsyncIterable<RowSource>;
  /** The total number of rows; null if it is known only after the last piece. */
  readonly rows: number | null;
  /** The share of the file that was read, 0 to 1; null if unknown. */
  share(): number | null;
}

/**
 * Reads a file of example rows for a trained model on demand, `rowsAPiece` at a time, as in serving: labels
 * are ignored, and a value outside a closed vocabulary is unknown. At the end, `pieces` throws
 * DiagnosticError with all mistakes of the file.
 */
export function rowPieces(
  model: Model,
  fitted: Fitted,
  path: string,
  options: PieceOptions,
  rowsAPiece: number,
): RowPieces {
  let open: DataFiles | null = null;
  async function* pieces(): AsyncGenerator<StoredRows> {
    const { columns = new Scratch(), memory: bytes = DEFAULT_MEMORY } = options;
    const memory = openMemory(bytes, columns, 0, options.memory !== undefined);
    const files = await DataFiles.open({ ...options, limits: memory.limits });
    open = files;
    try {
      const encoders = new FittedEncoders(fitted);
      const reading = { files, model, encoders };
      const impressions =
        options.impressions === undefined
          ? null
          : await OpenImpressions.open({ ...reading, memory }, options, "unknown", options.inputs, {
              kept: options.carried?.names,
            });
      const wanted: ExampleRowsOptions = {
        ...listFormatOf(options),
        labels: "none",
        outside: "unknown",
        limit: options.limit,
        inputs: options.inputs,
        isMade: options.isMade,
        impressions,
        carried: options.carried ?? null,
      };
      for await (const rows of readExamplePieces(reading, path, wanted, rowsAPiece))
        yield storedPiece(model, fitted, rows);
    } catch (error) {
      throw memory.problemOf(error, path);
    } finally {
      open = null;
      memory.close();
      await files.close();
    }
  }
  return { pieces: pieces(), rows: null, share: () => open?.share ?? null };
}
