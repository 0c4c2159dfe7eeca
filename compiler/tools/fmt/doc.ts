// Layout documents and the choice of line breaks: a group is on one line if it fits, otherwise all of its
// lines break (Wadler, "A prettier printer"). A comment always ends its line.

/** The usual maximum width of code lines. Comments and unbreakable texts may be wider. */
export const maxWidth = 110;

/** The column, from 0, of trailing comments, unless a line in their run is longer. */
const commentColumn = 40;

export type Doc =
  | string
  | readonly Doc[]
  | { readonly kind: "group"; readonly content: Doc }
  | { readonly kind: "indent"; readonly content: Doc }
  /** A line break in a broken group; `flat` in a group on one line. */
  | { readonly kind: "line"; readonly flat: "" | " " }
  /**
   * Starts a new line, after an empty one with `blank`. Has no effect on content that already has a line of
   * its own.
   */
  | { readonly kind: "hard-line"; readonly blank: boolean }
  /**
   * With `own`, on a line of its own; otherwise after the printed content. Nothing else follows on the line.
   */
  | { readonly kind: "comment"; readonly text: string; readonly own: boolean }
  /** A comma that precedes a comment already printed. `broken`: printed only in a broken group. */
  | { readonly kind: "comma"; readonly when: "always" | "broken" }
  /** Text that is printed unchanged, line breaks included. */
  | { readonly kind: "verbatim"; readonly text: string };

export const line: Doc = { kind: "line", flat: " " };
export const softLine: Doc = { kind: "line", flat: "" };
export const hardLine: Doc = { kind: "hard-line", blank: false };
export const blankLine: Doc = { kind: "hard-line", blank: true };
export const comma: Doc = { kind: "comma", when: "always" };
export const commaIfBroken: Doc = { kind: "comma", when: "broken" };

export function group(...content: readonly Doc[]): Doc {
  return { kind: "group", content };
}

export function indent(...content: readonly Doc[]): Doc {
  return { kind: "indent", content };
}

interface Command {
  readonly doc: Doc;
  readonly indent: number;
  readonly flat: boolean;
}

interface Line {
  indent: number;
  code: string;
  comment: string | null;
  verbatim: boolean;
}

/** The text of a document; every line ends with a line feed. */
export function print(doc: Doc): string {
  return new Printer().print(doc);
}

/** The width of `doc` on one line; infinite if it needs several. A comment at its end does not count. */
export function flatWidth(doc: Doc): number {
  let width = 0;
  let ended = false;
  const stack: Doc[] = [doc];
  while (stack.length > 0) {
    const next = stack.pop()!;
    if (typeof next === "string") {
      if (ended && next !== "") return Number.POSITIVE_INFINITY;
      width += next.length;
    } else if (isList(next)) pushReversed(stack, next);
    else if (next.kind === "group" || next.kind === "indent") stack.push(next.content);
    else if (next.kind === "line") width += next.flat.length;
    else if (next.kind === "comma") width += next.when === "always" ? 1 : 0;
    else if (next.kind === "comment" && !next.own) ended = true;
    else return Number.POSITIVE_INFINITY;
  }
  return width;
}

class Printer {
  readonly lines: Line[] = [];
  current: Line = emptyLine();
  readonly stack: Command[] = [];

  print(doc: Doc): string {
    this.stack.push({ doc, indent: 0, flat: false });
    while (this.stack.length > 0) this.take(this.stack.pop()!);
    this.endLine();
    return joined(this.lines);
  }

  take({ doc, indent: depth, flat }: Command): void {
    if (typeof doc === "string") {
      this.text(doc, depth);
      return;
    }
    if (isList(doc)) {
      for (let i = doc.length - 1; i >= 0; i--) this.stack.push({ doc: doc[i]!, indent: depth, flat });
      return;
    }
    switch (doc.kind) {
      case "group":
        this.stack.push({ doc: doc.content, indent: depth, flat: flat || this.fits(doc.content, depth) });
        return;
      case "indent":
        this.stack.push({ doc: doc.content, indent: depth + 2, flat });
        return;
      case "line":
        if (flat) this.text(doc.flat, depth);
        else this.endLine();
        return;
      case "hard-line":
        this.endLine();
        if (doc.blank && this.lines.length > 0 && !isEmpty(this.lines.at(-1)!)) this.lines.push(emptyLine());
        return;
      case "comment":
        if (doc.own || this.current.comment !== null) this.endLine();
        if (this.current.code === "") this.current.indent = depth;
        this.current.comment = doc.text;
        return;
      case "comma":
        if (doc.when === "broken" && flat) return;
        if (this.current.code === "") this.text(",", depth);
        else this.current.code += ",";
        return;
      case "verbatim":
        this.endLine();
        this.lines.push({ indent: 0, code: doc.text, comment: null, verbatim: true });
        return;
    }
  }

