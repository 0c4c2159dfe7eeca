// Completion at the cursor of dinc.yaml: missing settings, values of settings with few choices, files, and
// names that the spec declares. It works in unfinished texts that are not yet valid YAML.

import {
  type CompletionItem,
  CompletionItemKind,
  InsertTextFormat,
  InsertTextMode,
} from "vscode-languageserver-types";
import { stringify } from "yaml";
import { isRowsName } from "../../../frontend/config/data-formats.ts";
import { isDatabase } from "../../../frontend/config/elsewhere.ts";
import { folderOf } from "../../../frontend/config/paths.ts";
import {
  type DataForm,
  type Named,
  type Setting,
  type SettingDescription,
  type SettingGroup,
  takenBy,
} from "../../../frontend/config/setting-kinds.ts";
import { keysOf } from "../../../frontend/config/setting-reader.ts";
import { tellsGroups } from "../../../frontend/kinds/registry.ts";
import { constantText, expectedOf } from "../../../frontend/modules/params.ts";
import { rangeOf } from "../ranges.ts";
import { type Cursor, cursorAt, keysIn } from "./cursor.ts";
import { explained } from "./hover.ts";
import { type ConfigView, describedAt, type FolderEntry, formOf, pathNamed } from "./view.ts";

/** `snippets`: whether the editor supports placeholders. */
export function configCompletion(
  view: ConfigView,
  offset: number,
  snippets: boolean,
): readonly CompletionItem[] {
  const cursor = cursorAt(view.file.text, offset);
  if (cursor === null) return [];
  const items = candidates(view, cursor);
  const { start, end } = cursor;
  const range = rangeOf({ file: view.file, start, end });
  return items.map(({ label, text, plain = label, ...more }, i) => ({
    label,
    ...more,
    sortText: String(i).padStart(3, "0"),
    filterText: plain,
    ...(snippets && text !== undefined
      ? {
          textEdit: { range, newText: text },
          insertTextFormat: InsertTextFormat.Snippet,
          insertTextMode: InsertTextMode.adjustIndentation,
        }
      : { textEdit: { range, newText: plain } }),
  }));
}

interface Candidate {
  readonly label: string;
  readonly kind: CompletionItemKind;
  readonly detail?: string;
  readonly documentation?: { readonly kind: "markdown"; readonly value: string };
  /** The text to insert, without and with placeholders. */
  readonly plain?: string;
  readonly text?: string;
}

function candidates(view: ConfigView, cursor: Cursor): readonly Candidate[] {
  const described = describedAt(cursor.path);
  if (cursor.at === "key") {
    if (described?.what === "group") return keys(view, cursor, described);
    if (described?.what === "params") return params(view, cursor);
    if (described?.what === "groups" && described.of === "history") return histories(view, cursor);
    // The value is on the lines below its key.
    return described?.what === "setting" ? values(view, cursor, described) : [];
  }
  if (described?.what === "setting") return values(view, cursor, described);
  const param = describedAt(cursor.path.slice(0, -1))?.what === "params" ? cursor.path.at(-1) : undefined;
  const known = param === undefined ? undefined : view.spec?.params.get(param);
  if (known === undefined || known.value.kind === "error") return [];
  const { start, end, file } = known.item.default.span;
  const preset = file.text.slice(start, end);
  return [{ label: preset, kind: CompletionItemKind.Value, detail: "the default" }];
}

/** The keys of the map at the cursor, except the one at the cursor itself. */
function neighbours({ file }: ConfigView, { path, start }: Cursor): readonly string[] {
  const map = path.join("\n");
  return keysIn(file.text)
    .filter((each) => each.path.join("\n") === map && each.start !== start)
    .map(({ key }) => key);
}

function keys(view: ConfigView, cursor: Cursor, group: SettingGroup): readonly Candidate[] {
  const there = neighbours(view, cursor);
  const form = formAround(view, cursor, group, there);
  const excluded = there.flatMap((key) => group.settings[key]?.notWith ?? []);
  return keysOf(group, form)
    .map((key) => ({ key, described: group.settings[key]! }))
    .filter(({ key, described: { notWith = [] } }) => {
      const excludes = notWith.some((other) => there.includes(other));
      return !there.includes(key) && !excluded.includes(key) && !excludes;
    })
    .map(({ key, described }) => ({
      label: key,
      kind: described.what === "setting" ? CompletionItemKind.Property : CompletionItemKind.Module,
      detail: takenBy(described),
      documentation: markdown(explained([...cursor.path, key].join("."), described)),
      ...(cursor.hasColon
        ? {}
        : {
            plain: `${key}: `,
            text: `${escaped(key)}:${new Snippet(form, cursor.isFlow).behind(described, 1)}`,
          }),
    }));
}

/** The form of data at the cursor. */
function formAround(
  view: ConfigView,
  cursor: Cursor,
  group: SettingGroup,
  there: readonly string[],
): DataForm | null {
  const own = formOf(group, there);
  if (own !== null || cursor.path.length === 0) return own;
  for (let i = cursor.path.length; i > 0; i--) {
    const described = describedAt(cursor.path.slice(0, i));
    if (described?.form !== undefined) return described.form;
    const above = describedAt(cursor.path.slice(0, i - 1));
    const around = keysIn(view.file.text)
      .filter(({ path }) => path.join("\n") === cursor.path.slice(0, i - 1).join("\n"))
      .map(({ key }) => key);
    const form = above?.what === "group" ? formOf(above, around) : null;
    if (form !== null) return form;
  }
  return null;
}

/** The text to insert after a key, with placeholders. */
class Snippet {
  private readonly form: DataForm | null;
  private readonly isFlow: boolean;
  private places = 0;

  constructor(form: DataForm | null, isFlow: boolean) {
    this.form = form;
    this.isFlow = isFlow;
  }

