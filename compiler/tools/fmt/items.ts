// Lays out items. The content of braces is a list of entries, each on its own lines, aligned with its
// neighbours between empty lines.

import type { IToken } from "../../../grammar/chevrotain.mjs";
import { type CstElement, type CstNode, isNode } from "../../../grammar/cst.ts";
import * as t from "../../../grammar/tokens.ts";
import { InternalError } from "../../common/internal-error.ts";
import { blankLine, type Doc, flatWidth, group, hardLine, indent, line, maxWidth } from "./doc.ts";
import { ExpressionLayout, firstToken, ordered, ownComments } from "./expressions.ts";
import type { OwnComment } from "./trivia.ts";

/** The rules that may follow a kind and its transforms. */
const CLAUSES: readonly string[] = ["source", "embed", "share"];

/** Wider kinds do not influence the column of `embed`, nor wider lists of names that of the colon. */
const widestAligned = 40;

/** An entry in braces: a feature, binding or statement, or the settings of one line. */
interface Thing {
  readonly first: IToken;
  /**
   * The part padded to the width of its neighbours: a name, or `let` and a name; null if nothing is aligned.
   */
  readonly key: Doc | null;
  /** Whether the entries above and below are aligned separately. */
  readonly endsRun: boolean;
  readonly rest: (keyWidth: number, columnWidth: number) => Doc;
  /** The content before a second aligned column; null if there is none. */
  readonly column: Doc | null;
}

export class ItemLayout extends ExpressionLayout {
  /** Items separated by empty lines; `blankFirst` keeps an empty line above the first. */
  items(nodes: readonly CstNode[], blankFirst: boolean): Doc {
    return this.stacked(
      nodes.map((node) => this.item(node)),
      blankFirst,
    );
  }

  item(node: CstNode): Thing {
    const [child] = ordered(node) as [CstNode];
    const first = firstToken(child);
    const children = ordered(child);
    switch (child.name) {
      case "label": {
        const [keyword, name, colon, ...described] = children as [IToken, IToken, IToken, ...CstElement[]];
        const key = () => [this.token(keyword), indent(" ", this.token(name))];
        return this.thing(first, key, () => this.after(colon, this.pipes(described), described[0]!));
      }
      case "model": {
        const [keyword, name] = children as [IToken, IToken];
        return this.plain(first, true, () => [this.token(keyword), indent(" ", this.token(name))]);
      }
      case "import": {
        const [keyword, path] = children as [IToken, IToken];
        return this.plain(first, true, () => [this.token(keyword), indent(" ", this.token(path))]);
      }
      case "param": {
        const [keyword, name, equals, value] = children as [IToken, IToken, IToken, CstNode];
        const key = () => [this.token(keyword), indent(" ", this.token(name))];
        return this.thing(first, key, () => this.after(equals, this.layout(value), value));
      }
      case "variant":
        return this.plain(first, true, () => this.variant(children));
      case "features":
        return this.plain(first, true, () => this.braces(children, (part) => this.feature(part)));
      case "history":
        return this.plain(first, true, () => this.braces(children, (part) => this.binding(part)));
      case "net":
        return this.plain(first, true, () => this.braces(children, (part) => this.statement(part)));
      case "block":
        return this.plain(first, true, () => this.block(children));
      case "train":
        return this.plain(first, true, () => this.lines(children, (part) => this.setting(part)));
      case "tune":
        return this.plain(first, true, () => this.lines(children, (part) => this.range(part)));
      default:
        throw new InternalError(`no layout for the item ${child.name}`);
    }
  }

  /** An entry that is not aligned with its neighbours. */
  plain(first: IToken, endsRun: boolean, layout: () => Doc): Thing {
    this.led.add(first);
    const doc = layout();
    return { first, key: null, endsRun, rest: () => doc, column: null };
  }

