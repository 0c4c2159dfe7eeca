// Turns a text into a checked Model and all of its mistakes. Pure; never throws on any text.

import { requireSourceFile, type SourceFile, type Span } from "../../common/source-file.ts";
import { unusedGroup } from "../../diagnostics/catalog/feature-lists.ts";
import { itemRepeated, unusedFeature, unusedHistory, withoutName } from "../../diagnostics/catalog/model.ts";
import {
  labelNeverPredicted,
  withoutLabel,
  withoutNet,
  withoutPrediction,
} from "../../diagnostics/catalog/predictions.ts";
import { type Checked, hasErrors } from "../../diagnostics/diagnostic.ts";
import { columnsOf } from "../../middle/metrics/registry.ts";
import type { TrainSettings } from "../../middle/training/settings.ts";
import { checkCase, Declarations, type DeclaredKind } from "../elaborate/declarations.ts";
import { Elaborator } from "../elaborate/elaborator.ts";
import { library } from "../functions/library.ts";
import { partsOf } from "../kinds/registry.ts";
import type { ParamValue } from "../model/assembly.ts";
import type { FeatureGroup, Model, Prediction } from "../model/model.ts";
import { type CheckContext, type CheckOptions, checkProgram } from "../modules/check-program.ts";
import { constantData } from "../modules/params.ts";
import { namesInRange } from "../syntax/feature-ranges.ts";
import type {
  Expression,
  FeaturesItem,
  HistoryItem,
  Identifier,
  Item,
  NetItem,
  Spec,
  TrainItem,
  VariantItem,
} from "../syntax/nodes.ts";
import { referencesOfItem } from "../syntax/references.ts";
import { at, Reporter } from "../syntax/reporter.ts";
import { SpecNames } from "../syntax/spec-names.ts";
import type { UnparsedNames } from "../syntax/unparsed-names.ts";
import { limits } from "../values/limits.ts";
import type { Value } from "../values/values.ts";
import { checkBlocks, declareBlock, warnAboutUnusedBlocks, warnAboutUnusedInBlocks } from "./check-blocks.ts";
import { checkNet } from "./check-net.ts";
import { warnAboutUntrained } from "./check-output.ts";
import { resolveCrosses } from "./crosses.ts";
import { resolveShares } from "./embedding.ts";
import { declareFeatures } from "./features.ts";
import { declareHistory, type ReadColumns } from "./histories.ts";
import { reportKeptPairs } from "./kept-pairs.ts";
import { checkWeights } from "./label-options.ts";
import { declareLabel } from "./labels.ts";
import { lower } from "./lower.ts";
import { PartReader } from "./named-parts.ts";
import { resolveSources } from "./sources.ts";
import { readTrain } from "./train.ts";

export type { CheckOptions } from "../modules/check-program.ts";

/** Parses and checks one spec. The model is null if there are errors; warnings do not prevent it. */
export function check(file: SourceFile, options: CheckOptions = {}): Checked<Model | null> {
  requireSourceFile(file, "check");
  const { value, diagnostics } = checkFile(file, options);
  return { value, diagnostics };
}

/**
 * A spec with everything that the checker found out about it. A wrong spec has one too, with error values at
 * its mistakes.
 */
export interface Analysis extends Checked<Model | null> {
  /**
   * The spec of this one model, assembled: it includes its imports, and its params are replaced by their
   * values.
   */
  readonly spec: Spec;
  readonly params: ReadonlyMap<string, ParamValue>;
  readonly declarations: Declarations;
  /** The spec's file and all files that it imports. */
  readonly files: readonly SourceFile[];
  /** Variants that the file declares besides its own model. */
  readonly variants: readonly VariantItem[];
  /**
   * The value of each expression of the spec's text. Expressions in blocks that are checked only where they
   * are used have none.
   */
  readonly values: ReadonlyMap<Expression, Value>;
}

/** Like `check`, but keeps what the checker knows about each expression, for views and editors. */
export function analyse(file: SourceFile, options: CheckOptions = {}): Analysis {
  requireSourceFile(file, "analyse");
  const values = new Map<Expression, Value>();
  return { ...checkFile(file, options, values), values };
}

function checkFile(
  file: SourceFile,
  options: CheckOptions,
  values?: Map<Expression, Value>,
): Omit<Analysis, "values"> {
  const { found, assembly, chain, isAssembled, files, variants, diagnostics } = checkProgram(
    file,
    options,
    (assembled, around) => {
      const checker = new Checker(assembled.spec, around, around.isWanted ? values : undefined);
      const value = checker.check();
      const { declarations, reporter } = checker;
      return { value, declarations, spec: assembled.spec, diagnostics: reporter.diagnostics() };
    },
  );
  const { params } = assembly;
  const constants = [...params].map(([name, { value }]) => [name, constantData(value)] as const);
  const value =
    found.value === null || hasErrors(diagnostics)
      ? null
      : {
          ...found.value,
          params: new Map(constants),
          parent: chain.at(-1)?.parent.name ?? null,
          assembly: isAssembled ? assembly : null,
        };
  return { value, diagnostics, spec: found.spec, params, declarations: found.declarations, files, variants };
}

