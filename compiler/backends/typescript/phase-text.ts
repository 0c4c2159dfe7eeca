// Writes the calls of a phase in the groups in which the spec computes them, each under a comment with the
// place and the text of the spec: `// model.din:26: let target = concat(item_id, genre)`.

import { InternalError, unreachable } from "../../common/internal-error.ts";
import { comment, named } from "../../common/quoting.ts";
import { fileAndLine, oneLine, type Span } from "../../common/source-file.ts";
import type { PlannedStep } from "../serving/plan.ts";
import type { Phase } from "../serving/slots.ts";
import { loopStatements, statement } from "./statements.ts";
import type { ValueNames } from "./value-names.ts";

export class PhaseText {
  private readonly names: ValueNames;
  private readonly phase: Phase;
  /** Local names that are declared. */
  private readonly declared = new Set<string>();
  /** The comments of this phase, and the last one. */
  private readonly written = new Set<string>();
  private last: string | null = null;

  constructor(names: ValueNames, phase: Phase) {
    this.names = names;
    this.phase = phase;
  }

  /** The lookups of rows by ids, which come before everything else. */
  gathers(): string[] {
    return this.names.plan.gathers[this.phase].flatMap((call) => [
      ...this.names.declared([call], this.declared),
      statement(call, this.names),
    ]);
  }

  calls(): string[] {
    return this.names.plan.calls[this.phase].flatMap((step) => this.step(step));
  }

  private step(step: PlannedStep): string[] {
    const { names } = this;
    switch (step.kind) {
      case "loop": {
        const declared = names.declared(step.calls, this.declared);
        return [...this.comment(step.origin), ...declared, ...loopStatements(step, names)];
      }
      case "call": {
        const declared = names.declared([step], this.declared);
        return [...this.comment(step.origin), ...declared, statement(step, names)];
      }
      case "fused":
      case "pairs":
        throw new InternalError("a TypeScript program with fused loops");
      default:
        return unreachable(step, "step");
    }
  }

  /** The comment above calls from another part of the spec than those before. Its text is written once. */
  private comment(origin: Span | null): string[] {
    const part = this.names.partOf(origin);
    if (origin === null || part === null) return [];
    const place = part.isBlock ? origin : part.span;
    const text = `${fileAndLine(place)}: ${part.isBlock ? `${part.text}: ` : ""}${oneLine(place)}`;
    if (text === this.last) return [];
    this.last = text;
    const isKnown = this.written.has(text);
    this.written.add(text);
    return [named(`// ${comment(isKnown ? `${fileAndLine(place)}: ${part.text}` : text)}`, "")];
  }
}
