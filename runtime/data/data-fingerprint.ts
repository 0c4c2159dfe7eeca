// A run's record of its training data: the number of rows, the way they were made, and the content hash of every file.

import { dirname, isAbsolute, join } from "node:path";
import type { BadRowPolicy, SplitChoice } from "../../compiler/frontend/config/choices.ts";
import {
  type DataConfig,
  type EventsConfig,
  type ExamplePart,
  type HeldOutPart,
  type ListFormat,
  listFormatOf,
  type RowsConfig,
} from "../../compiler/frontend/config/config.ts";
import type { CsvFormat } from "../../compiler/frontend/config/csv-format.ts";
import { settledExamples } from "../../compiler/frontend/config/event-labels.ts";
import { type Fold, foldText } from "../../compiler/frontend/config/folds.ts";
import { impressionTexts, paddingInRows } from "../../compiler/frontend/config/impressions.ts";
import type { LabelRule } from "../../compiler/frontend/config/label-rule.ts";
import { tablesOf } from "../../compiler/frontend/kinds/model-queries.ts";
import { vocabularyFileOf } from "../../compiler/frontend/kinds/registry.ts";
import { allFeatures, type Fitted, type Model } from "../../compiler/frontend/model/model.ts";
import type { Split } from "../../compiler/train/score.ts";
import { addressesOf } from "../files/data-paths.ts";
import { fingerprint } from "../files/fingerprint.ts";
import type { RowSource } from "./batches/row-source.ts";
import type { PartFacts } from "./examples/part-facts.ts";
import type { BadRowReport, LeftOut } from "./tables/bad-rows.ts";
import type { FoundFile } from "./tables/data-files.ts";
import { RowWindow, type WindowFacts } from "./times/row-window.ts";

export interface DataFingerprint {
  readonly trainRows: number;
  readonly validRows: number;
  readonly testRows: number;
  /** How validation rows were taken from the training rows; null if they were not. */
  readonly validate: KeptPart | null;
  /** How test rows were taken from them; absent if they were not. */
  readonly holdOut?: KeptPart;
  /**
   * The numbers of rows and users in each of these parts, with their times; absent for an event log, and if
   * there are no parts.
   */
  readonly parts?: PartFacts;
  /** The policy for unreadable rows. Runs of earlier versions lack this field and the next; they always failed. */
  readonly onBadRow?: BadRowPolicy;
  /** By file, if there were any. */
  readonly leftOut?: readonly LeftOut[];
  /** How rows were made from an event log; absent for example rows. */
  readonly events?: EventLogRecord;
  /** The rows of the training file that were read; absent if all were. */
  readonly window?: WindowFacts;
  /** The form of histories in the training rows; absent if these were made from an event log. */
  readonly lists?: ListFormat;
  /** The values of a column that were the label 1; absent if it was 0 and 1 itself. */
  readonly label?: LabelRule;
  /**
   * How histories were made from a log and tables were joined, as texts; absent if the rows had everything.
   */
  readonly impressions?: Readonly<Record<string, string>>;
  /** The format of CSVs, if it differed from their endings. */
  readonly csv?: CsvFormat;
  /**
   * Every file that was read, including vectors and vocabularies named by the spec: path, bytes, and a hash
   * of its content. For a query, a table or standard input these describe the copy of its rows, and the path
   * is its address. For Parquet on a server or in a store, the hash is of its size, the server's tag and the footer.
   */
  readonly files: readonly {
    readonly path: string;
    readonly bytes: number;
    readonly hash: string;
    /** The split of its example rows. Runs of earlier versions lack it. */
    readonly split?: Split;
  }[];
}

/** A kept part of the training rows, or of the users of an event log. */
export interface KeptPart {
  readonly share: number;
  readonly fold?: Fold;
  readonly seed: number;
  /**
   * The column by whose values rows are kept; null in an event log, which names its users, and if rows were
   * chosen in another way.
   */
  readonly by: string | null;
  /** How rows were chosen, if not by user. */
  readonly rows?: SplitChoice;
  /** The column of times by which the latest rows were chosen. */
  readonly latestBy?: string;
}

export interface EventLogRecord extends Pick<EventsConfig, "examples" | "separator"> {
  /** The columns of the log, and the keys of its tables. */
  readonly columns: Readonly<Record<string, string>>;
  /**
   * The time zone of its times without a UTC offset; null, or absent in runs of earlier versions, for UTC.
   */
  readonly timeZone?: string | null;
  /** Describes the order of the events; runs of earlier versions lack it. */
  readonly orderedBy?: string;
}

