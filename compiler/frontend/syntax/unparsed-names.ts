// Names that may be declared in the unreadable parts of a text with syntax errors. Such a name is not
// reported as unknown: one mistake, one message.

import { distance, suggest } from "../../../grammar/closest-word.ts";
import { lineText, positionAt, type SourceFile } from "../../common/source-file.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";

/** A range that has this name, if it is numbered: `c..` of `c12`. */
function rangeOf(name: string): string {
  return name.replace(/(?<!\d)\d+$/, "..");
}

export class UnparsedNames {
  static readonly nothing = new UnparsedNames(new Map(), new Set(), false);
  /** The lines, from 1, that have a syntax error, by file. */
  private readonly lines: ReadonlyMap<SourceFile, ReadonlySet<number>>;
  private readonly words: ReadonlySet<string>;
  /** True if whole files are missing, which may declare anything. */
  private readonly lacksFiles: boolean;

  private constructor(
    lines: ReadonlyMap<SourceFile, ReadonlySet<number>>,
    words: ReadonlySet<string>,
    lacksFiles: boolean,
  ) {
    this.lines = lines;
    this.words = words;
    this.lacksFiles = lacksFiles;
  }

  static of(problems: readonly Diagnostic[], lacksFiles = false): UnparsedNames {
    const byFile = new Map<SourceFile, Set<number>>();
    const words = new Set<string>();
    for (const { location, severity } of problems) {
      if (location.kind !== "text" || severity !== "error") continue;
      const { file } = location.span;
      const lines = byFile.get(file) ?? new Set();
      byFile.set(file, lines);
      const last = positionAt(file, Math.max(location.span.start, location.span.end - 1)).line;
      for (let line = positionAt(file, location.span.start).line; line <= last; line++) lines.add(line);
    }
    for (const [file, lines] of byFile)
      for (const line of lines)
        for (const [word] of lineText(file, line).matchAll(/[\p{L}_][\p{L}\p{N}_]*/gu))
          words.add(word).add(rangeOf(word));
    return new UnparsedNames(byFile, words, lacksFiles);
  }

  /** True if any text could not be read. */
  get any(): boolean {
    return this.lines.size > 0 || this.lacksFiles;
  }

  /**
   * Tells whether the unread text may declare an unknown name: it occurs there, alone or in a range, or it differs from all
   * `known` names by more than one letter, so it isn't a typo.
   */
  mayDeclare(name: string, known: Iterable<string>): boolean {
    if (this.lacksFiles) return true;
    if (!this.any) return false;
    if (this.words.has(name) || this.words.has(rangeOf(name))) return true;
    const near = suggest(name, known);
    return near === null || distance(name, near, 1) > 1;
  }

  /**
   * Tells whether a diagnostic is on a line with a syntax error, or about a declaration on one, and so is most likely its
   * consequence.
   */
  covers({ location, related }: Diagnostic): boolean {
    return [location, ...related.map((each) => each.location)].some((each) => {
      if (each.kind !== "text") return false;
      const lines = this.lines.get(each.span.file);
      return lines?.has(positionAt(each.span.file, each.span.start).line) ?? false;
    });
  }
}