  behind(described: SettingDescription, level: number): string {
    if (described.what === "setting") return ` ${this.place(described)}`;
    const inner = described.what === "group" ? this.required(described) : [];
    const lines = inner.map(([key, each]) => `${escaped(key)}:${this.behind(each, level + 1)}`);
    if (lines.length === 0) lines.push(`$${++this.places}`);
    if (this.isFlow) return ` { ${lines.join(", ")} }`;
    return lines.map((line) => `\n${"  ".repeat(level)}${line}`).join("");
  }

  place({ kind, preset }: Setting<unknown>): string {
    const words = Object.keys(kind.words);
    this.places++;
    if (words.length > 1) return `\${${this.places}|${words.join(",")}|}`;
    const [word = preset] = words;
    return word === null ? `$${this.places}` : `\${${this.places}:${escaped(yamlText(word, this.isFlow))}}`;
  }

  private required(group: SettingGroup): [string, SettingDescription][] {
    const form = group.form ?? this.form;
    return keysOf(group, form).flatMap((key): [string, SettingDescription][] => {
      const described = group.settings[key]!;
      const isOfForm = described.form === undefined || form !== null;
      return described.required === true && isOfForm ? [[key, described]] : [];
    });
  }
}

function values(view: ConfigView, cursor: Cursor, described: Setting<unknown>): readonly Candidate[] {
  const { kind, preset } = described;
  const words = Object.entries(kind.words).map(([word, doc]) => ({
    label: word,
    kind: CompletionItemKind.EnumMember,
    documentation: markdown([doc]),
    ...(word === preset ? { detail: "the default" } : {}),
  }));
  if (words.length > 0) return words;
  const named = kind.names === null ? [] : names(view, cursor, kind.names);
  if (named.length > 0 || preset === null) return named;
  const text = yamlText(preset, cursor.isFlow);
  return [{ label: text, kind: CompletionItemKind.Value, detail: "the default" }];
}

function names(view: ConfigView, cursor: Cursor, what: Named): readonly Candidate[] {
  const { spec } = view;
  switch (what) {
    case "variant":
      return (spec?.variants ?? []).map(({ name, doc }) => ({
        label: name.name,
        kind: CompletionItemKind.Class,
        documentation: markdown([doc]),
      }));
    case "feature":
      return [...(spec?.declarations.features.values() ?? [])].filter(tellsGroups).map(({ name, doc }) => ({
        label: name,
        kind: CompletionItemKind.Field,
        documentation: markdown([doc]),
      }));
    case "label":
      return [...(spec?.declarations.labels.values() ?? [])].map(({ name, doc }) => ({
        label: name,
        kind: CompletionItemKind.Field,
        documentation: markdown([doc]),
      }));
    case "column":
      return [];
    default:
      return files(view, cursor, what);
  }
}

/** The content of the folder that is being typed, folders last. */
function files(view: ConfigView, { typed }: Cursor, what: "spec" | "rows" | "folder"): readonly Candidate[] {
  const written = typed.slice(0, typed.lastIndexOf("/") + 1);
  const place = pathNamed(view, what, `${written}x`);
  if (place === null) return [];
  const fits = ({ name, isFolder }: FolderEntry) => {
    if (name.startsWith(".")) return false;
    if (isFolder) return true;
    return what === "spec"
      ? name.endsWith(".din")
      : what === "rows" && (isRowsName(name) || isDatabase(name));
  };
  const found = view.workspace.entries(folderOf(place)).filter(fits);
  const inOrder = [...found].sort(
    (a, b) => Number(a.isFolder) - Number(b.isFolder) || (a.name < b.name ? -1 : 1),
  );
  return inOrder.map(({ name, isFolder }) => ({
    label: isFolder ? `${name}/` : name,
    kind: isFolder ? CompletionItemKind.Folder : CompletionItemKind.File,
    plain: `${written}${name}${isFolder ? "/" : ""}`,
  }));
}

function params(view: ConfigView, cursor: Cursor): readonly Candidate[] {
  const there = neighbours(view, cursor);
  return [...(view.spec?.params ?? [])]
    .filter(([name, { value }]) => !there.includes(name) && value.kind !== "error")
    .map(([name, { item, type, value }]) => {
      const preset = constantText(value, type);
      return {
        label: name,
        kind: CompletionItemKind.Constant,
        detail: `${type} = ${preset}`,
        documentation: markdown([item.doc, `Takes ${expectedOf(type)}.`]),
        ...(cursor.hasColon ? {} : { plain: `${name}: `, text: `${name}: \${1:${escaped(preset)}}` }),
      };
    });
}

function histories(view: ConfigView, cursor: Cursor): readonly Candidate[] {
  const there = neighbours(view, cursor);
  return [...(view.spec?.declarations.histories.values() ?? [])]
    .filter(({ name }) => !there.includes(name))
    .map(({ name, doc }) => ({
      label: name,
      kind: CompletionItemKind.Field,
      detail: "a history of the spec",
      documentation: markdown([doc]),
      ...(cursor.hasColon ? {} : { plain: `${name}: `, text: `${escaped(name)}: { $1 }` }),
    }));
}

function markdown(parts: readonly string[]): { readonly kind: "markdown"; readonly value: string } {
  return { kind: "markdown", value: parts.filter((part) => part !== "").join("\n\n") };
}

/** A value in YAML. Within braces, their punctuation is quoted too. */
function yamlText(value: string | number, isFlow: boolean): string {
  if (typeof value === "string" && isFlow && /[,[\]{}]/.test(value)) return JSON.stringify(value);
  return stringify(value).trim();
}

function escaped(text: string): string {
  return text.replace(/[$}\\]/g, "\\$&");
}