  text(text: string, depth: number): void {
    if (text === "") return;
    if (this.current.comment !== null) this.endLine();
    if (this.current.code === "") {
      // Blanks only separate content on a line; here the line is empty.
      if (text.trim() === "") return;
      this.current.indent = depth;
    }
    this.current.code += text;
  }

  /** Does nothing at the beginning of a line. */
  endLine(): void {
    if (this.current.code === "" && this.current.comment === null) return;
    this.current.code = this.current.code.trimEnd();
    this.lines.push(this.current);
    this.current = emptyLine();
  }

  /**
   * Tells whether `content` fits on one line together with what follows up to the next line break. That line
   * is the current one, or the next if a comment ends the current one. Comments above its first word do not
   * count, whatever token they belong to.
   */
  fits(content: Doc, depth: number): boolean {
    const isMoved = this.current.comment !== null || this.current.code === "";
    let left = maxWidth - (isMoved ? depth : this.current.indent + this.current.code.length);
    let begun = false;
    let commented = false;
    let rest = this.stack.length;
    const stack: { readonly doc: Doc; readonly flat: boolean }[] = [{ doc: content, flat: true }];
    while (left >= 0) {
      const next = stack.pop() ?? this.stack[--rest];
      if (next === undefined) return true;
      const { doc, flat } = next;
      if (typeof doc === "string") {
        if (doc === "") continue;
        if (commented) return false;
        begun = true;
        left -= doc.length;
      } else if (isList(doc)) {
        for (let i = doc.length - 1; i >= 0; i--) stack.push({ doc: doc[i]!, flat });
      } else if (doc.kind === "group" || doc.kind === "indent") {
        stack.push({ doc: doc.content, flat });
      } else if (doc.kind === "line") {
        if (!flat) return true;
        left -= doc.flat.length;
      } else if (doc.kind === "comma") {
        if (doc.when === "always" || !flat) left -= 1;
      } else if (flat && !begun && (doc.kind === "hard-line" || doc.kind === "comment")) {
        left = maxWidth - depth;
      } else if (doc.kind === "comment" && !doc.own && !commented) {
        commented = true;
      } else {
        return !flat;
      }
    }
    return false;
  }
}

/** Joins lines, and aligns trailing comments of adjacent lines in one column. */
function joined(lines: readonly Line[]): string {
  const out: string[] = [];
  for (let i = 0; i < lines.length; ) {
    let end = i;
    let column = commentColumn;
    while (end < lines.length && hasTrailing(lines[end]!)) {
      column = Math.max(column, widthOf(lines[end]!) + 2);
      end++;
    }
    for (; i < end; i++) out.push(`${shown(lines[i]!).padEnd(column)}${lines[i]!.comment}\n`);
    const next = lines[i];
    if (next === undefined) break;
    out.push(`${shown(next)}${next.comment ?? ""}\n`);
    i++;
  }
  return out.join("");
}

function hasTrailing(one: Line): boolean {
  return one.comment !== null && one.code !== "";
}

function widthOf(one: Line): number {
  return one.indent + one.code.length;
}

function shown(one: Line): string {
  return one.verbatim || isEmpty(one) ? one.code : " ".repeat(one.indent) + one.code;
}

function emptyLine(): Line {
  return { indent: 0, code: "", comment: null, verbatim: false };
}

function isEmpty(one: Line): boolean {
  return one.code === "" && one.comment === null;
}

function isList(doc: Doc): doc is readonly Doc[] {
  return Array.isArray(doc);
}

function pushReversed(stack: Doc[], docs: readonly Doc[]): void {
  for (let i = docs.length - 1; i >= 0; i--) stack.push(docs[i]!);
}
