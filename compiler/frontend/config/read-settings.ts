// Reads the settings of a text and their overrides by --set. Pure: the caller answers questions about the system, so that an
// editor's unsaved text is read as `dinc train` will read the file.

import type { SourceFile } from "../../common/source-file.ts";
import { noData, rowsAndEvents, sameFile, unknownFormat } from "../../diagnostics/catalog/data.ts";
import { sameSeparators } from "../../diagnostics/catalog/set-columns.ts";
import { fileInTwoSplits, fileTwice } from "../../diagnostics/catalog/sources.ts";
import {
  type Checked,
  type Diagnostic,
  hasErrors,
  type Location,
  noLocation,
} from "../../diagnostics/diagnostic.ts";
import { isPattern } from "./addresses.ts";
import {
  type AnyData,
  type Config,
  type DataConfig,
  type EventsConfig,
  type Examples,
  type KeyedTable,
  type RowsConfig,
  separatorsOf,
  type TrainOverrides,
  type WindowConfig,
} from "./config.ts";
import { type CsvFormat, csvFormatOf } from "./csv-format.ts";
import { formatOf, helpForFormat, isListedInStore } from "./data-formats.ts";
import { addressUnder, elsewhereAt, isElsewhere, nameOfAddress } from "./elsewhere.ts";
import type { EnvironmentVariables } from "./environment.ts";
import type { Expectations } from "./expect.ts";
import type { Impressions } from "./impressions.ts";
import type { LabelRule } from "./label-rule.ts";
import { folderHelp, namedInQuery, narrowTo, nearFile } from "./missing-rows.ts";
import { folderOf, under } from "./paths.ts";
import { readImpressions } from "./read-impressions.ts";
import { partOfRows, readPart, reportTwice } from "./read-part.ts";
import type { Setting, Settings } from "./setting-kinds.ts";
import { type LocatedPath, SettingReader } from "./setting-reader.ts";
import { applySet, type MapSetting, settingsOf } from "./setting-tree.ts";
import { settings } from "./settings.ts";

/** Questions to the system. */
export interface System {
  readonly environment: EnvironmentVariables;
  /** The reason why the file at a path cannot be read; null if it can. */
  problemOf(path: string): string | null;
  /** The files of an address; if this is unknown, the address is a file. */
  rowsAt?(address: string): RowFiles;
  /** The path of a file without symbolic links; if this is unknown, every path is its own file. */
  realPathOf?(path: string): string;
}

/**
 * The files in the order of reading, with the folder below which folder names give values of rows; or the
 * reason why there are none.
 */
export type RowFiles =
  | {
      readonly files: readonly string[];
      readonly folder: string;
      /** The files that the address names more than once; absent if there are none. */
      readonly twice?: readonly string[];
    }
  | { readonly problem: string };

type Top = typeof settings.settings;
type Data = Top["data"]["settings"];

/**
 * Reads `file` (null: there is none) and applies `sets`, each `a.b=value`, to it. Paths in the file are
 * relative to `data.dir`, which is relative to the file; `spec` is relative to the file. The values that
 * --set gives for `data.dir` and `spec` are relative to the working directory. If there are errors, the value
 * has the parts that could be read.
 */
export function readSettings(
  file: SourceFile | null,
  sets: readonly string[],
  system: System,
): Checked<Config> {
  const syntax: Diagnostic[] = [];
  const root: MapSetting =
    file === null
      ? { kind: "map", location: noLocation, set: null, entries: new Map() }
      : settingsOf(file, syntax);
  const found: Diagnostic[] = [];
  for (const set of sets) applySet(root, set, found);
  const value = new ConfigReader(file, system, found).read(root);
  // A text that could not be read may contain the missing parts.
  return { value, diagnostics: hasErrors(syntax) ? syntax : found };
}

const SPLITS = ["train", "valid", "test"] as const;
type Split = (typeof SPLITS)[number];

class ConfigReader {
  private readonly file: SourceFile | null;
  private readonly system: System;
  private readonly diagnostics: Diagnostic[];
  private readonly folder: string;
  private dataFolder: string;

