// Tests a data file column by column, against the expectations and against the training rows of a run.

import { tmpdir } from "node:os";
import { epochUnit, parts } from "../../compiler/common/epoch-units.ts";
import { formatCount } from "../../compiler/common/format-count.ts";
import type { SourceFile } from "../../compiler/common/source-file.ts";
import { type Check, checksOf, type Looked } from "../../compiler/data/checks.ts";
import { columnUses, findColumn } from "../../compiler/data/feature-columns.ts";
import { Findings } from "../../compiler/data/findings.ts";
import {
  type ColumnProfile,
  type ComparedColumn,
  missingShare,
  newShare,
  type Profile,
  psiOf,
  rowsText,
  shiftOf,
} from "../../compiler/data/profile.ts";
import { columnNamed } from "../../compiler/data/table.ts";
import {
  type Config,
  type DataConfig,
  DEFAULT_MEMORY,
  type Separators,
  separatorsOf,
} from "../../compiler/frontend/config/config.ts";
import type { CsvFormat } from "../../compiler/frontend/config/csv-format.ts";
import {
  type ColumnExpectations,
  type Expectations,
  nothingExpected,
} from "../../compiler/frontend/config/expect.ts";
import type { Padding } from "../../compiler/frontend/config/padding.ts";
import type { Fitted, Model } from "../../compiler/frontend/model/model.ts";
import { historiesOfImpressions, historiesOfLog, joinedProfile, withHistories } from "../data/read-data.ts";
import {
  BadRowReport,
  type CountedColumn,
  type DataFile,
  DataFiles,
  FileCounts,
  latestOf,
  profileColumns,
  repeatedRows,
} from "../data/tables.ts";
import { writeAtomically } from "../files/atomic.ts";
import { unwritable } from "../files/unwritable.ts";
import { readBaseline } from "../run/baseline.ts";
import { type OpenRun, openedRun } from "../run/open-run.ts";
import { throwIfStopped, type Watch } from "./events.ts";
import { readConfig } from "./read-config.ts";
import { fromLogsIn, tellTwice } from "./rows.ts";

export interface TestDataOptions extends Watch {
  /**
   * An HTML file to write: the checks, a table of all columns, and their histograms beside those of the
   * training rows.
   */
  readonly report?: string;
  /** dinc.yaml, for its `expect`: its path, or its text with the path that it is relative to; by default the run's own. */
  readonly config?: string | SourceFile;
  /** Settings that override `config`, such as `expect.psi=0.25`. */
  readonly set?: readonly string[];
  /** A file of rows to compare with, instead of the run's training rows. */
  readonly baseline?: string;
  /** Separates the steps of a history, or the values of a set, in a CSV; by default as in training. */
  readonly separator?: string;
  /** The instant for the age of the latest row, in seconds since 1970; by default now. */
  readonly now?: number;
}

/** The columns of a file beside the same columns of the training rows. */
export interface DataTest {
  readonly path: string;
  readonly rows: number;
  readonly baseline: Pick<Profile, "path" | "rows" | "drawn">;
  readonly columns: readonly ComparedColumn[];
  /** Columns that the model reads and the file lacks, because they are made from a log or joined. */
  readonly notCompared: readonly string[];
  readonly checks: readonly Check[];
  /** True if all checks pass. */
  readonly passed: boolean;
}

/**
 * Compares the file `data` with the training rows of a run and with the expectations. Throws DiagnosticError
 * if the run, the settings or the file cannot be read; a failed expectation is a result.
 */
