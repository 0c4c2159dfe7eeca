// The memory of a session, and the texts of expressions over it: the arena of the code first, then the ids that only lookups read.

import { invariant, unreachable } from "../../common/internal-error.ts";
import { isCandidateAxis } from "../../middle/graph/batch-axis.ts";
import { lengthOf } from "../../middle/graph/derived-axes.ts";
import { type ElementsRows, type Rows, rowsKey } from "../../middle/graph/types.ts";
import { PAGE } from "../../serve/wasm.ts";
import type { Arena } from "../code/arena.ts";
import { aligned } from "../code/memory.ts";
import type { Plan, ValueLocation } from "../serving/plan.ts";
import { isComputed, type Slot } from "../serving/slots.ts";

/** The number of candidates of a block, as a variable. */
const CANDIDATES = "n";

/** The numbers of histories and sets in a session; the functions of code count histories in an order of their own. */
export type Numbering = Pick<Plan, "histories" | "sets">;

export class SessionLayout {
  /** Bytes of all values. */
  readonly bytes: number;
  /** Where the ids of a request are, after the arena. */
  readonly requestIds: { readonly from: number; readonly to: number };
  private readonly numbering: Numbering;
  private readonly arena: Arena;
  private readonly ids = new Map<Slot, number>();

  constructor(plan: Plan, arena: Arena, numbering: Numbering = plan) {
    this.numbering = numbering;
    this.arena = arena;
    const from = arena.pages * PAGE;
    let end = from;
    const ports = new Set(plan.ports.map(({ slot }) => slot));
    const place = (slots: readonly Slot[]) => {
      for (const slot of slots) {
        if (isComputed(slot) || ports.has(slot)) continue;
        this.ids.set(slot, end);
        end = aligned(end + 4 * this.mostOf(slot));
      }
    };
    place(plan.slots.request);
    this.requestIds = { from, to: end };
    place(plan.slots.candidate);
    this.bytes = end;
  }

  /** The offset of a value in the memory. */
  placeOf(location: ValueLocation): number {
    const own = location.kind === "slot" ? this.ids.get(location.slot) : undefined;
    return own ?? this.arena.addressOf(location);
  }

  /** The number of rows, as an expression. */
  countText(rows: Rows): string {
    switch (rows.kind) {
      case "once":
        return "1";
      case "each":
        return rows.per === "candidate" ? CANDIDATES : "1";
      case "steps": {
        const steps = lengthOf<string>(rows.history, {
          history: (name) =>
            isCandidateAxis(name) ? CANDIDATES : `s->steps[${this.numbering.histories.indexOf(name)}]`,
          sum: (parts, more) => {
            const all = parts.join(" + ");
            if (more < 0) return `(${all} > ${-more} ? ${all} - ${-more} : 0)`;
            return `(${all}${more > 0 ? ` + ${more}` : ""})`;
          },
          every: (of, steps) => `((${of} + ${steps - 1}) / ${steps})`,
        });
        return rows.per === "candidate" ? `${CANDIDATES} * ${steps}` : steps;
      }
      case "elements":
        return `s->elements[${this.setOf(rows)}]`;
      case "table":
        return unreachable(rows as never, "rows");
      default:
        return unreachable(rows, "rows");
    }
  }

  setOf(rows: ElementsRows): number {
    const index = this.numbering.sets.findIndex((each) => rowsKey(each) === rowsKey(rows));
    invariant(index >= 0, "a set of the session");
    return index;
  }

  private mostOf({ rows, width }: Slot): number {
    return (
      (rows.kind === "elements" ? this.arena.rowsOf(rows.of) * rows.max : this.arena.rowsOf(rows)) * width
    );
  }
}
