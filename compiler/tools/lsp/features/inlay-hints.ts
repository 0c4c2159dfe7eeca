// Inlay hints for omitted information: types and axes after the names of `let`, results of blocks, values of
// params, and names of parameters before literals.

import {
  type InlayHint,
  InlayHintKind,
  type InlayHintLabelPart,
  type MarkupContent,
} from "vscode-languageserver-types";
import type { SourceFile, Span } from "../../../common/source-file.ts";
import { hasErrors } from "../../../diagnostics/diagnostic.ts";
import type { BindableParameter } from "../../../frontend/elaborate/bind-arguments.ts";
import { languageFunctions } from "../../../frontend/functions/registry.ts";
import type {
  Argument,
  BlockItem,
  Expression,
  Identifier,
  Let,
  ParamItem,
  Spec,
} from "../../../frontend/syntax/nodes.ts";
import { computed } from "../../../frontend/syntax/walk.ts";
import { printDim } from "../../../frontend/values/dims.ts";
import { isTensor, printType } from "../../../frontend/values/types.ts";
import type { Value } from "../../../frontend/values/values.ts";
import { positionOf, rangeOf } from "../ranges.ts";
import type { Snapshot } from "../snapshot.ts";
import type { Mention } from "../symbols/symbol.ts";

/** The hints in `range`, in the order of the text. If a mistake hides a type, the last known one is shown. */
export function inlayHints(snapshot: Snapshot, path: string, range: Span): readonly InlayHint[] {
  const spec = snapshot.parsed(path)?.value;
  if (spec === undefined) return [];
  const isAsked = ({ start, end }: Span) => range.start <= end && start <= range.end;
  const hints = [
    ...partsOf(spec)
      .filter(({ span }) => isAsked(span))
      .flatMap((part) => {
        const of = new PartHints(snapshot, spec.file, part);
        return [...of.lets(), ...of.blocks(), ...of.params()];
      }),
    ...[...computed(spec)]
      .filter(({ span }) => isAsked(span))
      .flatMap((each) => literals(snapshot, path, each)),
  ];
  return hints
    .filter(({ offset }) => range.start <= offset && offset <= range.end)
    .sort((a, b) => a.offset - b.offset)
    .map(({ offset, hint }) => ({ position: positionOf(spec.file, offset), ...hint }));
}

interface Placed {
  readonly offset: number;
  readonly hint: Omit<InlayHint, "position">;
}

/** The text of a spec's model, or of a variant. */
interface Part extends Pick<Spec, "items" | "params"> {
  readonly variant: string | null;
  readonly span: Span;
}

function partsOf({ file, items, params, variants }: Spec): readonly Part[] {
  const whole = { file, start: 0, end: file.text.length };
  const inVariants = variants.map((each) => ({ ...each, variant: each.name.name }));
  return [{ items, params, variant: null, span: whole }, ...inVariants];
}

/** Spans of a file, as keys. */
type OffsetRange = `${number}-${number}`;

class PartHints {
  private readonly snapshot: Snapshot;
  private readonly file: SourceFile;
  private readonly part: Part;

  constructor(snapshot: Snapshot, file: SourceFile, part: Part) {
    this.snapshot = snapshot;
    this.file = file;
    this.part = part;
  }

  *lets(): Generator<Placed> {
    for (const item of this.part.items) {
      const [statements, block] =
        item.kind === "block"
          ? [item.body, item.name.name]
          : item.kind === "net"
            ? [item.statements, null]
            : [[], null];
      for (const each of statements) if (each.kind === "let") yield* this.let(each, block);
    }
  }

  /** Only a `let` with one name has a hint; types of list elements say little. */
  private *let({ names: [name, second], value: expression }: Let, block: string | null): Generator<Placed> {
    if (name === undefined || second !== undefined || name.name === "" || isPlain(expression)) return;
    const value = this.valueOf(expression);
    const type = value === null ? null : typeShown(value);
    const known = this.remembered(`${block ?? ""} let ${name.name}`, type);
    if (known === null) return;
    const parts: InlayHintLabelPart[] = [{ value: ": " }, { value: known, ...this.origin(value) }];
    yield after(name, { label: parts, kind: InlayHintKind.Type });
  }

  /**
   * A result type that all uses agree on. Uses along a sequence apply the block to each step, so they do not
   * count.
   */
  *blocks(): Generator<Placed> {
    for (const block of this.part.items) {
      if (block.kind !== "block" || block.result !== null) continue;
      const types = new Set(this.callsOf(block).map((value) => typeShown(value) ?? "?"));
      const [type, ...others] = types;
      const isOne = type !== undefined && others.length === 0 && /^(?:Vec\[\d+\]|Prob)$/.test(type);
      const known = this.remembered(`${block.name.name} result`, isOne ? type : null);
      const head = this.headOf(block);
      if (known !== null && head !== null)
        yield {
          offset: head,
          hint: {
            label: ` -> ${known}`,
            kind: InlayHintKind.Type,
            tooltip: "what it gives wherever it is used",
          },
        };
    }
  }

