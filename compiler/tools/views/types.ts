// Lists every name of a spec with its type, as data for `dinc check --types` and for editors. Names are in
// the order of the text, each with its location.

import { oneLine, type SourceFile, type Span, textOf } from "../../common/source-file.ts";
import type { Checked } from "../../diagnostics/diagnostic.ts";
import { type Analysis, analyse, type CheckOptions } from "../../frontend/check/check.ts";
import { scopesOf } from "../../frontend/kinds/model-queries.ts";
import { hasIds, numbersIn } from "../../frontend/kinds/registry.ts";
import { type Feature, type HistoryField, writtenFields } from "../../frontend/model/model.ts";
import { constantText } from "../../frontend/modules/params.ts";
import { locatedName } from "../../frontend/syntax/feature-ranges.ts";
import {
  type Binding,
  type BlockItem,
  type Expression,
  type FeatureDeclaration,
  type FeatureScope,
  type HistoryItem,
  type Identifier,
  type Item,
  isLocal,
  type Local,
  namesOf,
  type OwnField,
  type ParamItem,
} from "../../frontend/syntax/nodes.ts";
import { constantDim } from "../../frontend/values/dims.ts";
import { printType } from "../../frontend/values/types.ts";
import type { Source, Type, Value } from "../../frontend/values/values.ts";

export type BindingKind =
  | "param"
  | "feature"
  | "history"
  | "field"
  | "label"
  | "block"
  | "parameter"
  | "let"
  | "layer"
  | "output"
  | "prediction"
  | "loss";

export interface TypedBinding {
  readonly kind: BindingKind;
  readonly name: string;
  /** The history of a field, the block of a parameter or `let`; null for names visible in the whole net. */
  readonly of: string | null;
  /**
   * `Vec[32]`, `Seq[clicks, 16]`, a block's signature, a param's `Int = 80`; `?` if the spec is wrong or the
   * type differs by use.
   */
  readonly type: string;
  /**
   * When it is known: the scopes of all values it is computed from. Empty in blocks, where it differs by use.
   */
  readonly sources: readonly Source[];
  /** The history for each step of which it has a value; in a block also a variable of its signature. */
  readonly axis: string | null;
  /** The location of the name. */
  readonly span: Span;
}

const SCOPES: readonly Source[] = ["user", "context", "item", "history", "training", "label"];

/**
 * Every name of a spec with its type, in the order of the text. A wrong spec has the names that are readable.
 */
export function types(file: SourceFile, options: CheckOptions = {}): Checked<readonly TypedBinding[]> {
  const analysis = analyse(file, options);
  return { value: typesOf(analysis), diagnostics: analysis.diagnostics };
}

export function typesOf(analysis: Analysis): readonly TypedBinding[] {
  const { items, params } = analysis.spec;
  if (params.length === 0) return items.flatMap((item) => bindingsOf(item, analysis));
  const parts = [...params, ...items];
  // Imported files come first, in the order in which they are read.
  const files = [...new Set(parts.map(({ span }) => span.file)), analysis.spec.file];
  const rank = new Map(files.map((file, i) => [file, i]));
  const inOrder = parts.sort(
    (a, b) => rank.get(a.span.file)! - rank.get(b.span.file)! || a.span.start - b.span.start,
  );
  return inOrder.flatMap((item) =>
    item.kind === "param" ? [paramBinding(item, analysis)] : bindingsOf(item, analysis),
  );
}

function paramBinding({ name }: ParamItem, { params }: Analysis): TypedBinding {
  const param = params.get(name.name);
  const type =
    param === undefined || param.value.kind === "error"
      ? "?"
      : `${param.type} = ${constantText(param.value, param.type)}`;
  return { kind: "param", name: name.name, of: null, type, sources: [], axis: null, span: name.span };
}

function bindingsOf(item: Item, analysis: Analysis): readonly TypedBinding[] {
  switch (item.kind) {
    case "features":
      return item.features.map((feature) => ({
        ...featureType(feature, analysis),
        kind: "feature",
        name: feature.name.name,
        of: null,
        sources: sourcesOf(feature, item.scope, analysis),
        span: locatedName(feature).span,
      }));
    case "history":
      return historyBindings(item, analysis);
    case "label": {
      const { name, type } = item;
      return [
        {
          kind: "label",
          name: name.name,
          of: null,
          type: type.name.name || "?",
          sources: [],
          axis: null,
          span: name.span,
        },
      ];
    }
    case "block":
      return blockBindings(item, analysis);
    case "net":
      return item.statements.flatMap((statement) => {
        if (isLocal(statement)) return localBindings(statement, null, analysis);
        const value = analysis.values.get(statement.value);
        return statement.kind === "predict"
          ? [valueBinding("prediction", statement.label, null, value)]
          : [valueBinding(statement.kind, statement.name, null, value)];
      });
    case "train":
      return [];
  }
}

function sourcesOf(
  { name }: FeatureDeclaration,
  scope: FeatureScope,
  { declarations: { features, broken } }: Analysis,
): readonly Source[] {
  const feature = features.get(name.name);
  if (feature === undefined || broken.has(name.name)) return [scope];
  const scopes = scopesOf(feature, features);
  const order: readonly FeatureScope[] = ["user", "context", "item"];
  return order.filter((each) => scopes.has(each));
}

