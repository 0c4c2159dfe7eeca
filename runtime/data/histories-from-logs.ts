// Statistics of histories whose steps are made from a log, in the form of those of list columns. An empty history is a
// missing list, and a length is the number of steps that the model reads. The steps are counted as encoded ids, so hashed
// ids, which have no vocabulary, are not counted.

import { newArrays } from "../../compiler/backends/contract/batch.ts";
import { BoundedSample } from "../../compiler/data/bounded-sample.ts";
import type { GraphInputs } from "../../compiler/data/graph-inputs.ts";
import type { ColumnProfile, Profile } from "../../compiler/data/profile.ts";
import { type RowReader, RowValues } from "../../compiler/data/row-reader.ts";
import type { DataConfig, RowsConfig } from "../../compiler/frontend/config/config.ts";
import { pastsOf } from "../../compiler/frontend/config/impressions.ts";
import { listedValues } from "../../compiler/frontend/kinds/registry.ts";
import { type Fitted, type History, type Model, ownerOf } from "../../compiler/frontend/model/model.ts";
import { inputNames } from "../../compiler/middle/programs/program.ts";
import { FIRST_KNOWN_ID } from "../../compiler/serve/features.ts";
import { type RowSource, readerOf } from "./batches/row-source.ts";
import type { EventLogRecord } from "./data-fingerprint.ts";
import { rowPieces } from "./row-pieces.ts";
import { withReader } from "./storage/spilling-store.ts";
import { BadRowReport } from "./tables/bad-rows.ts";
import { idProfile, knownIds, numberProfile } from "./tables/column-statistics.ts";
import {
  type CountedColumn,
  columnAlike,
  idsOfSteps,
  lengthsOf,
  usersBySize,
} from "./tables/profile-file.ts";
import { type ReadingOptions, withFiles } from "./tables/reading.ts";
import { MOST_DRAWN } from "./tables/row-sample.ts";

/** Rows whose steps are read at once. */
const ROWS_AT_ONCE = 1024;

/** The histories of a model whose steps the settings make from a log. */
export function historiesFromLogs(
  { histories }: Pick<Model, "histories">,
  data: DataConfig,
): readonly History[] {
  if (data.kind === "events") return [...histories.values()];
  if (data.impressions === undefined) return [];
  const made = pastsOf(data.impressions, histories.keys());
  return [...new Set(made.map(({ history }) => history))].map((name) => histories.get(name)!);
}

/** Counts the steps of some of the rows of all sources, drawn by hash. */
function sampledHistories(
  histories: readonly History[],
  fitted: Fitted,
  sources: readonly RowSource[],
): ColumnProfile[] {
  if (histories.length === 0) return [];
  const drawn = new BoundedSample<number>({ rows: MOST_DRAWN, size: 0 });
  const all = sources.reduce((sum, { rows }) => sum + rows, 0);
  for (let row = 0; row < all; row++) drawn.add(row, () => ({ size: 0, value: row }));
  const counts = histories.map((history) => new StepCounts(history, fitted));
  let first = 0;
  for (const source of sources) {
    const end = first + source.rows;
    const own = drawn.values.filter((row) => row >= first && row < end).map((row) => row - first);
    withReader((files) => count(counts, readerOf(source, files), Int32Array.from(own)));
    first = end;
  }
  return counts.flatMap((each) => each.profile(null));
}

/** The profile with the columns of made histories, which take the place of columns of the rows that are counted alike. */
export function withHistories(profile: Profile, made: readonly ColumnProfile[]): Profile {
  const own = profile.columns.filter((column) => columnAlike(column, { ...profile, columns: made }) === null);
  return { ...profile, columns: [...own, ...made] };
}

/** The profile of training rows with the histories that are made for them: `sources` are the parts of the rows. */
export function withSampledHistories(
  profile: Profile,
  { model, data, fitted }: { readonly model: Model; readonly data: DataConfig; readonly fitted: Fitted },
  sources: readonly RowSource[],
): Profile {
  const made = sampledHistories(historiesFromLogs(model, data), fitted, sources);
  // The columns of an event log have the ids of its steps.
  const isOwn = ({ column, inLists }: ColumnProfile) =>
    data.kind === "events" &&
    inLists &&
    profile.columns.some((each) => each.column === column && each.inLists);
  return withHistories(
    profile,
    made.filter((each) => !isOwn(each)),
  );
}

/**
 * Makes the histories of a file of impressions as for a prediction, and counts the steps of all rows. `baseline` gives the
 * bins. Bad rows are left out. Throws DiagnosticError for other mistakes of the file and of the logs.
 */