export async function testData(
  data: string,
  run: OpenRun | string,
  options: TestDataOptions = {},
): Promise<DataTest> {
  tellTwice(data, options);
  const opened = await openedRun(run);
  const { model } = opened;
  const { fitted, manifest } = opened.run;
  const separator = options.separator ?? manifest.data.lists?.separator;
  const separators = separator === undefined ? separatorsOf() : separatorsOf(separator);
  const { csv, lists } = manifest.data;
  const report = (text: string) => options.onEvent?.({ kind: "activity", text });
  const reading = { ...options, separators, padding: lists?.padding, csv, memory: DEFAULT_MEMORY };
  const stored = options.baseline === undefined ? await readBaseline(opened) : null;
  const config = await configOf(options);
  const expect = config?.expect ?? stored?.expect ?? nothingExpected;
  // Columns that the rows themselves lack are made from a log, or joined.
  const { events, impressions } = manifest.data;
  const tables =
    config?.data != null
      ? tablesOf(config.data)
      : events !== undefined || impressions !== undefined
        ? "unknown"
        : [];
  const settings = config?.data ?? null;
  const isMadeHistory = fromLogsIn(opened.run);
  const ofHistories = columnsOf(model, (history) => events !== undefined || isMadeHistory(history));
  const subject = { model, fitted, expect, tables, made: ofHistories } as const;
  const joinedIn = async (path: string, baseline: Profile | null) => {
    if (settings === null || tablesOf(settings).length === 0) return [];
    return (await joinedProfile({ model, fitted, data: settings, path }, baseline, report)).columns;
  };
  const historiesIn = async (path: string, baseline: Profile | null) => {
    if (events !== undefined) return historiesOfLog({ model, path, ...events }, baseline, { report, csv });
    if (settings?.kind !== "rows") return [];
    return historiesOfImpressions({ model, fitted, data: settings, path }, baseline, report);
  };
  const withOthers = (own: Profile, joined: readonly ColumnProfile[], made: readonly ColumnProfile[]) =>
    withHistories(withColumns(own, joined), made);
  const ofFile = async (path: string) => {
    const counted = await profileData({ ...subject, path }, { ...reading, baseline: null });
    return withOthers(counted.profile, await joinedIn(path, null), await historiesIn(path, null));
  };
  const before = stored ?? (await ofFile(options.baseline!));
  const isOwn = ({ isJoined, isMade }: ColumnProfile) => isJoined !== true && isMade !== true;
  const ownBefore = { ...before, columns: before.columns.filter(isOwn) };
  const { profile, looked } = await profileData(
    { ...subject, path: data },
    { ...reading, baseline: ownBefore },
  );
  const joined = await joinedIn(data, before);
  const made = await historiesIn(data, before);
  const others = [...joined, ...made];
  const isMade = (column: string) =>
    events !== undefined ||
    (impressions !== undefined && !ownBefore.columns.some((each) => each.column === column));
  const lacking = looked.lacking.filter((column) => !isMade(column));
  // The columns of an event log have the ids of its steps.
  const isCompared = (column: string) =>
    others.some((each) => each.column === column) ||
    (events !== undefined && made.length > 0 && ofHistories.includes(column));
  const notCompared = looked.lacking.filter((column) => isMade(column) && !isCompared(column));
  const unreadIn = (columns: readonly string[], expected: string) =>
    columns.map((column) => ({
      ...{ column, expected, found: "none without the settings that name it", holds: false },
    }));
  const expected = (column: string) => Object.hasOwn(expect.columns, column);
  const unmade = ofHistories.filter((column) => expected(column) && notCompared.includes(column));
  const [ofJoined, ofMade] = [joined, made].map((columns) => ({ ...profile, columns }));
  const nothingLooked = { repeated: null, age: null, lacking: [] };
  const checks = [
    ...unreadIn(looked.ofTables, "rows of a joined table"),
    ...unreadIn(unmade, "steps from a log"),
    ...checksOf(expect, profile, ownBefore, { ...looked, lacking }),
    ...checksOf(ofJoinedColumns(expect), ofJoined!, before, nothingLooked),
    ...checksOfHistories(expect, ofMade!, before),
  ];
  const test = dataTest(withOthers(profile, joined, made), before, checks, notCompared);
  const facts = [["file", `${test.path}, ${formatCount(test.rows)} rows`]] as const;
  if (options.report !== undefined) await writeDrift(options.report, opened, test, facts);
  return test;
}

/** The profile with joined columns, which take precedence. */
function withColumns(profile: Profile, joined: readonly ColumnProfile[]): Profile {
  const own = profile.columns.filter(({ column }) => !joined.some((each) => each.column === column));
  return { ...profile, columns: [...own, ...joined] };
}

/** The columns of histories. */
export function columnsOf({ histories }: Model, isWanted: (history: string) => boolean): string[] {
  const wanted = [...histories.values()].filter(({ name }) => isWanted(name));
  return wanted.flatMap(({ fields }) => fields.map(({ column }) => column));
}

/**
 * Checks made histories. An empty history is no fault of the data: only an expectation that names the column limits their share.
 */
export function checksOfHistories(
  { new: fresh, psi, columns }: Expectations,
  made: Profile,
  before: Profile | null,
): Check[] {
  const nothingLooked = { repeated: null, age: null, lacking: [] };
  return checksOf({ ...nothingExpected, new: fresh, psi, columns }, made, before, nothingLooked);
}

