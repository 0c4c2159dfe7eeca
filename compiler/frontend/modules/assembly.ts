// Assembles one model of a spec: its own and imported items, the changes of a variant, and params replaced by
// their values. The checker gets an ordinary spec.

import type { SourceFile } from "../../common/source-file.ts";
import { notImported, overridesNothing, unusedImport, unusedParam } from "../../diagnostics/catalog/reuse.ts";
import { type Diagnostic, diagnose, type Related } from "../../diagnostics/diagnostic.ts";
import { hasCallable } from "../functions/library.ts";
import type { Assembly, ParamValue } from "../model/assembly.ts";
import {
  type Expression,
  type Identifier,
  type Item,
  isLocal,
  namesOf,
  type Spec,
  type TuneItem,
  type VariantItem,
} from "../syntax/nodes.ts";
import { at, Reporter } from "../syntax/reporter.ts";
import { mayHaveRetired } from "../syntax/retired-forms.ts";
import { limits } from "../values/limits.ts";
import { withLabelWeights } from "./label-weights.ts";
import { Modernizer, type OwnNames } from "./modernize.ts";
import { type ParamOverride, readParams } from "./params.ts";
import { type LoadedFile, type Program, type SharedItem, sharedBy, withLineBreak } from "./program.ts";
import { VARIANT } from "./ranges.ts";
import { type ParamUse, Substituter } from "./substitute.ts";
import { type Addition, type ModelParts, overlay } from "./variants.ts";

export interface Assembled {
  readonly assembly: Assembly;
  /** For the checker. */
  readonly spec: Spec;
  readonly uses: readonly ParamUse[];
  /** Additions of the last variant of the chain. */
  readonly added: readonly Addition[];
  /** Every name that is read, by file, except names that a nearer declaration binds. */
  readonly mentioned: ReadonlyMap<SourceFile, ReadonlySet<string>>;
}

/** The declarations that each file sees: its own and those of the files that it imports. */
type Visible = ReadonlyMap<SourceFile, ReadonlyMap<string, SharedItem>>;

/** Assembles models of one program. */
export class Assembler {
  private readonly program: Program;
  private readonly overrides: readonly ParamOverride[];
  private readonly base: ModelParts;
  private readonly overlaid = new Map<VariantItem, ReturnType<typeof overlay>>();
  private readonly visible = new Map<SourceFile, ReadonlyMap<string, SharedItem>>();
  /** The file of each block and param of the program. */
  private readonly owners = new Map<string, SharedItem & { readonly file: SourceFile }>();

  /** The files that each file imports, itself or by others. */
  private readonly reached = new Map<SourceFile, ReadonlySet<SourceFile>>();

  constructor(program: Program, overrides: readonly ParamOverride[]) {
    this.program = program;
    this.overrides = overrides;
    const specs = program.files.map(({ spec }) => spec);
    this.base = {
      items: specs.flatMap(({ file, items }) =>
        file === program.main.spec.file ? items : items.filter(({ kind }) => kind === "block"),
      ),
      changed: new Set(),
      params: specs.flatMap(({ params }) => params),
    };
    for (const { spec, imports } of program.files) {
      const shared = [spec, ...[...imports.values()].map((file) => file.spec)].map(sharedBy);
      this.visible.set(spec.file, new Map(shared.reverse().flatMap((names) => [...names])));
      const imported = [...imports.values()].map((file) => file.spec.file);
      this.reached.set(spec.file, new Set(imported.flatMap((file) => [file, ...this.reached.get(file)!])));
      for (const [name, each] of sharedBy(spec)) this.owners.set(name, { ...each, file: spec.file });
    }
  }

  /** `chain`: the variants from the model on; an empty chain is the model itself. */
  assemble(chain: readonly VariantItem[], reporter: Reporter): Assembled {
    const { main } = this.program;
    const parts = this.parts(chain);
    const visible = this.visibleWith(chain);
    const modern = this.modern(parts, visible, reporter);
    const given = readParams(
      modern.params,
      this.overrides,
      ({ name: { span } }, name) => visible.get(span.file)?.has(name) ?? false,
      reporter,
    );
    const params = new Map([...given].map(([name, param]) => [name, modern.given(param)]));
    const uses: ParamUse[] = [];
    const mentioned = new Map<SourceFile, Set<string>>();
    const substituter = this.substituters(params, visible, uses, mentioned, reporter);
    const items = this.isPlain(parts)
      ? modern.items
      : modern.items.map((item) => substituter(item.span.file).item(item));
    for (const { name, default: preset } of modern.params) substituter(name.span.file).constant(preset);
    const name = chain.at(-1)?.name ?? main.spec.name;
    const doc = chain.findLast((variant) => variant.doc !== "")?.doc ?? main.spec.doc;
    return {
      assembly: { name, doc, items: parts.items, changed: parts.changed, params },
      spec: {
        file: main.spec.file,
        name,
        doc,
        items,
        imports: [],
        params: modern.params,
        tune: [],
        variants: [],
      },
      uses,
      added: parts.added,
      mentioned,
    };
  }

