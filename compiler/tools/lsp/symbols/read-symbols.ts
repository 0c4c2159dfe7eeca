// Finds every meaningful name in a spec's text and its meaning. It uses the tree alone, so that a spec with
// mistakes has symbols too. Names without a meaning are left out.

import { fieldNames } from "../../../frontend/check/histories.ts";
import { FOR } from "../../../frontend/check/named-parts.ts";
import { takesParts } from "../../../frontend/check/train-optimizers.ts";
import { library } from "../../../frontend/functions/library.ts";
import { WEIGHTED, weightsColumnOf } from "../../../frontend/kinds/read-set.ts";
import { VARIANT } from "../../../frontend/modules/ranges.ts";
import { firstOfEach, locatedName } from "../../../frontend/syntax/feature-ranges.ts";
import {
  type Argument,
  type BlockItem,
  type EmbedClause,
  type Expression,
  type FeatureDeclaration,
  type HistoryItem,
  type Identifier,
  type Item,
  isLocal,
  type KindReference,
  type LabelItem,
  type NetItem,
  namesOf,
  type Spec,
  type TrainItem,
  type TypeReference,
  type VariantItem,
} from "../../../frontend/syntax/nodes.ts";
import { allMetrics, PER } from "../../../middle/metrics/registry.ts";
import { choicesOf } from "../language/words.ts";
import { ExpressionReader, type FieldSymbol } from "./expressions.ts";
import { builtinSymbol, declared, Scope } from "./scope.ts";
import { keyOf, type Mention, type SpecSymbol, type SpecSymbolKind } from "./symbol.ts";

/** Mentions in the order of the text, without overlaps. `imported` are the specs that the file imports. */
export function readSymbols(spec: Spec, imported: readonly Spec[]): readonly Mention[] {
  return new SymbolReader(spec, imported).read();
}

class SymbolReader {
  private readonly spec: Spec;
  private readonly imported: readonly Spec[];
  private readonly mentions: Mention[] = [];
  private readonly fields = new Map<string, Map<string, FieldSymbol>>();
  private readonly parameters = new Map<string, readonly SpecSymbol[]>();
  private readonly expressions = new ExpressionReader({
    mention: (mention) => this.mentions.push(mention),
    fieldsOf: (history) => this.fields.get(keyOf(history)) ?? new Map(),
    parametersOf: (block) => this.parametersOf(block),
  });

  constructor(spec: Spec, imported: readonly Spec[]) {
    this.spec = spec;
    this.imported = imported;
  }

  read(): readonly Mention[] {
    const { spec } = this;
    const models = new Scope();
    if (spec.name !== null)
      this.declare(models, declared("model", spec.name, spec.name.span, null, spec.doc));
    for (const { name, span, doc } of spec.variants)
      this.declare(models, declared("variant", name, span, spec.name?.name ?? null, doc));
    const imports = new Scope();
    const scope = new Scope(imports);
    this.declareAll(spec, scope);
    for (const { params, items } of this.imported) {
      for (const { name, span, doc } of params) imports.add(declared("param", name, span, null, doc));
      for (const item of items)
        if (item.kind === "block") this.parametersIn(item, imports.add(blockSymbol(item)));
    }
    const lets = new Scope();
    this.readParts(spec, scope, lets);
    this.readVariants(models, scope, lets);
    this.readTune(scope, models);
    return withoutOverlaps(this.mentions);
  }

  /** Reads each variant after its parent, whose names it sees. */
  private readVariants(models: Scope, scope: Scope, lets: Scope): void {
    const known = new Map<string, readonly [Scope, Scope]>();
    if (this.spec.name !== null) known.set(this.spec.name.name, [scope, lets]);
    let waiting: readonly VariantItem[] = this.spec.variants;
    while (waiting.length > 0) {
      const ready = waiting.filter(({ parent }) => known.has(parent.name));
      // The remaining variants name no existing parent, or form a circle; the model is the best guess.
      for (const variant of ready.length > 0 ? ready : waiting) {
        const [outer, outerLets] = known.get(variant.parent.name) ?? [scope, lets];
        this.expressions.refer(variant.parent, models.find(variant.parent.name));
        const inner = new Scope(outer);
        const innerLets = new Scope(outerLets);
        this.declareAll(variant, inner);
        this.readParts(variant, inner, innerLets);
        known.set(variant.name.name, [inner, innerLets]);
      }
      waiting = ready.length > 0 ? waiting.filter((variant) => !ready.includes(variant)) : [];
    }
  }

