// Keeps the advice from the author's last pause until the next one, so that it does not flicker. Advice moves
// with its lines in the current text, and disappears with deleted lines.

import type { Diagnostic } from "vscode-languageserver-types";

interface Kept {
  readonly text: string;
  readonly advice: readonly Diagnostic[];
}

export class KeptAdvice {
  private readonly kept = new Map<string, Kept>();

  clear(): void {
    this.kept.clear();
  }

  keep(path: string, text: string, advice: readonly Diagnostic[]): void {
    this.kept.set(path, { text, advice });
  }

  in(path: string, text: string): readonly Diagnostic[] {
    const kept = this.kept.get(path);
    if (kept === undefined) return [];
    return kept.text === text ? kept.advice : moved(kept, text.split("\n"));
  }
}

function moved({ text, advice }: Kept, now: readonly string[]): readonly Diagnostic[] {
  const then = text.split("\n");
  let start = 0;
  while (start < then.length && then[start] === now[start]) start += 1;
  let end = 0;
  while (end < Math.min(then.length, now.length) - start && then.at(-1 - end) === now.at(-1 - end)) end += 1;
  const by = now.length - then.length;
  return advice.flatMap((each) => {
    const { start: from, end: to } = each.range;
    if (to.line < start) return [each];
    if (from.line >= then.length - end) return [{ ...each, range: below(each.range, by) }];
    // A line that is being edited keeps its advice while its beginning is unchanged and it is long enough.
    const line = now[from.line] ?? "";
    const isThere =
      from.character < line.length &&
      line.startsWith(then[from.line]!.slice(0, from.character + 1)) &&
      to.character <= (now[to.line]?.length ?? -1);
    return isThere ? [each] : [];
  });
}

function below({ start, end }: Diagnostic["range"], lines: number): Diagnostic["range"] {
  return { start: { ...start, line: start.line + lines }, end: { ...end, line: end.line + lines } };
}
