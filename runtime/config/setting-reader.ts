// Reads typed values out of a tree of settings. What is wrong becomes a diagnostic and the value null.

import {
  dataFileMissing,
  environmentMissing,
  missingSetting,
  setMalformed,
  unknownKey,
  wrongSetting,
} from "../../compiler/diagnostics/catalog/data.ts";
import {
  type Details,
  type Diagnostic,
  type DiagnosticKind,
  diagnose,
  type Place,
} from "../../compiler/diagnostics/diagnostic.ts";
import { suggest } from "../../compiler/diagnostics/suggest.ts";
import type { ParamOverride } from "../../compiler/reuse/params.ts";
import type { MapSetting, Setting, Written } from "./setting-tree.ts";

/** Reads one map of settings; `path` is its name from the top, "" for the whole. */
export class SettingReader {
  readonly map: MapSetting;
  readonly path: string;
  private readonly diagnostics: Diagnostic[];

  /** What settings that do not exist were most likely meant to be. */
  private readonly misspelt = new Set<string>();

  constructor(map: MapSetting, path: string, diagnostics: Diagnostic[]) {
    this.map = map;
    this.path = path;
    this.diagnostics = diagnostics;
  }

  /** Notes every key that is none of `known`. */
  allow(known: readonly string[]): void {
    for (const [key, { key: written }] of this.map.entries) {
      if (known.includes(key)) continue;
      const near = suggest(key, known);
      this.misspelt.add(near ?? key);
      this.report(
        unknownKey,
        { key: this.named(key), known },
        written,
        near === null ? {} : { help: `did you mean \`${near}\`?` },
      );
    }
  }

  /** Whether the map has settings that do not exist, which may be what seems to be missing. */
  get hasUnknown(): boolean {
    return this.misspelt.size > 0;
  }

  has(key: string): boolean {
    return this.map.entries.has(key);
  }

  /** The map under `key`; null where there is none (not a mistake) or something else (one). */
  section(key: string): SettingReader | null {
    const value = this.map.entries.get(key)?.value;
    if (value === undefined) return null;
    if (value.kind === "map") return new SettingReader(value, this.named(key), this.diagnostics);
    this.wrong(key, "a group of settings", value);
    return null;
  }

  /** A text with its place, or null. `required` notes its absence. */
  text(key: string, required = false): { readonly text: string; readonly written: Written } | null {
    const value = this.map.entries.get(key)?.value;
    if (value === undefined) {
      if (required) this.missing(key);
      return null;
    }
    if (value.kind === "value" && (typeof value.value === "string" || typeof value.value === "number"))
      if (value.value !== "") return { text: String(value.value), written: value };
    this.wrong(key, "a text", value);
    return null;
  }

  /** Every setting of the map as a value for the param of its name. */
  constants(): ParamOverride[] {
    return [...this.map.entries].flatMap(([name, { key, value }]) => {
      const text = value.kind === "value" ? constantText(value.value) : null;
      if (text === null) {
        this.wrong(name, "a number, a text or a list of numbers", value);
        return [];
      }
      const { place, set } = value;
      const by = set === null ? pathOf(place) : `\`--set ${set}\``;
      return [{ name, text, namePlace: key.place, place, by }];
    });
  }

  /** A whole number from `least` on, or null. */
  whole(key: string, least: number): number | null {
    return this.number(key, `a whole number from ${least} on`, (n) => Number.isSafeInteger(n) && n >= least);
  }

  /** A number above 0, or null. */
  positive(key: string): number | null {
    return this.number(key, "a number above 0", (n) => n > 0 && Number.isFinite(n));
  }

  /** A number between two others, neither included, or null. */
  between(key: string, low: number, high: number): number | null {
    return this.number(key, `a number between ${low} and ${high}`, (n) => n > low && n < high);
  }

  /** A size in bytes, at least `least`, written with its unit: `512MB`, `1.5GiB`; or null. */
  bytes(key: string, least: number): number | null {
    const value = this.map.entries.get(key)?.value;
    if (value === undefined) return null;
    const bytes = value.kind === "value" ? bytesIn(String(value.value)) : null;
    if (bytes !== null && bytes >= least) return bytes;
    this.wrong(key, `a size of at least ${least / 1e6}MB, like \`2GB\``, value);
    return null;
  }