  /** Warns about imports and params that neither the model nor a variant uses. */
  warnAboutUnused({ mentioned }: Assembled, variants: readonly VariantItem[], reporter: Reporter): void {
    const all = new Map([...mentioned].map(([file, names]) => [file, new Set(names)]));
    const { main } = this.program;
    const substituter = this.substituters(new Map(), this.visible, [], all, new Reporter())(main.spec.file);
    for (const { items, params } of variants) {
      for (const item of items) substituter.item(item);
      for (const param of params) substituter.constant(param.default);
    }
    for (const { spec, imports } of this.program.files) {
      const names = all.get(spec.file) ?? new Set();
      for (const [item, file] of imports)
        if (![...sharedBy(file.spec).keys()].some((name) => names.has(name)))
          reporter.report(unusedImport, { path: item.path.text }, item.span, {
            fixes: [{ title: "remove it", edits: [{ span: withLineBreak(item.span), text: "" }] }],
          });
    }
    // A declaration of an imported file may be meant for its other importers.
    const names = new Set([...all.values()].flatMap((each) => [...each]));
    for (const { name } of isLibrary(this.program) ? [] : main.spec.params)
      if (!names.has(name.name) && this.owners.get(name.name)?.name === name)
        reporter.report(unusedParam, { name: name.name }, name.span);
  }

  private parts(chain: readonly VariantItem[]): ModelParts & { readonly added: readonly Addition[] } {
    let parts: ReturnType<typeof overlay> = { ...this.base, added: [] };
    for (const variant of chain) {
      const known = this.overlaid.get(variant);
      parts = known ?? overlay(parts, variant);
      this.overlaid.set(variant, parts);
    }
    return parts;
  }

  /** The model's parts without retired forms, which are reported. `given` replaces them in values from outside of the text. */
  private modern({ items, params }: ModelParts, visible: Visible, reporter: Reporter) {
    const values = new Set(items.flatMap(valuesOf));
    const ownNames = (file: SourceFile): OwnNames => {
      const reached = this.reached.get(file)!;
      const imported = [...this.owners].filter(([, owner]) => reached.has(owner.file));
      return {
        callables: new Set([...visible.get(file)!.keys(), ...imported.map(([name]) => name)]),
        values,
      };
    };
    const files = this.program.files.map(({ spec }) => spec.file);
    const modernizers = new Map(
      files
        .filter(({ text }) => mayHaveRetired(text))
        .map((file) => [file, new Modernizer(ownNames(file), reporter)] as const),
    );
    const quiet = new Modernizer(ownNames(this.program.main.spec.file), new Reporter());
    const modern = items.map((item) => modernizers.get(item.span.file)?.item(item) ?? item);
    const { tune, file } = this.program.main.spec;
    for (const value of tune.flatMap(valuesIn)) modernizers.get(file)?.constant(value);
    return {
      items: withLabelWeights(modern, this.program.main.spec.variants, reporter),
      params: params.map((param) => {
        const modernizer = modernizers.get(param.name.span.file);
        return modernizer === undefined ? param : { ...param, default: modernizer.constant(param.default) };
      }),
      given: (param: ParamValue): ParamValue =>
        param.by === null ? param : { ...param, value: quiet.constant(param.value) },
    };
  }

  /** True for a spec without params and hidden names. */
  private isPlain({ params }: ModelParts): boolean {
    return params.length === 0 && this.program.files.length === 1;
  }

  private visibleWith(chain: readonly VariantItem[]): Visible {
    if (chain.length === 0) return this.visible;
    const { file } = this.program.main.spec;
    const own = chain.flatMap((variant) => [...sharedBy(variant)]);
    return new Map([...this.visible, [file, new Map([...(this.visible.get(file) ?? []), ...own])]]);
  }

