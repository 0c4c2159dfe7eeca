// Finds the position of a cursor in an unfinished text that may not be valid YAML: its map, and whether it is
// at a key or at a value. It uses YAML's lexer on the text before the cursor, and indentation.

import { CST, Lexer } from "yaml";

export interface Cursor {
  readonly at: "key" | "value";
  /** The keys of the map; for a value, its own key too. */
  readonly path: readonly string[];
  /** The span that completion replaces, and the part of it before the cursor. */
  readonly start: number;
  readonly end: number;
  readonly typed: string;
  /** Within braces. */
  readonly isFlow: boolean;
  /** For a key: whether a colon already follows. */
  readonly hasColon: boolean;
}

/** A key of the text, with its parent keys. */
export interface WrittenKey {
  readonly path: readonly string[];
  readonly key: string;
  readonly start: number;
}

/** Null in comments, after values, and in lists. */
export function cursorAt(text: string, offset: number): Cursor | null {
  const outliner = Outliner.over(text.slice(0, offset));
  const found = outliner.cursor();
  if (found === null) return null;
  const { at, path, start } = found;
  // A colon needs a space after it.
  if (at === "value" && start === offset && text.charAt(offset - 1) === ":") return null;
  const behind = (at === "key" ? /^[\w-]*/ : /^[^\s,}\]#"']*/).exec(text.slice(offset))![0];
  const end = offset + behind.length;
  const hasColon = at === "key" && /^["']?[ \t]*:/.test(text.slice(end));
  const typed = text.slice(start, offset);
  return { at, path, start, end, typed, isFlow: outliner.isFlow, hasColon };
}

/** All keys that have a colon. */
export function keysIn(text: string): readonly WrittenKey[] {
  return Outliner.over(text).keys;
}

interface Token {
  readonly kind: CST.TokenType | "plain" | "block-text" | null;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function* tokensIn(text: string): Generator<Token> {
  let start = 0;
  let isText = false;
  let isBlock = false;
  for (const source of new Lexer().lex(text)) {
    // Marks of the lexer have no length in the text.
    const isMark = !isText && [CST.DOCUMENT, CST.FLOW_END, CST.SCALAR].includes(source);
    const end = isMark ? start : start + source.length;
    const kind = isText ? (isBlock ? "block-text" : "plain") : CST.tokenType(source);
    if (isText) isBlock = false;
    else if (kind === "block-scalar-header") isBlock = true;
    isText = !isText && source === CST.SCALAR;
    if (!isText) yield { kind, text: source, start, end };
    start = end;
  }
}

interface BlockFrame {
  readonly column: number;
  readonly key: string;
  hasValue: boolean;
}

interface FlowFrame {
  readonly isMap: boolean;
  key: string | null;
  hasValue: boolean;
}

/** A word that may be a key, or become one. */
interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly column: number;
  readonly isClosed: boolean;
}

class Outliner {
  readonly keys: WrittenKey[] = [];
  private readonly blocks: BlockFrame[] = [];
  private readonly flows: FlowFrame[] = [];
  private lineStart = 0;
  private end = 0;
  private word: Word | null = null;
  /** The last key of this line, outside of braces. */
  private lineKey: BlockFrame | null = null;
  /** Nothing can be completed before the next line. */
  private isOver = false;

  static over(text: string): Outliner {
    const outliner = new Outliner();
    for (const token of tokensIn(text)) outliner.take(token);
    return outliner;
  }

  get isFlow(): boolean {
    return this.flows.length > 0;
  }

  /** The state at the end of the text. */
  cursor(): Pick<Cursor, "at" | "path" | "start"> | null {
    const { word, end, lineKey } = this;
    const isWord = word !== null && word.end === end;
    if (this.isOver || word?.isClosed === true || (word !== null && !isWord)) return null;
    const start = isWord ? word.start : end;
    const flow = this.flows.at(-1);
    const path = this.path();
    if (flow !== undefined) {
      if (!flow.isMap || (flow.hasValue && !isWord)) return null;
      return { at: flow.key === null ? "key" : "value", path, start };
    }
    if (lineKey !== null) return lineKey.hasValue && !isWord ? null : { at: "value", path, start };
    const column = isWord ? word.column : end - this.lineStart;
    this.leave(column);
    const top = this.blocks.at(-1);
    if (top === undefined) return { at: "key", path: [], start };
    if (top.column === column) return { at: "key", path: this.path().slice(0, -1), start };
    return top.hasValue ? null : { at: "key", path: this.path(), start };
  }

  private take(token: Token): void {
    const { kind, text, start, end } = token;
    this.end = end;
    switch (kind) {
      case "plain":
        this.takeWord({ text, start, end, column: start - this.lineStart, isClosed: false });
        return;
      case "single-quoted-scalar":
      case "double-quoted-scalar": {
        const isClosed = text.length > 1 && text.endsWith(text.charAt(0));
        const inside = text.slice(1, isClosed ? -1 : undefined);
        const column = start - this.lineStart;
        this.takeWord({ text: inside, start: start + 1, end, column, isClosed });
        return;
      }
      case "map-value-ind":
        this.takeColon();
        return;
      case "flow-map-start":
      case "flow-seq-start":
        this.takeValue();
        this.word = null;
        this.flows.push({ isMap: kind === "flow-map-start", key: null, hasValue: false });
        return;
      case "flow-map-end":
      case "flow-seq-end":
      case "flow-error-end":
        this.flows.pop();
        this.word = null;
        if (!this.isFlow) this.isOver = true;
        return;
      case "comma":
        this.word = null;
        if (this.isFlow) this.flows.push({ isMap: this.flows.pop()!.isMap, key: null, hasValue: false });
        return;
      case "newline":
        this.lineStart = end;
        if (this.isFlow) this.isOver = false;
        else this.endLine();
        return;
      case "block-scalar-header":
        this.takeValue();
        this.isOver = true;
        return;
      case "block-text":
        this.lineStart = start + lastLineIn(text);
        this.endLine();
        // Only a line break ends it.
        this.isOver = this.lineStart < end || !/[\n\r]$/.test(text);
        return;
      case "comment":
      case "seq-item-ind":
      case "explicit-key-ind":
        this.isOver = true;
        return;
      default:
        return;
    }
  }

  private takeWord(word: Word): void {
    this.word = word;
    if (!this.isFlow || this.flows.at(-1)?.key !== null) this.takeValue();
    const line = lastLineIn(word.text);
    if (line === 0) return;
    // The last line of a multi-line text may be a key that is being typed.
    const from = word.start + line;
    const text = word.text.slice(line).trimStart();
    const start = word.end - text.length;
    this.lineStart = from;
    if (!this.isFlow) this.lineKey = null;
    this.word = { ...word, text, start, column: start - from };
  }

  private takeColon(): void {
    const { word } = this;
    this.word = null;
    if (word === null) return;
    const flow = this.flows.at(-1);
    if (flow === undefined) {
      this.leave(word.column);
      if (this.blocks.at(-1)?.column === word.column) this.blocks.pop();
    } else flow.key = null;
    this.keys.push({ path: this.path(), key: word.text, start: word.start });
    if (flow !== undefined) {
      flow.key = word.text;
      flow.hasValue = false;
    } else {
      this.lineKey = { column: word.column, key: word.text, hasValue: false };
      this.blocks.push(this.lineKey);
    }
  }

  /** Marks the pending key as having a value. */
  private takeValue(): void {
    const frame = this.flows.at(-1) ?? this.lineKey;
    if (frame !== null) frame.hasValue = true;
  }

  /** Leaves the maps that are indented more than `column`. */
  private leave(column: number): void {
    while ((this.blocks.at(-1)?.column ?? -1) > column) this.blocks.pop();
  }

  private path(): string[] {
    const blocks = this.blocks.map(({ key }) => key);
    return [...blocks, ...this.flows.flatMap(({ key }) => (key === null ? [] : [key]))];
  }

  private endLine(): void {
    this.word = null;
    this.lineKey = null;
    this.isOver = false;
  }
}

/** The start of a text's last line. */
function lastLineIn(text: string): number {
  return Math.max(text.lastIndexOf("\n"), text.lastIndexOf("\r")) + 1;
}