type CheckerSurroundings = Omit<CheckContext, "isWanted">;

class Checker {
  private readonly spec: Spec;
  readonly reporter = new Reporter(() => new SpecNames(this.spec));
  readonly declarations = new Declarations(this.reporter);
  private readonly around: CheckerSurroundings;
  private readonly unparsed: UnparsedNames;
  private readonly values: Map<Expression, Value> | undefined;

  constructor(spec: Spec, around: CheckerSurroundings, values?: Map<Expression, Value>) {
    this.spec = spec;
    this.around = around;
    this.unparsed = around.unparsed;
    this.values = values;
  }

  /** True if parts of the text are missing from the tree. */
  private get partial(): boolean {
    return this.unparsed.any;
  }

  check(): Model | null {
    const { spec, reporter, declarations } = this;
    if (spec.name !== null) checkCase(spec.name, reporter);
    else if (!this.partial && !this.around.isLibrary) reporter.report(withoutName, {}, this.startOfFile());
    this.declare();
    const net = this.only<NetItem>("net");
    const { unparsed, values } = this;
    const elaborator = new Elaborator({
      declarations,
      reporter,
      library,
      building: null,
      unparsed,
      ...(values === undefined ? {} : { values }),
    });
    checkBlocks(elaborator, reporter);
    const { predictions, outputs, losses, made } =
      net === null
        ? { predictions: [], outputs: [], losses: [], made: new Map() }
        : checkNet(net, elaborator, reporter, this.unparsed);
    warnAboutUnusedInBlocks(declarations, reporter);
    const parts = new PartReader(declarations, reporter, made, elaborator.reads.tables);
    const train = readTrain(this.only<TrainItem>("train"), declarations, reporter, parts);
    elaborator.budget.finish();
    if (!this.partial && !this.around.isLibrary) this.wholeModel(net, predictions, elaborator, train);
    if (net === null || spec.name === null || reporter.errors > 0) return null;
    const { features, groups, histories, labels, blocks } = declarations;
    const { name } = spec.name;
    const model: Model = {
      name,
      doc: spec.doc,
      file: spec.file,
      features,
      groups,
      histories,
      labels,
      blocks,
      net,
      tables: elaborator.reads.tables,
      compared: elaborator.reads.compared,
      predictions,
      outputs,
      losses,
      batchBy: elaborator.reads.batchBy,
      requests: elaborator.reads.requests,
      train,
      params: new Map(),
      parent: null,
      assembly: null,
    };
    // Text that is not in the tree may declare what the network reads.
    if (outputs.length > 0 && !this.partial) warnAboutUntrained(model, lower(model), reporter);
    if (!this.partial && elaborator.reads.faced > limits.keptPairs)
      reportKeptPairs(model, lower(model), reporter);
    return reporter.errors > 0 ? null : model;
  }

  private startOfFile(): Span {
    return { file: this.spec.file, start: 0, end: 0 };
  }

  /** Declares names in the order of the text; then reads features, before the histories that bind to them. */
  private declare(): void {
    const { declarations, reporter } = this;
    const { items } = this.spec;
    const names = items.flatMap(namesOf);
    for (const { name } of this.spec.params) names.push([name, "param"]);
    for (const [name, { type }] of this.around.params) declarations.params.set(name, `a param (${type})`);
    if (this.spec.params.length > 0) names.sort(([a], [b]) => this.placeOf(a) - this.placeOf(b));
    // Several groups of one name are joined.
    for (const [name, kind] of names)
      if (kind !== "group" || declarations.kindOf(name.name) !== "group") declarations.claim(name, kind);
    for (const item of items) if (item.kind === "features") declareFeatures(item, declarations, reporter);
    resolveShares(declarations, reporter);
    resolveSources(declarations, reporter);
    resolveCrosses(declarations, reporter);
    const columns: ReadColumns = new Map();
    for (const item of items)
      if (item.kind === "history") declareHistory(item, columns, this.partial, declarations, reporter);
      else if (item.kind === "label") declareLabel(item, declarations, reporter);
      else if (item.kind === "block") declareBlock(item, declarations, reporter);
    checkWeights(declarations, reporter, (name) =>
      this.unparsed.mayDeclare(name, [...declarations.features.keys()]),
    );
  }

  /** The order of a declaration: imported ones come before the text of the spec itself. */
  private placeOf({ span }: Identifier): number {
    return span.file === this.spec.file ? span.start : span.start - Number.MAX_SAFE_INTEGER;
  }

