// The stack of blocks that are being walked, each with its use. A diagnostic inside a block lists these uses.

import type { Span } from "../../common/source-file.ts";
import type { Details, DiagnosticKind } from "../../diagnostics/diagnostic.ts";
import type { BlockItem } from "../syntax/nodes.ts";
import { at, type Reporter } from "../syntax/reporter.ts";

/** A block being walked at one of its uses. */
export interface BlockUse {
  readonly block: BlockItem;
  readonly span: Span;
}

export class BlockUses {
  private readonly reporter: Reporter;
  /** Outermost first. */
  private open: BlockUse[] = [];

  constructor(reporter: Reporter) {
    this.reporter = reporter;
  }

  get depth(): number {
    return this.open.length;
  }

  /** Where the outermost block is used; undefined outside blocks. */
  get outermost(): Span | undefined {
    return this.open[0]?.span;
  }

  get now(): readonly BlockUse[] {
    return [...this.open];
  }

  /** Every `enter` needs a `leave`. */
  enter(use: BlockUse): void {
    this.open.push(use);
  }

  leave(): void {
    this.open.pop();
  }

  /** Evaluates as if exactly these blocks were being walked. */
  as<T>(uses: readonly BlockUse[], evaluate: () => T): T {
    const before = this.open;
    this.open = [...uses];
    const result = evaluate();
    this.open = before;
    return result;
  }

  report<P>(kind: DiagnosticKind<P>, parameters: P, span: Span, details: Details): void {
    const { open, reporter } = this;
    const outermost = open[0];
    if (outermost === undefined) reporter.report(kind, parameters, span, details);
    else if (span.file !== outermost.span.file) {
      // A mistake inside the standard library is shown in the user's own text first.
      const related = [at(span, `in \`${open.at(-1)!.block.name.name}\``), ...(details.related ?? [])];
      reporter.report(kind, parameters, outermost.span, { ...details, related, fixes: [] });
    } else {
      const shown = open.length <= 4 ? open : [outermost, ...open.slice(-3)];
      const places = shown.map((use) => at(use.span, `\`${use.block.name.name}\` is used here`)).reverse();
      reporter.report(kind, parameters, span, {
        ...details,
        related: [...(details.related ?? []), ...places],
      });
    }
  }

  /** For a location in the standard library, the location in the spec's own text that used it. */
  inOwnText(span: Span): Span {
    const own = this.outermost?.file ?? span.file;
    return span.file === own ? span : this.open.findLast((use) => use.span.file === own)!.span;
  }
}
