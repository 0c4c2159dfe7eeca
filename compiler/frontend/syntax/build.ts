// From the concrete syntax tree of one item to the abstract one. Every child may be missing: an unreadable
// part is dropped, or kept as an `error` expression or a nameless identifier if its surroundings are useful.

import { suggest } from "../../../grammar/closest-word.ts";
import { type CstNode, childrenOf, isNode, nodeOf, nodesOf, tokenOf } from "../../../grammar/cst.ts";
import * as t from "../../../grammar/tokens.ts";
import { type SourceFile, type Span, spanning } from "../../common/source-file.ts";
import { shared } from "../../diagnostics/catalog/helps.ts";
import * as syntax from "../../diagnostics/catalog/syntax.ts";
import { type Diagnostic, diagnose } from "../../diagnostics/diagnostic.ts";
import { renaming } from "../../diagnostics/field-words/name-fixes.ts";
import { ExpressionBuilder } from "./build-expression.ts";
import { namesInRange } from "./feature-ranges.ts";
import { stringValue } from "./literals.ts";
import type * as ast from "./nodes.ts";

/** The time at which the features of each scope are known. */
export const SCOPES: Readonly<Record<ast.FeatureScope, string>> = {
  user: "Known once per request: the user.",
  item: "Known for each candidate; histories bind their columns to these features.",
  context: "Known once per request: time, place and device.",
  training: "Known in the rows of training only: losses and labels' weights read it.",
};

const scopes = Object.keys(SCOPES) as readonly ast.FeatureScope[];

/** `model din`: not an item of the tree but the name of the spec. */
export interface ModelLine {
  readonly kind: "model";
  readonly name: ast.Identifier | null;
  readonly doc: string;
  readonly span: Span;
}

/** Returns the documentation before the token that starts at an offset. */
export type DocumentationOf = (offset: number) => string;

/** The head of a variant; the items in its braces are built one by one. */
export type VariantHead = Omit<ast.VariantItem, "items" | "params">;

export type AnyItem = ast.Item | ast.ImportItem | ast.ParamItem | ast.TuneItem | ModelLine | VariantHead;

export interface BuiltItem {
  readonly item: AnyItem | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** `isSound`: the parser found no error, so missing parts are missing in the text. */
export function buildItem(
  file: SourceFile,
  tree: CstNode,
  isSound: boolean,
  documentation: DocumentationOf,
): BuiltItem {
  const builder = new ItemBuilder(file, isSound, documentation);
  const item = builder.item(tree);
  return { item, diagnostics: builder.diagnostics };
}

class ItemBuilder extends ExpressionBuilder {
  readonly documentation: DocumentationOf;

  constructor(file: SourceFile, isSound: boolean, documentation: DocumentationOf) {
    super(file, isSound);
    this.documentation = documentation;
  }

  item(tree: CstNode): AnyItem | null {
    const node = tree.children.find(isNode);
    if (node === undefined) return null;
    switch (node.name) {
      case "model":
        return { kind: "model", name: this.name(node), doc: this.doc(node), span: this.spanOf(node) };
      case "features":
        return this.features(node);
      case "history":
        return this.history(node);
      case "label":
        return this.label(node);
      case "block":
        return this.block(node);
      case "net":
        return this.net(node);
      case "train":
        return this.train(node);
      case "tune":
        return this.tune(node);
      case "import":
        return this.import(node);
      case "param":
        return this.param(node);
      case "variant":
        return this.variant(node);
      default:
        return null;
    }
  }

  features(node: CstNode): ast.FeaturesItem | null {
    const written = this.name(node);
    if (written === null) return null;
    const scope = scopes.find((known) => known === written.name);
    const nearest = suggest(written.name, scopes) as ast.FeatureScope | null;
    if (scope === undefined) {
      const details =
        nearest === null
          ? {}
          : {
              help: shared.didYouMean(nearest),
              fixes: [renaming(written.span, written.name, nearest, scopes)],
            };
      this.report(diagnose(syntax.unknownScope, { scope: written.name }, written.span, details));
    }
    const features = nodesOf(node, "declaration").flatMap((child) => this.declarations(child));
    // The features are known, whatever their scope was meant to be.
    const known = scope ?? nearest ?? "item";
    return { kind: "features", scope: known, group: this.name(node, 1), features, span: this.spanOf(node) };
  }

