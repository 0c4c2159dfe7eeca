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
} from "../serving/plan.ts";
import { candidateCount, scopeNames, type ValueNames } from "./value-names.ts";
import { codeIn, typescript } from "./writer.ts";

/** The variable of a loop over time. */
const time = "t";

export function loopStatements({ over, reverse, calls }: PlannedLoop, names: ValueNames): string[] {
  const steps = countText({ ...over, per: "request" }, names);
  const head = reverse
    ? `for (let ${time} = ${steps} - 1; ${time} >= 0; ${time}--) {`
    : `for (let ${time} = 0; ${time} < ${steps}; ${time}++) {`;
  return [head, ...calls.map((call) => statement(call, names)), "}"];
}

export function statement({ kernel, arguments: args }: PlannedCall, names: ValueNames): string {
  return kernelCall(
    kernel,
    args.map((argument) => expression(argument, names)),
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
export function statementOrigins(names: ValueNames): CodeOrigins["statements"] {
  return allCalls(names.plan).flatMap((call): CodeOrigins["statements"] =>
    call.origin === null ? [] : [[codeIn(statement(call, names), typescript), fileAndLine(call.origin)]],
  );
}

export function expression(argument: PlannedArgument, names: ValueNames): string {
  switch (argument.kind) {
    case "value":
      return names.value(argument);
    case "number":
      return number(argument.value);
    case "numbers":
      return `[${argument.values.map(number).join(", ")}]`;
    case "flag":
      return String(argument.value);
    case "time":
      return time;
    case "count":
      return countText(argument.rows, names, argument.times);
    default:
      return unreachable(argument, "argument");
  }
}

/** An expression, and whether it needs brackets as a factor. */
interface Term {
  readonly text: string;
  readonly isSum: boolean;
}

/** `times` the number of rows, as an expression. */
export function countText(rows: Rows, names: ValueNames, times = 1): string {
  const count = countOf(rows, names);
  return times === 1 ? count.text : product(factor(count), times);
}

function factor({ text, isSum }: Term): string {
  return isSum ? `(${text})` : text;
}

function countOf(rows: Rows, names: ValueNames): Term {
  const single = (text: string): Term => ({ text, isSum: false });
  switch (rows.kind) {
    case "once":
      return single("1");
    case "table":
      return single(
        `w.${names.rowsProperty(names.plan.tables.findIndex(({ name }) => name === rows.table))}`,
      );
    case "each":
      return single(rows.per === "candidate" ? candidateCount : "1");
    case "steps": {
      const steps = lengthOf<Term>(rows.history, {
        history: (name) => single(isCandidateAxis(name) ? candidateCount : stepsText(name, names)),
        sum: (parts, more) => {
          const texts = parts.map(({ text }) => text);
          if (more < 0) return single(`Math.max(0, ${texts.join(" + ")} - ${-more})`);
          const all = [...texts, ...(more > 0 ? [String(more)] : [])];
          return { text: all.join(" + "), isSum: all.length > 1 };
        },
        every: (of, steps) => single(`Math.ceil(${factor(of)} / ${steps})`),
      });
      return rows.per === "candidate" ? single(`${candidateCount} * ${factor(steps)}`) : steps;
    }
    case "elements":
      return single(elementsText(rows, names));
    default:
      return unreachable(rows, "rows");
  }
}

/** The variable with the number of a history's steps. */
export function stepsText(history: string, names: ValueNames): string {
  return `q.${names.stepsProperty(names.plan.histories.indexOf(history))}`;
}

/** The variable that gets the number of values of all sets when they are read. */
export function elementsText(rows: ElementsRows, names: ValueNames): string {
  const index = names.plan.sets.findIndex((each) => rowsKey(each) === rowsKey(rows));
  return `${scopeNames[phaseOfRows(rows)]}.${names.elementsProperty(index)}`;
}

export function product(count: string, times: number): string {
  if (times === 1) return count;
  return count === "1" ? String(times) : `${count} * ${times}`;
}

export function number(value: number): string {
  if (Number.isNaN(value)) return "Number.NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Number.POSITIVE_INFINITY" : "Number.NEGATIVE_INFINITY";
  return Object.is(value, -0) ? "-0" : String(value).replace("e+", "e");
}
