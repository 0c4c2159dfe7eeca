// An immutable state of a workspace: its files, with unsaved buffers in place of the files on the disk, and the compiler's
// results for them. A later snapshot reuses the results whose files have not changed.

import { type SourceFile, type Span, sourceFile } from "../../common/source-file.ts";
import type { Checked } from "../../diagnostics/diagnostic.ts";
import { inText } from "../../diagnostics/diagnostic.ts";
import { type Analysis, analyse, type CheckOptions } from "../../frontend/check/check.ts";
import { librarySources } from "../../frontend/functions/library.generated.ts";
import { importedPath, normalPath } from "../../frontend/modules/import-paths.ts";
import type { Spec } from "../../frontend/syntax/nodes.ts";
import { parse } from "../../frontend/syntax/parse.ts";
import { type TypedBinding, typesOf } from "../views/types.ts";
import { spanAt } from "./ranges.ts";
import { readSymbols } from "./symbols/read-symbols.ts";
import { keyOf, type Mention, type SpecSymbol } from "./symbols/symbol.ts";

/** Files that no editor has open. */
export interface Disk {
  /** The same object as long as the text is the same; null if there is no such file. */
  readonly read: (path: string) => SourceFile | null;
  /** The specs in the folders of the workspace. */
  readonly specs: () => readonly string[];
  /** The URI of a file, also of one of the standard library. */
  readonly uriOf: (path: string) => string;
  /** The URI of SPEC.md; absent if it cannot be opened. */
  readonly reference?: string;
  /** Whether an open text may be analysed here; absent if all may. Other texts have no analysis. */
  readonly mayAnalyse?: (file: SourceFile) => boolean;
}

/** A value computed from files, with the files it read. */
interface Kept<T> {
  readonly value: T;
  readonly files: ReadonlyMap<string, SourceFile | null>;
}

export class Snapshot {
  private readonly open: ReadonlyMap<string, SourceFile>;
  private readonly disk: Disk;
  private readonly read = new Map<string, SourceFile | null>();
  private readonly kept: Map<string, Kept<unknown>>;
  /** The files read by each computation in progress, the innermost last. */
  private readonly reading: Map<string, SourceFile | null>[] = [];
  private specPaths: readonly string[] | null = null;
  /** The last known values of things that are now unknown. */
  private readonly memory: Map<string, unknown>;

  /** `open`: unsaved buffers by path. */
  constructor(open: ReadonlyMap<string, SourceFile>, disk: Disk, before: Snapshot | null = null) {
    this.open = open;
    this.disk = disk;
    this.kept = new Map(before?.kept);
    this.memory = new Map(before?.memory);
  }

  file(path: string): SourceFile | null {
    const file = this.lookUp(path);
    this.reading.at(-1)?.set(path, file);
    return file;
  }

  private lookUp(path: string): SourceFile | null {
    const buffer = this.open.get(path) ?? libraryFiles.get(path);
    if (buffer !== undefined) return buffer;
    let file = this.read.get(path);
    if (file === undefined) {
      file = this.disk.read(path);
      this.read.set(path, file);
    }
    return file;
  }

  /** The snapshot with other texts for some files. */
  with(files: ReadonlyMap<string, SourceFile>): Snapshot {
    return new Snapshot(new Map([...this.open, ...files]), this.disk, this);
  }

  /** The files of this snapshot for the checker, each read once. */
  readonly sources: Required<Pick<CheckOptions, "resolve" | "parse">> = {
    resolve: (path) => this.file(path),
    parse: parsedOf,
  };

  uriOf(path: string): string {
    return this.disk.uriOf(path);
  }

  /** A Markdown link to a section of SPEC.md. */
  reference(section: string): string {
    const text = `SPEC.md, section ${section}`;
    return this.disk.reference === undefined ? text : `[${text}](${this.disk.reference})`;
  }

  isOpen(path: string): boolean {
    return this.open.has(path);
  }

  /** The specs in the workspace's folders and the open ones, each once. */
  specs(): readonly string[] {
    const open = [...this.open.keys()].filter((path) => path.endsWith(".din"));
    this.specPaths ??= [...new Set([...open, ...this.disk.specs()])].sort();
    return this.specPaths;
  }

  parsed(path: string): Checked<Spec> | null {
    const file = this.file(path);
    return file === null ? null : parsedOf(file);
  }

  /** The analysis of the spec's own model, or of one of its variants; null if there is no such file. */
  analysis(path: string, variant: string | null = null): Analysis | null {
    if (!this.mayAnalyse(path)) {
      // Results computed without it are not cached.
      this.reading.at(-1)?.set(path, null);
      return null;
    }
    return this.keeping(analysisKey(path, variant), () => {
      const file = this.file(path);
      if (file === null) return null;
      const location = inText({ file, start: 0, end: 0 });
      const wanted = variant === null ? {} : { variant: { name: variant, location } };
      return analyse(file, { ...this.sources, ...wanted });
    });
  }

  /** Tells whether the file and its imports may be analysed. */
  mayAnalyse(path: string): boolean {
    const { mayAnalyse } = this.disk;
    if (mayAnalyse === undefined) return true;
    const known = new Set([path]);
    for (const each of known) {
      const file = this.open.get(each);
      if (file !== undefined && !mayAnalyse(file)) return false;
      const spec = this.mayImport(each) ? this.parsed(each)?.value : undefined;
      for (const imported of spec === undefined ? [] : importPaths(spec)) known.add(imported);
    }
    return true;
  }