export async function historiesOfImpressions(
  {
    model,
    fitted,
    data,
    path,
  }: {
    readonly model: Model;
    readonly fitted: Fitted;
    readonly data: RowsConfig;
    readonly path: string;
  },
  baseline: Profile | null,
  report: (text: string) => void,
): Promise<ColumnProfile[]> {
  const histories = historiesFromLogs(model, data);
  if (histories.length === 0) return [];
  const counts = histories.map((history) => new StepCounts(history, fitted));
  const reading = { ...data, report, badRows: new BadRowReport("skip"), inputs: inputsOf(histories) };
  for await (const rows of rowPieces(model, fitted, path, reading, ROWS_AT_ONCE).pieces)
    withReader((files) =>
      count(
        counts,
        readerOf(rows, files),
        Int32Array.from({ length: rows.rows }, (_, row) => row),
      ),
    );
  return counts.flatMap((each) => each.profile(baseline));
}

/**
 * The lengths of the histories that training makes from an event log: their ids are those of the log's own columns. Empty if the
 * log lacks the column of users.
 */
export async function historiesOfLog(
  {
    model,
    path,
    columns,
    examples,
  }: {
    readonly model: Pick<Model, "histories">;
    readonly path: string;
  } & Pick<EventLogRecord, "columns" | "examples">,
  baseline: Profile | null,
  options: Pick<ReadingOptions, "report" | "csv">,
): Promise<ColumnProfile[]> {
  const sizes = await withFiles(path, options, (files) => usersBySize(files, path, columns["user"]!));
  if (sizes === null) return [];
  const tests = examples.split === "leave_last_out" ? 1 : 0;
  return [...model.histories.values()].map(({ fields, max }) => {
    const asked = lengthsOf({ fields });
    // A user of n events has a training row after 1, …, n − 1 − tests events.
    const counts = new Map<number, number>();
    for (const [events, users] of sizes) {
      const longest = events - 1 - tests;
      for (let length = 1; length < Math.min(longest + 1, max); length++) addTo(counts, length, users);
      addTo(counts, max, users * Math.max(0, longest + 1 - max));
    }
    return lengthProfile(asked, counts, baseline);
  });
}

/** The steps of one history. */
class StepCounts {
  readonly history: History;
  private readonly lengths = new Map<number, number>();
  private readonly ids: readonly StepIds[];

  constructor(history: History, { vocabularies }: Pick<Fitted, "vocabularies">) {
    this.history = history;
    this.ids = idsOfSteps(history).flatMap(({ field: { name, feature }, asked }) => {
      const values = vocabularies.get(ownerOf(feature)) ?? listedValues(feature.kind);
      return values === null ? [] : [{ field: name, asked, values, counts: new Map() }];
    });
  }

  add(rows: RowValues): void {
    const history = this.history.name;
    const { offsets } = rows.stepsOf(history).runs;
    for (let row = 1; row < offsets.length; row++) addTo(this.lengths, offsets[row]! - offsets[row - 1]!, 1);
    for (const { field, counts } of this.ids)
      for (const id of rows.ids({ feature: field, history }, newArrays.ints)) addTo(counts, id, 1);
  }

  /** `baseline` gives the bins; without it they are computed. */
  profile(baseline: Profile | null): ColumnProfile[] {
    const ids = this.ids.map(({ asked, values, counts }) => {
      const known = new Map<string, number>();
      let fresh = 0;
      for (const [id, count] of counts)
        if (id < FIRST_KNOWN_ID) fresh += count;
        else known.set(values[id - FIRST_KNOWN_ID]!, count);
      const before = baseline && columnAlike(asked, baseline);
      const profile = idProfile(asked, { known: knownIds(known), fresh, missing: 0, distinct: null }, before);
      return { ...profile, isMade: true } as const;
    });
    return [lengthProfile(lengthsOf(this.history), this.lengths, baseline), ...ids];
  }
}

interface StepIds {
  readonly field: string;
  readonly asked: CountedColumn;
  /** The values in the order of their ids. */
  readonly values: readonly string[];
  /** By encoded id. */
  readonly counts: Map<number, number>;
}

function addTo(counts: Map<number, number>, value: number, count: number): void {
  if (count > 0) counts.set(value, (counts.get(value) ?? 0) + count);
}

function lengthProfile(
  asked: CountedColumn,
  all: ReadonlyMap<number, number>,
  baseline: Profile | null,
): ColumnProfile {
  const counts = new Map(all);
  counts.delete(0);
  let sum = 0;
  for (const [length, rows] of counts) sum += length * rows;
  const lengths = { counts, sum, missing: all.get(0) ?? 0, unreadable: 0 };
  const before = baseline && columnAlike(asked, baseline);
  return { ...numberProfile(asked, lengths, before), isMade: true };
}

function count(histories: readonly StepCounts[], reader: RowReader, rows: Int32Array): void {
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    const values = new RowValues(reader, rows.subarray(from, from + ROWS_AT_ONCE));
    for (const each of histories) each.add(values);
  }
}

/** The steps of these histories and nothing else of the model. */
function inputsOf(histories: readonly History[]): GraphInputs {
  return {
    names: new Set(
      histories.flatMap(({ name, fields }) => fields.map((field) => inputNames.field(name, field.name))),
    ),
    histories: new Set(histories.map(({ name }) => name)),
  };
}
