// Reads dinc.yaml and what --set overrides of it. Every mistake is a diagnostic at its line, or names the --set.

import { access, constants, readFile, stat } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { noData, rowsAndEvents } from "../../compiler/diagnostics/catalog/data.ts";
import { fileUnreadable } from "../../compiler/diagnostics/catalog/run.ts";
import { sameSeparators } from "../../compiler/diagnostics/catalog/set-columns.ts";
import { validateTwice } from "../../compiler/diagnostics/catalog/settings.ts";
import {
  type Checked,
  type Diagnostic,
  DiagnosticError,
  diagnose,
  hasErrors,
  nowhere,
} from "../../compiler/diagnostics/diagnostic.ts";
import { type SourceFile, sourceFile } from "../../compiler/source/source-file.ts";
import { BAD_ROW_POLICIES, type BadRowPolicy } from "../data/bad-rows.ts";
import { fileProblem } from "../data/file-problem.ts";
import { separatorsOf } from "../data/training-data.ts";
import {
  type Config,
  type DataConfig,
  DEFAULT_MEMORY,
  type EventsConfig,
  type KeyedTable,
  type Negatives,
  type RowsConfig,
  type TrainOverrides,
  type Validate,
  type ValidateByFeature,
} from "./config.ts";
import { type LocatedPath, SettingReader } from "./setting-reader.ts";
import { applySet, type MapSetting, settingsOf } from "./setting-tree.ts";

const DEFAULT_SEED = 2026;

/** Where the latest step of a list stands; the first is what holds where nothing is said. */
export const STEP_ORDERS = ["latest_last", "latest_first"] as const;

/** As `loadConfig`, but throws DiagnosticError where anything is wrong. */
export async function readConfig(path: string | null, sets: readonly string[] = []): Promise<Config> {
  const { value, diagnostics } = await loadConfig(path, sets);
  if (value === null) throw new DiagnosticError(diagnostics);
  return value;
}

/**
 * Reads the file `path` (null: there is none) and lays `sets`, each `a.b=value`, over it. Paths in the file are relative
 * to `data.dir`, which is relative to the file; `spec` is relative to the file. What --set gives for `data.dir` and
 * `spec` is relative to the working directory.
 */
export async function loadConfig(
  path: string | null,
  sets: readonly string[] = [],
): Promise<Checked<Config | null>> {
  const diagnostics: Diagnostic[] = [];
  const file = path === null ? null : await readText(path, diagnostics);
  if (hasErrors(diagnostics)) return { value: null, diagnostics };
  const root: MapSetting =
    file === null
      ? { kind: "map", place: nowhere, set: null, entries: new Map() }
      : settingsOf(file, diagnostics);
  if (hasErrors(diagnostics)) return { value: null, diagnostics };
  for (const set of sets) applySet(root, set, diagnostics);
  const config = await readRoot(new SettingReader(root, "", diagnostics), file);
  return { value: hasErrors(diagnostics) ? null : config, diagnostics };
}

async function readText(path: string, diagnostics: Diagnostic[]): Promise<SourceFile | null> {
  try {
    return sourceFile(path, await readFile(path, "utf8"));
  } catch (error) {
    diagnostics.push(diagnose(fileUnreadable, { path, reason: fileProblem(error) }, nowhere));
    return null;
  }
}

async function readRoot(root: SettingReader, file: SourceFile | null): Promise<Config> {
  root.allow(["spec", "data", "train", "params", "variant"]);
  const folder = file === null ? "." : dirname(file.path);
  const spec = root.location("spec", (path, written) => under(written.set === null ? folder : ".", path));
  if (spec !== null) await mustExist(root, spec);
  const data = root.section("data");
  return {
    file,
    spec: spec?.path ?? null,
    data: data === null ? null : await readData(data, folder),
    train: readTrain(root.section("train")),
    params: root.section("params")?.constants() ?? [],
    variant: readVariant(root),
  };
}

function readVariant(root: SettingReader): Config["variant"] {
  const variant = root.text("variant");
  return variant === null ? null : { name: variant.text, place: variant.written.place };
}

function readTrain(train: SettingReader | null): TrainOverrides {
  train?.allow(["epochs", "batch", "seed", "learning_rate"]);
  return {
    epochs: train?.whole("epochs", 1) ?? null,
    batch: train?.whole("batch", 1) ?? null,
    seed: train?.whole("seed", 0) ?? null,
    learningRate: train?.positive("learning_rate") ?? null,
  };
}

const ROWS = ["train", "valid", "test", "inner_separator", "steps"];
const VALIDATE = "validate";
const EVENTS = ["events", "items", "users", "examples"];
const MEMORY = "memory";
/** DuckDB cannot do with less than half of it. */
const LEAST_MEMORY = 128e6;

async function readData(data: SettingReader, folder: string): Promise<DataConfig | null> {
  data.allow(["dir", ...ROWS, "separator", "on_bad_row", ...EVENTS, VALIDATE, MEMORY]);
  const dir = data.location("dir", (path, written) => under(written.set === null ? folder : ".", path));
  // Without its folder no file can be found: one message is enough.
  if (data.has("dir") && dir === null) return null;
  const inDir = (path: string): string => under(dir?.path ?? folder, path);
  const rows = ROWS.find((key) => data.has(key));
  const events = EVENTS.find((key) => data.has(key));
  if (rows !== undefined && events !== undefined) {
    data.report(rowsAndEvents, { rows }, data.map.entries.get(rows)!.key);
    return null;
  }
  if (events !== undefined) return readEvents(data, inDir);
  if (rows !== undefined) return readRows(data, inDir);
  if (!data.hasUnknown) data.report(noData, {}, data.map);
  return null;
}