  constructor(file: SourceFile | null, system: System, diagnostics: Diagnostic[]) {
    this.file = file;
    this.system = system;
    this.diagnostics = diagnostics;
    this.folder = file === null ? "." : folderOf(file.path);
    this.dataFolder = this.folder;
  }

  read(map: MapSetting): Config {
    const { environment } = this.system;
    const root = new SettingReader(settings, map, "", { environment, diagnostics: this.diagnostics });
    const of = root.settings;
    const spec = root.location(of.spec, (path, written) => this.besideFile(path, written.set));
    if (spec !== null) this.mustExist(root, spec);
    const variant = root.text(of.variant);
    const params = root.overrides(of.params);
    const tune = root.overrides(of.tune);
    const data = root.section(of.data);
    const dataLocation =
      data?.keyOf(of.data.settings.events)?.location ?? root.keyOf(of.data)?.location ?? noLocation;
    const rows = data === null ? null : this.readData(data);
    const expect = readExpect(root.section(of.expect));
    const trainSection = root.section(of.train);
    const train = readTrain(trainSection);
    const epochs = trainSection?.keyOf(of.train.settings.epochs)?.location ?? noLocation;
    return {
      file: this.file,
      spec: spec?.path ?? null,
      locations: {
        spec: spec?.written.location ?? noLocation,
        data: dataLocation,
        padding: data?.keyOf(of.data.settings.padding)?.location ?? noLocation,
        expect: root.keyOf(of.expect)?.location ?? noLocation,
        epochs,
      },
      variant: variant === null ? null : { name: variant.text, location: variant.written.location },
      params,
      tune,
      data: rows,
      folders: { own: this.folder, data: this.dataFolder },
      train,
      expect,
    };
  }

  private readData(data: SettingReader<Data>): DataConfig | null {
    const dir = data.location(data.settings.dir, (path, written) => this.besideFile(path, written.set));
    // Without the folder no file can be found, and one message is enough.
    if (data.keyOf(data.settings.dir) !== null && dir === null) return null;
    this.dataFolder = dir?.path ?? this.folder;
    const rows = data.firstOf("rows");
    const events = data.firstOf("events");
    if (rows !== null && events !== null) {
      data.report(rowsAndEvents, { rows: rows.name }, rows);
      return null;
    }
    if (events !== null) return this.readEvents(data);
    if (rows !== null) return this.readRows(data);
    if (!data.hasUnknown) data.report(noData, {}, data.map);
    return null;
  }

  private readRows(data: SettingReader<Data>): RowsConfig | null {
    const of = data.settings;
    const train = this.rowsAt(data, of.train);
    const valid = this.rowsAt(data, of.valid);
    const test = this.rowsAt(data, of.test);
    const validate = readPart(data.section(of.validate, "rows"), data.keyOf(of.validate), "rows");
    const holdOut = readPart(data.section(of.hold_out, "rows"), data.keyOf(of.hold_out), "rows");
    reportTwice(data);
    const separator = data.value(of.separator);
    const inner = data.text(of.inner_separator);
    const separators = separatorsOf(separator, inner?.text);
    if (inner !== null && separators.separator === separators.innerSeparator)
      data.report(sameSeparators, { separator }, inner.written);
    const latestFirst = data.value(of.steps) === "latest_first";
    const padding = data.oneOrNamed(of.padding);
    const any = this.readAny(data);
    const impressions = this.readImpressions(data, [train, valid, test]);
    const window = readWindow(data, impressions);
    this.warnOfOneFile(data, { train, valid, test });
    if (train === null) return null;
    return {
      kind: "rows",
      train,
      valid,
      test,
      validate: partOfRows(validate),
      holdOut: partOfRows(holdOut),
      ...separators,
      latestFirst,
      ...(padding === null ? {} : { padding }),
      ...any,
      ...(impressions === null ? {} : { impressions }),
      window,
    };
  }

  private readImpressions(data: SettingReader<Data>, rows: readonly (string | null)[]): Impressions | null {
    const of = data.settings;
    return readImpressions(data.section(of.impressions), {
      rows: rows.filter((address) => address !== null),
      time: data.value(of.time),
      timeZone: data.value(of.time_zone),
      location: data.keyOf(of.impressions)?.location ?? noLocation,
      addressOf: (reader, path) => this.rowsAt(reader, path),
    });
  }

