// Replaces the names of params by their values, everywhere in a spec where a constant or a value may be used.
// The result is an ordinary tree; later stages do not know params.

import type { Span } from "../../common/source-file.ts";
import { tooManyParts } from "../../diagnostics/catalog/budget.ts";
import { paramShadowed } from "../../diagnostics/catalog/reuse.ts";
import type { ParamValue } from "../model/assembly.ts";
import type { Expression, Identifier } from "../syntax/nodes.ts";
import { at, type Reporter } from "../syntax/reporter.ts";
import { type Bound, Rewriter } from "../syntax/rewriter.ts";
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

export class Substituter extends Rewriter {
  private readonly options: SubstituteOptions;

  constructor(options: SubstituteOptions) {
    super();
    this.options = options;
  }

  protected override name(name: Expression & { kind: "name" }, bound: Bound): Expression {
    const param = this.read(name, bound);
    return param === null ? this.named(name, bound) : this.placed(param, name.span);
  }

  protected override isOutside({ name }: Identifier): boolean {
    return this.options.params.has(name);
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
  protected override callee(callee: Identifier, bound: Bound): Identifier {
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

/** A constant moved to `span`, so that messages point there. */
function placed(value: Expression, span: Span): Expression {
  if (value.kind !== "list") return { ...value, span };
  return { ...value, span, elements: value.elements.map((element) => placed(element, span)) };
}
