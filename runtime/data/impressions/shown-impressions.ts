// Some impressions with the cells of their histories, which a page shows: as of the time of each, by the rule of
// training. Only the events of their users are read.

import { columnUses, findColumn } from "../../../compiler/data/feature-columns.ts";
import { Findings } from "../../../compiler/data/findings.ts";
import type { GraphInputs } from "../../../compiler/data/graph-inputs.ts";
import { withOwnTimes } from "../../../compiler/data/own-times.ts";
import type { RawCell } from "../../../compiler/data/raw-values.ts";
import { requestCells } from "../../../compiler/data/request-cells.ts";
import { columnNamed, type DataTable } from "../../../compiler/data/table.ts";
import type { RowsConfig } from "../../../compiler/frontend/config/config.ts";
import { FittedEncoders } from "../../../compiler/frontend/kinds/encoders.ts";
import { Interner } from "../../../compiler/frontend/kinds/interner.ts";
import type { Fitted, Model } from "../../../compiler/frontend/model/model.ts";
import { type DataFile, rowLocationsOf, type SqlColumn } from "../formats/data-file.ts";
import type { BadRowReport } from "../tables/bad-rows.ts";
import { naming, type Reading, withMemory } from "../tables/reading.ts";
import { type ImpressionFile, OpenImpressions } from "./impression-rows.ts";

export interface ShownImpressions {
  /** The columns of the rows and of their tables. */
  readonly table: DataTable<SqlColumn>;
  /** The cells of each column of `table`, as the files have them. */
  readonly cells: ReadonlyMap<SqlColumn, readonly RawCell[]>;
  /** By feature: the times of rows that have no column of them, as a request has them. */
  readonly times: ReadonlyMap<string, readonly RawCell[]>;
  /** By history that is made from a log, and name of a field: the steps of each row, as a request has them. */
  readonly steps: ReadonlyMap<string, ReadonlyMap<string, readonly (readonly RawCell[])[]>>;
}

export interface ShownRequest {
  readonly path: string;
  /** The most rows. */
  readonly limit: number;
  /** The columns to read; null for all of the model's. */
  readonly inputs: GraphInputs | null;
  readonly badRows: BadRowReport;
}

/** The first impressions of a file. Throws DiagnosticError for mistakes in the log and the tables. */
export function readShownImpressions(
  model: Model,
  fitted: Fitted,
  data: RowsConfig,
  { path, limit, inputs, badRows }: ShownRequest,
): Promise<ShownImpressions> {
  const read = async (reading: Reading): Promise<ShownImpressions> => {
    const { files } = reading;
    const file = await files.file(path);
    const findings = new Findings(file.path, rowLocationsOf(file));
    const shownTo = await usersIn(reading, file, data.impressions!.user, limit, findings);
    const impressions = (await OpenImpressions.open(reading, data, "unknown", inputs, { shownTo }))!;
    const rows = impressions.over(file, findings);
    findings.throwIfAny();
    const shown = await cellsOf(reading, file, rows, limit);
    findings.throwIfAny();
    impressions.close();
    const { table, made } = rows;
    const own = withOwnTimes(columnUses(model, inputs), model, table, made.time!);
    const times = own.flatMap((use) => {
      const column = use.orderZone === undefined ? undefined : columnNamed(table, use.column);
      if (column === undefined) return [];
      const cell = requestCells(use, column, data.separator);
      return [[use.feature.name, shown.cells.get(column)!.map(cell)] as const];
    });
    return { ...shown, table, times: new Map(times) };
  };
  const encoders = new FittedEncoders(fitted);
  return withMemory(
    data.memory,
    path,
    { csv: data.csv, badRows },
    (files, memory) => naming(path, memory, read({ files, memory, model, encoders })),
    (shown) => shown,
  );
}

async function usersIn(
  { files }: Reading,
  file: DataFile,
  name: string,
  limit: number,
  findings: Findings,
): Promise<Interner> {
  const column = findColumn(file, name, "`impressions.user` names", findings);
  findings.throwIfAny();
  const users = new Interner();
  await files.scan(
    file,
    [column!],
    ({ columns: [given] }) => {
      for (const cell of given!.cells) users.add(cell);
    },
    limit,
  );
  return users;
}

async function cellsOf(
  { files }: Reading,
  file: DataFile,
  rows: ImpressionFile,
  limit: number,
): Promise<Pick<ShownImpressions, "cells" | "steps">> {
  const { table, made } = rows;
  const wanted = [...table.columns.values()].filter(({ name }) => !table.ambiguous.has(name));
  const cells = new Map(wanted.map((column) => [column, [] as RawCell[]]));
  const steps = new Map(
    [...made.steps].map(([history, { past }]) => [
      history,
      new Map([...past.cells!.keys()].map((field) => [field, [] as (readonly RawCell[])[]])),
    ]),
  );
  const asked = rows.asked(wanted);
  await files.scan(
    file,
    asked,
    (chunk) => {
      const filled = rows.filled(chunk, wanted, asked.length);
      for (const [place, column] of wanted.entries())
        cells.get(column)!.push(...filled.columns[place]!.cells);
      for (const [history, each] of made.steps)
        for (let row = 0; row < chunk.rows; row++)
          for (const [field, own] of each.cellsOf(row)) steps.get(history)!.get(field)!.push(own);
    },
    limit,
  );
  return { cells, steps };
}
