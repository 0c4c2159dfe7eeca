// Writes what sessions that take events need: a function for each history that computes the values of new steps, and the
// buffers that a saved session holds. The calls are those of the whole request over fewer rows, so their results have the
// same bits.

import { invariant, unreachable } from "../../common/internal-error.ts";
import { comment, quoted } from "../../common/quoting.ts";
import type { NodeId, ValidGraph } from "../../middle/graph/graph.ts";
import { type Rows, rowsKey, sizeOf } from "../../middle/graph/types.ts";
import { inputNames } from "../../middle/programs/program.ts";
import type { AppendCost } from "../contract/emitted.ts";
import { type AppendedValue, appendedValues, idOf, nodeOf, savedValues } from "../serving/appended-values.ts";
import { callsOf, type PlannedCall, type PlannedStep } from "../serving/plan.ts";
import type { WasmProgram } from "../wasm/program.ts";
import type { ReadInputs } from "./read-inputs.ts";
import { slotText } from "./request-tables.ts";
import {
  countText,
  elementsText,
  expression,
  kernelCall,
  loopStatements,
  product,
  statement,
  stepsText,
} from "./statements.ts";
import type { ValueNames } from "./value-names.ts";
import type { Declaration, FunctionDeclaration } from "./writer.ts";

export interface AppendContext {
  /** By history. */
  readonly costs: readonly AppendCost[];
  /** The program that computes values where it runs. */
  readonly wasm: WasmProgram | null;
}

/** A function for each history, and the table of what a session keeps. */
export function appendsOf(
  graph: ValidGraph,
  names: ValueNames,
  { histories, times }: ReadInputs,
  { costs, wasm }: AppendContext,
): readonly Declaration[] {
  const { plan } = names;
  const computed = appendedValues(graph, plan);
  const saved = wasm?.saved ?? savedValues(plan, computed);
  const functions = histories.map((_, i) => appendFunction(costs[i]!, i, graph, names, computed, wasm));
  const inputsOf = (has: (rows: Rows) => boolean) =>
    plan.inputs.filter(({ rows, slot }) => slot.phase === "request" && has(rows));
  const text = (slot: (typeof plan.inputs)[number]["slot"]) => slotText({ slot }, names);
  const steps = (history: string) => (rows: Rows) => rows.kind === "steps" && rows.history === history;
  const entries = histories.map(({ name, max }, i) => {
    const moved = [...saved].filter((id) => {
      const kind = computed.get(id)?.way;
      return kind === "step" && steps(name)(graph.nodes[id]!.type.rows);
    });
    const given = inputsOf(steps(name)).map(({ slot }) => `[${text(slot)}, ${slot.width}]`);
    const kept = moved.map((id) => `[${text(plan.kept.get(id)!)}, ${sizeOf(graph.nodes[id]!.type.dims)}]`);
    const at = times?.steps.find(({ history }) => history?.name === name);
    const stepsOf = stepsText(name, names);
    const parts = [
      `name: ${quoted(name)}, max: ${max}, append: append${i}`,
      `steps: (q) => ${stepsOf}, setSteps: (q, steps) => (${stepsOf} = steps)`,
      list("inputs", given),
      list("moved", kept),
      `sets: [${setsText(steps(name), names).join(", ")}]`,
      ...(at === undefined ? [] : [`time: (q) => [${slotText(at.input, names)}, ${quoted(at.name)}]`]),
    ];
    return `{ ${parts.join(", ")} }`;
  });
  const once = inputsOf(({ kind }) => kind === "each").map(({ slot }) => `[${text(slot)}, ${slot.width}]`);
  const others = [...saved].map((id) => {
    const { rows, dims } = graph.nodes[id]!.type;
    return `[${text(plan.kept.get(id)!)}, ${countText(rows, names, sizeOf(dims))}]`;
  });
  const values = [
    `histories: [${entries.join(", ")}]`,
    list("once", once),
    `sets: [${setsText(({ kind }) => kind === "each", names).join(", ")}]`,
    list("computed", others),
  ];
  return [
    ...functions,
    {
      ...{ kind: "constant", name: "KEPT", type: "KeptValues" },
      doc: "The values that a session keeps from one event to the next.",
      value: `{ ${values.join(", ")} }`,
    },
  ];
}

/** A function that lists buffers. */
function list(name: string, values: readonly string[]): string {
  return `${name}: (${values.length > 0 ? "q" : "_q"}) => [${values.join(", ")}]`;
}

/** The sets of a request whose rows are as `has` says. */
function setsText(has: (of: Rows) => boolean, names: ValueNames): string[] {
  const { sets, inputs } = names.plan;
  return sets.flatMap((rows) => {
    if (rows.of.per !== "request" || !has(rows.of)) return [];
    const own = inputs.filter((each) => rowsKey(each.rows) === rowsKey(rows));
    const rowOf = own.find(({ name }) => name === inputNames.rowOf(rows.set));
    invariant(rowOf, `the rows of ${rows.set} aren't an input`);
    const values = own.filter((each) => each !== rowOf).map((each) => slotText(each, names));
    const count = elementsText(rows, names);
    return [
      `{ values: (q) => [${values.join(", ")}], rows: (q) => ${slotText(rowOf, names)}, ` +
        `count: (q) => ${count}, setCount: (q, count) => (${count} = count) }`,
    ];
  });
}