  /** Declares a new symbol; a redeclaration in a variant keeps the old one. */
  private declare(scope: Scope, symbol: SpecSymbol): SpecSymbol {
    const known = scope.find(symbol.name);
    const kept = known !== null && known.kind === symbol.kind ? known : scope.add(symbol);
    const { declaration } = symbol;
    if (declaration !== null && declaration.end > declaration.start)
      this.mentions.push({ span: declaration, symbol: kept, declares: true, through: null });
    return kept;
  }

  private declareAll({ items, params }: Pick<Spec, "items" | "params">, scope: Scope): void {
    for (const { name, span, doc } of params) this.declare(scope, declared("param", name, span, null, doc));
    for (const item of items) this.declareItem(item, scope);
    // Bindings name features, which may be declared below.
    const features = items.flatMap((item) => (item.kind === "features" ? item.features : []));
    const computed = features.filter(({ source }) => source !== null);
    for (const item of items)
      if (item.kind === "history") this.declareFields(item, scope.find(item.name.name), scope, computed);
  }

  private declareItem(item: Item, scope: Scope): void {
    switch (item.kind) {
      case "features":
        if (item.group !== null) this.declare(scope, declared("group", item.group, item.span, item.scope));
        for (const feature of item.features) {
          const { name, span, doc } = feature;
          const place = locatedName(feature);
          const symbol = declared("feature", place, span, item.scope, doc);
          if (isWritten(feature, place)) this.declare(scope, symbol);
          else if (scope.find(name.name)?.kind !== "feature") scope.add(symbol);
        }
        break;
      case "history":
      case "label":
        this.declare(scope, declared(item.kind, item.name, item.span, null, item.doc));
        break;
      case "block":
        this.parametersIn(item, this.declare(scope, blockSymbol(item)));
        break;
      case "net":
      case "train":
        break;
    }
  }

  /** Names the params of a search, and words of ranges. */
  private readTune(scope: Scope, models: Scope): void {
    for (const { name, value } of this.spec.tune.flatMap(({ ranges }) => ranges)) {
      const known = scope.find(name.name);
      if (known?.kind === "param") this.expressions.refer(name, known);
      if (value.kind !== "call") continue;
      this.expressions.refer(value.callee, builtinSymbol("choice", value.callee.name, "tune"));
      for (const argument of value.arguments) {
        const { value: each } = argument;
        if (name.name === VARIANT && each.kind === "name")
          this.expressions.refer(each, models.find(each.name));
        else this.expressions.read(each, scope);
      }
    }
  }

  /** `computed`: the features with a source. The steps of a history that binds it have them too. */
  private declareFields(
    item: HistoryItem,
    history: SpecSymbol | null,
    scope: Scope,
    computed: readonly FeatureDeclaration[],
  ): void {
    if (history === null) return;
    const names = fieldNames(item);
    const byName = new Map<string, FieldSymbol>();
    for (const [i, field] of item.fields.entries()) {
      if (field.kind === "own") {
        const place = locatedName(field);
        const symbol = declared("field", place, field.span, item.name.name, field.doc);
        if (isWritten(field, place))
          this.mentions.push({ span: place.span, symbol, declares: true, through: null });
        byName.set(field.name.name, { symbol, through: null });
        continue;
      }
      const target = scope.find(field.target.name);
      this.expressions.refer(field.target, target?.kind === "feature" ? target : null);
      const column = declared("column", field.column, field.span, item.name.name, field.doc);
      if (field.column.name !== "")
        this.mentions.push({ span: field.column.span, symbol: column, declares: true, through: null });
      if (names[i] === field.column) byName.set(field.column.name, { symbol: column, through: null });
      else if (target !== null) {
        byName.set(field.target.name, { symbol: target, through: field.target.span });
        for (const { name, source } of computed) {
          const symbol = source?.feature.name === target.name ? scope.find(name.name) : null;
          if (symbol !== null && !byName.has(name.name)) byName.set(name.name, { symbol, through: null });
        }
      }
    }
    this.fields.set(keyOf(history), byName);
  }

  private parametersOf(block: SpecSymbol): readonly SpecSymbol[] {
    const known = this.parameters.get(keyOf(block));
    if (known !== undefined) return known;
    const item = library.get(block.name);
    return item === undefined ? [] : this.parametersIn(item, block);
  }

  private parametersIn(item: BlockItem, block: SpecSymbol): readonly SpecSymbol[] {
    const parameters = item.parameters.map(({ name }) =>
      declared("parameter", name, name.span, item.name.name),
    );
    // A variant may redeclare a block; named arguments refer to the first declaration.
    const known = this.parameters.get(keyOf(block));
    if (known !== undefined) return known;
    this.parameters.set(keyOf(block), parameters);
    return parameters;
  }