  private warnOfOneFile(data: SettingReader<Data>, addresses: Readonly<Record<Split, string | null>>): void {
    const first = new Map<string, Split>();
    for (const split of SPLITS) {
      const address = addresses[split];
      const key = data.keyOf(data.settings[split]);
      if (address === null || key === null) continue;
      const files = this.filesAt(address);
      const shared = new Map<Split, string>();
      for (const path of files) {
        const real = this.system.realPathOf?.(path) ?? path;
        const other = first.get(real);
        if (other === undefined) first.set(real, split);
        else if (other !== split && !shared.has(other)) shared.set(other, path);
      }
      for (const [of, path] of shared) {
        const parameters = { setting: `data.${split}`, other: `data.${of}` };
        const isAll = files.length === 1 && this.filesAt(addresses[of]!).length === 1;
        if (isAll) data.report(sameFile, parameters, key);
        else data.report(fileInTwoSplits, { ...parameters, path }, key);
      }
    }
  }

  private filesAt(address: string): readonly string[] {
    const found = this.system.rowsAt?.(address) ?? { problem: "" };
    return "problem" in found ? [address] : found.files;
  }

  private readEvents(data: SettingReader<Data>): EventsConfig | null {
    const of = data.settings;
    const log = data.section(of.events);
    if (log === null) return null;
    const path = this.rowsAt(log, log.settings.path);
    const [user, item, order] = [
      log.value(log.settings.user),
      log.value(log.settings.item),
      log.value(log.settings.order),
    ];
    const timeZone = log.value(log.settings.time_zone);
    const items = this.readKeyed(data.section(of.items));
    const users = this.readKeyed(data.section(of.users));
    const examples = readExamples(data.section(of.examples));
    const validate = readPart(data.section(of.validate, "events"), data.keyOf(of.validate), "events");
    const window = readWindow(data, { time: order, timeZone });
    const separator = data.value(of.separator);
    const any = this.readAny(data);
    if (path === null || user === null || item === null || order === null) return null;
    return {
      kind: "events",
      events: { path, user, item, order, timeZone },
      items,
      users,
      examples,
      window,
      validate: validate?.part ?? null,
      separator,
      ...any,
    };
  }

  /** Reads the settings that example rows and event logs share. */
  private readAny(data: SettingReader<Data>): AnyData {
    const of = data.settings;
    const csv = readCsv(data.section(of.csv));
    const label = readLabel(data.section(of.label), data.keyOf(of.label)?.location ?? noLocation);
    return {
      onBadRow: data.value(of.on_bad_row),
      memory: data.value(of.memory),
      ...(csv === null ? {} : { csv }),
      ...(label === null ? {} : { label }),
    };
  }

  private readKeyed(table: SettingReader<Data["items"]["settings"]> | null): KeyedTable | null {
    if (table === null) return null;
    const path = this.rowsAt(table, table.settings.path);
    const key = table.value(table.settings.key);
    return path === null || key === null ? null : { path, key };
  }

  private rowsAt<S extends Settings>(
    reader: SettingReader<S>,
    described: Setting<readonly string[] | null>,
  ): string | null {
    const named: string[] = [];
    const located = reader.address(described, (path) => {
      named.push(path);
      return addressUnder(this.dataFolder, path);
    });
    if (located === null) return null;
    const { path: address, parts, written } = located;
    const found = this.system.rowsAt?.(address) ?? this.asFiles(parts);
    if ("problem" in found) {
      reader.fileMissing(located, found.problem, {
        ...folderHelp(this.dataFolder, named, this.system),
        ...nearFile(address, this.system, written),
      });
      return address;
    }
    for (const path of found.twice ?? []) reader.report(fileTwice, { path: nameOfAddress(path) }, written);
    for (const { name, path } of parts.flatMap(namedInQuery)) {
      const file = this.system.rowsAt?.(path);
      if (file === undefined || !("problem" in file)) continue;
      const place = narrowTo(written, name);
      reader.fileMissing({ path, written: place }, file.problem, nearFile(path, this.system, place));
    }
    const other = found.files.find(
      (path) =>
        formatOf(path) === undefined &&
        (!isElsewhere(path) || (elsewhereAt(path)?.kind === "served" && !isListedInStore(path))),
    );
    if (other !== undefined)
      reader.report(unknownFormat, { path: other }, written, { help: helpForFormat(other) });
    return address;
  }

