// Replaces the names of params by their values, everywhere in a spec where a constant or a value may be used.
// The result is an ordinary tree; later stages do not know params.

import { unreachable } from "../../common/internal-error.ts";
import type { Span } from "../../common/source-file.ts";
import { tooManyParts } from "../../diagnostics/catalog/budget.ts";
import { paramShadowed } from "../../diagnostics/catalog/reuse.ts";
import type { ParamValue } from "../model/assembly.ts";
import {
  type Argument,
  type BlockItem,
  type EmbedClause,
  type Expression,
  type FeatureDeclaration,
  type Identifier,
  type Item,
  isLocal,
  type KindReference,
  type Local,
  namesOf,
  type TypeReference,
} from "../syntax/nodes.ts";
import { referencesOf } from "../syntax/references.ts";
import { at, type Reporter } from "../syntax/reporter.ts";
import { limits } from "../values/limits.ts";

/** A location that reads a param. */
export interface ParamUse {
  readonly span: Span;
  readonly param: ParamValue;
}

export interface SubstituteOptions {
  /** The params visible to the text being read. */
  readonly params: ReadonlyMap<string, ParamValue>;
  /** Hidden params: `mentioned` reports the mistake, but their meaning is clear. */
  readonly hidden: ReadonlyMap<string, ParamValue>;
  readonly reporter: Reporter;
  /** Receives every location that reads a param. */
  readonly uses: ParamUse[];
  /** The number of list elements that may still be inserted. */
  readonly room: { left: number };
  /** Receives every name that no nearer declaration binds, before it is replaced. */
  readonly mentioned: (identifier: Identifier) => void;
  /** Names that the text reads as the language's, although another file of the program declares them. */
  readonly isOfLanguage: (name: string) => boolean;
}

type Bound = ReadonlyMap<string, Span>;
const nothing: Bound = new Map();

export class Substituter {
  private readonly options: SubstituteOptions;

  constructor(options: SubstituteOptions) {
    this.options = options;
  }

  item(item: Item): Item {
    switch (item.kind) {
      case "features":
        return {
          ...item,
          features: item.features.map((feature) => this.declaration(feature)),
        };
      case "history":
        return {
          ...item,
          arguments: this.arguments(item.arguments, nothing),
          fields: item.fields.map((field) =>
            field.kind === "own"
              ? { kind: field.kind, ...this.declaration(field) }
              : {
                  ...field,
                  type: field.type === null ? null : this.kind(field.type),
                  embed: this.embed(field.embed),
                },
          ),
        };
      case "label":
        return { ...item, type: this.kind(item.type) };
      case "block":
        return this.block(item);
      case "net": {
        const bound = boundBy(item.statements.filter(isLocal).flatMap(namesOf));
        return {
          ...item,
          statements: item.statements.map((statement) => {
            const value = this.expression(statement.value, bound);
            if (isLocal(statement)) return { ...statement, value };
            return { ...statement, value, arguments: this.arguments(statement.arguments, bound) };
          }),
        };
      }
      case "train":
        return {
          ...item,
          settings: item.settings.map((setting) => ({
            ...setting,
            values: setting.values.map((value) => this.expression(value, nothing)),
          })),
        };
      default:
        return unreachable(item, "item");
    }
  }

  /** An expression outside all blocks and `net`. */
  constant(expression: Expression): Expression {
    return this.expression(expression, nothing);
  }

  private declaration(feature: FeatureDeclaration): FeatureDeclaration {
    return {
      ...feature,
      type: this.kind(feature.type),
      transforms: feature.transforms.map((transform) => this.kind(transform)),
      embed: this.embed(feature.embed),
    };
  }

  private kind(kind: KindReference): KindReference {
    return { ...kind, arguments: this.arguments(kind.arguments, nothing) };
  }

  private embed(embed: EmbedClause | null): EmbedClause | null {
    if (embed === null) return null;
    const width = embed.width === null ? null : this.expression(embed.width, nothing);
    return { ...embed, width, options: this.arguments(embed.options, nothing) };
  }

  private block(block: BlockItem): BlockItem {
    const bound = boundBy([...block.parameters.map(({ name }) => name), ...block.body.flatMap(namesOf)]);
    return {
      ...block,
      parameters: block.parameters.map((parameter) => ({
        ...parameter,
        type: this.type(parameter.type, bound),
        default: parameter.default === null ? null : this.expression(parameter.default, bound),
      })),
      result: this.type(block.result, bound),
      body: this.locals(block.body, bound),
      value: this.expression(block.value, bound),
    };
  }