  /** A key, a blank and the rest. Columns after the first part of the rest are aligned too. */
  thing(first: IToken, key: () => Doc, rest: () => Doc, columns: () => Doc | null = () => null): Thing {
    this.led.add(first);
    const shownKey = key();
    const shownRest = rest();
    const second = columns();
    return {
      first,
      key: shownKey,
      endsRun: false,
      column: second === null ? null : shownRest,
      rest: (keyWidth, columnWidth) => {
        const padded =
          second === null ? "" : [" ".repeat(Math.max(0, columnWidth - flatWidth(shownRest))), "  ", second];
        return [shownKey, " ".repeat(Math.max(0, keyWidth - flatWidth(shownKey))), " ", shownRest, padded];
      },
    };
  }

  /** A head, "{", entries, "}". */
  braces(children: readonly CstElement[], read: (node: CstNode) => Thing): Doc {
    const open = children.findIndex((child) => !isNode(child) && child.image === "{");
    const nodes = children.slice(open + 1, -1) as CstNode[];
    const close = children.at(-1) as IToken;
    const things = nodes.map(read);
    return this.body(this.head(children.slice(0, open)), children[open] as IToken, things, close);
  }

  /** `variant name from parent { … }`, whose items are laid out like those of a file. */
  variant(children: readonly CstElement[]): Doc {
    const [keyword, ...words] = children.slice(0, 4) as [IToken, ...IToken[]];
    const [open, close] = [children[4] as IToken, children.at(-1) as IToken];
    const head = [
      this.token(keyword),
      indent(
        words.map((word) => [" ", this.token(word)]),
        " ",
      ),
    ];
    const things = (children.slice(5, -1) as CstNode[]).map((node) => this.item(node));
    return this.body(head, open, things, close);
  }

  /** `features user `, `features user profile `, `history clicks(max: 50) `, `net ` */
  head(children: readonly CstElement[]): Doc {
    const [keyword, name, ...options] = children as [IToken, ...CstElement[]];
    if (name === undefined) return [this.token(keyword), " "];
    return [
      this.token(keyword),
      indent(
        " ",
        this.layout(name),
        ...options.map((part) => [isNode(part) ? "" : " ", this.layout(part)]),
        " ",
      ),
    ];
  }

  /** Keeps a single entry on the line of the head if the author put it there. */
  body(head: Doc, open: IToken, things: readonly Thing[], close: IToken): Doc {
    const opened = [head, this.token(open)];
    const { leading } = this.element(close);
    const [first] = things;
    if (first === undefined)
      return group(opened, indent(this.commentsInside(close, true)), this.token(close));
    const { beginsLine, leading: above } = this.element(first.first);
    const isLine = things.length === 1 && !beginsLine && above.length + leading.length === 0;
    if (isLine) return group(opened, indent(line, first.rest(0, 0)), line, this.token(close));
    return [
      opened,
      indent(hardLine, this.stacked(things, false), this.commentsInside(close, true, true)),
      hardLine,
      this.token(close),
    ];
  }

  /**
   * Entries one above another, with the author's empty lines; with `blankFirst` also the one above the first.
   */
  stacked(things: readonly Thing[], blankFirst: boolean): Doc {
    const docs: Doc[] = [];
    for (let i = 0; i < things.length; ) {
      const end = this.endOfRun(things, i);
      const run = things.slice(i, end);
      const keyWidth = widest(run.flatMap((thing) => (thing.key === null ? [] : [thing.key])));
      const columns = run.flatMap((thing) => (thing.column === null ? [] : [thing.column]));
      const columnWidth = widest(columns, widestAligned);
      for (; i < end; i++) {
        const { first, rest } = things[i]!;
        docs.push(this.above(first, i > 0 || blankFirst), rest(keyWidth, columnWidth));
      }
    }
    return docs;
  }