  /** One declaration, or all of `user, item, c1..c26 : id`. */
  declarations(node: CstNode): readonly ast.FeatureDeclaration[] {
    const one = this.declaration(node);
    if (one === null) return [];
    const written = this.writtenNames(node);
    const span = spanning(one.name.span, written.at(-1)!.at(-1)!.span);
    const names: ast.NameList = { isList: written.length > 1, span };
    return written.flatMap(([name, last]) => {
      if (last === undefined) return [{ ...one, name, names }];
      const range: ast.NameRange = { first: name, last, span: spanning(name.span, last.span) };
      const { names: inRange, problem } = namesInRange(range);
      if (problem !== null) this.report(problem);
      return inRange.map((each) => ({ ...one, name: { name: each, span: range.span }, range, names }));
    });
  }

  /** The names that a declaration lists, each with the end of its range, if it begins one. */
  private writtenNames(node: CstNode): (readonly [first: ast.Identifier, last?: ast.Identifier])[] {
    const written: [ast.Identifier, ast.Identifier?][] = [];
    let [index, isEnd] = [0, false];
    for (const child of node.children) {
      if (isNode(child) || child.tokenType === t.Colon) break;
      if (child.tokenType === t.Identifier) {
        const name = this.name(node, index++)!;
        if (isEnd) written.at(-1)!.push(name);
        else written.push([name]);
      }
      isEnd = child.tokenType === t.DotDot;
    }
    return written;
  }

  declaration(node: CstNode): ast.FeatureDeclaration | null {
    const name = this.name(node);
    if (name === null) return null;
    return {
      name,
      range: null,
      names: { isList: false, span: name.span },
      type: this.kind(nodeOf(node, "kind"), node),
      transforms: this.transforms(node),
      source: this.clause(node, "source"),
      embed: this.embed(node),
      share: this.clause(node, "share"),
      doc: this.doc(node),
      span: this.spanOf(node),
    };
  }

  clause(parent: CstNode, rule: "source" | "share"): ast.FeatureClause | null {
    const node = nodeOf(parent, rule);
    const feature = node === undefined ? null : this.name(node);
    return node === undefined || feature === null ? null : { feature, span: this.spanOf(node) };
  }

  kind(node: CstNode | undefined, parent: CstNode): ast.KindReference {
    const name = node === undefined ? null : this.name(node);
    if (node === undefined || name === null) {
      const span = this.endSpan(node ?? parent);
      return { name: { name: "", span }, arguments: [], span };
    }
    return { name, arguments: this.arguments(node), span: this.spanOf(node) };
  }

  embed(parent: CstNode): ast.EmbedClause | null {
    const node = nodeOf(parent, "embed");
    if (node === undefined) return null;
    const span = this.spanOf(node);
    const sum = nodeOf(node, "sum");
    if (nodesOf(node, "options").length === 0) return { width: this.sum(sum, node), options: [], span };
    const given = this.arguments(node);
    const width = given.find(({ name }) => name === null);
    return { width: width?.value ?? null, options: given.filter((argument) => argument !== width), span };
  }

  history(node: CstNode): ast.HistoryItem | null {
    const name = this.name(node);
    if (name === null) return null;
    return {
      kind: "history",
      name,
      arguments: this.arguments(node),
      fields: nodesOf(node, "binding").flatMap((child) => this.historyFields(child)),
      doc: this.doc(node),
      span: this.spanOf(node),
    };
  }

  /** A binding, or the history's own fields that a declaration lists. */
  historyFields(node: CstNode): readonly (ast.Binding | ast.OwnField)[] {
    if (tokenOf(node, t.Colon) !== null && tokenOf(node, t.BindingArrow) === null)
      return this.declarations(node).map((own) => ({ kind: "own", ...own }));
    const binding = this.binding(node);
    return binding === null ? [] : [binding];
  }

  binding(node: CstNode): ast.Binding | null {
    const target = this.name(node, 0);
    const column = this.name(node, 1);
    if (target === null || column === null) return null;
    const kind = nodeOf(node, "kind");
    return {
      kind: "binding",
      target,
      column,
      type: kind === undefined ? null : this.kind(kind, node),
      embed: this.embed(node),
      doc: this.doc(node),
      span: this.spanOf(node),
    };
  }

  label(node: CstNode): ast.LabelItem | null {
    const name = this.name(node);
    if (name === null) return null;
    const type = this.kind(nodeOf(node, "labelKind"), node);
    const transforms = this.transforms(node);
    return { kind: "label", name, type, transforms, doc: this.doc(node), span: this.spanOf(node) };
  }

  transforms(node: CstNode): readonly ast.KindReference[] {
    return nodesOf(node, "transform")
      .map((child) => this.kind(child, node))
      .filter((transform) => transform.name.name !== "");
  }

