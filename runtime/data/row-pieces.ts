// Example rows for a trained model in pieces, which are read as they are taken.

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
  /** Bytes, as `data.memory` of dinc.yaml. */
  readonly memory?: number;
}

/** Rows that arrive in pieces, none of them empty. */
export interface RowPieces {
  readonly pieces: AsyncIterable<RowSource>;
  /** How many rows there are in all; null where that is known only after the last piece. */
  readonly rows: number | null;
  /** How much of the file is read, 0 to 1; null where nobody knows. */
  share(): number | null;
}

/**
 * Reads a file of example rows for a trained model as they are wanted, `rowsAPiece` at a time, as in serving:
 * labels are not looked at, and a value outside a closed vocabulary is unknown. `pieces` throws
 * DiagnosticError with everything that is wrong with the file, at its end.
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
    const memory = openMemory(bytes, columns);
    const files = await DataFiles.open({ ...options, limits: memory.limits });
    open = files;
    try {
      const encoders = new FittedEncoders(fitted);
      const reading = { files, model, encoders };
      const impressions =
        options.impressions === undefined
          ? null
          : await OpenImpressions.open({ ...reading, memory }, options, "unknown", options.inputs);
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