  /** The result of `make`, cached under `key` until a file that it read changes. */
  keeping<T>(key: string, make: () => T): T {
    // `key` determines the type.
    const before = this.kept.get(key) as Kept<T> | undefined;
    const isSame =
      before !== undefined && [...before.files].every(([path, file]) => this.lookUp(path) === file);
    const kept = isSame ? before : this.make(make);
    this.kept.set(key, kept);
    const outer = this.reading.at(-1);
    if (outer !== undefined) for (const [path, file] of kept.files) outer.set(path, file);
    return kept.value;
  }

  /**
   * The last cached result for `key`, even if files have changed since; computed if there is none. For uses
   * that cannot wait and for which a slightly old result will do.
   */
  latest<T>(key: string, make: () => T): T {
    const before = this.kept.get(key) as Kept<T> | undefined;
    return before === undefined ? make() : before.value;
  }

  /** Like `analysis` of the spec's own model, but for the text at the last call, and its tree. */
  latestAnalysis(path: string): { readonly analysis: Analysis; readonly spec: Spec } | null {
    const analysis = this.latest(analysisKey(path, null), () => this.analysis(path));
    const file = analysis?.files.find((each) => each.path === path);
    return analysis === null || file === undefined ? null : { analysis, spec: parsedOf(file).value };
  }

  private make<T>(make: () => T): Kept<T> {
    const files = new Map<string, SourceFile | null>();
    this.reading.push(files);
    try {
      return { value: make(), files };
    } finally {
      this.reading.pop();
    }
  }

  /** `now`, or if that is null, the last known value for `key` in an earlier snapshot. */
  lastKnown<T>(key: string, now: T | null): T | null {
    if (now !== null) this.memory.set(key, now);
    // `key` determines the type.
    return now ?? (this.memory.get(key) as T | undefined) ?? null;
  }

  /** The specs that a file imports, as far as they are readable. */
  imports(path: string): readonly Spec[] {
    const parsed = this.parsed(path);
    return parsed === null ? [] : this.importsOf(parsed.value);
  }

  importsOf(spec: Spec): readonly Spec[] {
    return importPaths(spec).flatMap((each) => this.parsed(each)?.value ?? []);
  }

  /** The specs of the workspace that import a file, directly or indirectly. */
  importers(path: string): readonly string[] {
    const found = new Set<string>();
    const waiting = [normalPath(path)];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
      for (const spec of this.specs()) {
        if (found.has(spec) || spec === path) continue;
        const parsed = this.mayImport(spec) ? this.parsed(spec) : null;
        if (parsed === null || !importPaths(parsed.value).includes(next)) continue;
        found.add(spec);
        waiting.push(normalPath(spec));
      }
    return [...found].sort();
  }

  /** A quick check, because parsing takes time and most specs import nothing. */
  private mayImport(path: string): boolean {
    return /\bimport\b/.test(this.file(path)?.text ?? "");
  }

  /** Every name in a file that has a meaning. */
  mentions(path: string): readonly Mention[] {
    return this.keeping(`mentions ${path}`, () => {
      const parsed = this.parsed(path);
      return parsed === null ? [] : readSymbols(parsed.value, this.imports(path));
    });
  }

  mentionAt(path: string, offset: number): Mention | null {
    return spanAt(this.mentions(path), offset);
  }

  /** Every mention of the same symbol: in its own file, in files that can see it, and in `path`. */
  mentionsOf(symbol: SpecSymbol, path: string): readonly Mention[] {
    const key = keyOf(symbol);
    const home = symbol.declaration?.file.path ?? path;
    const files = new Set([home, path]);
    if (symbol.declaration !== null)
      for (const each of isLibrary(home) ? this.specs() : this.importers(home)) files.add(each);
    return [...files].flatMap((each) =>
      this.mentions(each).filter((mention) => keyOf(mention.symbol) === key),
    );
  }

  /**
   * Types of the names declared in a file, by the offset of the name. Names in a variant have their types
   * there.
   */
  types(path: string): ReadonlyMap<number, TypedBinding> {
    return this.keeping(`types ${path}`, () => {
      const types = new Map<number, TypedBinding>();
      const parsed = this.parsed(path)?.value;
      for (const variant of [null, ...(parsed?.variants ?? [])]) {
        const analysis = this.analysis(path, variant?.name.name ?? null);
        if (analysis === null) continue;
        for (const binding of typesOf(analysis)) {
          const { file, start } = binding.span;
          if (file.path === path && isInside(binding.span, variant?.span ?? null)) types.set(start, binding);
          else if (file.path === path && !types.has(start)) types.set(start, binding);
        }
      }
      return types;
    });
  }
}

function analysisKey(path: string, variant: string | null): string {
  return `analysis ${variant ?? ""} ${path}`;
}

const parses = new WeakMap<SourceFile, Checked<Spec>>();

function parsedOf(file: SourceFile): Checked<Spec> {
  let parsed = parses.get(file);
  if (parsed === undefined) {
    parsed = parse(file);
    parses.set(file, parsed);
  }
  return parsed;
}

function importPaths({ file, imports }: Spec): readonly string[] {
  return imports.flatMap(({ path }) => {
    const found = importedPath(file, path.text);
    return "path" in found ? [found.path] : [];
  });
}

function isInside(span: Span, outer: Span | null): boolean {
  return outer === null || (outer.start <= span.start && span.end <= outer.end);
}

const libraryFiles = new Map(librarySources.map(({ path, text }) => [path, sourceFile(path, text)]));

/** Tells whether a path belongs to the standard library. */
export function isLibrary(path: string): boolean {
  return libraryFiles.has(path);
}
