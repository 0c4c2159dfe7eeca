// Mentions of names in expressions: of values, of callees, of named arguments.

import type { Span } from "../../../common/source-file.ts";
import { freezeIn, isDistribution, isInitial } from "../../../frontend/functions/initial.ts";
import { languageFunctions } from "../../../frontend/functions/registry.ts";
import {
  type Argument,
  type Expression,
  type Identifier,
  type Local,
  namesOf,
} from "../../../frontend/syntax/nodes.ts";
import { retiredArgument } from "../../../frontend/syntax/retired-forms.ts";
import { partsOf } from "../../../frontend/syntax/walk.ts";
import { FREEZE } from "../../../frontend/values/table-options.ts";
import { builtinSymbol, declared, Scope } from "./scope.ts";
import { searchedIn } from "./searches.ts";
import type { Mention, SpecSymbol } from "./symbol.ts";

/** A field of a history: the meaning of `clicks.item_id`, and the location of its binding. */
export interface FieldSymbol {
  readonly symbol: SpecSymbol;
  readonly through: Span | null;
}

export interface ExpressionContext {
  readonly mention: (mention: Mention) => void;
  /** The fields, by name, of the history with that symbol. */
  readonly fieldsOf: (history: SpecSymbol) => ReadonlyMap<string, FieldSymbol>;
  /** The parameters of the block with that symbol. */
  readonly parametersOf: (block: SpecSymbol) => readonly SpecSymbol[];
}

export class ExpressionReader {
  private readonly around: ExpressionContext;
  /** The history that each `let` takes its steps from. */
  private readonly searched = new Map<SpecSymbol, SpecSymbol>();

  constructor(around: ExpressionContext) {
    this.around = around;
  }

  read(expression: Expression, scope: Scope): void {
    switch (expression.kind) {
      case "name":
        this.refer(expression, scope.callable(expression.name));
        return;
      case "field":
        this.read(expression.object, scope);
        this.field(expression.object, expression.field, scope);
        return;
      case "pipe":
        this.read(expression.input, scope);
        this.call(expression.callee, expression.arguments, scope, true);
        return;
      case "call":
        this.call(expression.callee, expression.arguments, scope, false);
        return;
      case "lambda": {
        const inside = new Scope(scope);
        for (const parameter of expression.parameters) {
          if (parameter.name === "_") continue;
          const symbol = declared("parameter", parameter, parameter.span);
          inside.add(symbol);
          this.around.mention({ span: parameter.span, symbol, declares: true, through: null });
        }
        this.locals(expression.locals, null, inside);
        this.read(expression.body, inside);
        return;
      }
      default:
        for (const part of partsOf(expression)) this.read(part, scope);
    }
  }

  /** The names of a body; each sees those above it. */
  locals(locals: readonly Local[], of: string | null, scope: Scope): void {
    for (const local of locals) {
      this.read(local.value, scope);
      for (const name of namesOf(local)) {
        const symbol = declared(local.kind, name, local.span, of);
        scope.hide(symbol);
        if (name.name !== "") this.around.mention({ span: name.span, symbol, declares: true, through: null });
      }
    }
  }

  refer({ span }: Identifier | Extract<Expression, { kind: "name" }>, symbol: SpecSymbol | null): void {
    if (symbol !== null && span.end > span.start)
      this.around.mention({ span, symbol, declares: false, through: null });
  }

  /** A `let` that searches in a history has its fields. */
  named(symbol: SpecSymbol, value: Expression, scope: Scope): void {
    const name = scope.find("top") === null ? searchedIn(value) : null;
    const history = name === null ? null : scope.find(name);
    if (history?.kind === "history") this.searched.set(symbol, history);
  }

  private field(object: Expression, field: Identifier, scope: Scope): void {
    if (object.kind !== "name" || field.name === "") return;
    const named = scope.find(object.name);
    const history = named?.kind === "let" ? (this.searched.get(named) ?? null) : named;
    if (history?.kind !== "history") return;
    const found = this.around.fieldsOf(history).get(field.name);
    if (found !== undefined) this.around.mention({ span: field.span, ...found, declares: false });
  }

  private call(callee: Identifier, written: readonly Argument[], scope: Scope, isPipe: boolean): void {
    const symbol = scope.callable(callee.name);
    this.refer(callee, symbol);
    const definition = symbol?.kind === "function" ? languageFunctions.get(callee.name) : undefined;
    const before = isPipe ? 1 : 0;
    for (const [place, argument] of written.entries()) {
      const { name, value } = argument;
      if (name !== null) this.refer(name, symbol === null ? null : this.parameter(symbol, name.name));
      const isWord =
        definition !== undefined &&
        (isInitial(definition, argument) ||
          isDistribution(definition, argument, before + place) ||
          (freezeIn(definition, argument) !== null && scope.find(FREEZE.word) === null));
      if (isWord) this.initial(value, callee, scope);
      else this.read(value, scope);
    }
  }

  /**
   * Initializers and distributions, such as `zeros` and `normal(0.01)`, are words of the language, even if something else has the
   * same name, and so is `freeze` unless something else has that name.
   */
  private initial(value: Expression, { name: of }: Identifier, scope: Scope): void {
    if (value.kind === "name") this.refer(value, builtinSymbol("choice", value.name, of));
    if (value.kind !== "call") return;
    this.refer(value.callee, builtinSymbol("choice", value.callee.name, of));
    for (const argument of value.arguments) this.read(argument.value, scope);
  }

  private parameter(callee: SpecSymbol, name: string): SpecSymbol | null {
    if (callee.kind === "block")
      return this.around.parametersOf(callee).find((parameter) => parameter.name === name) ?? null;
    const definition = callee.kind === "function" ? languageFunctions.get(callee.name) : undefined;
    return definition?.parameters.some((parameter) => parameter.name === name) ||
      retiredArgument(callee.name, name) !== null
      ? builtinSymbol("option", name, callee.name)
      : null;
  }
}