type TypeAndAxis = Pick<TypedBinding, "type" | "axis">;

/** The type of the name in `net`; a feature with ids and no `embed` has no vector there. */
function featureType({ name, type }: FeatureDeclaration, { declarations }: Analysis): TypeAndAxis {
  const feature = declarations.features.get(name.name);
  if (feature === undefined || declarations.broken.has(name.name)) return { type: "?", axis: null };
  const width = widthOf(feature);
  if (width === null) return { type: type.name.name || "?", axis: null };
  return { type: printType(tensor(width, null, name.span)), axis: null };
}

/** Null for ids that are only looked up in tables of the network. */
function widthOf({ embed, kind }: Feature): number | null {
  return hasIds(kind) ? embed : numbersIn(kind);
}

function tensor(width: number, axis: string | null, span: Span): Type {
  return {
    kind: "tensor",
    axis: axis === null ? null : { kind: "history", name: axis, span },
    list: null,
    width: constantDim(width),
    probability: false,
    distribution: false,
  };
}

function historyBindings({ name, fields }: HistoryItem, { declarations }: Analysis): TypedBinding[] {
  const declared = declarations.histories.get(name.name);
  const known = declared !== undefined && !declarations.broken.has(name.name) ? declared : null;
  const axis = name.name;
  const typeOf = (width: number | null, span: Span, ids: string) =>
    width === null ? ids : printType(tensor(width, axis, span));
  const written = known === null ? [] : writtenFields(known);
  const widths = written.map(({ feature }) => widthOf(feature));
  const whole = widths.reduce<number | null>(
    (sum, width) => (sum === null || width === null ? null : sum + width),
    0,
  );
  const common = { sources: ["history"], axis } as const;
  return [
    {
      kind: "history",
      name: axis,
      of: null,
      type: known === null ? "?" : typeOf(whole, name.span, "history"),
      ...common,
      span: name.span,
    },
    ...fields.map((syntax, i): TypedBinding => {
      const field = written[i];
      const { span } = nameOf(syntax, field);
      const ids = declarations.featureSyntax.get(field?.feature.name ?? "")?.type.name.name ?? "?";
      return {
        kind: "field",
        name: field?.name ?? textOf(span),
        of: axis,
        type: field === undefined ? "?" : typeOf(widths[i]!, span, ids),
        ...common,
        span,
      };
    }),
  ];
}

/** The location of the name by which the field is called. */
function nameOf(syntax: Binding | OwnField, field: HistoryField | undefined): Identifier {
  if (syntax.kind === "own") return locatedName(syntax);
  return field?.name === syntax.column.name ? syntax.column : syntax.target;
}

/** The elements of `let (a, b) = …` have no values of their own. */
function localBindings(local: Local, of: string | null, { values }: Analysis): TypedBinding[] {
  const names = namesOf(local);
  const value = local.kind !== "layer" && names.length === 1 ? values.get(local.value) : undefined;
  const shown = names.map((name) => valueBinding(local.kind, name, of, value));
  return local.kind === "layer" ? shown.map((each) => ({ ...each, type: "layer" })) : shown;
}

function blockBindings(block: BlockItem, analysis: Analysis): TypedBinding[] {
  const { name } = block;
  const plain = { sources: [], axis: null } as const;
  return [
    { kind: "block", name: name.name, of: null, type: signatureOf(block), ...plain, span: name.span },
    ...block.parameters.map(
      (parameter): TypedBinding => ({
        kind: "parameter",
        name: parameter.name.name,
        of: name.name,
        type: parameter.type === null ? "?" : oneLine(parameter.type.span),
        sources: [],
        axis: axisWritten(parameter.type?.name.name, parameter.type?.arguments[0]),
        span: parameter.name.span,
      }),
    ),
    ...block.body.flatMap((each) => localBindings(each, name.name, analysis)),
  ];
}

function axisWritten(type: string | undefined, first: Expression | undefined): string | null {
  return type === "Seq" && first?.kind === "name" ? first.name : null;
}

/** `(query: Vec[d], units: List[Int] = [80, 40]) -> Vec[1]` */
export function signatureOf({ parameters, result }: BlockItem): string {
  const shown = parameters.map(({ name, type, default: preset }) => {
    const typed = type === null ? "" : `: ${oneLine(type.span)}`;
    return `${name.name}${typed}${preset === null ? "" : ` = ${oneLine(preset.span)}`}`;
  });
  return `(${shown.join(", ")})${result === null ? "" : ` -> ${oneLine(result.span)}`}`;
}

function valueBinding(
  kind: "let" | "layer" | "output" | "prediction" | "loss",
  { name, span }: Identifier,
  of: string | null,
  value: Value | undefined,
): TypedBinding {
  const type = value?.type;
  return {
    kind,
    name,
    of,
    type: type === undefined ? "?" : printType(type),
    sources: SCOPES.filter((source) => of === null && value?.sources.has(source)),
    axis: type?.kind === "tensor" ? (type.axis?.name ?? null) : null,
    span,
  };
}