  /** Notes a value that is not the only one there is. */
  only(key: string, value: string): void {
    const given = this.map.entries.get(key)?.value;
    if (given !== undefined && !(given.kind === "value" && given.value === value))
      this.wrong(key, `\`${value}\``, given);
  }

  /** One of a few words; the first where nothing is said. */
  choice<T extends string>(key: string, words: readonly [T, ...T[]]): T {
    const given = this.map.entries.get(key)?.value;
    const found = words.find((word) => given?.kind === "value" && given.value === word);
    if (given !== undefined && found === undefined)
      this.wrong(key, words.map((word) => `\`${word}\``).join(" or "), given);
    return found ?? words[0];
  }

  /** The path that `key` names, environment variables filled in; `base` puts it where it belongs. */
  location(
    key: string,
    base: (path: string, written: Written) => string,
    required = false,
  ): LocatedPath | null {
    const text = this.text(key, required);
    if (text === null) return null;
    const filled = this.fill(text.text, text.written);
    return filled === null ? null : { path: base(filled, text.written), written: text.written };
  }

  missing(key: string): void {
    // It is there, under another name.
    if (this.misspelt.has(key)) return;
    this.report(missingSetting, { key: this.named(key) }, this.map);
  }

  fileMissing({ path, written }: LocatedPath, reason: string): void {
    this.report(dataFileMissing, { path, reason }, written);
  }

  report<P>(kind: DiagnosticKind<P>, parameters: P, { place, set }: Written, details: Details = {}): void {
    const diagnostic = diagnose(kind, parameters, place, details);
    // What --set wrote has no line; the message names the argument instead.
    if (set === null) this.diagnostics.push(diagnostic);
    else
      this.diagnostics.push({
        ...diagnostic,
        message: setMalformed.message({ argument: set, reason: diagnostic.message }),
      });
  }

  private number(key: string, expected: string, accepts: (value: number) => boolean): number | null {
    const value = this.map.entries.get(key)?.value;
    if (value === undefined) return null;
    if (value.kind === "value" && typeof value.value === "number" && accepts(value.value)) return value.value;
    this.wrong(key, expected, value);
    return null;
  }

  private wrong(key: string, expected: string, value: Setting): void {
    this.report(wrongSetting, { key: this.named(key), expected, got: described(value) }, value);
  }

  /** `${NAME}` and `${NAME:-default}`; an empty variable takes the default, as in a shell. */
  private fill(text: string, written: Written): string | null {
    let whole = true;
    const filled = text.replace(
      /\$\{(\w+)(?::-([^}]*))?\}/g,
      (_, name: string, otherwise: string | undefined) => {
        const value = process.env[name] || otherwise;
        if (value !== undefined) return value;
        this.report(environmentMissing, { name }, written);
        whole = false;
        return "";
      },
    );
    return whole ? filled : null;
  }

  private named(key: string): string {
    return this.path === "" ? key : `${this.path}.${key}`;
  }
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ["MB", 1e6],
  ["GB", 1e9],
  ["TB", 1e12],
  ["MIB", 2 ** 20],
  ["GIB", 2 ** 30],
  ["TIB", 2 ** 40],
]);

function bytesIn(text: string): number | null {
  const found = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text);
  const unit = found === null ? undefined : UNITS.get(found[2]!.toUpperCase());
  return unit === undefined ? null : Math.round(Number(found![1]) * unit);
}

/** As it would stand in a spec. */
function constantText(value: unknown): string | null {
  if (typeof value === "string" || typeof value === "number") return String(value);
  if (!Array.isArray(value) || !value.every((each) => typeof each === "number")) return null;
  return `[${value.join(", ")}]`;
}

function pathOf(place: Place): string {
  return place.kind === "text" ? `\`${place.span.file.path}\`` : "the configuration";
}

export interface LocatedPath {
  readonly path: string;
  readonly written: Written;
}

function described(value: Setting): string {
  if (value.kind === "map") return "a group of settings";
  if (value.value === null) return "nothing";
  if (value.value === "") return "an empty text";
  return Array.isArray(value.value) ? "a list" : `\`${String(value.value)}\``;
}
