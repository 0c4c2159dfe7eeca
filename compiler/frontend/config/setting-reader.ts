// Reads typed values from a tree of settings by their descriptions. A mistake becomes a diagnostic, and the
// setting gets its default.

import { suggest } from "../../../grammar/closest-word.ts";
import { InternalError } from "../../common/internal-error.ts";
import {
  dataFileMissing,
  environmentMissing,
  missingSetting,
  setMalformed,
  unknownKey,
  wrongSetting,
} from "../../diagnostics/catalog/data.ts";
import { shared } from "../../diagnostics/catalog/helps.ts";
import {
  type Details,
  type Diagnostic,
  type DiagnosticKind,
  diagnose,
  type Help,
  type Location,
  messageOf,
  withTexts,
} from "../../diagnostics/diagnostic.ts";
import { renaming } from "../../diagnostics/field-words/name-fixes.ts";
import type { ParamOverride } from "../modules/params.ts";
import { addressOf } from "./addresses.ts";
import { helpForMissing } from "./data-formats.ts";
import { nameOfAddress, queryAddress } from "./elsewhere.ts";
import { type EnvironmentVariables, filledIn } from "./environment.ts";
import { helpForGroup, helpForKey } from "./other-settings.ts";
import {
  type DataForm,
  type NamedGroups,
  type NamedMap,
  type ParamMap,
  query,
  type Setting,
  type SettingDescription,
  type SettingGroup,
  type Settings,
  takenBy,
} from "./setting-kinds.ts";
import type { MapSetting, SettingEntry, SettingNode, SettingOrigin } from "./setting-tree.ts";

/** The surroundings of the settings being read. */
export interface SettingsContext {
  readonly environment: EnvironmentVariables;
  readonly diagnostics: Diagnostic[];
}

/** Reads the `settings` of one map; `path` is its full name, "" for the whole file. */
export class SettingReader<S extends Settings = Settings> {
  readonly settings: S;
  readonly map: MapSetting;
  private readonly path: string;
  private readonly reading: SettingsContext;

  /** Settings that misspelt keys were most likely meant to be. */
  private readonly misspelt = new Set<string>();

  /** Reports every key that isn't described, or that belongs to another `form` of data. */
  constructor(
    group: SettingGroup<S>,
    map: MapSetting,
    path: string,
    reading: SettingsContext,
    form: DataForm | null = null,
  ) {
    this.settings = group.settings;
    this.map = withoutTakenAway(map);
    this.path = path;
    this.reading = reading;
    const known = keysOf(group, form);
    for (const [key, { key: written }] of map.entries) {
      if (known.includes(key)) continue;
      const near = suggest(key, known);
      this.misspelt.add(near ?? key);
      const help = helpForKey(key, near);
      this.report(
        unknownKey,
        { key: this.fullName(key), known },
        written,
        help === null ? instead(key, near, known, written) : { help },
      );
    }
  }

  /** True if the map has unknown settings, which may be the ones that seem to be missing. */
  get hasUnknown(): boolean {
    return this.misspelt.size > 0;
  }

  /** The location of a setting's key; null if it is absent. */
  keyOf(described: SettingDescription): SettingOrigin | null {
    return this.map.entries.get(this.nameOf(described))?.key ?? null;
  }

  /** The first setting present that only one form of data has. */
  firstOf(form: DataForm): (SettingOrigin & { readonly name: string }) | null {
    for (const [name, described] of Object.entries(this.settings)) {
      const entry = this.map.entries.get(name);
      if (described.form === form && entry !== undefined) return { ...entry.key, name };
    }
    return null;
  }

  /** The map of a group; null if it is absent or something else. Absence is reported if it is required. */
  section<G extends Settings>(
    described: SettingGroup<G>,
    form: DataForm | null = null,
  ): SettingReader<G> | null {
    const key = this.nameOf(described);
    const map = this.mapAt(key);
    if (map === undefined) this.missingWhereRequired(key, described);
    return map == null ? null : new SettingReader(described, map, this.fullName(key), this.reading, form);
  }

  value<T>(described: Setting<T>): T {
    const key = this.nameOf(described);
    const { kind, absent } = described;
    const given = this.map.entries.get(key)?.value;
    if (given === undefined) {
      this.missingWhereRequired(key, described);
      return absent;
    }
    const value = given.kind === "value" ? kind.read(given.value) : null;
    if (value !== null) return value;
    this.wrong(key, kind.expected, given, Object.keys(kind.words));
    return absent;
  }

