// Expressions written with names for arguments, such as `list[n]`: fills in arguments, as a tree and as text.

import { invariant } from "../../common/internal-error.ts";
import { type Span, sourceFile, textOf } from "../../common/source-file.ts";
import { withEdits } from "../../diagnostics/apply-fixes.ts";
import { spanOfArgument } from "./constants.ts";
import type { AnyCall, Argument, Expression, Identifier } from "./nodes.ts";
import { parse } from "./parse.ts";
import { type Bound, Rewriter } from "./rewriter.ts";

/** An expression of a table, which may be a call of a new function or have any other form. */
export type Template = Expression;

const templates = new Map<string, Template>();

export function templateOf(written: string): Template {
  const known = templates.get(written);
  if (known !== undefined) return known;
  const { value, diagnostics } = parse(sourceFile("template.din", `block template() { ${written} }\n`));
  const [block] = value.items;
  invariant(diagnostics.length === 0 && block?.kind === "block", `${written} isn't an expression`);
  templates.set(written, block.value);
  return block.value;
}

/** The tree with arguments for names. Its new nodes have the location `span`; arguments keep theirs. */
export function fill(template: Template, given: ReadonlyMap<string, Expression>, span: Span): Expression {
  return new Filler(given, span).constant(template);
}

/** A call template as a pipe, if it takes the piped value first; otherwise null. */
export function fillPipe(
  template: Template,
  given: ReadonlyMap<string, Expression>,
  span: Span,
): (AnyCall & { readonly kind: "pipe" }) | null {
  const rest = afterPiped(template, given);
  if (rest === null || template.kind !== "call") return null;
  const filler = new Filler(given, span);
  const { callee } = template;
  const input = [...given.values()][0]!;
  return { kind: "pipe", input, callee: { ...callee, span }, arguments: filler.all(rest), span };
}

/** The text of the filled template. */
export function fillText(template: Template, given: ReadonlyMap<string, Expression>): string {
  return textWith(template.span, given);
}

/** The text after `|>` of a template that `fillPipe` takes. */
export function fillPipeText(template: Template, given: ReadonlyMap<string, Expression>): string {
  const rest = afterPiped(template, given);
  invariant(rest !== null && template.kind === "call", "the template takes the piped value first");
  const { name } = template.callee;
  const others = rest.map((argument) => textWith(spanOfArgument(argument), given));
  return others.length === 0 ? name : `${name}(${others.join(", ")})`;
}

/** The arguments after the first, if the first is the first one given. */
function afterPiped(template: Template, given: ReadonlyMap<string, Expression>): readonly Argument[] | null {
  if (template.kind !== "call") return null;
  const [first, ...rest] = template.arguments;
  const [name] = given.keys();
  return first?.name === null && first.value.kind === "name" && first.value.name === name ? rest : null;
}

class Filler extends Rewriter {
  private readonly given: ReadonlyMap<string, Expression>;
  private readonly span: Span;

  constructor(given: ReadonlyMap<string, Expression>, span: Span) {
    super();
    this.given = given;
    this.span = span;
  }

  all(given: readonly Argument[]): readonly Argument[] {
    return this.arguments(given, new Map());
  }

  protected override name(name: Expression & { kind: "name" }): Expression {
    return this.given.get(name.name) ?? name;
  }

  protected override callee(callee: Identifier): Identifier {
    return { ...callee, span: this.span };
  }

  protected override arguments(given: readonly Argument[], bound: Bound): Argument[] {
    return super
      .arguments(given, bound)
      .map(({ name, value }) => ({ name: name === null ? null : { ...name, span: this.span }, value }));
  }

  protected override expression(expression: Expression, bound: Bound): Expression {
    const made = super.expression(expression, bound);
    const isArgument = expression.kind === "name" && this.given.has(expression.name);
    return isArgument ? made : { ...made, span: this.span };
  }
}

/** The text of a part of a template, with the texts of arguments for their names. */
function textWith(part: Span, given: ReadonlyMap<string, Expression>): string {
  const text = textOf(part);
  const file = sourceFile("template.din", text);
  const edits = [...text.matchAll(/(?<![\w.])([a-z_]+)(?!\w|\s*[:(])/g)].flatMap(({ 1: name, index }) => {
    const argument = given.get(name!);
    if (argument === undefined) return [];
    const end = index + name!.length;
    const isAlone = /[(,:[]\s*$|^$/.test(text.slice(0, index)) && /^\s*([,)\]]|$)/.test(text.slice(end));
    const written = textOf(argument.span);
    return [
      { span: { file, start: index, end }, text: isAlone || isPrimary(argument) ? written : `(${written})` },
    ];
  });
  return withEdits(file, edits);
}

/** Tells whether an expression may be an operand without parentheses. */
function isPrimary({ kind }: Expression): boolean {
  return ["name", "number", "string", "call", "field", "index", "list"].includes(kind);
}
