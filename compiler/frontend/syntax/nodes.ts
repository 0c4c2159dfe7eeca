// The abstract syntax tree: the author's text with locations and without types. Parsing never fails: if the
// text is broken, the tree has an `error` expression or lacks the item, and the diagnostics say so.

import type { SourceFile, Span } from "../../common/source-file.ts";

export interface Identifier {
  /**
   * Empty if the kind could not be read (already reported), so that the feature or label itself is still
   * known.
   */
  readonly name: string;
  readonly span: Span;
  /** Another file of the program declares the name too, but this file doesn't import it: here it is the language's. */
  readonly isOfLanguage?: true;
}

/** One `.din` file. */
export interface Spec {
  readonly file: SourceFile;
  /** From `model din`; null if the file has no such line. */
  readonly name: Identifier | null;
  readonly doc: string;
  readonly items: readonly Item[];
  readonly imports: readonly ImportItem[];
  readonly params: readonly ParamItem[];
  readonly tune: readonly TuneItem[];
  readonly variants: readonly VariantItem[];
}

export type Item = FeaturesItem | HistoryItem | LabelItem | BlockItem | NetItem | TrainItem;

/** `import "blocks.din"` */
export interface ImportItem {
  readonly kind: "import";
  readonly path: { readonly text: string; readonly span: Span };
  readonly span: Span;
}

/** `param units = 80` */
export interface ParamItem {
  readonly kind: "param";
  readonly name: Identifier;
  readonly default: Expression;
  readonly doc: string;
  readonly span: Span;
}

/**
 * `tune { rate: log(1e-4..1e-2) units: choice([64], [200, 80]) }`: the ranges of `dinc tune`; not a part of
 * the model.
 */
export interface TuneItem {
  readonly kind: "tune";
  readonly ranges: readonly TuneRange[];
  readonly span: Span;
}

export interface TuneRange {
  /** `rate`, `train.batch` */
  readonly name: Identifier;
  readonly value: Expression;
  readonly span: Span;
}

/** `variant sum_pooling from din { … }` */
export interface VariantItem {
  readonly kind: "variant";
  readonly name: Identifier;
  readonly parent: Identifier;
  readonly items: readonly Item[];
  readonly params: readonly ParamItem[];
  readonly doc: string;
  readonly span: Span;
}

export type FeatureScope = "user" | "item" | "context" | "training";

/** `features user { … }`, `features user profile { … }` */
export interface FeaturesItem {
  readonly kind: "features";
  readonly scope: FeatureScope;
  /** The group of its features. */
  readonly group: Identifier | null;
  readonly features: readonly FeatureDeclaration[];
  readonly span: Span;
}

/** `item_id : id(min_count: 2) embed 16`, `price : number |> log1p |> standardize`, `last : id share item_id`, `h : id(hash: 97) from item_id` */
export interface FeatureDeclaration {
  /** For a feature of a range, its location is the range. */
  readonly name: Identifier;
  /** All features of `c1..c26 : id` have the same range and declaration. */
  readonly range: NameRange | null;
  /** All features of one declaration have the same names, and the same `span`. */
  readonly names: NameList;
  readonly type: KindReference;
  readonly transforms: readonly KindReference[];
  readonly source: FeatureClause | null;
  readonly embed: EmbedClause | null;
  readonly share: FeatureClause | null;
  readonly doc: string;
  readonly span: Span;
}

/** The part before the colon of a declaration: `user, item, c1..c26`. */
export interface NameList {
  /** Whether it has a comma. */
  readonly isList: boolean;
  readonly span: Span;
}

/** `c1..c26` */
export interface NameRange {
  readonly first: Identifier;
  readonly last: Identifier;
  readonly span: Span;
}

/** A feature kind or a transform with its arguments: `id(min_count: 2)`, `enum("f", "m")`, `int(0..23)`, `log1p`. */
export interface KindReference {
  readonly name: Identifier;
  readonly arguments: readonly Argument[];
  readonly span: Span;
}

/** `embed 16`, `embed(16, init: zeros)` */
export interface EmbedClause {
  /** Null if only options are given. */
  readonly width: Expression | null;
  readonly options: readonly Argument[];
  readonly span: Span;
}

/** `from item_id`, `share item_id` */
export interface FeatureClause {
  readonly feature: Identifier;
  readonly span: Span;
}

/** `history clicks(max: 50) { item_id <-> hist_item_id  dwell : number … }` */
export interface HistoryItem {
  readonly kind: "history";
  readonly name: Identifier;
  readonly arguments: readonly Argument[];
  /** In the order in which they are concatenated. */
  readonly fields: readonly (Binding | OwnField)[];
  readonly doc: string;
  readonly span: Span;
}

/** `dwell : number |> log1p`: declared like a feature, and read from the column with its name. */
export interface OwnField extends FeatureDeclaration {
  readonly kind: "own";
}

/** `item_id <-> hist_item_id`. A kind or width on the right is an error, kept in the tree so that it can be shown. */
export interface Binding {
  readonly kind: "binding";
  readonly target: Identifier;
  readonly column: Identifier;
  readonly type: KindReference | null;
  readonly embed: EmbedClause | null;
  readonly doc: string;
  readonly span: Span;
}

/** `label click : binary`, `label watched : number |> log1p` */
export interface LabelItem {
  readonly kind: "label";
  readonly name: Identifier;
  readonly type: KindReference;
  readonly transforms: readonly KindReference[];
  readonly doc: string;
  readonly span: Span;
}

