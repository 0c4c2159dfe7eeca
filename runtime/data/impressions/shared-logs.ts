// The facts about their data that several successive trainings share. The logs and tables of impressions are
// read once while their files stay the same, and each training gets the ids that it would get if it read them
// itself. Files whose rows are all outside a training's window are not read.

import type { RowsConfig } from "../../../compiler/frontend/config/config.ts";
import { isElsewhere } from "../../../compiler/frontend/config/elsewhere.ts";
import { FittingEncoders } from "../../../compiler/frontend/kinds/encoders.ts";
import type { Model } from "../../../compiler/frontend/model/model.ts";
import { inputsAt } from "../../files/data-paths.ts";
import { stateOf } from "../../files/file-state.ts";
import { Scratch } from "../../files/scratch.ts";
import type { DataFiles } from "../tables/data-files.ts";
import { naming, type Reading, type ReadingOptions, withMemory } from "../tables/reading.ts";
import { readVocabularies } from "../tables/vocabularies.ts";
import type { TimesOfFile } from "../times/row-window.ts";
import { OpenImpressions } from "./impression-rows.ts";

/** The logs in the form that one training reads. */
export interface LogsOfTraining {
  readonly impressions: OpenImpressions;
  /** The encoders that have read the logs. */
  readonly encoders: FittingEncoders;
}

interface ReadLogs extends LogsOfTraining {
  readonly state: string;
  /** The memory that they take. */
  readonly bytes: number;
  readonly columns: Scratch;
}

/** The largest share of `data.memory` that they take; the rest is in files. */
const SHARE = 1 / 4;

export class SharedLogs {
  /** The times of the rows by file, and the state of the files when they were read; null if nobody has read them. */
  rowTimes: { readonly state: string; readonly files: readonly TimesOfFile[] } | null = null;
  private logs: ReadLogs | null = null;

  /** The bytes of memory that they take. */
  get bytes(): number {
    return this.logs?.bytes ?? 0;
  }

  /**
   * Reads the logs and tables that `data` names, unless they were read before. Returns false if each training
   * must read them itself: if there are none, if they are not files, or if bad rows may be left out. Throws
   * DiagnosticError for their mistakes.
   */
  async read(model: Model, data: RowsConfig, options: ReadingOptions): Promise<boolean> {
    const addresses = addressesIn(data);
    const isShared =
      addresses.length > 0 && !addresses.some(isElsewhere) && options.badRows?.policy === "fail";
    const state = isShared ? await stateAt(addresses) : null;
    if (this.logs !== null && this.logs.state === state) return true;
    this.close();
    if (state === null) return false;
    const columns = new Scratch();
    const encoders = new FittingEncoders(await readVocabularies(model));
    const path = addresses[0]!;
    const others = { bytes: (1 - SHARE) * data.memory - data.memory / 2, settled: Promise.resolve() };
    const read = async (files: DataFiles, memory: Reading["memory"]) => {
      const room = memory.store.leftRoom().bytes;
      const opened = OpenImpressions.open({ files, memory, model, encoders }, data, "error");
      const impressions = await opened;
      return { impressions: impressions!, bytes: room - memory.store.leftRoom().bytes };
    };
    const found = await withMemory(
      data.memory,
      path,
      { ...options, sample: null, beside: others, columns },
      (files, memory) => naming(path, memory, read(files, memory)),
      (logs) => logs,
    );
    this.logs = { ...found, state, encoders, columns };
    return true;
  }

  /** Opens them for the training with these `files` and `memory`. Must follow `read`. */
  async for({ files, memory, model }: Omit<Reading, "encoders">, data: RowsConfig): Promise<LogsOfTraining> {
    // The run records their content.
    for (const { path, isOfSplits } of data.impressions!.histories) await files.file(path, isOfSplits);
    for (const { path } of data.impressions!.tables) await files.file(path);
    const encoders = this.logs!.encoders.copy();
    return { encoders, impressions: this.logs!.impressions.for({ files, memory, model, encoders }) };
  }

  close(): void {
    this.logs?.columns.remove();
    this.logs = null;
  }
}

function addressesIn({ impressions }: RowsConfig): readonly string[] {
  if (impressions === undefined) return [];
  return [...new Set([...impressions.histories, ...impressions.tables].map(({ path }) => path))];
}

/** Null if it is unknown. */
async function stateAt(addresses: readonly string[]): Promise<string | null> {
  const states = addresses.flatMap(inputsAt).map(async (path) => `${path} ${await stateOf(path)}`);
  return Promise.all(states).then(
    (all) => all.join("\n"),
    () => null,
  );
}