  /** Reads a text with its location. */
  text(described: Setting<string | null>): WrittenText | null {
    const text = this.value(described);
    const written = this.map.entries.get(this.nameOf(described))?.value;
    return text === null || written === undefined ? null : { text, written };
  }

  /** The path that a setting names, with environment variables filled in; `base` resolves it. */
  location(
    described: Setting<string | null>,
    base: (path: string, written: SettingOrigin) => string,
  ): LocatedPath | null {
    const text = this.text(described);
    if (text === null) return null;
    const { written } = text;
    const { path, missing } = filledIn(text.text, this.reading.environment);
    for (const name of missing) this.report(environmentMissing, { name }, written);
    return missing.length > 0 ? null : { path: base(path, written), written };
  }

  /** The address of rows in a setting, with each part resolved like a `location`. */
  address(
    described: Setting<readonly string[] | null>,
    base: (path: string, written: SettingOrigin) => string,
  ): LocatedAddress | null {
    const query = this.map.entries.get(this.nameOf(described))?.value;
    if (query?.kind === "map") return this.query(described, query, base);
    const given = this.value(described);
    const written = this.map.entries.get(this.nameOf(described))?.value;
    if (given === null || written === undefined) return null;
    const filled = given.map((path) => filledIn(path, this.reading.environment));
    const missing = filled.flatMap((each) => each.missing);
    for (const name of missing) this.report(environmentMissing, { name }, written);
    if (missing.length > 0) return null;
    const parts = filled.map(({ path }) => base(path, written));
    return { path: addressOf(parts), parts, written };
  }

  /** The address of a query, which is written as a map. */
  private query(
    described: Setting<readonly string[] | null>,
    written: MapSetting,
    base: (path: string, written: SettingOrigin) => string,
  ): LocatedAddress | null {
    const reader = new SettingReader(query, written, this.fullName(this.nameOf(described)), this.reading);
    const sql = reader.location(query.settings.sql, (text) => text);
    const from = reader.location(query.settings.from, (path) => path);
    if (sql === null) return null;
    const path = base(queryAddress(sql.path, from?.path), written);
    return { path, parts: [path], written };
  }

  /** Reads every setting of a map as the value of the param with its name. */
  overrides(described: ParamMap): ParamOverride[] {
    const key = this.nameOf(described);
    return [...this.entriesAt(key)].flatMap(([name, { key: written, value }]) => {
      const text = value.kind === "value" ? constantText(value.value) : null;
      if (text === null) {
        this.wrong(`${key}.${name}`, "a number, a text or a list of numbers", value);
        return [];
      }
      const { location, set } = value;
      const by = set === null ? pathOf(location) : `\`--set ${set}\``;
      return [{ name, text, nameLocation: written.location, location, by }];
    });
  }

  /** Reads the values of a map by their names. */
  named<T>(described: NamedMap<T>): Map<string, T> {
    const key = this.nameOf(described);
    const { kind } = described;
    const read = new Map<string, T>();
    for (const [name, { value: given }] of this.entriesAt(key)) {
      const value = given.kind === "value" ? kind.read(given.value) : null;
      if (value === null) this.wrong(`${key}.${name}`, kind.expected, given);
      else read.set(name, value);
    }
    return read;
  }

  /**
   * Reads the values of a map by their names, or the single value in its place; returns null if it is absent.
   */
  oneOrNamed<T>(described: NamedMap<T>): T | Readonly<Record<string, T>> | null {
    const key = this.nameOf(described);
    const given = this.map.entries.get(key)?.value;
    if (given?.kind === "map") return Object.fromEntries(this.named(described));
    const value = given === undefined ? null : described.kind.read(given.value);
    if (given !== undefined && value === null) this.wrong(key, takenBy(described), given);
    return value;
  }

  /**
   * Reads the groups of a map by their names, each with the location of its name; a group without settings is
   * empty.
   */
  groups<G extends Settings>(
    described: NamedGroups<G>,
  ): readonly { readonly name: string; readonly key: SettingOrigin; readonly section: SettingReader<G> }[] {
    const key = this.nameOf(described);
    return [...this.entriesAt(key)].flatMap(([name, { key: written, value }]) => {
      const isEmpty = value.kind === "value" && value.value === null;
      const map: SettingNode = isEmpty ? { ...value, kind: "map", entries: new Map() } : value;
      if (map.kind !== "map") {
        this.wrong(`${key}.${name}`, "a group of settings", value);
        return [];
      }
      const path = this.fullName(`${key}.${name}`);
      return [{ name, key: written, section: new SettingReader(described.group, map, path, this.reading) }];
    });
  }