async function readRows(data: SettingReader, inDir: (path: string) => string): Promise<RowsConfig | null> {
  const [train, valid, test] = [
    await readFileSetting(data, "train", inDir, true),
    await readFileSetting(data, "valid", inDir, false),
    await readFileSetting(data, "test", inDir, false),
  ];
  const validate = readValidate(data, true);
  if (validate !== null && data.has("valid"))
    data.report(validateTwice, {}, data.map.entries.get(VALIDATE)!.key);
  const memory = readMemory(data);
  if (train === null) return null;
  const inner = data.text("inner_separator");
  const separators = separatorsOf(data.text("separator")?.text, inner?.text);
  const { separator, innerSeparator } = separators;
  if (inner !== null && separator === innerSeparator)
    data.report(sameSeparators, { separator }, inner.written);
  const latestFirst = data.choice("steps", STEP_ORDERS) === "latest_first";
  const onBadRow = readBadRows(data);
  const lists = { ...separators, latestFirst };
  return { kind: "rows", train, valid, test, validate: byFeature(validate), ...lists, onBadRow, memory };
}

async function readEvents(
  data: SettingReader,
  inDir: (path: string) => string,
): Promise<EventsConfig | null> {
  const events = data.section("events");
  if (events === null) {
    if (!data.has("events")) data.missing("events");
    return null;
  }
  events.allow(["path", "user", "item", "order"]);
  const path = await readFileSetting(events, "path", inDir, true);
  const [user, item, order] = ["user", "item", "order"].map((key) => events.text(key, true)?.text ?? null);
  const items = await readKeyed(data.section("items"), inDir);
  const users = await readKeyed(data.section("users"), inDir);
  const negatives = readExamples(data.section("examples"));
  const validate = readValidate(data, false);
  const memory = readMemory(data);
  if (path === null || user == null || item == null || order == null) return null;
  const examples = { positives: "each_event", negatives, split: "leave_last_out" } as const;
  const { separator } = separatorsOf(data.text("separator")?.text);
  const onBadRow = readBadRows(data);
  const log = { path, user, item, order };
  return { kind: "events", events: log, items, users, examples, validate, separator, onBadRow, memory };
}

function readMemory(data: SettingReader): number {
  return data.bytes(MEMORY, LEAST_MEMORY) ?? DEFAULT_MEMORY;
}

function readBadRows(data: SettingReader): BadRowPolicy | null {
  return data.has("on_bad_row") ? data.choice("on_bad_row", BAD_ROW_POLICIES) : null;
}

/** Of ready rows only a column tells which user one is of. */
function readValidate(data: SettingReader, byFeature: boolean): (Validate & { by: string | null }) | null {
  const validate = data.section(VALIDATE);
  if (validate === null) return null;
  validate.allow(["fraction", "seed", ...(byFeature ? ["by"] : [])]);
  if (!validate.has("fraction")) validate.missing("fraction");
  const fraction = validate.between("fraction", 0, 1);
  const by = byFeature ? (validate.text("by", true)?.text ?? null) : null;
  const seed = validate.whole("seed", 0) ?? DEFAULT_SEED;
  const { place } = data.map.entries.get(VALIDATE)!.key;
  return fraction === null ? null : { fraction, by, seed, place };
}

/** Null too where what is missing was reported. */
function byFeature(validate: (Validate & { by: string | null }) | null): ValidateByFeature | null {
  if (validate === null || validate.by === null) return null;
  return { ...validate, by: validate.by };
}

async function readKeyed(
  table: SettingReader | null,
  inDir: (path: string) => string,
): Promise<KeyedTable | null> {
  if (table === null) return null;
  table.allow(["path", "key"]);
  const path = await readFileSetting(table, "path", inDir, true);
  const key = table.text("key", true)?.text ?? null;
  return path === null || key === null ? null : { path, key };
}

function readExamples(examples: SettingReader | null): Negatives {
  examples?.allow(["positives", "negatives", "split"]);
  examples?.only("positives", "each_event");
  examples?.only("split", "leave_last_out");
  const negatives = examples?.section("negatives") ?? null;
  negatives?.allow(["per_positive", "sample", "exclude", "seed"]);
  negatives?.only("sample", "uniform");
  negatives?.only("exclude", "seen");
  return {
    perPositive: negatives?.whole("per_positive", 1) ?? 1,
    sample: "uniform",
    exclude: "seen",
    seed: negatives?.whole("seed", 0) ?? DEFAULT_SEED,
  };
}

async function readFileSetting(
  reader: SettingReader,
  key: string,
  inDir: (path: string) => string,
  required: boolean,
): Promise<string | null> {
  const located = reader.location(key, inDir, required);
  if (located !== null) await mustExist(reader, located);
  return located?.path ?? null;
}

async function mustExist(reader: SettingReader, located: LocatedPath): Promise<void> {
  try {
    await access(located.path, constants.R_OK);
    if ((await stat(located.path)).isDirectory()) reader.fileMissing(located, "it is a folder");
  } catch (error) {
    reader.fileMissing(located, fileProblem(error));
  }
}

function under(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}
