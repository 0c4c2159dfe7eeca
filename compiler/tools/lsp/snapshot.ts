// An immutable state of a workspace: its files, with unsaved buffers in place of the files on the disk, and the compiler's
// results for them. A later snapshot reuses the results whose files have not changed.

import { type SourceFile, type Span, sourceFile } from "../../common/source-file.ts";
import type { Checked } from "../../diagnostics/diagnostic.ts";
import { inText } from "../../diagnostics/diagnostic.ts";
import { type Analysis, analyse, type CheckOptions } from "../../frontend/check/check.ts";
import { librarySources } from "../../frontend/elaborate/library.generated.ts";
import { importedPath, normalPath } from "../../frontend/modules/import-paths.ts";
import type { Spec } from "../../frontend/syntax/nodes.ts";
import { parse } from "../../frontend/syntax/parse.ts";
import { type TypedBinding, typesOf } from "../views/types.ts";
import { spanAt } from "./ranges.ts";
import { readSymbols } from "./symbols/read-symbols.ts";
import { keyOf, type Mention, type SpecSymbol } from "./symbols/symbol.ts";

/** Where files lie that no editor has open. */
export interface Disk {
  /** The same object for as long as the text is the same; null where there is no such file. */
  readonly read: (path: string) => SourceFile | null;
  /** The specs below the folders of the workspace. */
  readonly specs: () => readonly string[];
  /** Of a file, for the protocol; of one of the standard library too. */
  readonly uriOf: (path: string) => string;
  /** Where SPEC.md lies, as a URI; left out where nobody can open it. */
  readonly reference?: string;
  /** Whether an open text may be analysed here: where it is left out, all may. One that may not has no analysis. */
  readonly mayAnalyse?: (file: SourceFile) => boolean;
}

/** Something computed from files, with those that were asked for. */
interface Kept<T> {
  readonly value: T;
  readonly asked: ReadonlyMap<string, SourceFile | null>;
}

export class Snapshot {
  private readonly open: ReadonlyMap<string, SourceFile>;
  private readonly disk: Disk;
  private readonly read = new Map<string, SourceFile | null>();
  private readonly kept: Map<string, Kept<unknown>>;
  /** Files that what is being made has asked for, the innermost last. */
  private readonly asking: Map<string, SourceFile | null>[] = [];
  private specPaths: readonly string[] | null = null;
  /** Of what is not known at the moment, what it was. */
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
    this.asking.at(-1)?.set(path, file);
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

  /** As it would be with other texts for some files. */
  with(files: ReadonlyMap<string, SourceFile>): Snapshot {
    return new Snapshot(new Map([...this.open, ...files]), this.disk, this);
  }

  /** For the checker: files of this snapshot, each read once. */
  readonly sources: Required<Pick<CheckOptions, "resolve" | "parse">> = {
    resolve: (path) => this.file(path),
    parse: parsedOf,
  };

  uriOf(path: string): string {
    return this.disk.uriOf(path);
  }

  /** A section of SPEC.md, as Markdown. */
  reference(section: string): string {
    const text = `SPEC.md, section ${section}`;
    return this.disk.reference === undefined ? text : `[${text}](${this.disk.reference})`;
  }

  isOpen(path: string): boolean {
    return this.open.has(path);
  }

  /** Those of the workspace's folders and those that are open, each once. */
  specs(): readonly string[] {
    const open = [...this.open.keys()].filter((path) => path.endsWith(".din"));
    this.specPaths ??= [...new Set([...open, ...this.disk.specs()])].sort();
    return this.specPaths;
  }

  parsed(path: string): Checked<Spec> | null {
    const file = this.file(path);
    return file === null ? null : parsedOf(file);
  }

  /** The spec's own model, or one of its variants; null where there is no such file. */
  analysis(path: string, variant: string | null = null): Analysis | null {
    if (!this.mayAnalyse(path)) {
      // What is made without it is not kept.
      this.asking.at(-1)?.set(path, null);
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

  /** Whether the file and what it imports may be analysed. */
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

  /** What `make`, which `key` names, gives: computed once for as long as no file that it asks for changes. */
  keeping<T>(key: string, make: () => T): T {
    // `key` says what `make` makes.
    const before = this.kept.get(key) as Kept<T> | undefined;
    const isSame =
      before !== undefined && [...before.asked].every(([path, file]) => this.lookUp(path) === file);
    const kept = isSame ? before : this.make(make);
    this.kept.set(key, kept);
    const outer = this.asking.at(-1);
    if (outer !== undefined) for (const [path, file] of kept.asked) outer.set(path, file);
    return kept.value;
  }

  /**
   * What `keeping` gave last under this key, though files may have changed since; made where there is nothing yet. For what
   * is wanted sooner than it can be made, and is nearly right as it was.
   */
  latest<T>(key: string, make: () => T): T {
    const before = this.kept.get(key) as Kept<T> | undefined;
    return before === undefined ? make() : before.value;
  }

  /** As `analysis` of the spec's own model, of the text as it was when that was asked last; and its tree. */
  latestAnalysis(path: string): { readonly analysis: Analysis; readonly spec: Spec } | null {
    const analysis = this.latest(analysisKey(path, null), () => this.analysis(path));
    const file = analysis?.files.find((each) => each.path === path);
    return analysis === null || file === undefined ? null : { analysis, spec: parsedOf(file).value };
  }

  private make<T>(make: () => T): Kept<T> {
    const asked = new Map<string, SourceFile | null>();
    this.asking.push(asked);
    try {
      return { value: make(), asked };
    } finally {
      this.asking.pop();
    }
  }

  /** `now`, or, where that is null, what `key` was when an earlier snapshot knew it. */
  lastKnown<T>(key: string, now: T | null): T | null {
    if (now !== null) this.memory.set(key, now);
    // `key` says what it is.
    return now ?? (this.memory.get(key) as T | undefined) ?? null;
  }

  /** The specs that a file imports, as far as they can be read. */
  imports(path: string): readonly Spec[] {
    const parsed = this.parsed(path);
    return parsed === null ? [] : this.importsOf(parsed.value);
  }

  importsOf(spec: Spec): readonly Spec[] {
    return importPaths(spec).flatMap((each) => this.parsed(each)?.value ?? []);
  }

  /** The specs of the workspace that import a file, directly or by way of others. */
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

  /** Parsing takes time, and most specs import nothing. */
  private mayImport(path: string): boolean {
    return /\bimport\b/.test(this.file(path)?.text ?? "");
  }

  /** Every name of a file that means something. */
  mentions(path: string): readonly Mention[] {
    return this.keeping(`mentions ${path}`, () => {
      const parsed = this.parsed(path);
      return parsed === null ? [] : readSymbols(parsed.value, this.imports(path));
    });
  }

  mentionAt(path: string, offset: number): Mention | null {
    return spanAt(this.mentions(path), offset);
  }

  /** Every mention of the same thing: in its own file, in those that can see it, and in `path`. */
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
   * Types of the names that are declared in a file, by the place of the name. In a variant they are those that names have
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

/** Whether a path is one of the standard library's, as the compiler calls them. */
export function isLibrary(path: string): boolean {
  return libraryFiles.has(path);
}