  /** The end of the run of entries from `from` on that no empty line divides. */
  endOfRun(things: readonly Thing[], from: number): number {
    let end = from + 1;
    if (things[from]!.endsRun) return end;
    while (end < things.length && !things[end]!.endsRun && !this.hasBlankAbove(things[end]!.first)) end++;
    return end;
  }

  hasBlankAbove(token: IToken): boolean {
    const { leading, blankBefore } = this.element(token);
    return blankBefore || leading.some((comment) => comment.blankBefore);
  }

  /** The line break above an entry, its comments, and the empty lines among them. */
  above(first: IToken, keepsBlank: boolean): Doc {
    const { leading, blankBefore } = this.element(first);
    return this.comments(leading, blankBefore, keepsBlank);
  }

  comments(leading: readonly OwnComment[], blankBefore: boolean, keepsBlank: boolean): Doc {
    const isBlank = blankBefore && (leading.length > 0 || keepsBlank);
    return [...ownComments(leading, true, keepsBlank), isBlank ? blankLine : hardLine];
  }

  /** `name : kind |> transform  from other  embed n`, `name : kind  share other`, `user, c1..c26 : kind` */
  feature(node: CstNode): Thing {
    const children = ordered(node);
    const at = children.findIndex((child) => !isNode(child) && child.tokenType === t.Colon);
    const [name, ...more] = children.slice(0, at) as [IToken, ...IToken[]];
    const [colon, ...rest] = children.slice(at) as [IToken, ...CstElement[]];
    const from = rest.findIndex((part) => isNode(part) && CLAUSES.includes(part.name));
    const [kind, clauses] = from < 0 ? [rest, []] : [rest.slice(0, from), rest.slice(from)];
    const thing = this.thing(
      name,
      () => [this.token(name), indent(this.moreNames(more))],
      () => this.after(colon, this.pipes(kind), kind[0]!),
      () => (from < 0 ? null : clauses.map((clause, i) => [i === 0 ? "" : "  ", this.layout(clause)])),
    );
    const isWide = more.some(isComma) && thing.key !== null && flatWidth(thing.key) > widestAligned;
    return isWide ? { ...thing, key: null } : thing;
  }

