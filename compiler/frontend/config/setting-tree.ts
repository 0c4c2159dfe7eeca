// dinc.yaml and `--set` as one tree that remembers where each setting was written.

import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  type Scalar,
  visit,
} from "yaml";
import { option, type Wording, wording } from "../../common/option-text.ts";
import type { SourceFile } from "../../common/source-file.ts";
import { configSyntax, setMalformed } from "../../diagnostics/catalog/data.ts";
import {
  type Diagnostic,
  diagnose,
  inText,
  type Location,
  noLocation,
} from "../../diagnostics/diagnostic.ts";

/** The location of a setting: in the file, or in the `--set` that replaced it. */
export interface SettingOrigin {
  readonly location: Location;
  /** The argument of `--set`; null for the file. */
  readonly set: string | null;
}

export type SettingNode = MapSetting | ValueSetting;

export interface MapSetting extends SettingOrigin {
  readonly kind: "map";
  readonly entries: Map<string, SettingEntry>;
}

export interface SettingEntry {
  readonly key: SettingOrigin;
  readonly value: SettingNode;
}

export interface ValueSetting extends SettingOrigin {
  readonly kind: "value";
  /** The value as YAML reads it; lists are arrays. */
  readonly value: unknown;
}

/** The tree of a file. A file that isn't YAML is reported, and its tree has the parts that could be read. */
export function settingsOf(file: SourceFile, diagnostics: Diagnostic[]): MapSetting {
  const { contents, targets, problems } = parsed(file.text);
  for (const { start, end, reason } of problems)
    diagnostics.push(diagnose(configSyntax, { reason }, { file, start, end }));
  const whole: SettingOrigin = { location: inText({ file, start: 0, end: 0 }), set: null };
  const empty: MapSetting = { ...whole, kind: "map", entries: new Map() };
  if (contents === null) return empty;
  const builder = new TreeBuilder(targets, file, null);
  const root = builder.build(contents, 0);
  const reasons = builder.isTooLarge ? ["they are nested too deeply, or there are too many"] : [];
  if (root.kind !== "map" && problems.length === 0)
    reasons.push("it holds no settings, like `spec: model.din`");
  for (const reason of reasons) diagnostics.push(diagnose(configSyntax, { reason }, root.location));
  return root.kind === "map" ? root : empty;
}

interface Problem {
  readonly start: number;
  readonly end: number;
  readonly reason: string;
}

interface Yaml {
  readonly contents: Node | null;
  /** The nodes that aliases refer to. */
  readonly targets: ReadonlyMap<Alias, Node>;
  readonly problems: readonly Problem[];
}

/**
 * Reads YAML. It checks unique keys and resolves aliases itself: the library compares each key of a map with
 * all others, and searches the whole document for each alias, which takes a minute for 50,000.
 */
function parsed(text: string): Yaml {
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false });
  const problems: Problem[] = document.errors.map(({ code, message, pos: [start, end] }) => ({
    start,
    end: Math.max(end, start),
    reason:
      code === "RESOURCE_EXHAUSTION"
        ? "they are nested too deeply"
        : message.replace(/\.$/, "").replace(/^./, (first) => first.toLowerCase()),
  }));
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Node(_, node) {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target !== undefined) targets.set(node, target);
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node);
      if (!isMap(node)) return;
      const known = new Set<unknown>();
      for (const { key } of node.items) {
        if (!isScalar(key)) continue;
        const [start] = key.range ?? [0];
        if (known.has(key.value)) problems.push({ start, end: start + 1, reason: "map keys must be unique" });
        known.add(key.value);
      }
    },
  });
  const { contents } = document;
  return { contents, targets, problems: problems.sort((a, b) => a.start - b.start) };
}

/** Far deeper than the settings. */
const MOST_LEVELS = 50;
const MOST_NODES = 2_000;

/** Replaces aliases by their targets, which may be endless. */
class TreeBuilder {
  isTooLarge = false;
  private readonly targets: ReadonlyMap<Alias, Node>;
  private readonly file: SourceFile;
  private readonly set: string | null;
  private nodes = 0;

  constructor(targets: ReadonlyMap<Alias, Node>, file: SourceFile, set: string | null) {
    this.targets = targets;
    this.file = file;
    this.set = set;
  }

  build(node: Node, level: number): SettingNode {
    const written = this.written(node);
    const nothing: ValueSetting = { ...written, kind: "value", value: null };
    if (level > MOST_LEVELS || ++this.nodes > MOST_NODES) {
      this.isTooLarge = true;
      return nothing;
    }
    if (isAlias(node)) {
      const target = this.targets.get(node);
      return target === undefined ? nothing : this.build(target, level + 1);
    }
    if (isSeq(node)) {
      const value = node.items.map((item) => (isScalar(item) ? scalarOf(item) : null));
      return { ...written, kind: "value", value };
    }
    if (!isMap<Node, Node | null>(node))
      return { ...written, kind: "value", value: isScalar(node) ? scalarOf(node) : null };
    const entries = new Map<string, SettingEntry>();
    for (const { key, value } of node.items) {
      if (this.isTooLarge) break;
      const place = this.written(key);
      const name = isScalar(key) ? String(key.value) : "";
      const absent: ValueSetting = { ...place, kind: "value", value: null };
      entries.set(name, { key: place, value: value === null ? absent : this.build(value, level + 1) });
    }
    return { ...written, kind: "map", entries };
  }

  private written(node: Node): SettingOrigin {
    return { location: this.set === null ? locationOf(node, this.file) : noLocation, set: this.set };
  }
}

/**
 * A whole number that a double cannot hold stays a text, because an id with that many digits must keep them.
 */
function scalarOf({ value, source }: Scalar): unknown {
  const isRounded = typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
  return isRounded && source !== undefined && WHOLE.test(source) ? source : value;
}

/** A whole number as YAML writes it. */
const WHOLE = /^[-+]?\d+$/;

function locationOf(node: Node, file: SourceFile): Location {
  const [start, end] = node.range ?? [0, 0];
  return inText({ file, start, end });
}

/** Puts `a.b=c` into the tree, and makes maps as needed. */
export function applySet(root: MapSetting, argument: string, diagnostics: Diagnostic[]): void {
  const reason = putSet(root, argument);
  if (reason !== null) diagnostics.push(diagnose(setMalformed, { argument, reason }, noLocation));
}

/** Returns what is wrong with the argument, or null if it was put into the tree. */
function putSet(root: MapSetting, argument: string): Wording | null {
  const equals = argument.indexOf("=");
  if (equals < 0) return wording`there is no \`=\`; write ${option("set", "train.epochs=3")}`;
  const path = argument.slice(0, equals).trim().split(".");
  if (path.includes("")) return "a part of the setting's name is empty";
  const written: SettingOrigin = { location: noLocation, set: argument };
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

/** Null if the text is not YAML. An empty text is an empty text, not null. */
function setValue(text: string, written: SettingOrigin): SettingNode | null {
  // Standard input; YAML would read it as a list.
  if (text === "-") return { ...written, kind: "value", value: text };
  const { contents, targets, problems } = parsed(text);
  if (problems.length > 0) return null;
  if (contents === null) return { ...written, kind: "value", value: text.trim() };
  const builder = new TreeBuilder(targets, { path: "--set", text, lineStarts: [0] }, written.set);
  const value = builder.build(contents, 0);
  return builder.isTooLarge ? null : value;
}
