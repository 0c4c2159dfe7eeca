// Finds and writes missing imports.

import type { Edit } from "../../diagnostics/apply-fixes.ts";
import { normalPath } from "../../frontend/modules/import-paths.ts";
import type { Snapshot } from "./snapshot.ts";
import { lineBreakOf } from "./text-edits.ts";

/** The path by which an import in `from` names `to`. */
export function writtenPath(from: string, to: string): string {
  const [source, target] = [normalPath(from).split("/"), normalPath(to).split("/")];
  let common = 0;
  while (common < source.length - 1 && source[common] === target[common]) common++;
  return [...source.slice(common, -1).map(() => ".."), ...target.slice(common)].join("/");
}

/** Files of the workspace that export a block and that `path` may import. */
export function declaring(snapshot: Snapshot, path: string, block: string): readonly string[] {
  const head = new RegExp(`\\bblock\\s+${block}\\s*\\(`);
  const importers = snapshot.importers(path);
  return snapshot.specs().filter((each) => {
    if (normalPath(each) === normalPath(path) || importers.includes(each)) return false;
    if (!head.test(snapshot.file(each)?.text ?? "")) return false;
    const spec = snapshot.parsed(each)?.value;
    // A file with a model cannot be imported.
    if (spec === undefined || spec.name !== null || spec.variants.length > 0) return false;
    const isShared = spec.items.every(({ kind }) => kind === "block");
    return isShared && spec.items.some((item) => item.kind === "block" && item.name.name === block);
  });
}

/** Inserts after the other imports, else after the line with the model's name. */
export function importing(snapshot: Snapshot, path: string, written: string): Edit | null {
  const spec = snapshot.parsed(path)?.value;
  if (spec === undefined) return null;
  const { file, imports, name } = spec;
  const lineBreak = lineBreakOf(file);
  const item = `import "${written}"`;
  const last = imports.at(-1)?.span.end;
  if (last !== undefined) return { span: { file, start: last, end: last }, text: lineBreak + item };
  if (name === null) return { span: { file, start: 0, end: 0 }, text: item + lineBreak };
  const { end } = name.span;
  return { span: { file, start: end, end }, text: lineBreak + lineBreak + item };
}