  private only<T extends NetItem | TrainItem>(kind: T["kind"]): T | null {
    const [first, ...more] = this.spec.items.filter((item): item is Item & T => item.kind === kind);
    for (const item of more)
      this.reporter.report(itemRepeated, { item: kind }, this.keywordOf(item.span, kind), {
        related: [at(this.keywordOf(first!.span, kind), "the first")],
      });
    return first ?? null;
  }

  private keywordOf(span: Span, keyword: string): Span {
    return { ...span, end: span.start + keyword.length };
  }

  /** Reports mistakes that only show once the whole text is read. */
  private wholeModel(
    net: NetItem | null,
    predictions: readonly Prediction[],
    elaborator: Elaborator,
    train: TrainSettings,
  ): void {
    const { declarations, reporter } = this;
    const { labels } = declarations;
    const place = this.spec.name?.span ?? this.startOfFile();
    if (labels.size === 0 && !net?.statements.some((statement) => statement.kind === "predict"))
      reporter.report(withoutLabel, {}, place);
    if (net === null) {
      reporter.report(withoutNet, {}, place);
      return;
    }
    const predicted = new Set<string>();
    for (const statement of net.statements)
      if (statement.kind === "predict") predicted.add(statement.label.name);
    if (predicted.size === 0 && labels.size > 0) {
      const first = [...labels.values()][0]!;
      reporter.report(withoutPrediction, { label: first.name }, this.keywordOf(net.span, "net"), {
        related: [at(first.span, "a label without a prediction")],
      });
    }
    const unknown = [...predicted].some((name) => !labels.has(name));
    if (predicted.size > 0 && !unknown)
      for (const label of labels.values())
        if (!predicted.has(label.name))
          reporter.report(labelNeverPredicted, { name: label.name }, label.span);
    const read = [net, ...this.around.variants.flatMap(({ items }) => items)].flatMap(referencesOfItem);
    warnAboutUnusedBlocks(read, this.spec.file, declarations, reporter);
    if (predictions.length > 0 && !elaborator.budget.isExhausted) this.warnAboutUnused(elaborator, train);
  }

  private warnAboutUnused(elaborator: Elaborator, train: TrainSettings): void {
    const { declarations, reporter } = this;
    const read = new Set(elaborator.reads.names);
    const targets = this.spec.items
      .filter((item): item is HistoryItem => item.kind === "history")
      .flatMap(({ fields }) => fields.flatMap((each) => (each.kind === "binding" ? [each.target.name] : [])));
    for (const target of targets) read.add(target);
    for (const { shares, source } of declarations.features.values())
      for (const other of [shares, source]) if (other !== null) read.add(other);
    for (const feature of declarations.features.values())
      for (const part of partsOf(feature)) read.add(part.name);
    const used = new Set(read);
    for (const by of columnsOf(train.metrics)) used.add(by);
    for (const { weight } of declarations.labels.values()) if (weight !== null) used.add(weight.name);
    const isUnused = (name: string) => !used.has(name) && !declarations.broken.has(name);
    for (const { name, features, span } of [...this.scopes(), ...declarations.groups.values()]) {
      const unused = features.filter(isUnused);
      if (unused.length < 2 || features.some((feature) => read.has(feature))) continue;
      const metricsRead = features.find((feature) => used.has(feature)) ?? null;
      reporter.report(unusedGroup, { name, metricsRead }, span);
      for (const feature of unused) used.add(feature);
    }
    for (const { name, span } of declarations.features.values()) {
      const range = declarations.featureSyntax.get(name)?.range ?? null;
      if (!isUnused(name)) continue;
      // A range is reported once, because all of its features have one location.
      const unused = range === null ? [] : namesInRange(range).names.filter(isUnused);
      const all = unused.length < 2 ? name : `${unused[0]}..${unused.at(-1)}`;
      reporter.report(unusedFeature, { name: all }, span);
    }
    for (const { name, span } of declarations.histories.values())
      if (!used.has(name) && !declarations.broken.has(name)) reporter.report(unusedHistory, { name }, span);
  }

  /** The features of each scope, shown where the first of its items begins. */
  private scopes(): readonly Pick<FeatureGroup, "name" | "features" | "span">[] {
    const { features } = this.declarations;
    const items = this.spec.items.filter((item): item is FeaturesItem => item.kind === "features");
    const first = new Map(items.toReversed().map((item) => [item.scope, item]));
    return [...first.values()].map(({ scope, span }) => ({
      name: scope,
      features: [...features.values()].flatMap((each) => (each.scope === scope ? [each.name] : [])),
      span: this.keywordOf(span, "features"),
    }));
  }
}

function namesOf(item: Item): [Identifier, DeclaredKind][] {
  switch (item.kind) {
    case "features": {
      const features = item.features.map(({ name }): [Identifier, DeclaredKind] => [name, "feature"]);
      return item.group === null ? features : [[item.group, "group"], ...features];
    }
    case "history":
    case "label":
    case "block":
      return [[item.name, item.kind]];
    case "net":
    case "train":
      return [];
  }
}
