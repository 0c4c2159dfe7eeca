// What names mean: values in sight, then features and histories (in the net only), then blocks and functions. A
// feature's name is its embedded vector or its number, a history's name its fields side by side.

import type { Expression, Identifier } from "../ast/nodes.ts";
import {
  noFields,
  notEmbedded,
  notInBlock,
  unknownField,
  unknownName,
  usedBeforeDefined,
} from "../diagnostics/catalog/expressions.ts";
import type { NodeId, Rows } from "../graph/graph.ts";
import { invariant } from "../internal-error.ts";
import { hasIds } from "../kinds/registry.ts";
import { type Span, textOf } from "../source/source-file.ts";
import { inputNames } from "../training/program.ts";
import { addDims, constantDim } from "./dims.ts";
import type { Environment } from "./environment.ts";
import type { Feature, History, HistoryField } from "./model.ts";
import { at, didYouMean, replacing } from "./reporter.ts";
import {
  type Axis,
  ERROR,
  isError,
  plainValue,
  printType,
  type TensorValue,
  tensorValue,
  type Value,
} from "./types.ts";
import type { Walker } from "./walker.ts";

export class Names {
  private readonly walker: Walker;

  constructor(walker: Walker) {
    this.walker = walker;
  }

  read(name: string, span: Span, environment: Environment): Value {
    const local = environment.read(name);
    if (local !== undefined) return local;
    const feature = this.walker.declarations.features.get(name);
    const history = this.walker.declarations.histories.get(name);
    if (environment.block === null) {
      if (feature !== undefined) return this.feature(feature, span);
      if (history !== undefined) return this.history(history, span);
    }
    const callable = this.walker.callableNamed(name);
    if (callable !== null) return plainValue({ kind: "function", callable });
    this.reportUnknownName(name, span, environment);
    return ERROR;
  }

  private reportUnknownName(name: string, span: Span, environment: Environment): void {
    const { declarations } = this.walker;
    const { block } = environment;
    const global = declarations.features.get(name) ?? declarations.histories.get(name);
    const later = this.walker.later.get(name);
    if (name === "") return;
    if (block !== null && (global !== undefined || later !== undefined)) {
      const what = declarations.features.has(name) ? "feature" : global === undefined ? "value" : "history";
      const related = [at(global?.span ?? later!, "declared here")];
      this.walker.report(notInBlock, { name, what, block: block.name.name }, span, {
        related,
        help: "add a parameter and pass it where the block is used",
      });
    } else if (later !== undefined) {
      this.walker.usedEarly.add(name);
      this.walker.report(usedBeforeDefined, { name }, span, {
        related: [at(later, "defined here")],
        help: `move this below the \`let\` of \`${name}\``,
      });
    } else {
      const column = [...declarations.histories.values()].find((history) =>
        history.fields.some((field) => field.column === name),
      );
      const field = column?.fields.find((each) => each.column === name);
      const known = [...environment.names()];
      if (block === null) known.push(...declarations.features.keys(), ...declarations.histories.keys());
      const identifier = { name, span };
      if (column !== undefined && field !== undefined)
        this.walker.report(unknownName, { name }, span, {
          related: [at(field.span, "a column, bound here")],
          help: `its values are \`${column.name}.${field.feature}\``,
          fixes: [replacing(span, `${column.name}.${field.feature}`)],
        });
      else if (declarations.labels.has(name))
        this.walker.report(unknownName, { name }, span, {
          related: [at(declarations.labels.get(name)!.span, "a label")],
          help: "the network cannot read what it is to predict; to use a prediction, name it with `let`",
        });
      else if (!this.walker.unread.mayDeclare(name, known))
        this.walker.report(unknownName, { name }, span, didYouMean(identifier, known));
    }
  }

  private rows(axis: Axis | null): Rows {
    return axis === null
      ? { kind: "each", per: "example" }
      : { kind: "steps", per: "example", history: axis.name };
  }