  private readParts({ items, params }: Pick<Spec, "items" | "params">, scope: Scope, lets: Scope): void {
    for (const { default: preset } of params) this.expressions.read(preset, scope);
    // `train` may name things that are declared below it.
    for (const item of items) if (item.kind !== "train") this.readItem(item, scope, lets);
    for (const item of items) if (item.kind === "train") this.readItem(item, scope, lets);
  }

  private readItem(item: Item, scope: Scope, lets: Scope): void {
    switch (item.kind) {
      case "features":
        for (const feature of firstOfEach(item.features)) this.readFeature(feature, scope);
        break;
      case "history":
        this.readOptions(item.arguments, "history", scope);
        this.readFields(item, scope);
        break;
      case "label":
        this.readLabel(item, scope);
        break;
      case "block":
        this.readBlock(item, scope);
        break;
      case "net":
        this.readNet(item, scope, lets);
        break;
      case "train":
        this.readTrain(item, scope, lets);
        break;
    }
  }

  private readFields({ name, fields }: HistoryItem, scope: Scope): void {
    const history = scope.find(name.name);
    const known = history === null ? undefined : this.fields.get(keyOf(history));
    const own = fields.filter((field) => field.kind === "own");
    for (const field of firstOfEach(own))
      this.readFeature(field, scope, (source) => known?.get(source)?.symbol ?? null);
    for (const field of fields) {
      if (field.kind === "own") continue;
      if (field.type !== null) this.readKind(field.type, "kind", scope);
      this.readEmbed(field.embed, scope);
    }
  }

  /** `binary(weight: dwell)` names the weight of its rows. */
  private readLabel({ type, transforms }: LabelItem, scope: Scope): void {
    for (const transform of transforms) this.readKind(transform, "transform", scope);
    const isWeight = ({ name, value }: Argument) => name?.name === "weight" && value.kind === "name";
    this.readKind({ ...type, arguments: type.arguments.filter((each) => !isWeight(each)) }, "kind", scope);
    for (const { name, value } of type.arguments.filter(isWeight)) {
      if (name !== null) this.expressions.refer(name, builtinSymbol("option", name.name, type.name.name));
      if (value.kind !== "name") continue;
      const known = scope.find(value.name);
      this.expressions.refer(value, known?.kind === "label" || known?.kind === "feature" ? known : null);
    }
  }

  /** `sourceNamed` finds what it may be computed from. */
  private readFeature(
    { type, transforms, source, embed, share }: FeatureDeclaration,
    scope: Scope,
    sourceNamed = (name: string) => scope.find(name),
  ): void {
    this.readKind(type, "kind", scope);
    for (const transform of transforms) this.readKind(transform, "transform", scope);
    this.readEmbed(embed, scope);
    if (source !== null) this.expressions.refer(source.feature, sourceNamed(source.feature.name));
    if (share !== null) this.expressions.refer(share.feature, scope.find(share.feature.name));
  }

  private readKind(reference: KindReference, kind: SpecSymbolKind, scope: Scope): void {
    const { name, arguments: options } = reference;
    if (name.name === "") return;
    this.expressions.refer(name, builtinSymbol(kind, name.name, null));
    // `set(id(min_count: 2), weighted)` and `cross(a, b)` name a kind and features.
    for (const [place, argument] of options.entries()) {
      const { value } = argument;
      const isElement = place === 0 && argument.name === null && name.name === "set";
      if (isElement && (value.kind === "name" || value.kind === "call")) {
        const [inner, given] = value.kind === "name" ? [value, []] : [value.callee, value.arguments];
        this.readKind({ name: inner, arguments: given, span: value.span }, "kind", scope);
        continue;
      }
      const column = weightsColumnOf(argument);
      if (column !== null && value.kind === "call") {
        const { callee, arguments: given } = value;
        this.expressions.refer(callee, builtinSymbol("choice", callee.name, name.name));
        this.expressions.refer(given[0]!.name!, builtinSymbol("option", WEIGHTED.option, callee.name));
        // The column is of the data alone.
        this.expressions.refer(column, builtinSymbol("column", column.name, null));
      } else this.readOptions([argument], name.name, scope);
    }
  }

  private readEmbed(embed: EmbedClause | null, scope: Scope): void {
    if (embed === null) return;
    if (embed.width !== null) this.readConstant(embed.width, "embed", scope);
    this.readOptions(embed.options, "embed", scope);
  }