export async function fingerprintOf(
  model: Model,
  fitted: Fitted,
  data: DataConfig,
  {
    train,
    valid,
    test,
  }: { readonly train: RowSource; readonly valid: RowSource | null; readonly test: RowSource | null },
  {
    badRows: { policy, leftOut },
    orderedBy,
    parts,
    filesOf,
  }: {
    readonly badRows: BadRowReport;
    readonly orderedBy: string | null;
    readonly parts: PartFacts | null;
    readonly filesOf: (address: string) => readonly FoundFile[];
  },
): Promise<DataFingerprint> {
  const files: DataFingerprint["files"][number][] = [];
  for (const [split, address] of addressesOf(data))
    for (const { path, location, fingerprint: known } of filesOf(address))
      files.push({
        path,
        ...(known ?? (await fingerprint(location))),
        ...(split === null ? {} : { split }),
      });
  for (const path of namedBySpec(model, fitted)) {
    // An unreadable file is reported where it is read, at its location in the spec.
    const found = await fingerprint(path).catch(() => null);
    if (found !== null) files.push({ path, ...found });
  }
  return {
    trainRows: train.rows,
    validRows: valid?.rows ?? 0,
    testRows: test?.rows ?? 0,
    ...howRead(model, data, orderedBy),
    ...(parts === null ? {} : { parts }),
    onBadRow: policy,
    leftOut,
    files,
  };
}

/** Describes how rows are made from the files of `data`. */
export function howRead(
  model: Model,
  data: DataConfig,
  orderedBy: string | null,
): Pick<
  DataFingerprint,
  "validate" | "holdOut" | "events" | "lists" | "csv" | "label" | "window" | "impressions"
> {
  const { validate } = data;
  return {
    validate: validate === null ? null : keptPart(validate),
    ...(data.kind === "rows" && data.holdOut !== null ? { holdOut: keptPart(data.holdOut) } : {}),
    ...(data.window !== null ? { window: new RowWindow(data.window, Date.now()).facts } : {}),
    ...(data.kind === "events"
      ? { events: eventsOf(model, data, orderedBy) }
      : { lists: listsOf(model, data) }),
    ...(data.csv === undefined ? {} : { csv: data.csv }),
    ...(data.label === undefined ? {} : { label: ruleOf(data.label) }),
    ...(data.kind === "rows" && data.impressions !== undefined
      ? { impressions: impressionTexts(data.impressions) }
      : {}),
  };
}

function listsOf({ histories }: Model, data: RowsConfig): ListFormat {
  const { padding: _, ...format } = listFormatOf(data);
  const padding = paddingInRows(data, histories.keys());
  return padding === undefined ? format : { ...format, padding };
}

function ruleOf({ name, from, positive, negative }: LabelRule): LabelRule {
  return { name, from, positive, negative };
}

export function keptPart(part: HeldOutPart | ExamplePart): KeptPart {
  const { share, fold, seed } = part;
  const by = "by" in part ? part.by : null;
  return {
    share,
    ...(fold === undefined ? {} : { fold }),
    ...{ seed, by },
    ...("rows" in part ? { rows: part.rows } : {}),
    ...("latestBy" in part ? { latestBy: part.latestBy } : {}),
  };
}

/** As it is written in dinc.yaml. */
export function partText(part: KeptPart | null): string {
  if (part === null) return "none";
  const { share, fold, seed, by, rows, latestBy } = part;
  const size = fold === undefined ? `share: ${share}` : `fold: ${foldText(fold)}`;
  const way = Object.entries({ by: by ?? undefined, rows, latest_by: latestBy }).find(([, value]) => value);
  return `{ ${size}${way === undefined ? "" : `, ${way.join(": ")}`}, seed: ${seed} }`;
}

function eventsOf(model: Model, data: EventsConfig, orderedBy: string | null): EventLogRecord {
  const { events, items, users, separator } = data;
  const examples = settledExamples(model, data);
  const { user, item, order, timeZone } = events;
  const keys = { ...(items && { items: items.key }), ...(users && { users: users.key }) };
  const columns = { user, item, order, ...keys };
  return { columns, timeZone, ...(orderedBy !== null && { orderedBy }), examples, separator };
}

/** The files of vectors and of vocabularies. */
function namedBySpec(model: Model, fitted: Fitted): string[] {
  const vectors = tablesOf(model, fitted).map(({ options }) => options.vectors);
  const references = [...allFeatures(model).map(vocabularyFileOf), ...vectors];
  const paths = references.flatMap((file) =>
    file === null ? [] : [isAbsolute(file.path) ? file.path : join(dirname(model.file.path), file.path)],
  );
  return [...new Set(paths)];
}
