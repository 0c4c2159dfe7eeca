// Checks the model of a spec and its variants. Each is assembled and checked separately, and every mistake is
// reported once, at its location.

import { suggest } from "../../../grammar/closest-word.ts";
import { append } from "../../common/arrays.ts";
import type { SourceFile } from "../../common/source-file.ts";
import { tooManyParts } from "../../diagnostics/catalog/budget.ts";
import type { CatalogEntry } from "../../diagnostics/catalog/define.ts";
import { shared } from "../../diagnostics/catalog/helps.ts";
import { unusedBlock, unusedLet } from "../../diagnostics/catalog/model.ts";
import { unknownVariant } from "../../diagnostics/catalog/overrides.ts";
import {
  type Checked,
  type Diagnostic,
  diagnose,
  inText,
  type Location,
  noLocation,
} from "../../diagnostics/diagnostic.ts";
import { renaming } from "../../diagnostics/field-words/name-fixes.ts";
import { inOrder } from "../../diagnostics/order.ts";
import type { Assembly, ParamValue } from "../model/assembly.ts";
import type { Item, Spec, VariantItem } from "../syntax/nodes.ts";
import { parse } from "../syntax/parse.ts";
import { at, Reporter } from "../syntax/reporter.ts";
import { SpecNames } from "../syntax/spec-names.ts";
import { suppress } from "../syntax/suppressions.ts";
import { UnparsedNames } from "../syntax/unparsed-names.ts";
import { limits } from "../values/limits.ts";
import {
  type Assembled,
  Assembler,
  importNotes,
  isLibrary,
  unusedParams,
  withoutEffect,
} from "./assembly.ts";
import { checkTune } from "./check-tune.ts";
import { withoutConsequences } from "./consequences.ts";
import { Origins } from "./origins.ts";
import { overrideProblems, overridesOf, type ParamOverride, type Params } from "./params.ts";
import { type LoadedFile, loadProgram, type Program, type Resolve } from "./program.ts";
import { chainsOf } from "./variants.ts";

export interface CheckOptions {
  /** Returns imported files; without it there are none. */
  readonly resolve?: Resolve;
  /** Parses a text, for callers that have parsed it before. */
  readonly parse?: (file: SourceFile) => Checked<Spec>;
  /** Values for params of the spec, instead of their defaults. */
  readonly params?: Params;
  /**
   * The only model wanted: a variant, or null for the spec's own. If absent, all are checked, and the value
   * is that of the spec's own model, or none if the file only contains blocks and params for others.
   */
  readonly variant?: string | WantedVariant | null;
}

/** A variant, with the location that asks for it. */
export interface WantedVariant {
  readonly name: string;
  readonly location: Location;
}

/** Further inputs of the checker, besides the spec of one model. */
export interface CheckContext {
  readonly unparsed: UnparsedNames;
  /** Variants of the spec, whose uses of a block count. */
  readonly variants: readonly VariantItem[];
  readonly params: ReadonlyMap<string, ParamValue>;
  /** True if the file only contains blocks for others, so that missing parts of a model are not reported. */
  readonly isLibrary: boolean;
  /** True for the model whose analysis is wanted. */
  readonly isWanted: boolean;
}

export interface CheckedProgram<T> {
  readonly found: T;
  readonly assembly: Assembly;
  /** The variants, from the spec's own model on. */
  readonly chain: readonly VariantItem[];
  /** True if the text of the file alone does not contain the whole model. */
  readonly isAssembled: boolean;
  /** The spec and all that it imports. */
  readonly files: readonly SourceFile[];
  /** The spec's variants with a valid parent. */
  readonly variants: readonly VariantItem[];
  readonly diagnostics: readonly Diagnostic[];
}

type CheckOne<T> = (assembled: Assembled, surroundings: CheckContext) => T;

export function checkProgram<T extends { readonly diagnostics: readonly Diagnostic[] }>(
  file: SourceFile,
  options: CheckOptions,
  checkOne: CheckOne<T>,
): CheckedProgram<T> {
  return new ProgramChecker(file, options, checkOne).run();
}

class ProgramChecker<T extends { readonly diagnostics: readonly Diagnostic[] }> {
  private readonly params: readonly ParamOverride[];
  /** As in `CheckOptions`. */
  private readonly variant: WantedVariant | null | undefined;
  private readonly checkOne: CheckOne<T>;
  private readonly reporter = new Reporter(() => new SpecNames(this.main.spec));
  private readonly program: Program;
  private readonly main: LoadedFile;
  private readonly unparsed: UnparsedNames;
  private readonly assembler: Assembler;
  private readonly chains: ReadonlyMap<string, readonly VariantItem[]>;
  /** The messages of each model that was checked; they are not repeated for its variants. */
  private readonly said = new Map<VariantItem | null, ReadonlySet<string>>();