  block(node: CstNode): ast.BlockItem | null {
    const name = this.name(node);
    if (name === null) return null;
    const values = nodesOf(node, "expression");
    if (this.isSound) this.checkValues(node, name.name);
    return {
      kind: "block",
      name,
      parameters: nodesOf(node, "parameter").flatMap((child) => this.parameter(child) ?? []),
      result: this.type(nodeOf(node, "type")),
      body: this.locals(node),
      value: this.expression(values.at(-1), node),
      doc: this.doc(node),
      span: this.spanOf(node),
    };
  }

  parameter(node: CstNode): ast.BlockParameter | null {
    const name = this.name(node);
    if (name === null) return null;
    const value = nodeOf(node, "expression");
    return {
      name,
      type: this.type(nodeOf(node, "type")),
      default: value === undefined ? null : this.expression(value, node),
    };
  }

  type(node: CstNode | undefined): ast.TypeReference | null {
    const name = node === undefined ? null : this.name(node);
    if (node === undefined || name === null) return null;
    const widths = nodesOf(node, "expression").map((child) => this.expression(child, node));
    return { name, arguments: widths, span: this.spanOf(node) };
  }

  net(node: CstNode): ast.NetItem {
    const statements = childrenOf(node, ["let", "layer", "predict", "output", "loss"]).flatMap(
      (child): ast.Statement[] => {
        const statement = this.statement(child);
        return statement === null ? [] : [statement];
      },
    );
    return { kind: "net", statements, span: this.spanOf(node) };
  }

  private statement(node: CstNode): ast.Statement | null {
    switch (node.name) {
      case "let":
        return this.let(node);
      case "layer":
        return this.layer(node);
      case "predict":
        return this.predict(node);
      case "output":
        return this.output(node);
      default:
        return this.loss(node);
    }
  }

  predict(node: CstNode): ast.Predict | null {
    const label = this.name(node);
    if (label === null) return null;
    const value = this.expression(nodeOf(node, "expression"), node);
    return { kind: "predict", label, arguments: this.arguments(node), value, span: this.spanOf(node) };
  }

  output(node: CstNode): ast.OutputStatement | null {
    const name = this.name(node);
    if (name === null) return null;
    const value = this.expression(nodeOf(node, "expression"), node);
    return { kind: "output", name, value, span: this.spanOf(node) };
  }

  loss(node: CstNode): ast.Loss | null {
    const name = this.name(node);
    if (name === null) return null;
    const value = this.expression(nodeOf(node, "expression"), node);
    return { kind: "loss", name, arguments: this.arguments(node), value, span: this.spanOf(node) };
  }

  train(node: CstNode): ast.TrainItem {
    const settings = nodesOf(node, "setting").flatMap((child): ast.TrainSetting[] => {
      const key = this.name(child);
      if (key === null) return [];
      const values = nodesOf(child, "expression").map((value) => this.expression(value, child));
      return [{ key, values, span: this.spanOf(child) }];
    });
    return { kind: "train", settings, span: this.spanOf(node) };
  }

  tune(node: CstNode): ast.TuneItem {
    const ranges = nodesOf(node, "range").flatMap((child): ast.TuneRange[] => {
      const [first, second] = [this.name(child, 0), this.name(child, 1)];
      if (first === null) return [];
      const { file, start } = first.span;
      const name =
        second === null
          ? first
          : { name: `${first.name}.${second.name}`, span: { file, start, end: second.span.end } };
      const value = this.expression(nodeOf(child, "expression"), child);
      return [{ name, value, span: this.spanOf(child) }];
    });
    return { kind: "tune", ranges, span: this.spanOf(node) };
  }

  import(node: CstNode): ast.ImportItem | null {
    const token = tokenOf(node, t.StringLiteral);
    if (token === null) return null;
    const span = { file: this.file, start: token.startOffset, end: t.endOf(token) };
    return { kind: "import", path: { text: stringValue(token.image), span }, span: this.spanOf(node) };
  }

  param(node: CstNode): ast.ParamItem | null {
    const name = this.name(node);
    if (name === null) return null;
    const value = this.expression(nodeOf(node, "expression"), node);
    return { kind: "param", name, default: value, doc: this.doc(node), span: this.spanOf(node) };
  }

  variant(node: CstNode): VariantHead | null {
    const [name, parent] = [this.name(node, 0), this.name(node, 1)];
    if (name === null || parent === null) return null;
    return { kind: "variant", name, parent, doc: this.doc(node), span: this.spanOf(node) };
  }

  doc(node: CstNode): string {
    return this.documentation(this.spanOf(node).start);
  }
}