  private asFiles(paths: readonly string[]): RowFiles {
    const [only] = paths;
    if (paths.length === 1 && isElsewhere(only!)) return { files: paths, folder: "" };
    for (const path of paths) {
      const problem = this.system.problemOf(path);
      if (problem !== null) return { problem };
    }
    // A path without an ending may be a folder.
    return { files: paths.filter((path) => !isPattern(path) && /\.\w+$/.test(path)), folder: "" };
  }

  private mustExist(reader: Pick<SettingReader, "fileMissing">, located: LocatedPath): boolean {
    const problem = this.system.problemOf(located.path);
    if (problem !== null) reader.fileMissing(located, problem);
    return problem === null;
  }

  private besideFile(path: string, set: string | null): string {
    return under(set === null ? this.folder : ".", path);
  }
}

function readLabel(
  label: SettingReader<Data["label"]["settings"]> | null,
  location: Location,
): (LabelRule & { readonly location: Location }) | null {
  if (label === null) return null;
  const of = label.settings;
  const positive = label.value(of.positive);
  const [name, from, negative] = [label.value(of.name), label.value(of.from), label.value(of.negative)];
  return positive === null ? null : { name, from, positive, negative, location };
}

function readCsv(csv: SettingReader<Data["csv"]["settings"]> | null): CsvFormat | null {
  if (csv === null) return null;
  const of = csv.settings;
  return csvFormatOf(csv.value(of.delimiter), csv.value(of.decimal), csv.value(of.encoding));
}

/** Null if all rows are meant. */
function readWindow(
  data: SettingReader<Data>,
  otherwise: Pick<Impressions, "time" | "timeZone"> | null,
): WindowConfig | null {
  const of = data.settings;
  const [since, until] = [data.value(of.since), data.value(of.until)];
  const time = data.value(of.time) ?? otherwise?.time ?? null;
  const timeZone = data.value(of.time_zone) ?? otherwise?.timeZone ?? null;
  const key = data.keyOf(of.since) ?? data.keyOf(of.until);
  if (key === null || (since === null && until === null)) return null;
  return { time, since, until, timeZone, location: key.location };
}

function readExamples(examples: SettingReader<Data["examples"]["settings"]> | null): Examples {
  const of = settings.settings.data.settings.examples.settings;
  const drawn = of.negatives.settings;
  const negatives = examples?.section(of.negatives);
  return {
    positives: examples?.value(of.positives) ?? of.positives.absent,
    negatives: {
      perPositive: negatives?.value(drawn.per_positive) ?? drawn.per_positive.absent,
      sample: negatives?.value(drawn.sample) ?? drawn.sample.absent,
      exclude: negatives?.value(drawn.exclude) ?? drawn.exclude.absent,
      seed: negatives?.value(drawn.seed) ?? drawn.seed.absent,
    },
    split: examples?.value(of.split) ?? of.split.absent,
  };
}

function readExpect(expect: SettingReader<Top["expect"]["settings"]> | null): Expectations | null {
  if (expect === null) return null;
  const of = expect.settings;
  return {
    rows: expect.value(of.rows),
    missing: expect.value(of.missing),
    new: expect.value(of.new),
    psi: expect.value(of.psi),
    unique: (expect.value(of.unique) ?? "").split(",").flatMap((column) => column.trim() || []),
    newest: expect.value(of.newest),
    columns: Object.fromEntries(expect.named(of.columns)),
  };
}

function readTrain(train: SettingReader<Top["train"]["settings"]> | null): TrainOverrides {
  const of = settings.settings.train.settings;
  return {
    epochs: train?.value(of.epochs) ?? null,
    batch: train?.value(of.batch) ?? null,
    seed: train?.value(of.seed) ?? null,
    learningRate: train?.value(of.learning_rate) ?? null,
  };
}
