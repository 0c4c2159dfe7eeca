// Applies a variant to its parent: an item with the same name replaces the parent's in its position, a new one is added.

import type { Span } from "../../common/source-file.ts";
import { tooManyParts } from "../../diagnostics/catalog/budget.ts";
import { duplicateDeclaration, itemRepeated } from "../../diagnostics/catalog/model.ts";
import { emptyVariant, unknownParent, variantCycle } from "../../diagnostics/catalog/reuse.ts";
import {
  namesOf as declaredBy,
  type FeatureDeclaration,
  type Identifier,
  type Item,
  isLocal,
  type NetItem,
  type ParamItem,
  type Statement,
  type TrainItem,
  type VariantItem,
} from "../syntax/nodes.ts";
import { at, type Reporter } from "../syntax/reporter.ts";
import { limits } from "../values/limits.ts";

/** The items of a model before params are replaced. */
export interface ModelParts {
  readonly items: readonly Item[];
  /** Items that a variant changed only in part, so that no piece of text contains a whole one. */
  readonly changed: ReadonlySet<Item>;
  readonly params: readonly ParamItem[];
}

/** A declaration of a variant that its parent lacks. */
export interface Addition {
  readonly what: "block" | "param" | "let" | "layer";
  readonly name: Identifier;
}

/** The variants of a spec by name, each with its chain from the model to itself. Mistakes are reported. */
export function chainsOf(
  model: Identifier | null,
  variants: readonly VariantItem[],
  reporter: Reporter,
): ReadonlyMap<string, readonly VariantItem[]> {
  const byName = new Map<string, VariantItem>();
  for (const variant of variants) {
    const { name } = variant;
    const first = name.name === model?.name ? model : byName.get(name.name)?.name;
    if (first !== undefined)
      reporter.report(duplicateDeclaration, { name: name.name }, name.span, {
        related: [at(first.span, "first declared here, as a model")],
      });
    else byName.set(name.name, variant);
    checkOwnNames(variant, reporter);
    if (variant.items.length + variant.params.length === 0)
      reporter.report(emptyVariant, { name: name.name, parent: variant.parent.name }, name.span);
  }
  const chains = new Map<string, readonly VariantItem[]>();
  let all = 0;
  for (const variant of byName.values()) {
    const chain = chainOf(variant, model, byName, reporter);
    if (chain !== null) chains.set(variant.name.name, chain);
    all += chain?.length ?? 1;
    if (all <= limits.parts) continue;
    const what = "too many variants are made of one another up to here";
    reporter.report(tooManyParts, { what, most: limits.parts }, variant.name.span);
    break;
  }
  return chains;
}

/** A variant that declares a name twice would replace its own declaration. */
function checkOwnNames({ items, params }: VariantItem, reporter: Reporter): void {
  const declared = new Map<string, Identifier>();
  const only = new Map<Item["kind"], Item>();
  for (const name of [...params.map((param) => param.name), ...items.flatMap(namesOf)]) {
    const first = declared.get(name.name);
    if (first === undefined) declared.set(name.name, name);
    else
      reporter.report(duplicateDeclaration, { name: name.name }, name.span, {
        related: [at(first.span, "first declared here")],
      });
  }
  for (const item of items) {
    if (item.kind !== "net" && item.kind !== "train") continue;
    const first = only.get(item.kind);
    if (first === undefined) only.set(item.kind, item);
    else
      reporter.report(itemRepeated, { item: item.kind }, keywordOf(item), {
        related: [at(keywordOf(first), "the first")],
      });
  }
}

function keywordOf({ kind, span }: Item): Span {
  return { ...span, end: span.start + kind.length };
}

function namesOf(item: Item): readonly Identifier[] {
  switch (item.kind) {
    case "features":
      return item.features.map((feature) => feature.name);
    case "history":
    case "label":
    case "block":
      return [item.name];
    case "net":
    case "train":
      return [];
  }
}

function chainOf(
  variant: VariantItem,
  model: Identifier | null,
  byName: ReadonlyMap<string, VariantItem>,
  reporter: Reporter,
): VariantItem[] | null {
  const chain = new Set<VariantItem>();
  for (let step = variant; ; ) {
    if (chain.has(step)) {
      const all = [...chain];
      reportCycle(all.slice(all.indexOf(step)), byName, reporter);
      return null;
    }
    chain.add(step);
    const { parent } = step;
    if (parent.name === model?.name) return [...chain].reverse();
    const next = byName.get(parent.name);
    if (next === undefined) {
      const known = [...(model === null ? [] : [model.name]), ...byName.keys()].filter(
        (name) => name !== step.name.name,
      );
      // If the model has no name, which is reported, any name may be meant.
      if (model !== null)
        reporter.report(unknownParent, { variant: step.name.name, parent: parent.name }, parent.span, {
          ...reporter.didYouMean(parent, known, unknownParent.helps.model(model.name)),
        });
      return null;
    }
    step = next;
  }
}