/** The function that computes the values of new steps of one history. */
function appendFunction(
  cost: AppendCost,
  index: number,
  graph: ValidGraph,
  names: ValueNames,
  computed: ReadonlyMap<NodeId, AppendedValue>,
  wasm: WasmProgram | null,
): FunctionDeclaration {
  const { history } = cost;
  const { gathers, calls } = names.plan;
  const done = new Set<NodeId>();
  const statements = (steps: readonly PlannedStep[]) =>
    steps.flatMap((step) => {
      const id = nodeOf(step);
      const value = computed.get(id)!;
      if (done.has(id) || !value.histories.has(history)) return [];
      done.add(id);
      return appendStatements(value, history, graph, names);
    });
  const looked = statements(gathers.request);
  const plain = statements(calls.request);
  const run = wasm === null ? null : appendRun(history, names, wasm);
  return {
    ...{ kind: "function", name: `append${index}`, returns: "void" },
    code: [...looked, ...(run === null ? plain : [`if (q.wasm !== null) ${run}`, "else {", ...plain, "}"])],
    doc: comment(costText(cost)),
    parameters: [
      { name: "w", type: "Weights" },
      { name: "q", type: "RequestValues" },
      { name: "from", type: "number" },
      { name: "since", type: "number" },
    ],
  };
}

/** The statement with which WebAssembly computes what an event of the history changes; null if it changes nothing there. */
function appendRun(history: string, names: ValueNames, { plan }: WasmProgram): string | null {
  const number = plan.histories.indexOf(history);
  if (number === -1) return null;
  const counts = plan.histories.map((each) => stepsText(each, names));
  return `q.wasm.run.append?.(${[number, 1, ...counts, "from", "since"].join(", ")});`;
}

/** `from` is the first new step; `since` the first step whose recurrences and causal attention are computed. */
function appendStatements(
  { node, way, steps }: AppendedValue,
  history: string,
  graph: ValidGraph,
  names: ValueNames,
): string[] {
  const count = stepsText(history, names);
  switch (way) {
    case "step":
      return steps.flatMap(callsOf).map((call) => statementFrom("from", call, history, graph, names));
    case "prefix":
      return steps.flatMap(callsOf).map((call) => statementFrom("since", call, history, graph, names));
    case "causal":
      return [
        `for (let t = since; t < ${count}; t++) {`,
        ...steps.flatMap(callsOf).map((call) => rowOf(call, names)),
        "}",
      ];
    case "state": {
      const [first, loop] = steps;
      invariant(
        first?.kind === "call" && loop?.kind === "loop" && steps.length === 2,
        "a scan is a call and a loop",
      );
      const state = expression(first.arguments[0]!, names);
      const all = names.location({ kind: "slot", slot: names.plan.kept.get(node.id)! });
      return [
        `if (since === 0) ${statement(first, names)}`,
        `else ${kernelCall("takeStep", [state, all, 1, count, "since - 1", sizeOf(node.type.dims)])}`,
        `for (let t = since; t < ${count}; t++) {`,
        ...loop.calls.map((call) => statement(call, names)),
        "}",
      ];
    }
    case "whole":
      return steps.flatMap((step) =>
        step.kind === "loop"
          ? loopStatements(step, names)
          : callsOf(step).map((call) => statement(call, names)),
      );
    case "fixed":
      return [];
    default:
      return unreachable(way, "way");
  }
}

/** The same call for the steps from `first` on: buffers begin there, and counts are those of the rest. */
function statementFrom(
  first: "from" | "since",
  { kernel, arguments: args }: PlannedCall,
  history: string,
  { nodes }: ValidGraph,
  names: ValueNames,
): string {
  const isAlong = (rows: Rows) => rows.kind === "steps" && rows.per === "request" && rows.history === history;
  const given = args.map((argument) => {
    const text = expression(argument, names);
    if (argument.kind === "count" && isAlong(argument.rows)) {
      const rest = `${countText(argument.rows, names)} - ${first}`;
      return argument.times === 1 ? rest : product(`(${rest})`, argument.times);
    }
    if (argument.kind !== "value") return text;
    const { rows, dims } = nodes[idOf(argument)]!.type;
    return isAlong(rows) ? `${text}.subarray(${product(first, sizeOf(dims))})` : text;
  });
  return kernelCall(kernel, given);
}

/** Causal attention of the query of step t: its keys are the steps up to its own. */
function rowOf({ kernel, arguments: args }: PlannedCall, names: ValueNames): string {
  const texts = args.map((argument) => expression(argument, names));
  const [out, q, k, v, , , , width, valueWidth, heads, scale] = texts;
  const at = (text: string | undefined, size: string | undefined) => `${text}.subarray(t * ${size})`;
  const given = [
    at(out, valueWidth),
    at(q, width),
    k,
    v,
    1,
    1,
    "t + 1",
    width,
    valueWidth,
    heads,
    scale,
    false,
  ];
  return kernelCall(
    kernel,
    given.map((each) => each ?? ""),
  );
}

/** The cost for the documentation of code, in lines. */
function costText({ history, alone, untilFull, whole }: AppendCost): string {
  const lines = [
    ["For its steps alone", alone],
    ["For its steps alone until the history is full, then for all steps", untilFull],
    ["For all steps", whole],
  ] as const;
  const said = lines.flatMap(([what, parts]) =>
    parts.length === 0 ? [] : [`${what}: ${parts.join("; ")}.`],
  );
  return [`Computes the values that an event of ${history} adds or changes.`, ...said].join("\n");
}