  constructor(file: SourceFile, options: CheckOptions, checkOne: CheckOne<T>) {
    const { params, variant } = options;
    this.params = overridesOf(params ?? []);
    this.variant = typeof variant === "string" ? { name: variant, location: noLocation } : variant;
    this.checkOne = checkOne;
    this.program = loadProgram(
      file,
      { resolve: options.resolve ?? (() => null), parse: options.parse ?? parse },
      this.reporter,
    );
    this.main = this.program.main;
    this.unparsed = UnparsedNames.of(this.syntaxProblems(), this.program.isPartial);
    this.assembler = new Assembler(this.program, this.params);
    const { name, variants } = this.main.spec;
    this.chains = chainsOf(name, variants, this.reporter);
  }

  run(): CheckedProgram<T> {
    const { variant } = this;
    const problems: Diagnostic[] = [];
    const wanted =
      variant == null ? [] : (this.chains.get(variant.name) ?? this.withoutVariant(variant, problems));
    const { assembled, found, diagnostics } = this.model(wanted, true);
    if (variant === undefined) append(diagnostics, this.ofVariants(partsOf(assembled)));
    append(problems, overrideProblems(this.params, assembled.assembly.params));
    const { spec } = this.main;
    const ofVariants = spec.variants.flatMap(({ params }) => params.map(({ name }) => name.name));
    checkTune(spec, [...assembled.assembly.params.keys(), ...ofVariants], this.reporter);
    const ownProblems = this.reporter.diagnostics().filter((each) => !this.unparsed.covers(each));
    const all = [...this.syntaxProblems(), ...ownProblems, ...diagnostics].map((each) =>
      this.withImports(each),
    );
    const isAssembled =
      this.program.files.length > 1 ||
      wanted.length > 0 ||
      [...assembled.assembly.params.values()].some(({ by }) => by !== null);
    return {
      found,
      assembly: assembled.assembly,
      chain: wanted,
      isAssembled,
      files: this.program.files.map(({ spec }) => spec.file),
      variants: this.main.spec.variants.filter(({ name }) => this.chains.has(name.name)),
      diagnostics: [
        ...problems,
        ...this.suppressed(
          withoutConsequences(inOrder(this.mainFirst(all)), (name, known) =>
            this.unparsed.mayDeclare(name, known),
          ),
        ),
      ],
    };
  }

  /** Each variant is a model of its own, so the work grows with the number of variants times their parts. */
  private ofVariants(parts: number): readonly Diagnostic[] {
    const diagnostics: Diagnostic[] = [];
    let all = parts;
    for (const chain of [...this.chains.values()].sort((a, b) => a.length - b.length)) {
      all += parts + chain.length;
      const { name } = chain.at(-1)!;
      if (all > limits.parts) {
        const what = "the model and its variants have too many parts up to here";
        diagnostics.push(diagnose(tooManyParts, { what, most: limits.parts }, inText(name.span)));
        break;
      }
      append(diagnostics, this.model(chain, false).diagnostics);
    }
    return diagnostics;
  }

  private syntaxProblems(): Diagnostic[] {
    return this.program.files.flatMap(({ problems }) => problems);
  }

  private withoutVariant({ name, location }: WantedVariant, problems: Diagnostic[]): VariantItem[] {
    const { spec } = this.main;
    // An invalid variant is reported as such.
    if (spec.variants.some((each) => each.name.name === name) || this.unparsed.any) return [];
    const known = spec.variants.map((each) => each.name.name);
    const near = suggest(name, known);
    const help =
      near !== null
        ? shared.didYouMean(near)
        : known.length === 0
          ? unknownVariant.helps.none()
          : shared.available(known);
    const fixes =
      near !== null && location.kind === "text" ? [renaming(location.span, name, near, known)] : [];
    const model = spec.name?.name ?? spec.file.path;
    problems.push(diagnose(unknownVariant, { name, model }, location, { help, fixes }));
    return [];
  }

