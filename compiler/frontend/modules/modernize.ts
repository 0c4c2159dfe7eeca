// Replaces retired forms in the trees of a model by their new forms, so that later stages know only these, and reports
// each with a certain fix. A name that the spec declares itself is never a retired form.

import { type Span, textOf } from "../../common/source-file.ts";
import { retiredForm } from "../../diagnostics/catalog/syntax.ts";
import type { Fix } from "../../diagnostics/diagnostic.ts";
import type { AnyCall, Argument, Expression, Identifier, Local } from "../syntax/nodes.ts";
import type { Reporter } from "../syntax/reporter.ts";
import {
  type RetiredForm,
  type RetiredFunction,
  retiredArgument,
  retiredFunction,
} from "../syntax/retired-forms.ts";
import { type Bound, Rewriter } from "../syntax/rewriter.ts";
import { fill, fillPipe, fillPipeText, fillText, templateOf } from "../syntax/templates.ts";

/** The names of a file that are not the language's. */
export interface OwnNames {
  /** Blocks and params that the file declares, or imports itself or by others. */
  readonly callables: ReadonlySet<string>;
  /** Features, groups, histories and labels of the spec. */
  readonly values: ReadonlySet<string>;
}

export class Modernizer extends Rewriter {
  private readonly own: OwnNames;
  private readonly reporter: Reporter;
  /** Calls that lack their first argument: values of layers. */
  private readonly open = new Set<Expression>();

  constructor(own: OwnNames, reporter: Reporter) {
    super();
    this.own = own;
    this.reporter = reporter;
  }

  protected override local(local: Local, bound: Bound): Local {
    if (local.kind === "layer") this.open.add(innermost(local.value));
    return super.local(local, bound);
  }

  protected override name(expression: Expression & { kind: "name" }, bound: Bound): Expression {
    const { name, span } = expression;
    const form = this.isOwn(name, bound) || this.own.values.has(name) ? null : retiredFunction(name);
    if (form === null) return expression;
    const { parameters, written } = form.forms[0]!;
    const template = templateOf(written);
    const given = new Map(parameters.map((each) => [each, { kind: "name", name: each, span } as const]));
    const pipe = fillPipe(template, given, span);
    // A function with the same arguments replaces the function by its name.
    const isRenamed = pipe !== null && pipe.arguments.length === parameters.length - 1;
    if (isRenamed)
      return this.replaced(form, span, pipe.callee.name, { ...expression, name: pipe.callee.name });
    const list = parameters.length === 1 ? parameters[0]! : `(${parameters.join(", ")})`;
    const body = fill(template, given, span);
    return this.replaced(form, span, `${list} => ${written}`, lambda(parameters, body, span));
  }

  protected override called(original: AnyCall, call: AnyCall, bound: Bound): Expression {
    const { name } = original.callee;
    if (this.isOwn(name, bound)) return call;
    const form = retiredFunction(name);
    return form === null ? this.withArguments(call) : this.function(form, original, call);
  }

  /** Renames the arguments of a call. */
  private withArguments(call: AnyCall): AnyCall {
    if (!call.arguments.some(({ name }) => name !== null && retiredArgument(call.callee.name, name.name)))
      return call;
    return { ...call, arguments: call.arguments.map((each) => this.argument(call.callee, each)) };
  }

  private argument(callee: Identifier, argument: Argument): Argument {
    const { name } = argument;
    const form = name === null ? null : retiredArgument(callee.name, name.name);
    if (name === null || form === null) return argument;
    const { instead } = form;
    this.report(form, name.span, `${name.name}:`, `${instead}:`, { span: name.span, text: instead });
    return { ...argument, name: { ...name, name: instead } };
  }