  /** The names after the first one, with their commas and the signs of ranges; as many on a line as fit. */
  private moreNames(tokens: readonly IToken[]): readonly Doc[] {
    const names: Doc[] = [];
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i]!;
      if (!isComma(token)) names.push(this.token(token));
      else
        names.push(
          this.comma(token),
          group(line, tokens[i + 1] === undefined ? "" : this.token(tokens[++i]!)),
        );
    }
    return names;
  }

  /**
   * `target <-> column`. A kind or width after it is a mistake that the checker explains. A field that
   * belongs to the history itself is laid out like a feature.
   */
  binding(node: CstNode): Thing {
    const [target, arrow, column, ...rest] = ordered(node) as [IToken, IToken, IToken, ...CstElement[]];
    if (arrow.tokenType !== t.BindingArrow) return this.feature(node);
    const more = () =>
      rest.map((part) => [
        isNode(part) && part.name === "embed" ? "  " : isNode(part) ? "" : " ",
        this.layout(part),
        isNode(part) ? "" : " ",
      ]);
    return this.thing(
      target,
      () => this.token(target),
      () => [this.token(arrow), " ", this.token(column), more()],
    );
  }

  override layout(child: CstElement): Doc {
    return isNode(child) && child.name === "body" ? this.function(child) : super.layout(child);
  }

  /** The braces of a function, after `=>`. */
  private function(node: CstNode): Doc {
    const children = ordered(node);
    const things = (children.slice(1, -1) as CstNode[]).map((part) => this.statement(part));
    return this.body("", children[0] as IToken, things, children.at(-1) as IToken);
  }

  /**
   * `let name = value`, `layer name = value`, `predict label = value`, `output name = value`,
   * `loss name(weight: 0.5) = value`, or the value of a block.
   */
  statement(node: CstNode): Thing {
    if (node.name === "expression") return this.plain(firstToken(node), true, () => this.layout(node));
    const children = ordered(node);
    const [keyword, name] = children as [IToken, CstElement];
    const options = children.slice(2, -2);
    const [equals, value] = children.slice(-2) as [IToken, CstNode];
    return this.thing(
      keyword,
      () => [
        this.token(keyword),
        indent(" ", this.layout(name), ...options.map((part) => this.layout(part))),
      ],
      () => this.after(equals, this.layout(value), value),
    );
  }

  block(children: readonly CstElement[]): Doc {
    const [keyword, name, ...rest] = children as [IToken, IToken, ...CstElement[]];
    const close = rest.findIndex((child) => !isNode(child) && child.image === ")");
    const open = rest.findIndex((child) => !isNode(child) && child.image === "{");
    const head = [
      [this.token(keyword), indent(" ", this.token(name))],
      this.brackets(rest.slice(0, close + 1), true),
      indent(
        rest.slice(close + 1, open).map((part) => [" ", this.layout(part)]),
        " ",
      ),
    ];
    const things = (rest.slice(open + 1, -1) as CstNode[]).map((node) => this.statement(node));
    return this.body(head, rest[open] as IToken, things, rest.at(-1) as IToken);
  }

  /** The lines of `train` and `tune`, which may hold several settings each. */
  lines(children: readonly CstElement[], read: (node: CstNode) => Thing): Doc {
    const lines: CstNode[][] = [];
    for (const setting of children.slice(2, -1) as CstNode[]) {
      const first = firstToken(setting);
      const { beginsLine, leading } = this.element(first);
      const before = lines.at(-1);
      if (before === undefined || beginsLine || leading.length > 0) lines.push([setting]);
      else before.push(setting);
    }
    const things = lines.flatMap((line) => this.settings(line.map(read)));
    return this.body(
      this.head(children.slice(0, 1)),
      children[1] as IToken,
      things,
      children.at(-1) as IToken,
    );
  }

  /**
   * Settings that share a line keep it if they fit; a setting on its own line is aligned with its neighbours.
   */
  settings(single: readonly Thing[]): readonly Thing[] {
    const [first] = single;
    if (single.length === 1) return single;
    const docs = single.map((thing) => thing.rest(0, 0));
    const width = docs.reduce((sum, doc) => sum + flatWidth(doc) + 2, 0);
    const commented = docs.slice(0, -1).some((doc) => flatWidth([doc, "|"]) === Number.POSITIVE_INFINITY);
    if (commented || width > maxWidth) return single;
    return [this.plain(first!.first, false, () => docs.map((doc, i) => (i === 0 ? doc : ["  ", doc])))];
  }

  /** `train.batch: choice(128, 256)` */
  range(node: CstNode): Thing {
    const children = ordered(node);
    const [colon, value] = children.slice(-2) as [IToken, CstNode];
    const name = children.slice(0, -2) as IToken[];
    return this.thing(
      name[0]!,
      () => [...name, colon].map((token) => this.token(token)),
      () => this.layout(value),
    );
  }

  setting(node: CstNode): Thing {
    const [key, ...values] = ordered(node) as [IToken, ...CstElement[]];
    const parts = () => values.map((part) => (isNode(part) ? this.layout(part) : [this.comma(part), line]));
    return this.thing(
      key,
      () => this.token(key),
      // Only a list of values begins further lines.
      () => group(values.length === 1 ? parts() : indent(parts())),
    );
  }
}

/** The largest width. Widths over `limit`, and docs on several lines, do not count. */
function widest(docs: readonly Doc[], limit = Number.POSITIVE_INFINITY): number {
  const widths = docs.map(flatWidth).filter((width) => width < Number.POSITIVE_INFINITY && width <= limit);
  return widths.reduce((a, b) => Math.max(a, b), 0);
}

function isComma({ tokenType }: IToken): boolean {
  return tokenType === t.Comma;
}
