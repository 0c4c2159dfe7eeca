// The facts about their data that several successive trainings share. Event logs, the logs of impressions and
// their tables are read once while their files stay the same, and each training gets the ids that it would get
// if it read them itself. Files whose rows are all outside a training's window are not read.

import { instantText } from "../../compiler/common/epoch-units.ts";
import type { DataConfig, EventsConfig, RowsConfig } from "../../compiler/frontend/config/config.ts";
import { isElsewhere } from "../../compiler/frontend/config/elsewhere.ts";
import { FittingEncoders } from "../../compiler/frontend/kinds/encoders.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { inputsAt } from "../files/data-paths.ts";
import { stateOf } from "../files/file-state.ts";
import { Scratch } from "../files/scratch.ts";
import { copiedEvents } from "./events/copied-events.ts";
import { type OpenEvents, openEvents, windowOf } from "./events/event-rows.ts";
import { OpenImpressions } from "./impressions/impression-rows.ts";
import { BadRowReport } from "./tables/bad-rows.ts";
import { KnownFiles } from "./tables/known-files.ts";
import { naming, type Reading, type ReadingOptions, withMemory } from "./tables/reading.ts";
import type { RowSample } from "./tables/row-sample.ts";
import { readVocabularies } from "./tables/vocabularies.ts";
import { RowWindow, type TimesOfFile } from "./times/row-window.ts";

/** The logs in the form that one training reads. */
export interface LogsOfTraining<Logs> {
  readonly logs: Logs;
  /** The encoders that have read the logs. */
  readonly encoders: FittingEncoders;
}

interface ReadLogs<Logs> extends LogsOfTraining<Logs> {
  readonly state: string;
  /** The memory that they take. */
  readonly bytes: number;
  readonly columns: Scratch;
  /** Their bad rows and remarks, which each training reports. */
  readonly badRows: BadRowReport;
}

/** An event log, with a sample of each window whose training comes next. */
interface ReadEvents {
  readonly opened: OpenEvents;
  readonly samples: ReadonlyMap<string, RowSample>;
}

/** The settings of the logs, and the first of its files, which messages about memory name. */
interface LogsToRead {
  readonly model: Model;
  readonly data: Pick<DataConfig, "memory">;
  readonly path: string;
  readonly state: string;
}

/** The rows of the trainings to come. */
interface PlannedTrainings {
  /** The state of the files when they were read. */
  readonly state: string;
  /** The times of the rows by file; empty if nobody has read them. */
  readonly files: readonly TimesOfFile[];
  /** The windows of the trainings, in seconds since 1970. */
  readonly due: readonly { readonly since: number; readonly until: number }[];
}

/** The largest share of `data.memory` that they take; the rest is in files. */
const SHARE = 1 / 4;

/** The largest share of `data.memory` for samples of windows to come. */
const SHARE_OF_SAMPLES = 1 / 4;

export class SharedLogs {
  /** Null if nothing is planned. */
  planned: PlannedTrainings | null = null;
  readonly knownFiles = new KnownFiles();
  private ofImpressions: ReadLogs<OpenImpressions> | null = null;
  private ofEvents: ReadLogs<ReadEvents> | null = null;

  /** The bytes of memory that they take. */
  get bytes(): number {
    return (this.ofImpressions?.bytes ?? 0) + (this.ofEvents?.bytes ?? 0);
  }

  /**
   * Reads the logs and tables that `data` names, unless they were read before. Returns false if each training
   * must read them itself: if there are none, if they are not files, or if bad rows are only counted. Throws
   * DiagnosticError for their mistakes.
   */
  async readImpressions(model: Model, data: RowsConfig, options: ReadingOptions): Promise<boolean> {
    const addresses = addressesIn(data.impressions);
    const state = await sharedState(addresses, options);
    if (this.ofImpressions !== null && this.ofImpressions.state === state) return true;
    this.close();
    if (state === null) return false;
    const open = async (reading: Reading) => (await OpenImpressions.open(reading, data, "error"))!;
    const logs = { model, data, path: addresses[0]!, state };
    this.ofImpressions = await readLogs(logs, options, open);
    return true;
  }

  /** Opens them for the training with these `files` and `memory`. Must follow `readImpressions`. */
  async impressionsFor(
    { files, memory, model }: Omit<Reading, "encoders">,
    data: RowsConfig,
  ): Promise<LogsOfTraining<OpenImpressions>> {
    // The run records their content.
    for (const { path, isOfSplits } of data.impressions!.histories) await files.file(path, isOfSplits);
    for (const { path } of data.impressions!.tables) await files.file(path);
    const { badRows, logs, encoders: known } = this.ofImpressions!;
    files.badRows.include(badRows);
    const encoders = known.copy();
    return { encoders, logs: logs.for({ files, memory, model, encoders }) };
  }

