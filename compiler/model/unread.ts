// What a text with syntax errors may declare where it could not be read. A name that is unknown only because of that
// is not reported: one mistake, one message.

import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { suggest } from "../diagnostics/suggest.ts";
import { lineText, positionAt, type SourceFile } from "../source/source-file.ts";

export class Unread {
  static readonly nothing = new Unread(new Set(), new Set());
  /** Lines, from 1, that have a syntax error. */
  private readonly lines: ReadonlySet<number>;
  private readonly words: ReadonlySet<string>;

  private constructor(lines: ReadonlySet<number>, words: ReadonlySet<string>) {
    this.lines = lines;
    this.words = words;
  }

  static of(file: SourceFile, problems: readonly Diagnostic[]): Unread {
    const lines = new Set<number>();
    const words = new Set<string>();
    for (const { place, severity } of problems) {
      if (place.kind !== "text" || severity !== "error") continue;
      const last = positionAt(file, Math.max(place.span.start, place.span.end - 1)).line;
      for (let line = positionAt(file, place.span.start).line; line <= last; line++) lines.add(line);
    }
    for (const line of lines)
      for (const [word] of lineText(file, line).matchAll(/[\p{L}_][\p{L}\p{N}_]*/gu)) words.add(word);
    return new Unread(lines, words);
  }

  /** Whether anything could not be read. */
  get any(): boolean {
    return this.lines.size > 0;
  }

  /**
   * Whether an unknown name may be declared in what was not read: it stands there, or it resembles none of the
   * `known` names, so that it is no slip of the pen.
   */
  mayDeclare(name: string, known: Iterable<string>): boolean {
    return this.any && (this.words.has(name) || suggest(name, known) === null);
  }

  /** Whether a diagnostic points at a line that has a syntax error: most likely a consequence of it. */
  covers({ place }: Diagnostic): boolean {
    return place.kind === "text" && this.lines.has(positionAt(place.span.file, place.span.start).line);
  }
}
