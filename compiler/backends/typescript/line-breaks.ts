// Breaks lines of generated code that are too long, as formatters do: the items of brackets on lines of their
// own, the members of a union, the terms of a sum; and the words of comments.

/** The most columns of a line. */
export const LINE_WIDTH = 110;

const strings = /"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`/g;

/** The words of a comment in lines of at most `width` columns, of which `before` have other characters. */
export function wrappedWords(text: string, width: number | null, before: number): string[] {
  if (width === null || before + text.length <= width) return [text];
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || before + last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.flatMap((line) => cut(line, width - before));
}

/** Pieces of a word that is longer than a line. */
function cut(word: string, room: number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < word.length; at += room) pieces.push(word.slice(at, at + room));
  return pieces;
}

/** A part of a line between brackets, and where it begins and ends. */
interface Group {
  readonly from: number;
  readonly to: number;
}

/** The lines of a line that has no room, without indentation; null if it has room, or no place to break. */
export function brokenLine(line: string, room: number): readonly string[] | null {
  const plain = masked(line);
  if (line.length <= room && !hasMatrix(plain)) return null;
  return (
    unionLines(line, plain) ??
    sumLines(line, plain, room) ??
    arrowLines(line, plain) ??
    itemLines(line, plain, room)
  );
}

/** Whether the last brackets are a list of several lists or objects, each of which is on a line of its own. */
function hasMatrix(plain: string): boolean {
  const group = groupsOf(plain).at(-1);
  if (group === undefined) return false;
  const content = plain.slice(group.from, group.to);
  const list = plain[group.from - 1] === "[" ? content : /^\[(.*)\]$/.exec(content)?.[1];
  if (list === undefined) return false;
  const items = splitAt(list, list, ", ", 0);
  const isAlike = (bracket: string) => items.every((item) => item.startsWith(bracket) && item.includes(", "));
  return items.length > 1 && (isAlike("[") || isAlike("{"));
}

/** The line with strings of no meaning. */
function masked(line: string): string {
  return line.replace(strings, (text) => "_".repeat(text.length));
}

/** `readonly x: A | B;` with a line for each member. */
function unionLines(line: string, plain: string): readonly string[] | null {
  const head = /^(?:readonly |export |type |private )*[\w"\\]+\??(?::| =)(?= )/.exec(plain)?.[0];
  if (head === undefined || plain.includes("=>")) return null;
  const members = splitAt(line, plain, " | ", head.length + 1);
  return members.length < 2 ? null : [head, ...members.map((member) => `  | ${member}`)];
}

/** `const x = a + b;` with the sum on a line of its own, or a line for each term. */
function sumLines(line: string, plain: string, room: number): readonly string[] | null {
  const head = /^(?:export )?const \w+ =(?= )/.exec(plain)?.[0];
  if (head === undefined) return null;
  const terms = splitAt(line, plain, " + ", head.length + 1);
  if (terms.length < 2) return null;
  if (line.length - head.length + 1 <= room) return [head, `  ${terms.join(" + ")}`];
  return [head, ...terms.map((term, i) => (i + 1 < terms.length ? `  ${term} +` : `  ${term}`))];
}

/** `(a, b) => f(a),` with the result on a line of its own, further in. */
function arrowLines(line: string, plain: string): readonly string[] | null {
  const head = /^\([^()]*\) =>(?= \w)/.exec(plain)?.[0];
  return head === undefined ? null : [line.slice(0, head.length), `  ${line.slice(head.length + 1)}`];
}

/** The items of the last brackets on lines of their own. Brackets within the last of several items stay on the first line. */
function itemLines(line: string, plain: string, room: number): readonly string[] | null {
  const group = groupsOf(plain).findLast(({ from, to }) => to > from);
  if (group === undefined) return null;
  const { from, to } = group;
  const separator = splitAt(line.slice(0, to), plain.slice(0, to), "; ", from).length > 1 ? ";" : ",";
  const items = splitAt(line.slice(0, to), plain.slice(0, to), `${separator} `, from).map((item) =>
    item.trim(),
  );
  const [head, tail] = [line.slice(0, from), line.slice(to)];
  const last = items.at(-1)!;
  const before = items.slice(0, -1);
  const isHugged = /^[[{].*[\]}]$/.test(last) && before.every((item) => !/^[[{]/.test(item));
  const first = `${head}${before.map((item) => `${item}, `).join("")}`;
  // A function of one expression, as the last of several arguments: its result is on a line of its own.
  const arrow = /^\(\w*\) =>(?= \w)/.exec(last)?.[0];
  if (arrow !== undefined && before.length > 0 && before.every((item) => !item.includes("=>")))
    return [`${first}${arrow}`, `${last.slice(arrow.length + 1)},`, tail.trimStart()];
  if (isHugged && plain[from - 1] === "(" && first.length + 1 <= room) {
    const inner = last.slice(1, -1);
    const parts = splitAt(inner, masked(inner), ", ", 0).map((item) => `${item.trim()},`);
    return [`${first}${last[0]}`, ...parts, `${last.at(-1)}${tail.trimStart()}`];
  }
  // As many numbers on a line as there is room for.
  if (plain[from - 1] === "[" && items.every((item) => /^-?[\d.]+$/.test(item)))
    return [head, ...wrappedWords(`${items.join(", ")},`, room - 2, 0), tail];
  return [
    head.trimEnd(),
    ...items.map((item) => `${item.replace(/[;,]$/, "")}${separator}`),
    tail.trimStart(),
  ];
}

/** The outermost brackets, without those that are open at the end of the line. */
function groupsOf(plain: string): readonly Group[] {
  const open: number[] = [];
  const found: Group[] = [];
  for (let i = 0; i < plain.length; i++)
    if ("([{".includes(plain[i]!)) open.push(i + 1);
    else if (")]}".includes(plain[i]!)) {
      const from = open.pop();
      if (from === undefined) return [];
      if (open.length === 0) found.push({ from, to: i });
    }
  return found;
}

/** The parts of a text from `start` between separators outside of brackets. */
function splitAt(line: string, plain: string, separator: string, start: number): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = start;
  for (let i = start; i < plain.length; i++) {
    if ("([{".includes(plain[i]!)) depth++;
    else if (")]}".includes(plain[i]!)) depth--;
    else if (depth === 0 && plain.startsWith(separator, i)) {
      parts.push(line.slice(from, i));
      from = i + separator.length;
    }
  }
  return [...parts, line.slice(from)];
}