  /** The same for an event log and its tables, whose rows in the window of `data` are sampled. */
  async readEvents(model: Model, data: EventsConfig, options: ReadingOptions): Promise<boolean> {
    const window = windowOf(data);
    const addresses = addressesOf(data);
    const state = window === null || this.planned === null ? null : await sharedState(addresses, options);
    const { sample = null } = options;
    const known = this.ofEvents;
    const hasSample = sample === null || (window !== null && known?.logs.samples.has(keyOf(window)));
    if (known !== null && known.state === state && hasSample) return true;
    this.close();
    if (state === null) return false;
    const sampled = sample === null ? [] : this.sampledWindows(window!, data, sample);
    const samples = sampled.map((each) => ({ window: each, sample: sample!.another() }));
    const open = async (reading: Reading): Promise<ReadEvents> => ({
      opened: await openEvents(reading, data, { window, samples, kept: null }),
      samples: new Map(samples.map(({ window, sample }) => [keyOf(window), sample])),
    });
    const found = await readLogs({ model, data, path: addresses[0]!, state }, options, open);
    this.ofEvents = { ...found, bytes: found.bytes + samples.length * (sample?.bytes ?? 0) };
    return true;
  }

  /** Copies the events for the training with these `files` and `memory`. Must follow `readEvents`. */
  async eventsFor(
    { files, memory }: Omit<Reading, "encoders">,
    data: EventsConfig,
    sample: RowSample | null,
  ): Promise<LogsOfTraining<OpenEvents>> {
    const { encoders, logs, badRows } = this.ofEvents!;
    for (const path of addressesOf(data)) await files.file(path);
    files.badRows.include(badRows);
    sample?.take(logs.samples.get(keyOf(windowOf(data)!))!);
    const { log, events } = logs.opened;
    return { encoders: encoders.copy(), logs: { log, events: copiedEvents(events, memory) } };
  }

  close(): void {
    this.ofImpressions?.columns.remove();
    this.ofEvents?.columns.remove();
    [this.ofImpressions, this.ofEvents] = [null, null];
  }

  /** The window of this training, and those of the next ones while there is room for their samples. */
  private sampledWindows(window: RowWindow, data: EventsConfig, { bytes }: RowSample): readonly RowWindow[] {
    const most = Math.floor((SHARE_OF_SAMPLES * data.memory) / bytes);
    const windows = this.planned!.due.map(({ since, until }) => {
      const [from, to] = [since, until].map((at) => ({ kind: "time", text: instantText(at) }) as const);
      return new RowWindow({ ...data.window!, since: from!, until: to! }, 0);
    });
    const at = windows.findIndex((each) => keyOf(each) === keyOf(window));
    return at < 0 ? [window] : [window, ...windows.slice(at + 1, at + most)];
  }
}

function keyOf({ bounds: { since, until } }: RowWindow): string {
  return `${since?.value} ${until?.value}`;
}

async function readLogs<Logs>(
  { model, data, path, state }: LogsToRead,
  options: ReadingOptions,
  open: (reading: Reading) => Promise<Logs>,
): Promise<ReadLogs<Logs>> {
  const { memory: bytes } = data;
  const columns = new Scratch();
  const badRows = new BadRowReport(options.badRows?.policy);
  const encoders = new FittingEncoders(await readVocabularies(model));
  const others = { bytes: (1 - SHARE) * bytes - bytes / 2, settled: Promise.resolve() };
  const read = async ({ files, memory }: Pick<Reading, "files" | "memory">) => {
    const room = memory.store.leftRoom().bytes;
    const logs = await open({ files, memory, model, encoders });
    return { logs, bytes: room - memory.store.leftRoom().bytes };
  };
  const found = await withMemory(
    bytes,
    path,
    { ...options, badRows, sample: null, beside: others, columns },
    (files, memory) => naming(path, memory, read({ files, memory })),
    (logs) => logs,
  );
  return { ...found, state, encoders, columns, badRows };
}

function addressesIn(impressions: RowsConfig["impressions"]): readonly string[] {
  if (impressions === undefined) return [];
  return [...new Set([...impressions.histories, ...impressions.tables].map(({ path }) => path))];
}

function addressesOf({ events, items, users }: EventsConfig): readonly string[] {
  return [events, items, users].flatMap((each) => each?.path ?? []);
}

/** The state of the files; null if each training must read them itself, or if it is unknown. */
async function sharedState(
  addresses: readonly string[],
  { badRows }: ReadingOptions,
): Promise<string | null> {
  if (addresses.length === 0 || addresses.some(isElsewhere) || badRows?.policy === "count") return null;
  const states = addresses.flatMap(inputsAt).map(async (path) => `${path} ${await stateOf(path)}`);
  return Promise.all(states).then(
    (all) => all.join("\n"),
    () => null,
  );
}