  /** Substitutes params in each file; `mentioned` receives the names that each file reads. */
  private substituters(
    params: ReadonlyMap<string, ParamValue>,
    visible: Visible,
    uses: ParamUse[],
    mentioned: Map<SourceFile, Set<string>>,
    reporter: Reporter,
  ): (file: SourceFile) => Substituter {
    const byFile = new Map<SourceFile, Substituter>();
    const room = { left: limits.parts };
    return (file) => {
      const known = byFile.get(file);
      if (known !== undefined) return known;
      const names = visible.get(file) ?? new Map<string, SharedItem>();
      const read = mentioned.get(file) ?? new Set();
      mentioned.set(file, read);
      const isOfLanguage = (name: string) => !names.has(name) && this.isOfLanguage(name, file);
      const made = new Substituter({
        params: new Map([...params].filter(([name]) => names.has(name))),
        hidden: new Map([...params].filter(([name]) => !names.has(name) && !isOfLanguage(name))),
        reporter,
        uses,
        room,
        mentioned: (identifier) => {
          read.add(identifier.name);
          if (!names.has(identifier.name)) this.rejectHidden(identifier, reporter);
        },
        isOfLanguage,
      });
      byFile.set(file, made);
      return made;
    };
  }

  /**
   * Tells whether `file` means dinc's own `name`, which a file declares that it doesn't import, not even by others. If it imports
   * the declaration by another file, the author may mean either.
   */
  private isOfLanguage(name: string, file: SourceFile): boolean {
    const owner = this.owners.get(name);
    return owner !== undefined && hasCallable(name) && !this.reached.get(file)!.has(owner.file);
  }

  /** Reports a name that another file of the program declares, but that this file does not import. */
  private rejectHidden({ name, span }: Identifier, reporter: Reporter): void {
    const owner = this.owners.get(name);
    if (owner === undefined || owner.file === span.file || this.isOfLanguage(name, span.file)) return;
    const { main } = this.program;
    const byMain = owner.file === main.spec.file;
    reporter.report(
      notImported,
      { name, what: owner.what, path: span.file.path, from: owner.file.path, isOfMain: byMain },
      span,
      {
        related: [at(owner.name.span, "declared here")],
      },
    );
  }
}

/** Unused additions of a variant: params here; the checker finds unused blocks and `let`s. */
export function unusedParams({ added, mentioned }: Assembled): readonly Addition[] {
  const names = new Set([...mentioned.values()].flatMap((each) => [...each]));
  return added.filter(({ what, name }) => what === "param" && !names.has(name.name));
}

export function withoutEffect({ what, name }: Addition, parent: Assembly, reporter: Reporter): Diagnostic {
  const words = { what: what === "let" ? "`let`" : what, name: name.name, parent: parent.name?.name ?? "" };
  const details = reporter.didYouMean(name, namesLike(what, parent));
  return diagnose(overridesNothing, words, name.span, details);
}

function namesLike(what: Addition["what"], { items, params }: Assembly): string[] {
  switch (what) {
    case "param":
      return [...params.keys()];
    case "block":
      return items.flatMap((item) => (item.kind === "block" ? [item.name.name] : []));
    case "let":
    case "layer":
      return items.flatMap((item) =>
        item.kind === "net"
          ? item.statements.filter(isLocal).flatMap((each) => namesOf(each).map(({ name }) => name))
          : [],
      );
  }
}

/** The names of a model's items that have values in the net. */
function valuesOf(item: Item): readonly string[] {
  switch (item.kind) {
    case "features":
      return [item.group, ...item.features.map(({ name }) => name)].flatMap((each) => each?.name ?? []);
    case "history":
    case "label":
      return [item.name.name];
    case "block":
    case "net":
    case "train":
      return [];
  }
}

/** Tells whether a file only has declarations for others to import. */
export function isLibrary({ main }: Program): boolean {
  const { name, items, params, tune, variants } = main.spec;
  const isShared = items.every(({ kind }) => kind === "block") && tune.length === 0;
  return name === null && isShared && variants.length === 0 && items.length + params.length > 0;
}

/** Notes that show how a file became part of the spec. */
export function importNotes({ via }: LoadedFile): readonly Related[] {
  const shown = via.length <= 4 ? via : [...via.slice(0, 3), via.at(-1)!];
  return shown.map(({ path }) => at(path.span, "imported here"));
}

/** The values of params that a search chooses from. A search replaces retired forms in them when it sets a param. */
function valuesIn({ ranges }: TuneItem): readonly Expression[] {
  return ranges.flatMap(({ name, value }) =>
    name.name !== VARIANT && value.kind === "call" ? value.arguments.map((each) => each.value) : [],
  );
}
