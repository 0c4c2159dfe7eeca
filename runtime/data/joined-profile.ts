// Statistics of the columns that are joined to the rows of a file, as a training joins them: from a sample of the rows,
// drawn like that of the training.

import { Findings } from "../../compiler/data/findings.ts";
import { numberFormat } from "../../compiler/data/number-format.ts";
import type { Profile } from "../../compiler/data/profile.ts";
import { columnNamed } from "../../compiler/data/table.ts";
import type { DataConfig, EventsConfig, RowsConfig } from "../../compiler/frontend/config/config.ts";
import { FittedEncoders } from "../../compiler/frontend/kinds/encoders.ts";
import type { Fitted, Model } from "../../compiler/frontend/model/model.ts";
import { keyedColumns } from "./events/event-rows.ts";
import { type DataFile, exactColumn, type SqlColumn } from "./formats/data-file.ts";
import { type DatedTable, readDatedTable } from "./impressions/dated-table.ts";
import { TableJoins } from "./impressions/table-joins.ts";
import { BadRowReport } from "./tables/bad-rows.ts";
import type { DataFiles } from "./tables/data-files.ts";
import { profileColumns } from "./tables/profile-file.ts";
import { type Reading, withMemory } from "./tables/reading.ts";
import { type KeyedColumns, RowSample } from "./tables/row-sample.ts";
import { ColumnTimes, TimeScale } from "./times/time-scale.ts";

/** The most bytes of drawn rows. */
const MOST_SAMPLED = 32e6;

/** The rows of the file at `path`, to which the settings of `data` join tables. */
export interface RowsToJoin {
  readonly model: Model;
  readonly fitted: Fitted;
  readonly data: DataConfig;
  readonly path: string;
}

/**
 * The statistics of the joined columns; without a row of a table a value is missing. `baseline` gives the bins. Throws
 * DiagnosticError if a table cannot be read.
 */
export function joinedProfile(
  { model, fitted, data, path }: RowsToJoin,
  baseline: Profile | null,
  report: (text: string) => void,
): Promise<Profile> {
  const sample = new RowSample(
    profileColumns(model),
    data.separator,
    Math.min(MOST_SAMPLED, data.memory / 16),
  );
  const badRows = new BadRowReport(data.onBadRow ?? "fail");
  return withMemory(
    data.memory,
    path,
    { report, badRows, csv: data.csv },
    async (files, memory) => {
      const reading = { files, memory, model, encoders: new FittedEncoders(fitted) };
      if (data.kind === "events") await sampleOfEvents(files, model, data, path, sample);
      else await sampleOfRows(reading, data, path, sample);
      const profile = await sample.profile(fitted, baseline);
      return { ...profile, columns: profile.columns.filter(({ isJoined }) => isJoined === true) };
    },
    (profile) => profile,
  );
}

async function sampleOfEvents(
  files: DataFiles,
  model: Model,
  data: EventsConfig,
  path: string,
  sample: RowSample,
): Promise<void> {
  const keyed: readonly KeyedColumns[] = await keyedColumns(files, data, model);
  const file = await files.file(path);
  await files.scan(file, sample.begin(file, [], null, keyed), (chunk) => sample.add(chunk));
  await sample.lookUp(files);
}

async function sampleOfRows(
  reading: Reading,
  { impressions, separator }: RowsConfig,
  path: string,
  sample: RowSample,
): Promise<void> {
  const { files, model } = reading;
  const scale = new TimeScale();
  const tables: DatedTable[] = [];
  for (const joined of impressions?.tables ?? [])
    tables.push(await readDatedTable(reading, joined, separator, scale));
  const file = await files.file(path);
  // Mistakes of the rows are for a training to report.
  const findings = new Findings(file.path, { collects: true });
  const joins = new TableJoins(file, model, tables, findings, { isKeyRequired: false, mayLackAny: true });
  const wanted = [...joins.table.columns.values()].filter((column) => !isOf(file, column));
  const time = impressions?.time == null ? undefined : columnNamed(file, impressions.time);
  const times =
    time === undefined
      ? null
      : new ColumnTimes(time.name, impressions!.timeZone, findings, numberFormat(time));
  const own = [...joins.asked(wanted), ...(time === undefined ? [] : [exactColumn(time)])];
  const columns = [...own, ...sample.begin(file, own, { table: joins.table, filled: wanted })];
  await files.scan(file, columns, (chunk) => {
    const rowTimes = Array.from({ length: chunk.rows }, (_, row) => {
      times?.read(chunk.columns[own.length - 1]!.cellAt(row), chunk.first + row);
      return times?.on(scale) ?? Number.NaN;
    });
    sample.add(
      chunk,
      null,
      joins.filled(chunk, wanted, (row) => rowTimes[row]!),
    );
  });
}

function isOf({ columns }: DataFile, column: SqlColumn): boolean {
  return [...columns.values()].includes(column);
}