  private locals(locals: readonly Local[], bound: Bound): readonly Local[] {
    return locals.map((each) => ({ ...each, value: this.expression(each.value, bound) }));
  }

  /** A name in a signature is a variable of the block, unless it is a param. */
  private type(type: TypeReference | null, bound: Bound): TypeReference | null {
    if (type === null) return null;
    const names = type.arguments.flatMap((width) => referencesOf(width));
    const variables = boundBy(names.filter(({ name }) => !this.options.params.has(name)));
    const nearer = new Map([...bound, ...variables]);
    return { ...type, arguments: type.arguments.map((width) => this.expression(width, nearer)) };
  }

  private arguments(given: readonly Argument[], bound: Bound): Argument[] {
    return given.map((argument) => ({ ...argument, value: this.expression(argument.value, bound) }));
  }

  private expression(expression: Expression, bound: Bound): Expression {
    switch (expression.kind) {
      case "number":
      case "string":
      case "error":
        return expression;
      case "name": {
        const param = this.read(expression, bound);
        return param === null ? this.named(expression, bound) : this.placed(param, expression.span);
      }
      case "field":
        return { ...expression, object: this.expression(expression.object, bound) };
      case "index":
        return {
          ...expression,
          object: this.expression(expression.object, bound),
          index: this.expression(expression.index, bound),
        };
      case "call":
      case "pipe": {
        const called = {
          callee: this.callee(expression.callee, bound),
          arguments: this.arguments(expression.arguments, bound),
        };
        return expression.kind === "call"
          ? { ...expression, ...called }
          : { ...expression, ...called, input: this.expression(expression.input, bound) };
      }
      case "binary":
        return {
          ...expression,
          left: this.expression(expression.left, bound),
          right: this.expression(expression.right, bound),
        };
      case "negate":
        return { ...expression, operand: this.expression(expression.operand, bound) };
      case "list":
        return { ...expression, elements: expression.elements.map((each) => this.expression(each, bound)) };
      case "range":
        return {
          ...expression,
          low: this.expression(expression.low, bound),
          high: this.expression(expression.high, bound),
        };
      case "lambda": {
        const own = boundBy([...expression.parameters, ...expression.locals.flatMap(namesOf)]);
        const inside = new Map([...bound, ...own]);
        return {
          ...expression,
          locals: this.locals(expression.locals, inside),
          body: this.expression(expression.body, inside),
        };
      }
      default:
        return unreachable(expression, "expression");
    }
  }

  private placed({ value }: ParamValue, span: Span): Expression {
    const { room, reporter } = this.options;
    const before = room.left;
    if (value.kind === "list") room.left -= value.elements.length;
    if (room.left >= 0) return placed(value, span);
    if (before >= 0)
      reporter.report(
        tooManyParts,
        { what: "too many elements of params are read up to here", most: limits.parts },
        span,
      );
    return { kind: "error", span };
  }

  /** A param whose value isn't a name cannot be called: its own name stays, and the checker reports it. */
  private callee(callee: Identifier, bound: Bound): Identifier {
    const param = this.read(callee, bound);
    if (param?.value.kind === "name") return { name: param.value.name, span: callee.span };
    return this.named(callee, bound);
  }

  private named<T extends Identifier>(identifier: T, bound: Bound): T {
    const { name } = identifier;
    return bound.has(name) || !this.options.isOfLanguage(name)
      ? identifier
      : { ...identifier, isOfLanguage: true };
  }

  /** The param that a name means, if any. */
  private read({ name, span }: Identifier, bound: Bound): ParamValue | null {
    if (bound.has(name) || name === "") return null;
    this.options.mentioned({ name, span });
    const param = this.options.params.get(name) ?? this.options.hidden.get(name);
    if (param === undefined) return null;
    this.options.uses.push({ span, param });
    const { value } = param;
    const nearer = value.kind === "name" ? bound.get(value.name) : undefined;
    if (value.kind === "name" && nearer !== undefined)
      this.options.reporter.report(paramShadowed, { param: name, name: value.name }, span, {
        related: [at(nearer, `\`${value.name}\` is declared here too`)],
      });
    return param;
  }
}

function boundBy(names: readonly Identifier[]): Bound {
  return new Map(names.map(({ name, span }) => [name, span]));
}

/** A constant moved to `span`, so that messages point there. */
function placed(value: Expression, span: Span): Expression {
  if (value.kind !== "list") return { ...value, span };
  return { ...value, span, elements: value.elements.map((element) => placed(element, span)) };
}