  private readOptions(options: readonly Argument[], of: string, scope: Scope): void {
    for (const { name, value } of options) {
      if (name !== null) this.expressions.refer(name, builtinSymbol("option", name.name, of));
      this.readConstant(value, of, scope);
    }
  }

  /** A value outside of blocks and the net: a param, a part of a cross, or a word of the language. */
  private readConstant(value: Expression, of: string, scope: Scope): void {
    if (value.kind === "name") this.constantNamed(value, of, scope, of === "cross" ? "feature" : null);
    else if (value.kind === "call") {
      this.expressions.refer(value.callee, builtinSymbol("choice", value.callee.name, of));
      this.readOptions(value.arguments, value.callee.name, scope);
    } else this.expressions.read(value, scope);
  }

  private constantNamed(name: Named, of: string, scope: Scope, kind: SpecSymbolKind | null): void {
    const known = scope.find(name.name);
    const isMeant = known !== null && (known.kind === "param" || known.kind === kind);
    this.expressions.refer(name, isMeant ? known : builtinSymbol("choice", name.name, of));
  }

  private readBlock(block: BlockItem, outer: Scope): void {
    const scope = new Scope(outer);
    const symbol = outer.find(block.name.name);
    const known = symbol === null ? [] : this.parametersOf(symbol);
    for (const { name } of block.parameters) {
      const own = declared("parameter", name, name.span, block.name.name);
      const first = known.find((parameter) => parameter.name === name.name) ?? own;
      scope.hide(first);
      if (name.name !== "")
        this.mentions.push({ span: name.span, symbol: first, declares: true, through: null });
    }
    for (const { type } of block.parameters) this.readType(type, block, scope);
    this.readType(block.result, block, scope);
    for (const { default: preset } of block.parameters)
      if (preset !== null) this.expressions.read(preset, scope);
    this.expressions.locals(block.body, block.name.name, scope);
    this.expressions.read(block.value, scope);
  }

  private readType(type: TypeReference | null, block: BlockItem, scope: Scope): void {
    if (type === null || type.name.name === "") return;
    this.expressions.refer(type.name, builtinSymbol("type", type.name.name, null));
    for (const argument of type.arguments) this.readWidth(argument, block, scope);
  }

  /** The first mention of a width declares it, unless a parameter or a param has its name. */
  private readWidth(width: Expression, block: BlockItem, scope: Scope): void {
    switch (width.kind) {
      case "name": {
        const known = scope.find(width.name);
        if (
          known !== null &&
          (known.kind === "width" || known.kind === "parameter" || known.kind === "param")
        ) {
          this.expressions.refer(width, known);
          return;
        }
        if (/^(Int|Float|Feature)$/.test(width.name)) {
          this.expressions.refer(width, builtinSymbol("type", width.name, null));
          return;
        }
        const symbol = declared("width", width, width.span, block.name.name);
        scope.hide(symbol);
        this.mentions.push({ span: width.span, symbol, declares: true, through: null });
        return;
      }
      case "binary":
        this.readWidth(width.left, block, scope);
        this.readWidth(width.right, block, scope);
        return;
      case "negate":
        this.readWidth(width.operand, block, scope);
        return;
      default:
        this.expressions.read(width, scope);
    }
  }

  /**
   * A `let` hides the previous meaning of its name from there on. Earlier uses without another meaning refer
   * to it too.
   */
  private readNet({ statements }: NetItem, outer: Scope, lets: Scope): void {
    const own = new Map<string, SpecSymbol>();
    for (const statement of statements) {
      if (!isLocal(statement)) continue;
      for (const name of namesOf(statement)) {
        const before = lets.find(name.name);
        const symbol = own.get(name.name) ?? before ?? declared(statement.kind, name, statement.span);
        own.set(name.name, symbol);
      }
    }
    const later = new Scope(outer);
    for (const symbol of lets.all()) later.add(symbol);
    const inner = new Scope(later);
    // Other new names may be used before their declaration; the checker reports that mistake.
    for (const symbol of own.values()) if (outer.callable(symbol.name) === null) later.add(symbol);
    for (const statement of statements) {
      for (const { name, value } of isLocal(statement) ? [] : statement.arguments) {
        if (name !== null) this.expressions.refer(name, builtinSymbol("option", name.name, statement.kind));
        this.expressions.read(value, inner);
      }
      this.expressions.read(statement.value, inner);
      switch (statement.kind) {
        case "let":
        case "layer":
        case "output":
          for (const name of namesOf(statement)) {
            const symbol = own.get(name.name)!;
            this.expressions.named(symbol, statement.value, inner);
            inner.hide(symbol);
            lets.add(symbol);
            if (name.name !== "")
              this.mentions.push({ span: name.span, symbol, declares: true, through: null });
          }
          break;
        case "predict": {
          const label = outer.find(statement.label.name);
          this.expressions.refer(statement.label, label?.kind === "label" ? label : null);
          break;
        }
        case "loss": {
          const { name, span } = statement;
          if (name.name !== "")
            this.mentions.push({
              span: name.span,
              symbol: declared("loss", name, span),
              declares: true,
              through: null,
            });
          break;
        }
      }
    }
  }

