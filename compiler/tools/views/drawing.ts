// The network for a picture, at the level of the spec: features and histories, calls and operators with their
// `let` names, predictions, losses. A block of the spec is one node, like a layer. Pure data; `svg.ts` and
// `mermaid.ts` draw it.

import { append } from "../../common/arrays.ts";
import { oneLine, type Span, textOf } from "../../common/source-file.ts";
import type { Analysis } from "../../frontend/check/check.ts";
import { library } from "../../frontend/functions/library.ts";
import { ofTraining } from "../../frontend/functions/registry.ts";
import { hasIds, numbersIn } from "../../frontend/kinds/registry.ts";
import { labelTypeText } from "../../frontend/labels/registry.ts";
import { type Feature, type Label, type Model, writtenFields } from "../../frontend/model/model.ts";
import { namesInRange } from "../../frontend/syntax/feature-ranges.ts";
import {
  type Argument,
  type Expression,
  isLocal,
  type Local,
  type Loss,
  namesOf,
  type OutputStatement,
  type Predict,
} from "../../frontend/syntax/nodes.ts";
import { referencesOf } from "../../frontend/syntax/references.ts";
import { printDim } from "../../frontend/values/dims.ts";
import { isTensor, printType } from "../../frontend/values/types.ts";
import type { TensorValue } from "../../frontend/values/values.ts";

/** When a value is known, and therefore how often it is computed. */
export type ValueTime =
  /** Once per request: user, context, and reduced histories. */
  | "request"
  /** For each step of a history, once per request. */
  | "history"
  | "candidate"
  /** For each candidate and each step: the expensive part. */
  | "candidate_history";

export interface DrawnNode {
  /** `n0`, `n1` …: safe in every format. */
  readonly id: string;
  readonly kind:
    | "feature"
    | "history"
    /** A label that a loss reads. */
    | "label"
    /** Values that depend on no input: learned ones that are not part of a layer, drawn ones, the progress of a training. */
    | "parameter"
    | "call"
    | "operator"
    | "prediction"
    /** A value that is served without a label. */
    | "output"
    | "loss";
  /** The name in the spec; null for a part of an expression. */
  readonly name: string | null;
  /** A feature's declaration, a history's fields, or a call without its vectors: `mlp([200, 80], dice)`. */
  readonly code: string;
  /** `Vec[32]`, `Seq[clicks, 1]`, `Prob` */
  readonly type: string;
  /** Rows, a list's length, then width: `["candidates", "clicks", "32"]`. A single row has no entry. */
  readonly shape: readonly string[];
  readonly known: ValueTime;
  /** The documentation of the feature, history or block. */
  readonly doc: string;
  readonly span: Span;
}

export interface DrawnEdge {
  readonly from: string;
  readonly to: string;
}

export interface Drawing {
  readonly model: string;
  readonly doc: string;
  /** Inputs of a node come before it. */
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly DrawnEdge[];
}

/** The mark of what no prediction computes. */
const IN_TRAINING = ", in training only";

