// dinc.yaml and `--set` as one tree that remembers where each setting was written.

import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { configSyntax, setMalformed } from "../diagnostics/catalog/data.ts";
import { type Diagnostic, diagnose, inText, nowhere, type Place } from "../diagnostics/diagnostic.ts";
import type { SourceFile } from "../source/source-file.ts";

/** Where a setting stands: in the file, or in a `--set` that replaced it. */
export interface Written {
  readonly place: Place;
  /** The argument of `--set`, null for the file. */
  readonly set: string | null;
}

export type Setting = MapSetting | ValueSetting;

export interface MapSetting extends Written {
  readonly kind: "map";
  readonly entries: Map<string, Entry>;
}

export interface Entry {
  readonly key: Written;
  readonly value: Setting;
}

export interface ValueSetting extends Written {
  readonly kind: "value";
  /** What YAML makes of it; lists, which no setting takes, as arrays. */
  readonly value: unknown;
}

/** The tree of a file; an empty map where it is not YAML. */
export function settingsOf(file: SourceFile, diagnostics: Diagnostic[]): MapSetting {
  const document = parseDocument(file.text, { lineCounter: new LineCounter(), prettyErrors: false });
  for (const error of document.errors) {
    const [start, end] = error.pos;
    const reason = error.message.replace(/\.$/, "").replace(/^./, (first) => first.toLowerCase());
    diagnostics.push(diagnose(configSyntax, { reason }, { file, start, end: Math.max(end, start) }));
  }
  const whole: Written = { place: inText({ file, start: 0, end: 0 }), set: null };
  const empty: MapSetting = { ...whole, kind: "map", entries: new Map() };
  if (document.errors.length > 0 || document.contents === null) return empty;
  const root = fromYaml(document.contents, document, file, null);
  if (root.kind === "map") return root;
  diagnostics.push(
    diagnose(configSyntax, { reason: "it holds no settings, like `spec: model.din`" }, root.place),
  );
  return empty;
}

function fromYaml(node: Node, document: Document, file: SourceFile, set: string | null): Setting {
  const written = { place: set === null ? placeOf(node, file) : nowhere, set };
  if (isAlias(node)) {
    const target = node.resolve(document);
    return target === undefined
      ? { ...written, kind: "value", value: null }
      : fromYaml(target, document, file, set);
  }
  if (isMap<Node, Node | null>(node)) {
    const entries = new Map<string, Entry>();
    for (const { key, value } of node.items) {
      const place = set === null ? placeOf(key, file) : nowhere;
      const name = isScalar(key) ? String(key.value) : String(key);
      const nothing: ValueSetting = { place, set, kind: "value", value: null };
      entries.set(name, {
        key: { place, set },
        value: value === null ? nothing : fromYaml(value, document, file, set),
      });
    }
    return { ...written, kind: "map", entries };
  }
  return { ...written, kind: "value", value: isSeq(node) || isScalar(node) ? node.toJSON() : null };
}

function placeOf(node: Node, file: SourceFile): Place {
  const [start, end] = node.range ?? [0, 0];
  return inText({ file, start, end });
}

/** Puts `a.b=c` into the tree, maps and all. */
export function applySet(root: MapSetting, argument: string, diagnostics: Diagnostic[]): void {
  const reason = putSet(root, argument);
  if (reason !== null) diagnostics.push(diagnose(setMalformed, { argument, reason }, nowhere));
}

/** What is wrong with the argument, or null once it is in the tree. */
function putSet(root: MapSetting, argument: string): string | null {
  const equals = argument.indexOf("=");
  if (equals < 0) return "there is no `=`; write --set train.epochs=3";
  const path = argument.slice(0, equals).trim().split(".");
  if (path.includes("")) return "a part of the setting's name is empty";
  const written: Written = { place: nowhere, set: argument };
  const value = setValue(argument.slice(equals + 1), written);
  if (value === null) return "the value is not YAML";
  let map = root;
  for (const part of path.slice(0, -1)) {
    const known = map.entries.get(part)?.value;
    const next: MapSetting = known?.kind === "map" ? known : { ...written, kind: "map", entries: new Map() };
    if (known !== next) map.entries.set(part, { key: written, value: next });
    map = next;
  }
  map.entries.set(path.at(-1)!, { key: written, value });
  return null;
}

/** Null where the text is not YAML. An empty text is an empty text, not null. */
function setValue(text: string, written: Written): Setting | null {
  const document = parseDocument(text, { prettyErrors: false });
  if (document.errors.length > 0) return null;
  if (document.contents === null) return { ...written, kind: "value", value: text.trim() };
  return fromYaml(document.contents, document, { path: "--set", text, lineStarts: [0] }, written.set);
}