  /** Only computed defaults need a hint. */
  *params(): Generator<Placed> {
    for (const param of this.part.params) {
      if (isPlain(param.default)) continue;
      const { type } = this.snapshot.types(this.file.path).get(param.name.span.start) ?? { type: "?" };
      const [, value] = / = (.*)$/s.exec(type) ?? [];
      if (value !== undefined && value !== textOfParam(param))
        yield { offset: param.default.span.end, hint: { label: ` = ${value}`, kind: InlayHintKind.Type } };
    }
  }

  private get analysis() {
    return this.snapshot.analysis(this.file.path, this.part.variant);
  }

  /** The last known type, if the spec has mistakes and the current one is unknown. */
  private remembered(name: string, type: string | null): string | null {
    const { path } = this.file;
    const known = this.snapshot.lastKnown(`type ${path} ${this.part.variant ?? ""} ${name}`, type);
    return hasErrors(this.analysis?.diagnostics ?? []) ? known : type;
  }

  private valueOf({ span: { start, end } }: Expression): Value | null {
    return this.values.get(`${start}-${end}`) ?? null;
  }

  /** By location, because with values of params the checker's expressions are not those of the text. */
  private get values(): ReadonlyMap<OffsetRange, Value> {
    const { path } = this.file;
    return this.snapshot.keeping(`values ${this.part.variant ?? ""} ${path}`, () => {
      const values = new Map<OffsetRange, Value>();
      for (const [{ span }, value] of this.analysis?.values ?? [])
        if (span.file.path === path) values.set(`${span.start}-${span.end}`, value);
      return values;
    });
  }

  private callsOf({ name: { name } }: BlockItem): readonly Value[] {
    return [...(this.analysis?.values ?? [])].flatMap(([expression, value]) =>
      (expression.kind === "call" || expression.kind === "pipe") && expression.callee.name === name
        ? [value]
        : [],
    );
  }

  /** The offset after the closing parenthesis of a block's parameters; null if there is none. */
  private headOf({ name, parameters, span }: BlockItem): number | null {
    const last = parameters.at(-1);
    const from = last?.default?.span.end ?? last?.type?.span.end ?? last?.name.span.end ?? name.span.end;
    const head = /^[^{]*?\)/.exec(this.file.text.slice(from, span.end));
    return head === null ? null : from + head[0].length;
  }

  /** The location that decided the width. */
  private origin(value: Value | null): Pick<InlayHintLabelPart, "location" | "tooltip"> {
    if (value === null || !isTensor(value) || value.widthOrigin === null) return {};
    const { span, what } = value.widthOrigin;
    const { line } = rangeOf(span).start;
    const text = `${printDim(value.type.width)} wide: ${what} (line ${line + 1})`;
    const tooltip: MarkupContent = { kind: "markdown", value: text };
    return { tooltip, location: { uri: this.snapshot.uriOf(span.file.path), range: rangeOf(span) } };
  }
}

function after({ span }: Identifier, hint: Placed["hint"]): Placed {
  return { offset: span.end, hint };
}

function typeShown({ type }: Value): string | null {
  return type.kind === "error" || type.kind === "function" ? null : printType(type);
}

function textOfParam({ default: { span } }: ParamItem): string {
  return span.file.text.slice(span.start, span.end);
}

/** Tells whether an expression needs no hint. */
function isPlain(expression: Expression): boolean {
  switch (expression.kind) {
    case "number":
    case "string":
      return true;
    case "negate":
      return isPlain(expression.operand);
    case "list":
      return expression.elements.every(isPlain);
    case "range":
      return isPlain(expression.low) && isPlain(expression.high);
    case "name":
    case "field":
    case "index":
    case "call":
    case "pipe":
    case "binary":
    case "lambda":
    case "error":
      return false;
  }
}

/** Names of parameters before literals that are given by position. */
function literals(snapshot: Snapshot, path: string, call: Expression): readonly Placed[] {
  if (call.kind !== "call" && call.kind !== "pipe") return [];
  if (!call.arguments.some(isLiteral)) return [];
  const mention = snapshot.mentionAt(path, call.callee.span.start);
  const parameters = mention === null ? [] : parametersOf(snapshot, mention);
  const piped = call.kind === "pipe" ? 1 : 0;
  // Repeated arguments are all alike.
  if (parameters.some(({ rest }) => rest === true)) return [];
  return call.arguments.flatMap((argument, i): Placed[] => {
    const name = parameters[i + piped]?.name;
    // The result's type already shows the width of a layer.
    if (name === undefined || name === "width" || !isLiteral(argument)) return [];
    return [
      {
        offset: argument.value.span.start,
        hint: { label: `${name}:`, kind: InlayHintKind.Parameter, paddingRight: true },
      },
    ];
  });
}

function isLiteral({ name, value }: Argument): boolean {
  return name === null && isPlain(value);
}

function parametersOf(snapshot: Snapshot, { symbol }: Mention): readonly BindableParameter[] {
  const { kind, name, declaration } = symbol;
  if (kind === "function") return languageFunctions.get(name)?.parameters ?? [];
  if (kind !== "block" || declaration === null) return [];
  const spec = snapshot.parsed(declaration.file.path)?.value;
  const items = [...(spec?.items ?? []), ...(spec?.variants ?? []).flatMap((variant) => variant.items)];
  const block = items.find((item) => item.kind === "block" && item.name.span.start === declaration.start);
  return block?.kind === "block" ? block.parameters.map((parameter) => ({ name: parameter.name.name })) : [];
}