  private readTrain({ settings }: TrainItem, scope: Scope, lets: Scope): void {
    for (const { key, values } of settings) {
      if (key.name !== "") this.expressions.refer(key, builtinSymbol("setting", key.name, null));
      for (const value of values) this.readSetting(value, key.name, scope, lets);
    }
  }

  private readSetting(value: Expression, setting: string, scope: Scope, lets: Scope): void {
    if (value.kind === "name") this.constantNamed(value, setting, scope, null);
    else if (value.kind === "call") {
      const { callee } = value;
      this.expressions.refer(callee, builtinSymbol("choice", callee.name, setting));
      value.arguments.forEach((argument, place) => {
        const { name } = argument;
        if (name?.name === FOR.option && takesParts(setting, callee.name)) {
          this.expressions.refer(name, builtinSymbol("option", name.name, callee.name));
          this.readPart(argument.value, callee.name, scope, lets);
        } else this.readArgument(argument, place, setting, callee.name, scope);
      });
    } else this.expressions.read(value, scope);
  }

  /** `binary_cross_entropy(buy: 2.0)` names a label, `gauc(by: user_id)` a feature. */
  private readArgument(
    { name, value }: Argument,
    place: number,
    setting: string,
    callee: string,
    scope: Scope,
  ): void {
    const label = name !== null && setting === "loss" ? scope.find(name.name) : null;
    if (name !== null)
      this.expressions.refer(
        name,
        label?.kind === "label" ? label : builtinSymbol("option", name.name, callee),
      );
    const taken = choicesOf(setting)
      .find((choice) => choice.name === callee)
      ?.parameters.find((parameter) => parameter.name === name?.name)?.takes.kind;
    if (taken === "metric") {
      this.readMonitor(value, scope);
      return;
    }
    const parameters = allMetrics.find((metric) => metric.name === callee)?.parameters ?? {};
    const parameter = parameters[name?.name ?? Object.keys(parameters)[place] ?? ""];
    const isFeature = parameter?.kind === "group" || (setting === "metrics" && name?.name === PER.name);
    if (value.kind === "name")
      this.constantNamed(value, callee, scope, isFeature ? "feature" : taken === "label" ? "label" : null);
    else this.readConstant(value, callee, scope);
  }

  /** A metric, or a sum of metrics such as `auc - 2 * log_loss`. */
  private readMonitor(value: Expression, scope: Scope): void {
    if (value.kind === "name") this.constantNamed(value, "metrics", scope, null);
    else if (value.kind === "negate") this.readMonitor(value.operand, scope);
    else if (value.kind === "binary")
      for (const side of [value.left, value.right]) this.readMonitor(side, scope);
    else this.expressions.read(value, scope);
  }

  /** `wide`, `[wide, user_id]`: any part of the model with this name. */
  private readPart(value: Expression, callee: string, scope: Scope, lets: Scope): void {
    const names = value.kind === "list" ? value.elements : [value];
    for (const each of names)
      if (each.kind === "name") {
        const known = lets.find(each.name) ?? scope.find(each.name);
        this.expressions.refer(each, known ?? builtinSymbol("choice", each.name, callee));
      } else this.expressions.read(each, scope);
  }
}

/** A name as an expression. */
type Named = Extract<Expression, { readonly kind: "name" }>;

function blockSymbol(block: BlockItem): SpecSymbol {
  return declared("block", block.name, block.span, null, block.doc);
}

/** In the order of the text. If two mentions overlap, which error recovery can cause, the first is kept. */
function withoutOverlaps(mentions: readonly Mention[]): readonly Mention[] {
  const sorted = mentions.toSorted((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  let end = -1;
  return sorted.filter(({ span }) => {
    if (span.start < end) return false;
    end = span.end;
    return true;
  });
}

/** Whether the name is in the text: of the features of a range, only its ends are. */
function isWritten({ name, range }: FeatureDeclaration, place: Identifier): boolean {
  return range === null || place !== name;
}