  private function(form: RetiredFunction, original: AnyCall, call: AnyCall): Expression {
    const isOpen = this.open.has(original);
    const [longest] = form.forms.toSorted((a, b) => b.parameters.length - a.parameters.length);
    const [first, ...others] = longest!.parameters;
    const parameters = isOpen ? others : longest!.parameters;
    const [given, texts] = [call, original].map((each) => bindingOf(each, parameters));
    if (given == null || texts == null) return call;
    const fitting = form.forms.find((each) => {
      const taken = each.parameters.filter((name) => !isOpen || name !== first);
      return taken.length === given.size && taken.every((name) => given.has(name));
    });
    if (fitting === undefined) return call;
    const template = templateOf(fitting.written);
    const { span } = original;
    if (isOpen) {
      const open = { kind: "name", name: first!, span } as const;
      const body = fill(template, new Map([[first!, open], ...given]), span);
      const text = fillText(template, texts);
      return this.replaced(form, span, `${first} => ${text}`, lambda([first!], body, span), original);
    }
    const pipe = original.kind === "pipe" ? fillPipe(template, given, span) : null;
    if (pipe !== null) {
      const place = { ...span, start: original.callee.span.start };
      return this.replaced(form, place, fillPipeText(template, texts), pipe, original);
    }
    return this.replaced(form, span, fillText(template, texts), fill(template, given, span), original);
  }

  /** Reports a form at `span`, whose text is replaced, and returns its new tree. */
  private replaced(
    form: RetiredFunction,
    span: Span,
    text: string,
    tree: Expression,
    call?: AnyCall,
  ): Expression {
    const kept = call === undefined ? "" : commentsAround(call, span);
    const endsLine = /^[ \t]*(\r?\n|$)/.test(span.file.text.slice(span.end));
    const edit = { span, text: `${text}${endsLine ? kept.trimEnd() : kept}` };
    const place = call === undefined ? span : call.callee.span;
    this.report(form, place, form.name, oneLine(text), edit);
    return tree;
  }

  private report(
    form: RetiredForm,
    place: Span,
    was: string,
    instead: string,
    edit: Fix["edits"][number],
  ): void {
    this.reporter.report(retiredForm, { was, instead, reason: form.reason }, place, {
      fixes: [{ title: `write \`${instead}\``, edits: [edit] }],
    });
  }

  private isOwn(name: string, bound: Bound): boolean {
    return bound.has(name) || this.own.callables.has(name);
  }
}

/** The call without its first argument in the value of a layer: `pick(1)` in `pick(1) |> relu`. */
function innermost(value: Expression): Expression {
  let inner = value;
  while (inner.kind === "pipe") inner = inner.input;
  return inner;
}

function lambda(parameters: readonly string[], body: Expression, span: Span): Expression {
  return { kind: "lambda", parameters: parameters.map((name) => ({ name, span })), locals: [], body, span };
}

/** The arguments by parameter, in the order of the parameters; null if they don't fit. */
function bindingOf(call: AnyCall, parameters: readonly string[]): ReadonlyMap<string, Expression> | null {
  const found = new Map<string, Expression>();
  const all: readonly Argument[] =
    call.kind === "pipe" ? [{ name: null, value: call.input }, ...call.arguments] : call.arguments;
  for (const [i, { name, value }] of all.entries()) {
    const parameter = name === null ? parameters[i] : name.name;
    if (parameter === undefined || !parameters.includes(parameter) || found.has(parameter)) return null;
    found.set(parameter, value);
  }
  return new Map(parameters.flatMap((each) => (found.has(each) ? [[each, found.get(each)!] as const] : [])));
}

/** The comments between the arguments of a call, which an edit of `span` would remove. */
function commentsAround(call: AnyCall, span: Span): string {
  const all = [...(call.kind === "pipe" ? [call.input] : []), ...call.arguments.map(({ value }) => value)];
  const kept = all.map((each) => each.span).filter(({ start }) => start >= span.start);
  let place = span.start;
  const gaps: string[] = [];
  for (const { start, end } of kept) {
    gaps.push(textOf({ ...span, start: place, end: start }));
    place = end;
  }
  gaps.push(textOf({ ...span, start: place }));
  return gaps.map(commentsIn).join("");
}

/** The comments of a text without strings, each to the end of its line. */
export function commentsIn(text: string): string {
  return [...text.matchAll(/\/\/.*/g)].map(([comment]) => ` ${comment.trimEnd()}\n`).join("");
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\/\/.*/g, "").replaceAll(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