/** Reports each cycle once, at the first of its variants in the text. */
function reportCycle(
  cycle: readonly VariantItem[],
  byName: ReadonlyMap<string, VariantItem>,
  reporter: Reporter,
): void {
  const [first] = [...byName.values()].filter((variant) => cycle.includes(variant));
  const start = cycle.indexOf(first!);
  const others = [...cycle.slice(start + 1), ...cycle.slice(0, start)];
  reporter.report(variantCycle, { name: first!.name.name }, first!.parent.span, {
    related: others.map(({ parent }) => at(parent.span, `a variant of \`${parent.name}\``)),
  });
}

/** `added` has the new items, which something should use. */
export function overlay(
  parent: ModelParts,
  variant: VariantItem,
): ModelParts & { readonly added: readonly Addition[] } {
  const params = merged(parent.params, variant.params, ({ name }) => name.name);
  const added: Addition[] = params.added.map(({ name }) => ({ what: "param", name }));
  const changed = new Set(parent.changed);
  const items = [...parent.items];
  const places = new Map(items.map((item, i) => [keyOfItem(item), i]));
  for (const item of variant.items) {
    const index = places.get(keyOfItem(item));
    const before = index === undefined ? undefined : items[index]!;
    if (item.kind === "features") continue;
    if (item.kind === "block" && before === undefined) added.push({ what: "block", name: item.name });
    const laid = laidOver(before, item, added);
    if (laid !== item) changed.add(laid);
    items[index ?? items.length] = laid;
  }
  return { items: withFeatures(items, variant.items, changed), changed, params: params.merged, added };
}

function keyOfItem(item: Item): string {
  switch (item.kind) {
    case "history":
    case "label":
    case "block":
      return `${item.kind} ${item.name.name}`;
    case "features":
    case "net":
    case "train":
      return item.kind;
  }
}

function laidOver(before: Item | undefined, item: Item, added: Addition[]): Item {
  if (before?.kind === "net" && item.kind === "net") return withStatements(before, item, added);
  if (before?.kind === "train" && item.kind === "train") return withSettings(before, item);
  return item;
}

/** If several of `own` have one name, the first replaces; the others stay and are reported. */
function merged<T>(
  parent: readonly T[],
  own: readonly T[],
  keyOf: (each: T) => string,
): { readonly merged: readonly T[]; readonly added: readonly T[] } {
  const known = new Set(parent.map(keyOf));
  const replacing = new Map<string, T>();
  const added: T[] = [];
  for (const each of own) {
    const key = keyOf(each);
    if (known.has(key) && !replacing.has(key)) replacing.set(key, each);
    else added.push(each);
  }
  return { merged: [...parent.map((each) => replacing.get(keyOf(each)) ?? each), ...added], added };
}

/** A feature that replaces one of another scope is added separately. */
function withFeatures(items: readonly Item[], variant: readonly Item[], changed: Set<Item>): readonly Item[] {
  const own = variant.flatMap((item) => (item.kind === "features" ? [item] : []));
  if (own.length === 0) return items;
  const replacing = new Map(
    own.flatMap(({ scope, features }) => features.map((feature) => [feature.name.name, { scope, feature }])),
  );
  const placed = new Set<FeatureDeclaration>();
  const laid = items.map((item) => {
    if (item.kind !== "features") return item;
    const features = item.features.flatMap((before) => {
      const by = replacing.get(before.name.name);
      if (by === undefined) return [before];
      if (by.scope !== item.scope) return [];
      placed.add(by.feature);
      return [by.feature];
    });
    if (
      features.every((feature, i) => feature === item.features[i]) &&
      features.length === item.features.length
    )
      return item;
    const laid = { ...item, features };
    changed.add(laid);
    return laid;
  });
  const rest = own.map((item) => ({ ...item, features: item.features.filter((each) => !placed.has(each)) }));
  for (const item of rest) changed.add(item);
  return [...laid, ...rest.filter(({ features }) => features.length > 0)];
}

function keyOf(statement: Statement): string {
  if (isLocal(statement))
    return `local ${declaredBy(statement)
      .map(({ name }) => name)
      .join(", ")}`;
  const { name } = statement.kind === "predict" ? statement.label : statement.name;
  return `${statement.kind} ${name}`;
}

/**
 * A new statement is inserted before the next statement of the variant that replaces one; otherwise at the
 * end.
 */
function withStatements(parent: NetItem, own: NetItem, added: Addition[]): NetItem {
  const known = new Set(parent.statements.map(keyOf));
  const replacing = new Map<string, Statement[]>();
  let waiting: Statement[] = [];
  for (const statement of own.statements) {
    const key = keyOf(statement);
    waiting.push(statement);
    if (!known.has(key) || replacing.has(key)) {
      if (isLocal(statement) && statement.kind !== "output" && !known.has(key))
        for (const name of declaredBy(statement)) added.push({ what: statement.kind, name });
      continue;
    }
    replacing.set(key, waiting);
    waiting = [];
  }
  const statements = parent.statements.flatMap((each) => replacing.get(keyOf(each)) ?? [each]);
  return { ...parent, statements: [...statements, ...waiting] };
}

function withSettings(parent: TrainItem, own: TrainItem): TrainItem {
  return { ...parent, settings: merged(parent.settings, own.settings, ({ key }) => key.name).merged };
}
