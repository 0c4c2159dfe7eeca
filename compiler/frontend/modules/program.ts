// A spec with all of its imports. The caller reads the files, because the core is pure. Each file is parsed
// once and follows the files that it imports.

import { type SourceFile, type Span, sourceFile, textOf } from "../../common/source-file.ts";
import { tooManyParts } from "../../diagnostics/catalog/budget.ts";
import {
  importCycle,
  importHoldsModel,
  importMissing,
  importPath,
  importTwice,
} from "../../diagnostics/catalog/reuse.ts";
import { type Checked, type Diagnostic, hasErrors } from "../../diagnostics/diagnostic.ts";
import type { Identifier, ImportItem, Spec } from "../syntax/nodes.ts";
import { parse } from "../syntax/parse.ts";
import { at, type Reporter } from "../syntax/reporter.ts";
import { limits } from "../values/limits.ts";
import { importedPath, normalPath } from "./import-paths.ts";

/** The reason why a file cannot be read: a clause like "it is a folder". */
export interface UnreadableFile {
  readonly why: string;
}

/** The text at the path of an import, which is relative like the spec's own path; null if there is none. */
export type Resolve = (path: string) => string | SourceFile | UnreadableFile | null;

/** The sources of files. */
export interface FileSources {
  readonly resolve: Resolve;
  readonly parse: (file: SourceFile) => Checked<Spec>;
}

export interface LoadedFile {
  readonly spec: Spec;
  /** Problems of its text. */
  readonly problems: readonly Diagnostic[];
  /** The imports that lead to it, nearest first; none for the spec itself. */
  readonly via: readonly ImportItem[];
  /** Only those that could be read. */
  readonly imports: ReadonlyMap<ImportItem, LoadedFile>;
}

/** A block or a param with its file. */
export interface SharedItem {
  readonly what: "block" | "param";
  readonly name: Identifier;
}

export interface Program {
  readonly main: LoadedFile;
  /** Each file once, after what it imports; `main` is the last. */
  readonly files: readonly LoadedFile[];
  /** True if an import could not be read, so that any name may be declared. */
  readonly isPartial: boolean;
}

/** Problems of the imports themselves go to `reporter`. */
export function loadProgram(file: SourceFile, sources: FileSources, reporter: Reporter): Program {
  return new Loader(sources, reporter).load(file);
}

/** The paths that a file imports, for callers that read files. */
export function importedPaths(file: SourceFile): string[] {
  // Parsing takes time, and most specs import nothing.
  if (!/\bimport\b/.test(file.text)) return [];
  return parse(file).value.imports.flatMap(({ path }) => {
    const found = importedPath(file, path.text);
    return "path" in found ? [found.path] : [];
  });
}

/** The blocks and params that a file declares, by name. */
export function sharedBy({ items, params }: Pick<Spec, "items" | "params">): ReadonlyMap<string, SharedItem> {
  const shared = new Map<string, SharedItem>();
  for (const { name } of params) shared.set(name.name, { what: "param", name });
  for (const item of items)
    if (item.kind === "block") shared.set(item.name.name, { what: "block", name: item.name });
  return shared;
}

class Loader {
  private readonly sources: FileSources;
  private readonly reporter: Reporter;
  private readonly loaded = new Map<string, LoadedFile>();
  /** Paths of the files whose imports are being read. */
  private readonly reading: string[] = [];
  private isPartial = false;

  constructor(sources: FileSources, reporter: Reporter) {
    this.sources = sources;
    this.reporter = reporter;
  }

  load(file: SourceFile): Program {
    const main = this.read(file, normalPath(file.path), []);
    return { main, files: [...this.loaded.values()], isPartial: this.isPartial };
  }

  private read(file: SourceFile, path: string, via: readonly ImportItem[]): LoadedFile {
    const { value: spec, diagnostics: problems } = this.sources.parse(file);
    const imports = new Map<ImportItem, LoadedFile>();
    const paths = new Map<string, ImportItem>();
    this.reading.push(path);
    for (const item of spec.imports) {
      const found = this.follow(file, item, paths, via);
      if (found !== null) imports.set(item, found);
    }
    this.reading.pop();
    const loaded = { spec, problems, via, imports };
    this.loaded.set(path, loaded);
    return loaded;
  }

  private follow(
    from: SourceFile,
    item: ImportItem,
    paths: Map<string, ImportItem>,
    via: readonly ImportItem[],
  ): LoadedFile | null {
    const { path: written } = item;
    const found = importedPath(from, written.text);
    if ("reason" in found) {
      const shown = written.text === "" ? "an empty path" : `\`${textOf(written.span).slice(1, -1)}\``;
      return this.fail(importPath, { path: shown, reason: found.reason }, written.span);
    }
    const { path } = found;
    const earlier = paths.get(path);
    if (earlier !== undefined) {
      this.reporter.report(importTwice, { path: written.text }, item.span, {
        related: [at(earlier.span, "already imported here")],
        fixes: [{ title: "remove it", edits: [{ span: withLineBreak(item.span), text: "" }] }],
      });
      return null;
    }
    paths.set(path, item);
    if (this.reading.includes(path)) {
      // Everything in the cycle is read; only this step back is skipped.
      const cycle = via.slice(0, this.reading.length - 1 - this.reading.indexOf(path));
      this.reporter.report(importCycle, { path: written.text }, written.span, {
        related: cycle.map(({ path: step }) => at(step.span, "part of the cycle")).reverse(),
      });
      return null;
    }
    if (this.reading.length >= limits.imports) {
      const what = "files import one another in too long a chain";
      return this.fail(tooManyParts, { what, most: limits.imports }, written.span);
    }
    const known = this.loaded.get(path) ?? this.readImported(path, [item, ...via]);
    if (known === null || "why" in known)
      return this.fail(importMissing, { path, why: known?.why ?? null }, written.span);
    this.rejectModel(known.spec, item);
    return known;
  }

  private readImported(path: string, via: readonly ImportItem[]): LoadedFile | UnreadableFile | null {
    const found = this.sources.resolve(path);
    const file = typeof found === "string" ? sourceFile(path, found) : found;
    if (file === null || "why" in file) return file;
    const loaded = this.read(file, path, via);
    if (hasErrors(loaded.problems)) this.isPartial = true;
    return loaded;
  }

  private fail<P>(kind: Parameters<typeof this.reporter.report<P>>[0], parameters: P, span: Span): null {
    this.isPartial = true;
    this.reporter.report(kind, parameters, span);
    return null;
  }

  private rejectModel({ name, items, variants }: Spec, { path }: ImportItem): void {
    const item = items.find(({ kind }) => kind !== "block") ?? variants[0];
    const span = name?.span ?? item?.span;
    if (span === undefined) return;
    this.isPartial = true;
    const keyword = name === null ? item!.kind : "model";
    this.reporter.report(importHoldsModel, { path: path.text, item: keyword }, path.span, {
      related: [at(name === null ? { ...span, end: span.start + keyword.length } : span, "declared here")],
    });
  }
}

/** Includes the end of its line if the line has nothing else. */
export function withLineBreak(span: Span): Span {
  const { text } = span.file;
  let { start, end } = span;
  while (start > 0 && /[ \t]/.test(text.charAt(start - 1))) start--;
  const ahead = /^[ \t]*(\r\n|\n|\r)/.exec(text.slice(end));
  const isLine = start === 0 || /[\n\r]/.test(text.charAt(start - 1));
  if (!isLine || ahead === null) return { ...span, start: span.start };
  end += ahead[0].length;
  return { ...span, start, end };
}
