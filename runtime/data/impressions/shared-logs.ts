// Logs and tables of impressions for several trainings on rows of them, one after the other: they are read once, as long as
// their files stay the same. Each training has the ids that it would have if it read them itself.

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
import { OpenImpressions } from "./impression-rows.ts";

/** The logs as one training reads them. */
export interface LogsOfTraining {
  readonly impressions: OpenImpressions;
  /** They have read the logs. */
  readonly encoders: FittingEncoders;
}

interface ReadLogs extends LogsOfTraining {
  readonly state: string;
  /** Of memory. */
  readonly bytes: number;
  readonly columns: Scratch;
}

/** The largest share of `data.memory`; the rest lies in files. */
const SHARE = 1 / 4;

export class SharedLogs {
  private logs: ReadLogs | null = null;

  /** Bytes of memory that they take. */
  get bytes(): number {
    return this.logs?.bytes ?? 0;
  }

  /**
   * Reads what `data` names, or has it from before. Gives false where each training has to read them itself: where there are
   * none, they are not in files, or bad rows may be left out. Throws DiagnosticError for what is wrong with them.
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

  /** For the training that `files` and `memory` are of. After `read`. */
  async for({ files, memory, model }: Omit<Reading, "encoders">, data: RowsConfig): Promise<LogsOfTraining> {
    // Whose content the run remembers.
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

/** Null where it can't be told. */
async function stateAt(addresses: readonly string[]): Promise<string | null> {
  const states = addresses.flatMap(inputsAt).map(async (path) => `${path} ${await stateOf(path)}`);
  return Promise.all(states).then(
    (all) => all.join("\n"),
    () => null,
  );
}