/** `block activation_unit(query: Vec[d], key: Vec[d]) -> Vec[1] { … }` */
export interface BlockItem {
  readonly kind: "block";
  readonly name: Identifier;
  readonly parameters: readonly BlockParameter[];
  readonly result: TypeReference | null;
  readonly body: readonly Local[];
  readonly value: Expression;
  readonly doc: string;
  readonly span: Span;
}

export interface BlockParameter {
  readonly name: Identifier;
  readonly type: TypeReference | null;
  readonly default: Expression | null;
}

/**
 * `Vec[2*d + 1]`, `Seq[h, d]`, `Prob`, `Int`, `List[Int]`, `Activation`; arguments in brackets are read by
 * name.
 */
export interface TypeReference {
  readonly name: Identifier;
  readonly arguments: readonly Expression[];
  readonly span: Span;
}

/** `let interest = …`, or with several names `let (h, c) = …`, whose value is a list. */
export interface Let {
  readonly kind: "let";
  readonly names: readonly Identifier[];
  readonly value: Expression;
  readonly span: Span;
}

/** `layer score = dense(1)`: a function whose calls share its weights. */
export interface LayerStatement {
  readonly kind: "layer";
  readonly name: Identifier;
  /** A call as it may follow `|>`, or a function. */
  readonly value: Expression;
  readonly span: Span;
}

/** `output uplift = …`, in `net` only: a `let` whose value is also served, exported and predicted. */
export interface OutputStatement {
  readonly kind: "output";
  readonly name: Identifier;
  readonly value: Expression;
  readonly span: Span;
}

/** A statement whose name later ones read: in `net`, in a block, or in a function in braces. */
export type Local = Let | LayerStatement | OutputStatement;

export function isLocal(statement: Statement): statement is Local {
  return statement.kind === "let" || statement.kind === "layer" || statement.kind === "output";
}

/** The path segment of its parameters: `states_cells` for `let (states, cells)`. */
export function pathNameOf(local: Local): string {
  return namesOf(local)
    .map(({ name }) => name)
    .join("_");
}

export function namesOf(local: Local): readonly Identifier[] {
  return local.kind === "let" ? local.names : [local.name];
}

/** `predict click = …`, `predict watch(loss: huber, weight: 0.1) = …` */
export interface Predict {
  readonly kind: "predict";
  readonly label: Identifier;
  readonly arguments: readonly Argument[];
  readonly value: Expression;
  readonly span: Span;
}

/** `loss next_item(weight: 0.5) = …`: a further loss, for training only. */
export interface Loss {
  readonly kind: "loss";
  readonly name: Identifier;
  readonly arguments: readonly Argument[];
  readonly value: Expression;
  readonly span: Span;
}

export type Statement = Local | Predict | Loss;

export interface NetItem {
  readonly kind: "net";
  readonly statements: readonly Statement[];
  readonly span: Span;
}

/** `train { loss binary_cross_entropy  batch 256 … }`: a list of settings, each with its values. */
export interface TrainItem {
  readonly kind: "train";
  readonly settings: readonly TrainSetting[];
  readonly span: Span;
}

export interface TrainSetting {
  readonly key: Identifier;
  readonly values: readonly Expression[];
  readonly span: Span;
}

export interface Argument {
  /** Given as `name: value`. */
  readonly name: Identifier | null;
  readonly value: Expression;
}

export type Arithmetic = "+" | "-" | "*" | "/";
export type Comparison = "<" | "<=" | ">" | ">=" | "==" | "!=";
export type BinaryOperator = Arithmetic | Comparison;

export function isComparison(operator: BinaryOperator): operator is Comparison {
  return /[<>=]/.test(operator);
}

/** `f(x)`, or `x |> f`. */
export type AnyCall = Extract<Expression, { kind: "call" | "pipe" }>;

export type Expression =
  | { readonly kind: "number"; readonly value: number; readonly span: Span }
  | { readonly kind: "string"; readonly value: string; readonly span: Span }
  | { readonly kind: "name"; readonly name: string; readonly span: Span }
  | { readonly kind: "field"; readonly object: Expression; readonly field: Identifier; readonly span: Span }
  /** `x[2]`, `x[2..5]` */
  | { readonly kind: "index"; readonly object: Expression; readonly index: Expression; readonly span: Span }
  | {
      readonly kind: "call";
      readonly callee: Identifier;
      readonly arguments: readonly Argument[];
      readonly span: Span;
    }
  /** `x |> f(a)`: `x` becomes the first argument; `x |> f` is kept as a call of `f` without further arguments. */
  | {
      readonly kind: "pipe";
      readonly input: Expression;
      readonly callee: Identifier;
      readonly arguments: readonly Argument[];
      readonly span: Span;
    }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly span: Span;
    }
  | { readonly kind: "negate"; readonly operand: Expression; readonly span: Span }
  | { readonly kind: "list"; readonly elements: readonly Expression[]; readonly span: Span }
  /** `0..23`, both ends included. */
  | { readonly kind: "range"; readonly low: Expression; readonly high: Expression; readonly span: Span }
  /** `(h, n) => h |> dense(n)`, `x => { let y = …  y * y }` */
  | {
      readonly kind: "lambda";
      readonly parameters: readonly Identifier[];
      readonly locals: readonly Local[];
      readonly body: Expression;
      readonly span: Span;
    }
  /** Unreadable text; already reported. */
  | { readonly kind: "error"; readonly span: Span };