  /** The help `near` is given if the address itself has none. */
  fileMissing({ path, written }: LocatedPath, reason: string, near: Details = {}): void {
    const help = helpForMissing(path);
    this.report(
      dataFileMissing,
      { path: nameOfAddress(path), reason },
      written,
      help === null ? near : { help },
    );
  }

  report<P>(
    kind: DiagnosticKind<P>,
    parameters: P,
    { location, set }: SettingOrigin,
    details: Details = {},
  ): void {
    const diagnostic = diagnose(kind, parameters, location, details);
    // A value from --set has no line, so the message names the argument instead.
    if (set === null) this.reading.diagnostics.push(diagnostic);
    else
      this.reading.diagnostics.push(
        withTexts(diagnostic, {
          message: setMalformed.message({ argument: set, reason: messageOf(diagnostic) }),
        }),
      );
  }

  /** Undefined if absent; null if it isn't a map, which is reported. */
  private mapAt(key: string): MapSetting | null | undefined {
    const value = this.map.entries.get(key)?.value;
    if (value === undefined || value.kind === "map") return value;
    this.wrong(key, "a group of settings", value);
    return null;
  }

  /** The entries of a map with free names. */
  private entriesAt(key: string): ReadonlyMap<string, SettingEntry> {
    const map = this.mapAt(key);
    return map == null ? new Map() : withoutTakenAway(map).entries;
  }

  private missingWhereRequired(key: string, { required, unless = [] }: SettingDescription): void {
    // If a setting was misspelt, it is present under another name.
    const isInstead = unless.some((other) => this.map.entries.has(other) || this.misspelt.has(other));
    if (required === true && !isInstead && !this.misspelt.has(key))
      this.report(missingSetting, { key: this.fullName(key) }, this.map);
  }

  private wrong(key: string, expected: string, value: SettingNode, words: readonly string[] = []): void {
    const given = value.kind === "value" && typeof value.value === "string" ? value.value : "";
    const details = instead(given, suggest(given, words), words, value);
    const path = this.fullName(key);
    const help = value.kind === "value" ? withHelp(helpForGroup(path)) : {};
    this.report(wrongSetting, { key: path, expected, got: inWords(value) }, value, { ...help, ...details });
  }

  private nameOf(described: SettingDescription): string {
    const found = Object.entries(this.settings).find(([, each]) => each === described);
    if (found === undefined) throw new InternalError(`\`${this.path}\` has no such setting`);
    return found[0];
  }

  private fullName(key: string): string {
    return this.path === "" ? key : `${this.path}.${key}`;
  }
}

/** `--set data.validate=null` removes a setting. In a file, a setting without a value was forgotten. */
function withoutTakenAway(map: MapSetting): MapSetting {
  const isTakenAway = ({ value }: SettingEntry) =>
    value.kind === "value" && value.value === null && value.set !== null;
  return { ...map, entries: new Map([...map.entries].filter(([, entry]) => !isTakenAway(entry))) };
}

/** The settings of a group, limited to one form of data if that is known. */
export function keysOf({ settings }: SettingGroup<Settings>, form: DataForm | null): string[] {
  return Object.entries(settings)
    .filter(([, { form: only }]) => only === undefined || form === null || only === form)
    .map(([key]) => key);
}

function instead(
  given: string,
  near: string | null,
  known: readonly string[],
  { location }: SettingOrigin,
): Details {
  if (near === null) return {};
  const fixes = location.kind === "text" ? [renaming(location.span, given, near, known)] : [];
  return { help: shared.didYouMean(near), fixes };
}

function withHelp(help: Help | null): Details {
  return help === null ? {} : { help };
}

/** The value as it is written in a spec. */
function constantText(value: unknown): string | null {
  if (typeof value === "string" || typeof value === "number") return String(value);
  if (!Array.isArray(value) || !value.every((each) => typeof each === "number")) return null;
  return `[${value.join(", ")}]`;
}

function pathOf(location: Location): string {
  return location.kind === "text" ? `\`${location.span.file.path}\`` : "the configuration";
}

export interface WrittenText {
  readonly text: string;
  readonly written: SettingOrigin;
}

export interface LocatedPath {
  readonly path: string;
  readonly written: SettingOrigin;
}

/** The address of rows with its parts. */
export interface LocatedAddress extends LocatedPath {
  readonly parts: readonly string[];
}

function inWords(value: SettingNode): string {
  if (value.kind === "map") return "a group of settings";
  if (value.value === null) return "nothing";
  if (value.value === "") return "an empty text";
  return Array.isArray(value.value) ? "a list" : `\`${String(value.value)}\``;
}
