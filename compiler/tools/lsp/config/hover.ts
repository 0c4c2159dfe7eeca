// Hover of dinc.yaml: the meaning of a setting, its default, and the meaning of its current value.

import type { Hover } from "vscode-languageserver-types";
import { addressOf } from "../../../frontend/config/addresses.ts";
import { type Setting, type SettingDescription, takenBy } from "../../../frontend/config/setting-kinds.ts";
import { constantText, expectedOf } from "../../../frontend/modules/params.ts";
import { rangeOf, touches } from "../ranges.ts";
import {
  type ConfigView,
  declarationOf,
  entryAt,
  isParam,
  pathNamed,
  textOf,
  type YamlEntry,
} from "./view.ts";

export function configHover(view: ConfigView, offset: number): Hover | null {
  const entry = entryAt(view.entries, offset);
  if (entry === null) return null;
  const isKey = touches(entry.key, offset);
  const parts = isParam(entry) ? ofParam(view, entry) : ofSetting(view, entry, isKey);
  if (parts.length === 0) return null;
  const range = rangeOf(isKey ? entry.key : entry.span);
  return { contents: { kind: "markdown", value: parts.join("\n\n") }, range };
}

function ofSetting(view: ConfigView, entry: YamlEntry, isKey: boolean): string[] {
  const { described } = entry;
  if (described === null) return [];
  const meaning = meaningOf(view, entry);
  const said = meaning === null ? [] : [meaning];
  const about = explained(entry.path.join("."), described);
  return isKey ? [...about, ...said] : [...said, ...about];
}

/** The title, the documentation and the default. */
export function explained(name: string, described: SettingDescription): string[] {
  const required = described.required === true ? " · required" : "";
  const preset = described.what === "setting" ? described.otherwise : null;
  const parts = [`**${name}** · ${takenBy(described)}${required}`, described.doc];
  if (preset !== null) parts.push(`Default: ${preset}.`);
  return parts;
}

function meaningOf(view: ConfigView, entry: YamlEntry): string | null {
  const { described } = entry;
  const text = textOf(entry);
  if (described?.what !== "setting" || entry.value.kind !== "value") return null;
  const { names } = described.kind;
  if (names === "rows") return rowsMeant(view, entry.value.value);
  if (text === null) return null;
  const path = pathNamed(view, names, text);
  if (path !== null) {
    const problem = names === "folder" ? null : view.workspace.problemOf(path);
    return problem === null ? `\`${path}\`` : `\`${path}\`: ${problem}`;
  }
  const declaration = declarationOf(view, entry);
  if (declaration !== null) return documented(view, text, names === "variant" ? "variant" : "feature");
  return valueMeaning(described, text, entry.value.value);
}

/** The files that an address currently matches. */
function rowsMeant(view: ConfigView, given: unknown): string | null {
  const parts = (Array.isArray(given) ? given : [given]).map((part) => pathNamed(view, "rows", String(part)));
  if (parts.length === 0 || parts.includes(null)) return null;
  const address = addressOf(parts.filter((part) => part !== null));
  const problem = view.workspace.problemOf(address);
  const found = view.workspace.rowsAt?.(address) ?? (problem === null ? null : { problem });
  if (found === null || ("files" in found && found.files.length === 1)) return `\`${address}\``;
  if ("problem" in found) return `\`${address}\`: ${found.problem}`;
  const { files } = found;
  const shown = files.slice(0, MOST_FILES).map((path) => `- \`${path}\``);
  const more = files.length > shown.length ? [`- … and ${files.length - shown.length} more`] : [];
  return [`${files.length} files, in this order:`, ...shown, ...more].join("\n");
}

/** The most files of a list. */
const MOST_FILES = 8;

/** Null if the value is not of its kind, or is self-explanatory. */
function valueMeaning<T>({ kind }: Setting<T>, text: string, given: unknown): string | null {
  const value = kind.read(given);
  const meaning = value === null ? null : kind.meaning(value);
  return meaning === null ? null : `\`${text}\`: ${meaning}`;
}

function documented({ spec }: ConfigView, name: string, what: "variant" | "feature"): string {
  const doc =
    what === "variant"
      ? spec?.variants.find((each) => each.name.name === name)?.doc
      : spec?.declarations.features.get(name)?.doc;
  const model = spec?.spec.file.path ?? "";
  return [`${what} \`${name}\` of \`${model}\``, ...(doc ? [doc] : [])].join("\n\n");
}

function ofParam({ spec }: ConfigView, entry: YamlEntry): string[] {
  const name = entry.path.at(-1)!;
  const param = spec?.params.get(name);
  if (param === undefined) return [];
  const { item, type, value } = param;
  const { span } = item.default;
  const preset = span.file.text.slice(span.start, span.end);
  const title = `**${name}** · a param of \`${item.name.span.file.path}\` · ${expectedOf(type)}`;
  const parts = item.doc === "" ? [title] : [title, item.doc];
  if (value.kind !== "error")
    parts.push(`Here \`${constantText(value, type)}\`; its default is \`${preset}\`.`);
  return parts;
}
