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

/** The tree of a file; of one that is no YAML, which is noted, what could be read of it. */
export function settingsOf(file: SourceFile, diagnostics: Diagnostic[]): MapSetting {
  const document = parseDocument(file.text, { lineCounter: new LineCounter(), prettyErrors: false });
  for (const error of document.errors) {
    const [start, end] = error.pos;
    const reason = error.message.replace(/\.$/, "").replace(/^./, (first) => first.toLowerCase());
    diagnostics.push(diagnose(configSyntax, { reason }, { file, start, end: Math.max(end, start) }));
  }
  const whole: Written = { place: inText({ file, start: 0, end: 0 }), set: null };
  const empty: MapSetting = { ...whole, kind: "map", entries: new Map() };
  if (document.contents === null) return empty;
  const builder = new TreeBuilder(document, file, null);
  const root = builder.build(document.contents, 0);
  const reasons = builder.isTooLarge ? ["they are nested too deeply, or there are too many"] : [];
  if (root.kind !== "map" && document.errors.length === 0)
    reasons.push("it holds no settings, like `spec: model.din`");
  for (const reason of reasons) diagnostics.push(diagnose(configSyntax, { reason }, root.place));
  return root.kind === "map" ? root : empty;
}

/** Far more than there are settings. */
const MOST_LEVELS = 50;
const MOST_NODES = 2_000;

/** Aliases become what they stand for, which may be endless. */
class TreeBuilder {
  isTooLarge = false;
  private readonly document: Document;
  private readonly file: SourceFile;
  private readonly set: string | null;
  private nodes = 0;

  constructor(document: Document, file: SourceFile, set: string | null) {
    this.document = document;
    this.file = file;
    this.set = set;
  }

  build(node: Node, level: number): Setting {
    const written = this.written(node);
    const nothing: ValueSetting = { ...written, kind: "value", value: null };
    if (level > MOST_LEVELS || ++this.nodes > MOST_NODES) {
      this.isTooLarge = true;
      return nothing;
    }
    if (isAlias(node)) {
      const target = node.resolve(this.document);
      return target === undefined ? nothing : this.build(target, level + 1);
    }
    if (isSeq(node)) {
      const value = node.items.map((item) => (isScalar(item) ? item.value : null));
      return { ...written, kind: "value", value };
    }
    if (!isMap<Node, Node | null>(node))
      return { ...written, kind: "value", value: isScalar(node) ? node.value : null };
    const entries = new Map<string, Entry>();
    for (const { key, value } of node.items) {
      const place = this.written(key);
      const name = isScalar(key) ? String(key.value) : "";
      const absent: ValueSetting = { ...place, kind: "value", value: null };
      entries.set(name, { key: place, value: value === null ? absent : this.build(value, level + 1) });
    }
    return { ...written, kind: "map", entries };
  }

  private written(node: Node): Written {
    return { place: this.set === null ? placeOf(node, this.file) : nowhere, set: this.set };
  }
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
  const builder = new TreeBuilder(document, { path: "--set", text, lineStarts: [0] }, written.set);
  const value = builder.build(document.contents, 0);
  return builder.isTooLarge ? null : value;
}
