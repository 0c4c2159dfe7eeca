// Writes the calls of a planned program as TypeScript statements, with the names they use: values, weights,
// numbers of rows.

import { unreachable } from "../../common/internal-error.ts";
import { fileAndLine } from "../../common/source-file.ts";
import { isCandidateAxis } from "../../middle/graph/batch-axis.ts";
import { lengthOf } from "../../middle/graph/derived-axes.ts";
import { type ElementsRows, type Rows, rowsKey } from "../../middle/graph/types.ts";
import type { CodeOrigins } from "../contract/emitted.ts";
import {
  callsOf,
  type Plan,
  type PlannedArgument,
  type PlannedCall,
  type PlannedLoop,
  phaseOfRows,
  type ValueLocation,
} from "../serving/plan.ts";
import type { Phase } from "../serving/slots.ts";

/**
 * Variables in the generated functions: the weights, the values of the request, the values of candidates, the
 * number of candidates.
 */
export const scopeNames: Readonly<Record<Phase, string>> = { load: "w", request: "q", candidate: "c" };
export const candidateCount = "n";
/** The variable of a loop over time. */
const time = "t";

export function loopStatements({ over, reverse, calls }: PlannedLoop, plan: Plan): string[] {
  const steps = countText({ ...over, per: "request" }, plan);
  const head = reverse
    ? `for (let ${time} = ${steps} - 1; ${time} >= 0; ${time}--) {`
    : `for (let ${time} = 0; ${time} < ${steps}; ${time}++) {`;
  return [head, ...calls.map((call) => statement(call, plan)), "}"];
}

export function statement({ kernel, arguments: args }: PlannedCall, plan: Plan): string {
  return kernelCall(
    kernel,
    args.map((argument) => expression(argument, plan)),
  );
}

/** A call, whose arguments are expressions. */
export function kernelCall(kernel: string, given: readonly (string | number | boolean)[]): string {
  return `${kernel}(${given.join(", ")});`;
}

/** All calls of kernels. */
export function allCalls(plan: Plan): readonly PlannedCall[] {
  return [
    ...Object.values(plan.gathers).flat(),
    ...Object.values(plan.calls).flat().flatMap(callsOf),
    ...plan.projections.map(({ call }) => call),
  ];
}

/** The program's calls as written, each with its location in the spec. */
export function statementOrigins(plan: Plan): CodeOrigins["statements"] {
  return allCalls(plan).flatMap((call): CodeOrigins["statements"] =>
    call.origin === null ? [] : [[statement(call, plan), fileAndLine(call.origin)]],
  );
}

function expression(argument: PlannedArgument, plan: Plan): string {
  switch (argument.kind) {
    case "value":
      return locationText(argument.location);
    case "number":
      return number(argument.value);
    case "numbers":
      return `[${argument.values.map(number).join(", ")}]`;
    case "flag":
      return String(argument.value);
    case "time":
      return time;
    case "count":
      return product(countText(argument.rows, plan), argument.times);
    default:
      return unreachable(argument, "argument");
  }
}

export function locationText(location: ValueLocation): string {
  switch (location.kind) {
    case "slot":
      return `${scopeNames[location.slot.phase]}.s${location.slot.index}`;
    case "parameter":
      return `w.p${location.index}`;
    case "table":
      return `w.t${location.index}`;
    default:
      return unreachable(location, "location");
  }
}

/** The number of rows, as an expression. */
export function countText(rows: Rows, plan: Plan): string {
  switch (rows.kind) {
    case "once":
      return "1";
    case "table":
      return `w.rows${plan.tables.findIndex((table) => table.name === rows.table)}`;
    case "each":
      return rows.per === "candidate" ? candidateCount : "1";
    case "steps": {
      const steps = lengthOf<string>(rows.history, {
        history: (name) =>
          isCandidateAxis(name) ? candidateCount : `q.steps${plan.histories.indexOf(name)}`,
        sum: (parts, more) =>
          more < 0
            ? `Math.max(0, ${parts.join(" + ")} - ${-more})`
            : `(${[...parts, ...(more > 0 ? [String(more)] : [])].join(" + ")})`,
        every: (of, steps) => `Math.ceil(${of} / ${steps})`,
      });
      return rows.per === "candidate" ? `${candidateCount} * ${steps}` : steps;
    }
    case "elements":
      return elementsText(rows, plan);
    default:
      return unreachable(rows, "rows");
  }
}

/** The variable that gets the number of values of all sets when they are read. */
export function elementsText(rows: ElementsRows, plan: Plan): string {
  const index = plan.sets.findIndex((each) => rowsKey(each) === rowsKey(rows));
  return `${scopeNames[phaseOfRows(rows)]}.elements${index}`;
}

export function product(count: string, times: number): string {
  if (times === 1) return count;
  return count === "1" ? String(times) : `${count} * ${times}`;
}

export function number(value: number): string {
  if (Number.isNaN(value)) return "Number.NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Number.POSITIVE_INFINITY" : "Number.NEGATIVE_INFINITY";
  return Object.is(value, -0) ? "-0" : String(value);
}