  private model(
    chain: readonly VariantItem[],
    isWanted: boolean,
  ): { readonly assembled: Assembled; readonly found: T; readonly diagnostics: Diagnostic[] } {
    const reporter = new Reporter();
    const { variants } = this.main.spec;
    const assembled = this.assembler.assemble(chain, reporter);
    const isBase = chain.length === 0;
    if (isBase && !this.unparsed.any) this.assembler.warnAboutUnused(assembled, variants, reporter);
    const found = this.checkOne(assembled, {
      unparsed: this.unparsed,
      variants,
      params: assembled.assembly.params,
      isLibrary: this.variant === undefined && isLibrary(this.program),
      isWanted,
    });
    const origins = new Origins(assembled.uses);
    const raised = [...reporter.diagnostics(), ...found.diagnostics]
      .filter((each) => !this.unparsed.covers(each) && !origins.isRepetition(each))
      .map((each) => origins.explain(each));
    const diagnostics = isBase ? raised : this.ofVariant(chain, assembled, raised);
    const before = isBase ? [] : (this.said.get(chain.at(-2) ?? null) ?? []);
    this.said.set(chain.at(-1) ?? null, new Set([...before, ...raised.map(locationKey)]));
    return { assembled, found, diagnostics };
  }

  /** The new diagnostics of a variant, compared with the models that it is made from. */
  private ofVariant(
    chain: readonly VariantItem[],
    assembled: Assembled,
    raised: readonly Diagnostic[],
  ): Diagnostic[] {
    const variant = chain.at(-1)!;
    const { start, end } = variant.span;
    const isInside = ({ location }: Diagnostic) =>
      location.kind === "text" &&
      location.span.file === variant.span.file &&
      start <= location.span.start &&
      location.span.end <= end;
    const before = this.said.get(chain.at(-2) ?? null) ?? new Set();
    const fresh = raised.filter(
      (each) => (isInside(each) || each.severity === "error") && !before.has(locationKey(each)),
    );
    const dead = new Set([unusedBlock.code, unusedLet.code]);
    const unused = [
      ...unusedParams(assembled),
      ...assembled.added.filter(({ name }) =>
        fresh.some((each) => dead.has(each.code) && isAt(each, name.span.start)),
      ),
    ];
    if (unused.length === 0 || this.unparsed.any)
      return fresh.map((each) => this.inVariant(each, variant, isInside));
    const parent = this.assembler.assemble(chain.slice(0, -1), new Reporter()).assembly;
    const others = fresh.filter(
      (each) => !(dead.has(each.code) && unused.some(({ name }) => isAt(each, name.span.start))),
    );
    return [
      ...others.map((each) => this.inVariant(each, variant, isInside)),
      ...unused.map((each) => withoutEffect(each, parent, this.reporter)),
    ];
  }

  private inVariant(
    diagnostic: Diagnostic,
    { name }: VariantItem,
    isInside: (diagnostic: Diagnostic) => boolean,
  ): Diagnostic {
    if (isInside(diagnostic)) return diagnostic;
    return {
      ...diagnostic,
      related: [...diagnostic.related, at(name.span, `in the variant \`${name.name}\``)],
    };
  }

  private withImports(diagnostic: Diagnostic): Diagnostic {
    const { location } = diagnostic;
    if (location.kind !== "text" || location.span.file === this.main.spec.file) return diagnostic;
    const file = this.program.files.find(({ spec }) => spec.file === location.span.file);
    if (file === undefined) return diagnostic;
    return { ...diagnostic, related: [...diagnostic.related, ...importNotes(file)] };
  }

  private mainFirst(diagnostics: readonly Diagnostic[]): Diagnostic[] {
    const isMain = ({ location }: Diagnostic) =>
      location.kind === "text" && location.span.file === this.main.spec.file;
    return [...diagnostics.filter(isMain), ...diagnostics.filter((each) => !isMain(each))];
  }

  private suppressed(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
    const isWhole = this.variant === undefined || this.chains.size === 0;
    return this.program.files.reduceRight(
      (left, { spec }) => suppress(spec.file, left, isSaidHere, isWhole),
      diagnostics,
    );
  }
}

/** Features, statements and settings. */
function partsOf({ spec: { items, params } }: Assembled): number {
  const sizeOf = (item: Item): number => {
    switch (item.kind) {
      case "features":
        return item.features.length;
      case "history":
        return item.fields.length;
      case "net":
        return item.statements.length;
      case "block":
        return item.body.length;
      case "train":
        return item.settings.length;
      case "label":
        return 0;
    }
  };
  return items.reduce((sum, item) => sum + sizeOf(item), items.length + params.length);
}

/** Another command gives advice. */
function isSaidHere({ severity }: CatalogEntry): boolean {
  return severity !== "advice";
}

function isAt({ location }: Diagnostic, start: number): boolean {
  return location.kind === "text" && location.span.start === start;
}

function locationKey({ code, location }: Diagnostic): string {
  if (location.kind !== "text") return code;
  return `${code} ${location.span.file.path} ${location.span.start} ${location.span.end}`;
}