const SIGNS = {
  ...{ "+": "+", "-": "−", "*": "×", "/": "÷" },
  ...{ "<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "=", "!=": "≠" },
} as const;

/** Tells whether a node is given, neither computed nor learned. */
export function isInput({ kind }: DrawnNode): boolean {
  return kind === "feature" || kind === "history" || kind === "label";
}

/** Tells whether a node is an end of the network. */
export function isOutcome({ kind }: DrawnNode): boolean {
  return kind === "prediction" || kind === "output" || kind === "loss";
}

/** Contains only nodes that a prediction, an output or a loss depends on. */
export function drawingOf(model: Model, analysis: Analysis): Drawing {
  const drawer = new Drawer(model, analysis);
  for (const statement of model.net.statements)
    if (statement.kind === "output") drawer.output(statement);
    else if (isLocal(statement)) drawer.named(statement, statement.value);
    else if (statement.kind === "predict") drawer.prediction(statement);
    else drawer.loss(statement);
  const needed = new Set(drawer.nodes.filter((node) => isOutcome(node)).map(({ id }) => id));
  for (const { from, to } of drawer.edges.toReversed()) if (needed.has(to)) needed.add(from);
  return {
    model: model.name,
    doc: model.doc,
    nodes: drawer.nodes.filter(({ id }) => needed.has(id)),
    edges: drawer.edges.filter(({ to }) => needed.has(to)),
  };
}

class Drawer {
  readonly nodes: DrawnNode[] = [];
  /** Grouped by `to`, in the order of the nodes. */
  readonly edges: DrawnEdge[] = [];
  private readonly model: Model;
  private readonly analysis: Analysis;
  private readonly inputs = new Map<string, string>();
  /** The node of each `let` with a vector; for a list or a function, the nodes that it mentions. */
  private readonly lets = new Map<string, readonly string[]>();

  constructor(model: Model, analysis: Analysis) {
    this.model = model;
    this.analysis = analysis;
  }

  named(local: Local, value: Expression): void {
    const names = namesOf(local);
    if (local.kind === "layer" || names.length > 1) {
      const ids = local.kind === "layer" ? this.mentioned(value) : this.visit(value);
      for (const { name } of names) this.lets.set(name, ids);
      return;
    }
    const { name } = names[0]!;
    const ids = this.visit(value);
    const [id] = ids;
    // A `let` that only renames something keeps the first name.
    const made = id !== undefined && ids.length === 1 ? this.nodes[indexOf(id)]! : null;
    if (made !== null && made.name === null) this.nodes[indexOf(made.id)] = { ...made, name };
    this.lets.set(name, ids);
  }

  prediction({ label: { name }, value, span }: Predict): void {
    const doc = this.model.labels.get(name)?.doc ?? "";
    this.outcome({ kind: "prediction", name, code: "prediction", doc, span }, value);
  }

  output({ name: { name }, value, span }: OutputStatement): void {
    const ids = this.visit(value);
    this.lets.set(name, ids);
    this.ending({ kind: "output", name, code: "output", doc: "", span }, ids);
  }

  loss({ name: { name }, value, span }: Loss): void {
    const weight = this.model.losses.find((each) => each.name === name)?.weight ?? 1;
    const code = `loss${weight === 1 ? "" : ` × ${weight}`}${IN_TRAINING}`;
    this.outcome({ kind: "loss", name, code, doc: "", span }, value);
  }

  private outcome(node: Pick<DrawnNode, "kind" | "name" | "code" | "doc" | "span">, value: Expression): void {
    this.ending(node, this.visit(value));
  }

  private ending(
    node: Pick<DrawnNode, "kind" | "name" | "code" | "doc" | "span">,
    ids: readonly string[],
  ): void {
    const { type, shape, known } = this.nodes[indexOf(ids[0]!)]!;
    this.add({ ...node, type, shape, known }, ids);
  }

  /** The nodes of an expression: one for a vector, none for a number. */
  private visit(expression: Expression): readonly string[] {
    switch (expression.kind) {
      case "name": {
        const found = this.lets.get(expression.name) ?? this.inputNamed(expression.name);
        const code = `${expression.name}${this.whenKnown(expression.name)}`;
        return found.length > 0 ? found : this.computed("parameter", expression, code, []);
      }
      case "field": {
        const { object, field } = expression;
        if (object.kind !== "name") return [];
        const found = this.lets.get(object.name);
        return found === undefined
          ? this.input(object.name, field.name)
          : this.computed("operator", expression, `.${field.name}`, found);
      }
      case "call":
        return this.call(expression, expression.callee.name, [], expression.arguments);
      case "pipe":
        return this.call(expression, expression.callee.name, [expression.input], expression.arguments);
      case "binary": {
        const [left, right] = [this.visit(expression.left), this.visit(expression.right)];
        const sign = SIGNS[expression.operator];
        const code = [
          left.length === 0 ? `${short(expression.left)} ` : "",
          sign,
          right.length === 0 ? ` ${short(expression.right)}` : "",
        ];
        return this.computed("operator", expression, code.join(""), [...left, ...right]);
      }
      case "negate":
        return this.computed("operator", expression, "−", this.visit(expression.operand));
      case "list":
        return expression.elements.flatMap((element) => this.visit(element));
      case "lambda":
        return this.mentioned(expression);
      case "index":
        return this.computed(
          "operator",
          expression,
          `[${short(expression.index)}]`,
          this.visit(expression.object),
        );
      case "range": {
        const { low, high, span } = expression;
        if (low.kind !== "name" || high.kind !== "name" || !this.model.features.has(low.name)) return [];
        return this.group(textOf(span), namesInRange({ first: low, last: high, span }).names, span);
      }
      case "number":
      case "string":
      case "error":
        return [];
    }
  }

  /** The outer values that a function reads. */
  private mentioned(expression: Expression): readonly string[] {
    return referencesOf(expression).flatMap(({ name }) => this.lets.get(name) ?? this.inputNamed(name));
  }

  private call(
    expression: Expression,
    callee: string,
    piped: readonly Expression[],
    given: readonly Argument[],
  ): readonly string[] {
    const inputs = [...(this.lets.get(callee) ?? []), ...piped.flatMap((each) => this.visit(each))];
    const settings: string[] = [];
    for (const { name, value } of given) {
      const ids = this.visit(value);
      append(inputs, ids);
      const isVector = this.analysis.values.get(value)?.type.kind === "tensor";
      if (!isVector) settings.push(`${name === null ? "" : `${name.name}: `}${short(value)}`);
    }
    const text = settings.length === 0 ? callee : `${callee}(${settings.join(", ")})`;
    const code = `${text}${this.whenKnown(callee)}`;
    const doc = (this.model.blocks.get(callee) ?? library.get(callee))?.doc ?? "";
    const kind = inputs.length === 0 ? "parameter" : "call";
    return this.computed(kind, expression, code, inputs, doc);
  }

  /** The mark of a function that only training has. */
  private whenKnown(callee: string): string {
    return ofTraining.has(callee) && !this.model.blocks.has(callee) ? IN_TRAINING : "";
  }

  private computed(
    kind: "call" | "operator" | "parameter",
    expression: Expression,
    code: string,
    inputs: readonly string[],
    doc = "",
  ): readonly string[] {
    const value = this.analysis.values.get(expression);
    if (value === undefined || !isTensor(value)) return inputs;
    return [this.add({ kind, name: null, code, ...typeOf(value), doc, span: expression.span }, inputs)];
  }

  private inputNamed(name: string): readonly string[] {
    const input = this.input(name);
    const { features, groups, blocks, labels } = this.model;
    if (input.length > 0 || blocks.has(name)) return input;
    const label = labels.get(name);
    if (label !== undefined) return this.label(label);
    const group = groups.get(name);
    if (group !== undefined) return this.group(name, group.features, group.span);
    const inScope = [...features.values()].filter(({ scope }) => scope === name);
    const [first] = inScope;
    return first === undefined
      ? []
      : this.group(
          name,
          inScope.map((each) => each.name),
          first.span,
        );
  }

  private label({ name, type, doc, span }: Label): readonly string[] {
    const drawn = this.inputs.get(name);
    if (drawn !== undefined) return [drawn];
    const code = `label, ${labelTypeText(type)}`;
    const shape = ["candidates", "1"];
    const id = this.add(
      { kind: "label", name, code, type: "Vec[1]", shape, known: "candidate", doc, span },
      [],
    );
    this.inputs.set(name, id);
    return [id];
  }

  /** One node for the features of a group, a range or a scope. */
  private group(name: string, features: readonly string[], span: Span): readonly string[] {
    const drawn = this.inputs.get(name);
    if (drawn !== undefined) return [drawn];
    const isCandidate = features.some((each) => this.model.features.get(each)?.scope === "item");
    const widths = new Set(features.map((each) => widthOf(this.model.features.get(each)!)));
    const [width] = widths.size === 1 ? widths : ["ids"];
    const id = this.add(
      {
        kind: "feature",
        name,
        code: `${features.length} features`,
        type: "List[Feature]",
        shape: [...(isCandidate ? ["candidates"] : []), String(features.length), String(width ?? "ids")],
        known: isCandidate ? "candidate" : "request",
        doc: "",
        span,
      },
      [],
    );
    this.inputs.set(name, id);
    return [id];
  }

  /** A node for a feature, a history or a field, once even if it is read often; none for another name. */
  private input(name: string, field: string | null = null): readonly string[] {
    const key = field === null ? name : `${name}.${field}`;
    const drawn = this.inputs.get(key);
    if (drawn !== undefined) return [drawn];
    const { features, histories } = this.model;
    const [feature, history] = [features.get(name), histories.get(name)];
    const declared = feature ?? history;
    if (declared === undefined) return [];
    const all = history === undefined ? [] : field === null ? writtenFields(history) : history.fields;
    const fields = all.filter((each) => each.name === (field ?? each.name));
    const widths = feature === undefined ? fields.map((each) => widthOf(each.feature)) : [widthOf(feature)];
    // Ids that are only looked up in tables of the network have no width.
    const width = widths.includes(null)
      ? "ids"
      : String(widths.reduce<number>((sum, each) => sum + each!, 0));
    const id = this.add(
      {
        kind: feature === undefined ? "history" : "feature",
        name: key,
        code:
          history === undefined
            ? this.declarationOf(name)
            : `${fields.map((each) => each.name).join(", ")} (max: ${history.max})`,
        type: history === undefined ? `Vec[${width}]` : `Seq[${name}, ${width}]`,
        shape: [
          ...(feature?.scope === "item" ? ["candidates"] : []),
          ...(history === undefined ? [] : [name]),
          width,
        ],
        known: history !== undefined ? "history" : feature?.scope === "item" ? "candidate" : "request",
        doc: declared.doc,
        span: declared.span,
      },
      [],
    );
    this.inputs.set(key, id);
    return [id];
  }

  private declarationOf(feature: string): string {
    const syntax = this.analysis.declarations.featureSyntax.get(feature);
    return syntax === undefined ? "" : oneLine({ ...syntax.span, start: syntax.type.span.start });
  }

  private add(node: Omit<DrawnNode, "id">, inputs: readonly string[]): string {
    const id = `n${this.nodes.length}`;
    this.nodes.push({ id, ...node });
    for (const from of new Set(inputs)) this.edges.push({ from, to: id });
    return id;
  }
}

function widthOf({ embed, kind }: Feature): number | null {
  return hasIds(kind) ? embed : numbersIn(kind);
}

function indexOf(id: string): number {
  return Number(id.slice(1));
}

function typeOf({ type, sources }: TensorValue): Pick<DrawnNode, "type" | "shape" | "known"> {
  const isCandidate = sources.has("item");
  const steps = type.axis === null ? [] : [type.axis.name];
  const known = isCandidate
    ? type.axis === null
      ? "candidate"
      : "candidate_history"
    : type.axis === null
      ? "request"
      : "history";
  return {
    type: printType(type),
    shape: [
      ...(isCandidate ? ["candidates"] : []),
      ...steps,
      ...(type.list === null ? [] : [printDim(type.list)]),
      printDim(type.width),
    ],
    known,
  };
}

function short(expression: Expression): string {
  if (expression.kind === "lambda") return "…";
  return /\s/.test(textOf(expression.span)) ? oneLine(expression.span) : textOf(expression.span);
}
