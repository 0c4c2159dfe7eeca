// Rebuilds the tree of an item with other names and calls. A subclass decides what replaces them, and knows which names the
// text around them binds.

import { unreachable } from "../../common/internal-error.ts";
import type { Span } from "../../common/source-file.ts";
import {
  type AnyCall,
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
} from "./nodes.ts";
import { referencesOf } from "./references.ts";

/** The names that parameters, `let`s and layers around an expression bind, with their locations. */
export type Bound = ReadonlyMap<string, Span>;

const nothing: Bound = new Map();

export abstract class Rewriter {
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
        return {
          ...item,
          type: this.kind(item.type),
          transforms: item.transforms.map((transform) => this.kind(transform)),
        };
      case "block":
        return this.block(item);
      case "net": {
        const bound = boundBy(item.statements.filter(isLocal).flatMap(namesOf));
        return {
          ...item,
          statements: item.statements.map((statement) =>
            isLocal(statement)
              ? this.local(statement, bound)
              : {
                  ...statement,
                  value: this.expression(statement.value, bound),
                  arguments: this.arguments(statement.arguments, bound),
                },
          ),
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

  /** The replacement of a name that is read. */
  protected abstract name(name: Expression & { kind: "name" }, bound: Bound): Expression;

  /** The replacement of a callee. */
  protected callee(callee: Identifier, _bound: Bound): Identifier {
    return callee;
  }

  /** The replacement of a call whose parts are already replaced. */
  protected called(_original: AnyCall, call: AnyCall, _bound: Bound): Expression {
    return call;
  }

  protected local(local: Local, bound: Bound): Local {
    return { ...local, value: this.expression(local.value, bound) };
  }

  /** Tells whether a name in a signature means something outside of the block, and isn't a variable. */
  protected isOutside(_name: Identifier): boolean {
    return false;
  }

  protected arguments(given: readonly Argument[], bound: Bound): Argument[] {
    return given.map((argument) => ({ ...argument, value: this.expression(argument.value, bound) }));
  }

  protected expression(expression: Expression, bound: Bound): Expression {
    switch (expression.kind) {
      case "number":
      case "string":
      case "error":
        return expression;
      case "name":
        return this.name(expression, bound);
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
        const parts = {
          callee: this.callee(expression.callee, bound),
          arguments: this.arguments(expression.arguments, bound),
        };
        const call: AnyCall =
          expression.kind === "call"
            ? { ...expression, ...parts }
            : { ...expression, ...parts, input: this.expression(expression.input, bound) };
        return this.called(expression, call, bound);
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
          locals: expression.locals.map((each) => this.local(each, inside)),
          body: this.expression(expression.body, inside),
        };
      }
      default:
        return unreachable(expression, "expression");
    }
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
      body: block.body.map((each) => this.local(each, bound)),
      value: this.expression(block.value, bound),
    };
  }

  /** A name in a signature is a variable of the block, unless it means something outside. */
  private type(type: TypeReference | null, bound: Bound): TypeReference | null {
    if (type === null) return null;
    const names = type.arguments.flatMap((width) => referencesOf(width));
    const nearer = new Map([...bound, ...boundBy(names.filter((name) => !this.isOutside(name)))]);
    return { ...type, arguments: type.arguments.map((width) => this.expression(width, nearer)) };
  }
}

function boundBy(names: readonly Identifier[]): Bound {
  return new Map(names.map(({ name, span }) => [name, span]));
}