/** The expectations of joined columns: ranges and means of a column are those of its table's rows. */
function ofJoinedColumns({ missing, new: fresh, psi, columns }: Expectations): Expectations {
  const plain = ({ new: own, psi }: ColumnExpectations) => ({
    ...{ missing: null, new: own, psi, range: null, mean: null },
  });
  const named = Object.entries(columns).map(([column, own]) => [column, plain(own)] as const);
  return { ...nothingExpected, missing, new: fresh, psi, columns: Object.fromEntries(named) };
}

export function dataTest(
  profile: Profile,
  before: Profile,
  checks: readonly Check[],
  notCompared: readonly string[] = [],
): DataTest {
  return {
    ...{ path: profile.path, rows: profile.rows },
    baseline: { path: before.path, rows: before.rows, drawn: before.drawn },
    columns: profile.columns.map((column) => compared(column, before)),
    notCompared,
    ...{ checks, passed: checks.every(({ holds }) => holds) },
  };
}

/** The report of a test. */
export async function writeDrift(
  path: string,
  { folder, model }: OpenRun,
  { baseline, columns, checks }: DataTest,
  facts: readonly (readonly [name: string, value: string])[],
): Promise<void> {
  const { driftReport } = await import("../report/drift-report.ts");
  const all = [...facts, ["run", folder], ["training rows", rowsText(baseline)]] as const;
  const text = driftReport({ model: model.name, facts: all, columns, checks });
  await writeAtomically(path, text).catch((error: unknown) => {
    throw unwritable(path, error);
  });
}

/** The expectations of the given settings; null if there are none. */
export async function expectationsOf(
  options: Pick<TestDataOptions, "config" | "set">,
): Promise<Expectations | null> {
  return (await configOf(options))?.expect ?? null;
}

async function configOf({ config, set }: Pick<TestDataOptions, "config" | "set">): Promise<Config | null> {
  return config === undefined && set === undefined ? null : readConfig(config ?? null, set);
}

/** The files of the tables that are joined to the rows. */
export function tablesOf(data: DataConfig): readonly string[] {
  if (data.kind === "rows") return data.impressions?.tables.map(({ path }) => path) ?? [];
  return [data.items, data.users].flatMap((table) => table?.path ?? []);
}

function compared(column: ColumnProfile, baseline: Profile): ComparedColumn {
  const before =
    baseline.columns.find(
      (each) =>
        each.column === column.column &&
        each.counted === column.counted &&
        each.inLists === column.inLists &&
        each.bins.counts.length === column.bins.counts.length,
    ) ?? null;
  const index = before === null ? null : psiOf(column, before);
  return {
    ...column,
    ...{ missingShare: missingShare(column), newShare: newShare(column), before, psi: index },
    shift: index === null ? null : shiftOf(index),
  };
}

export interface Subject {
  readonly model: Model;
  readonly fitted: Fitted;
  readonly expect: Expectations;
  readonly path: string;
  /**
   * The files of the tables that are joined to the rows: a column with expectations that the rows lack is counted there.
   * `unknown` if the settings that name them are not given.
   */
  readonly tables?: readonly string[] | "unknown";
  /** Columns of histories that are made from a log; their expectations are not of the file. */
  readonly made?: readonly string[];
}

/** The facts about a file and the tables that are joined to its rows. */
interface Found {
  readonly looked: LookedAt;
}

interface LookedAt extends Looked {
  /** Columns with expectations that may be of a joined table, whose file is unknown. */
  readonly ofTables: readonly string[];
}

export interface ProfileReading extends Watch {
  readonly separators: Separators;
  readonly padding?: Padding | undefined;
  readonly csv?: CsvFormat | undefined;
  readonly memory: number;
  readonly baseline: Profile | null;
  readonly limit?: number | undefined;
  readonly badRows?: BadRowReport;
  readonly now?: number;
}

/** Summarises the columns of a file that a model reads or that have expectations. */
export async function profileData(
  { fitted, ...subject }: Subject,
  reading: ProfileReading,
): Promise<Found & { readonly profile: Profile }> {
  const counting = new Counting(subject, reading);
  try {
    return await counting.profile(fitted);
  } finally {
    await counting.close();
  }
}

/** A file that is being counted; its summary is available when a training has fitted its vocabularies. */
export class Counting {
  /** Resolves when counting has finished or failed. */
  readonly settled: Promise<unknown>;
  private readonly files: Promise<DataFiles>;
  private readonly found: Promise<Found & { readonly counts: readonly [FileCounts, ...FileCounts[]] }>;