  private feature(feature: Feature, span: Span): Value {
    this.walker.usedNames.add(feature.name);
    if (this.walker.declarations.broken.has(feature.name)) return ERROR;
    const syntax = this.walker.declarations.featureSyntax.get(feature.name);
    const sources = new Set([feature.scope]);
    const input = inputNames.feature(feature.name);
    if (!hasIds(feature.kind)) {
      const type = { rows: this.rows(null), dims: [1], dtype: "f32" } as const;
      const node = this.walker.emit("input", [], { name: input, type }, span);
      const widthOrigin = { span: syntax?.type.span ?? feature.span, what: `the number \`${feature.name}\`` };
      return tensorValue({ axis: null, width: constantDim(1) }, { node, sources, widthOrigin });
    }
    if (feature.embed === null) {
      invariant(syntax, `${feature.name} has no declaration`);
      const text = textOf(syntax.type.span);
      this.walker.report(notEmbedded, { name: feature.name }, span, {
        related: [at(syntax.span, "declared without `embed`")],
        help: `give it a width: \`${feature.name} : ${text} embed 16\``,
        fixes: [
          {
            title: "embed it, 16 wide",
            isGuess: true,
            edits: [{ span: { ...syntax.span, start: syntax.span.end }, text: " embed 16" }],
          },
        ],
      });
      return ERROR;
    }
    const node = this.embedding(feature, feature.embed, input, null, span);
    return tensorValue(
      { axis: null, width: constantDim(feature.embed) },
      { node, sources, widthOrigin: this.embedOrigin(feature) },
    );
  }

  private embedOrigin(feature: Feature) {
    const syntax = this.walker.declarations.featureSyntax.get(feature.name);
    return { span: syntax?.embed?.span ?? feature.span, what: `the embedding of \`${feature.name}\`` };
  }

  private embedding(
    feature: Feature,
    width: number,
    input: string,
    axis: Axis | null,
    span: Span,
  ): NodeId | null {
    const table = this.walker.emit("table", [], { name: feature.name, width }, span);
    const type = { rows: this.rows(axis), dims: [], dtype: "i32" } as const;
    const ids = this.walker.emit("input", [], { name: input, type }, span);
    return this.walker.emit("lookup", [table, ids], {}, span);
  }

  private axisOf(history: History): Axis {
    return { kind: "history", name: history.name, span: history.span };
  }

  private historyField(history: History, field: HistoryField, span: Span): TensorValue {
    const feature = this.walker.declarations.features.get(field.feature)!;
    const axis = this.axisOf(history);
    const width = feature.embed!;
    const node = this.embedding(feature, width, inputNames.field(history.name, field.feature), axis, span);
    return tensorValue(
      { axis, width: constantDim(width) },
      { node, sources: new Set(["history"]), widthOrigin: this.embedOrigin(feature) },
    );
  }

  private history(history: History, span: Span): Value {
    this.walker.usedNames.add(history.name);
    if (this.walker.declarations.broken.has(history.name)) return ERROR;
    const fields = history.fields.map((field) => this.historyField(history, field, span));
    const [first] = fields;
    if (first === undefined) return ERROR;
    if (fields.length === 1) return first;
    const width = fields.map((field) => field.type.width).reduce(addDims);
    const node = this.walker.emit(
      "concat",
      fields.map((field) => field.node),
      { dim: 0 },
      span,
    );
    const widthOrigin = { span: history.span, what: `the fields of \`${history.name}\` side by side` };
    return tensorValue({ axis: this.axisOf(history), width }, { node, sources: first.sources, widthOrigin });
  }

  field(object: Expression, field: Identifier, span: Span, environment: Environment): Value {
    const history =
      object.kind === "name" && environment.block === null && environment.peek(object.name) === undefined
        ? this.walker.declarations.histories.get(object.name)
        : undefined;
    if (history === undefined) {
      const value = this.walker.evaluate(object, environment);
      if (!isError(value))
        this.walker.report(noFields, { type: printType(value.type) }, field.span, {
          help: "only a history has fields, like `clicks.item_id`",
        });
      return ERROR;
    }
    this.walker.usedNames.add(history.name);
    const found = history.fields.find((each) => each.feature === field.name);
    const broken = this.walker.declarations.broken.has(history.name);
    if (found !== undefined) return broken ? ERROR : this.historyField(history, found, span);
    if (broken || field.name === "") return ERROR;
    const byColumn = history.fields.find((each) => each.column === field.name);
    const names = history.fields.map((each) => each.feature);
    if (byColumn === undefined && this.walker.unread.mayDeclare(field.name, names)) return ERROR;
    this.walker.report(unknownField, { object: history.name, field: field.name }, field.span, {
      related: [at(byColumn?.span ?? history.span, byColumn === undefined ? "declared here" : "bound here")],
      ...(byColumn === undefined
        ? didYouMean(field, names, `its fields are ${names.join(", ")}`)
        : {
            help: `fields are called like the feature: \`${history.name}.${byColumn.feature}\``,
            fixes: [replacing(field.span, byColumn.feature)],
          }),
    });
    return ERROR;
  }
}
