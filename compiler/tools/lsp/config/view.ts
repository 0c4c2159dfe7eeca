// The input of the features for dinc.yaml: the text of a buffer, the result of its check, and its settings with their
// descriptions.

import type { SourceFile, Span } from "../../../common/source-file.ts";
import { type CheckedConfig, checkConfig, type Files } from "../../../frontend/config/check-config.ts";
import { filledIn } from "../../../frontend/config/environment.ts";
import { under } from "../../../frontend/config/paths.ts";
import {
  type DataForm,
  type Named,
  query,
  type SettingDescription,
  type SettingGroup,
  type Settings,
} from "../../../frontend/config/setting-kinds.ts";
import { type MapSetting, type SettingNode, settingsOf } from "../../../frontend/config/setting-tree.ts";
import { settings } from "../../../frontend/config/settings.ts";
import { touches } from "../ranges.ts";

export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** The parts of the system that an editor provides. */
export interface Workspace extends Files {
  uriOf(path: string): string;
  /** The entries of a folder; empty if it does not exist. */
  entries(folder: string): readonly FolderEntry[];
}

export interface ConfigView extends CheckedConfig {
  readonly file: SourceFile;
  readonly workspace: Workspace;
  /** As far as the text is readable, in its order. */
  readonly entries: readonly YamlEntry[];
}

/** A key of the file and its value. */
export interface YamlEntry {
  readonly path: readonly string[];
  readonly key: Span;
  readonly value: SettingNode;
  /** The span of the value; empty if there is none. */
  readonly span: Span;
  /** Null if there is no such setting. */
  readonly described: SettingDescription | null;
  readonly children: readonly YamlEntry[];
}

/** `dinc.yaml` and `wide.dinc.yaml`. */
export function isConfig(path: string): boolean {
  return /(?:^|[/\\.])dinc\.ya?ml$/.test(path);
}

export function viewOf(file: SourceFile, workspace: Workspace): ConfigView {
  const entries = entriesOf(settingsOf(file, []), [], settings, file);
  return { ...checkConfig(file, workspace), file, workspace, entries };
}

function entriesOf(
  map: MapSetting,
  above: readonly string[],
  within: SettingDescription | null,
  file: SourceFile,
): readonly YamlEntry[] {
  const nothing: Span = { file, start: 0, end: 0 };
  return [...map.entries].map(([name, { key, value }]) => {
    const path = [...above, name];
    const described = within === null ? null : settingIn(within, name);
    return {
      path,
      key: key.location.kind === "text" ? key.location.span : nothing,
      value,
      span: value.location.kind === "text" ? value.location.span : nothing,
      described,
      children: value.kind === "map" ? entriesOf(value, path, described, file) : [],
    };
  });
}

/** The innermost entry whose key or value an offset touches. */
export function entryAt(entries: readonly YamlEntry[], offset: number): YamlEntry | null {
  for (const entry of entries) {
    const { key, span, children } = entry;
    const inner = entryAt(children, offset);
    if (inner !== null) return inner;
    if (touches(key, offset) || (children.length === 0 && touches(span, offset))) return entry;
  }
  return null;
}

/** Every entry, parents before their children. */
export function allEntries(entries: readonly YamlEntry[]): readonly YamlEntry[] {
  return entries.flatMap((entry) => [entry, ...allEntries(entry.children)]);
}

/** The description at the keys `path`; null if there is no such setting. */
export function describedAt(path: readonly string[]): SettingDescription | null {
  let found: SettingDescription | null = settings;
  for (const key of path) found = found === null ? null : settingIn(found, key);
  return found;
}

/** Null if there is no such setting; names that every object inherits do not count. */
function settingIn(described: SettingDescription, name: string): SettingDescription | null {
  if (described.what === "groups") return described.group;
  // Rows may be a query, which is a map.
  const within = described.what === "setting" && described.kind.names === "rows" ? query : described;
  if (within.what !== "group" || !Object.hasOwn(within.settings, name)) return null;
  return (within.settings as Settings)[name] ?? null;
}

/** The form of data that the keys of `data` belong to; null if it is still open. */
export function formOf(group: SettingGroup, keys: Iterable<string>): DataForm | null {
  for (const key of keys) {
    const form = settingIn(group, key)?.form;
    if (form !== undefined) return form;
  }
  return null;
}

/** The path that a text names, in the form for opening it; null if it names none. */
export function pathNamed(
  { config, workspace }: ConfigView,
  names: Named | null,
  text: string,
): string | null {
  if (names !== "spec" && names !== "rows" && names !== "folder") return null;
  const { path, missing } = filledIn(text, workspace.environment);
  const { own, data } = config.folders;
  return missing.length > 0 ? null : under(names === "rows" ? data : own, path);
}

/** The text of a value; null for a value without text. */
export function textOf({ value }: YamlEntry): string | null {
  return value.kind === "value" && (typeof value.value === "string" || typeof value.value === "number")
    ? String(value.value)
    : null;
}

/** The declaration in the spec of a name in the file. */
export function declarationOf({ spec }: ConfigView, entry: YamlEntry): Span | null {
  if (spec === null) return null;
  if (isParam(entry)) return spec.params.get(entry.path.at(-1)!)?.item.name.span ?? null;
  const text = textOf(entry);
  const { described } = entry;
  if (text === null || described?.what !== "setting") return null;
  if (described.kind.names === "variant")
    return spec.variants.find(({ name }) => name.name === text)?.name.span ?? null;
  if (described.kind.names === "label") return spec.declarations.labels.get(text)?.span ?? null;
  if (described.kind.names === "feature") return spec.declarations.features.get(text)?.span ?? null;
  return null;
}

/** Tells whether the entry sets a param. */
export function isParam({ path }: YamlEntry): boolean {
  return path.length > 1 && describedAt(path.slice(0, -1))?.what === "params";
}