  constructor(subject: Omit<Subject, "fitted">, reading: ProfileReading) {
    const { csv, memory, badRows = new BadRowReport(), onEvent } = reading;
    const report = (text: string) => onEvent?.({ kind: "activity", text });
    this.files = DataFiles.open({ report, badRows, limits: { bytes: memory, folder: tmpdir() }, csv });
    this.found = this.files.then((files) => countedIn(files, subject, reading));
    // A caller that closes it does not need the reason of a failure.
    this.settled = this.found.catch(() => {});
  }

  async profile(fitted: Fitted): Promise<Found & { readonly profile: Profile }> {
    const { counts, looked } = await this.found;
    const [own, ...tables] = counts;
    const profile = await own.profile(fitted);
    const columns = [...profile.columns];
    for (const table of tables) columns.push(...(await table.profile(fitted)).columns);
    return { profile: { ...profile, columns }, looked };
  }

  /** Stops counting. */
  async close(): Promise<void> {
    const files = await this.files;
    files.stop();
    await this.settled;
    await files.close();
  }
}

async function countedIn(
  files: DataFiles,
  { model, expect, path, tables = [], made = [] }: Omit<Subject, "fitted">,
  { separators, padding, baseline, limit, now, ...watch }: ProfileReading,
): Promise<Found & { readonly counts: readonly [FileCounts, ...FileCounts[]] }> {
  const file = await files.file(path);
  const findings = new Findings(file.path);
  const named = (column: string, setting: string) =>
    findColumn(file, column, `\`expect.${setting}\` names`, findings);
  const unique = expect.unique.map((column) => named(column, "unique"));
  const newest = expect.newest === null ? null : named(expect.newest.column, "newest");
  const joined: DataFile[] = [];
  if (tables !== "unknown") for (const table of tables) joined.push(await files.file(table));
  const isIn = (table: DataFile, column: string) => columnNamed(table, column) !== undefined;
  const others = Object.keys(expect.columns).filter(
    (column) => !isIn(file, column) && !made.includes(column),
  );
  const isUnknown = tables === "unknown";
  if (!isUnknown)
    for (const column of others) if (!joined.some((table) => isIn(table, column))) named(column, "columns");
  findings.throwIfAny();
  const asked = profileColumns(model, padding);
  const counts = await FileCounts.of(files, path, [...asked, ...otherColumns(expect, asked)], {
    ...{ separators, baseline, limit },
  });
  const ofTables: FileCounts[] = [];
  for (const [i, table] of joined.entries()) {
    const own = others.filter((column) => joined.findIndex((each) => isIn(each, column)) === i);
    const asked = profileColumns(model).filter(({ column }) => own.includes(column));
    const more = otherColumns(expect, asked).filter(({ column }) => own.includes(column));
    if (own.length === 0) continue;
    ofTables.push(await FileCounts.of(files, table.path, [...asked, ...more], { separators, baseline }));
  }
  throwIfStopped(watch);
  const repeated =
    unique.length === 0
      ? null
      : await repeatedRows(
          files,
          path,
          unique.flatMap((column) => column ?? []),
        );
  const age = newest === null ? null : ageOf(await latestOf(files, path, newest), now);
  const read = new Set([
    ...columnUses(model).map(({ column }) => column),
    ...[...model.histories.values()].flatMap(({ fields }) => fields.map(({ column }) => column)),
  ]);
  const lacking = [...read].filter((column) => columnNamed(file, column) === undefined);
  const looked = { repeated, age, lacking, ofTables: isUnknown ? others : [] };
  return { counts: [counts, ...ofTables], looked };
}

/** Columns with expectations that the model does not read. */
function otherColumns({ columns }: Expectations, asked: readonly CountedColumn[]): CountedColumn[] {
  return Object.entries(columns).flatMap(([column, { range, mean }]) =>
    asked.some((each) => each.column === column)
      ? []
      : [
          {
            column,
            counted: range === null && mean === null ? "ids" : "numbers",
            vocabulary: null,
            inLists: false,
          } as const,
        ],
  );
}

/** The age in seconds; null if there is no time. */
function ageOf(
  { number, seconds }: { readonly number: number | null; readonly seconds: number | null },
  now = Date.now() / 1000,
): number | null {
  const unit = number === null ? null : epochUnit(number);
  const at = unit === null ? seconds : number! / parts[unit];
  return at === null ? null : now - at;
}
