// Writes what sessions that take events need: a function for each history that computes the values of new steps, and the
// buffers that a saved session holds. The calls are those of the whole request over fewer rows, so their results have the
// same bits.

import { invariant, unreachable } from "../../common/internal-error.ts";
import { appendTo } from "../../common/maps.ts";
import { comment, quoted } from "../../common/quoting.ts";
import { definitionIn } from "../../middle/graph/define-op.ts";
import type { Graph, Node, NodeId, ValidGraph } from "../../middle/graph/graph.ts";
import { type Rows, rowsKey, sizeOf } from "../../middle/graph/types.ts";
import { ops } from "../../middle/ops/registry.ts";
import { numbersIn } from "../../middle/ops/support/flops.ts";
import { type GrowthKind, growthOf } from "../../middle/programs/growth.ts";
import { inputNames } from "../../middle/programs/program.ts";
import type { AppendCost } from "../contract/emitted.ts";
import { callsOf, type PlannedArgument, type PlannedCall, type PlannedStep } from "../serving/plan.ts";
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

export interface Appends {
  readonly declarations: readonly Declaration[];
  readonly costs: readonly AppendCost[];
}

/** How new rows of a value are computed: `state` continues a recurrence from its last row, `causal` attends to earlier keys. */
type Way = GrowthKind | "state" | "causal";

/** The calls that compute one value. */
interface Computed {
  readonly node: Node;
  readonly way: Way;
  readonly histories: ReadonlySet<string>;
  readonly steps: readonly PlannedStep[];
  readonly reads: ReadonlySet<NodeId>;
}

/** `crossing` are the values of the request that candidates read; `last` are the last statements after an event. */
export function appendsOf(
  graph: ValidGraph,
  names: ValueNames,
  { histories, times }: ReadInputs,
  { crossing, last }: { readonly crossing: ReadonlySet<NodeId>; readonly last: readonly string[] },
): Appends {
  const { plan } = names;
  const computed = computedValues(graph, names);
  const saved = savedValues(names, computed, crossing);
  const functions = histories.map(({ name }, i) => appendFunction(name, i, graph, names, computed, last));
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
  return {
    costs: histories.map(({ name }) => costOf(name, graph, names, computed)),
    declarations: [
      ...functions,
      {
        ...{ kind: "constant", name: "KEPT", type: "KeptValues" },
        doc: "The values that a session keeps from one event to the next.",
        value: `{ ${values.join(", ")} }`,
      },
    ],
  };
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
    invariant(rowOf, `the rows of ${rows.set} are no input`);
    const values = own.filter((each) => each !== rowOf).map((each) => slotText(each, names));
    const count = elementsText(rows, names);
    return [
      `{ values: (q) => [${values.join(", ")}], rows: (q) => ${slotText(rowOf, names)}, ` +
        `count: (q) => ${count}, setCount: (q, count) => (${count} = count) }`,
    ];
  });
}

/** How each computed value of the request gets the rows of new steps. */
function computedValues(graph: ValidGraph, { plan }: ValueNames): ReadonlyMap<NodeId, Computed> {
  const growth = growthOf(graph);
  const byNode = new Map<NodeId, PlannedStep[]>();
  for (const step of [...plan.gathers.request, ...plan.calls.request]) appendTo(byNode, nodeOf(step), step);
  return new Map(
    [...byNode].map(([id, steps]) => {
      const { kind, histories } = growth.get(id)!;
      const node = graph.nodes[id]!;
      const reads = new Set(steps.flatMap(callsOf).flatMap(valuesOf));
      reads.delete(id);
      return [id, { node, histories, steps, reads, way: wayOf(node, kind, steps) }];
    }),
  );
}

function wayOf(node: Node, kind: GrowthKind, steps: readonly PlannedStep[]): Way {
  if (kind === "fixed" || kind === "whole") return kind;
  const { op } = node;
  if (steps.some((step) => step.kind !== "call")) return op === "scan" ? "state" : "whole";
  // A copy of all steps costs little.
  if (op === "shift_steps") return "whole";
  return op === "attention" && node.type.dims.length === 1 && node.attributes.causal ? "causal" : kind;
}

/** The value that a step of the plan computes. */
function nodeOf(step: PlannedStep): NodeId {
  // The first argument is written; that of a loop's last call but one, which copies the state, is the loop's value.
  const call =
    step.kind === "loop" ? step.calls.find(({ kernel }) => kernel === "writeStep") : callsOf(step)[0];
  const out = call?.arguments[0];
  invariant(out?.kind === "value", "a step of a plan without a value");
  return idOf(out);
}

/** The buffers of a loop's steps belong to the loop's value. */
function idOf({ value }: PlannedArgument & { readonly kind: "value" }): NodeId {
  return Number.parseInt(value, 10) as NodeId;
}

function valuesOf(call: PlannedCall): readonly NodeId[] {
  return call.arguments.flatMap((argument) => (argument.kind === "value" ? [idOf(argument)] : []));
}

/** Computed values that candidates read, or that an event reads before it computes all of their rows. */
function savedValues(
  { plan }: ValueNames,
  computed: ReadonlyMap<NodeId, Computed>,
  crossing: ReadonlySet<NodeId>,
): ReadonlySet<NodeId> {
  const saved = new Set<NodeId>();
  const calls = [...plan.gathers.candidate, ...plan.calls.candidate.flatMap(callsOf)];
  const read = new Set([...crossing, ...calls.flatMap(valuesOf)]);
  const outputs = new Set(
    plan.outputs.map(({ location }) => (location.kind === "slot" ? location.slot : null)),
  );
  for (const [id, { node, way, histories }] of computed) {
    const isRead = read.has(id) || outputs.has(plan.kept.get(id)!);
    if (isRead || way === "state" || node.type.rows.kind === "each") saved.add(id);
    for (const other of computed.get(id)!.reads) {
      const input = computed.get(other);
      if (input === undefined) continue;
      if (isReadLater(input, way, histories)) saved.add(other);
    }
  }
  return saved;
}

/** Tells whether an event reads rows of `input` that it does not compute. */
function isReadLater(input: Computed, way: Way, histories: ReadonlySet<string>): boolean {
  switch (input.way) {
    case "fixed":
    case "whole":
      return [...histories].some((each) => !input.histories.has(each));
    case "step":
      // Once the history is full, recurrences begin again at its first step.
      return way !== "step";
    case "prefix":
    case "state":
    case "causal":
      return way === "causal" || way === "whole";
    default:
      return unreachable(input.way, "way");
  }
}

/** The function that computes the values of new steps of one history. */
function appendFunction(
  history: string,
  index: number,
  graph: ValidGraph,
  names: ValueNames,
  computed: ReadonlyMap<NodeId, Computed>,
  last: readonly string[],
): FunctionDeclaration {
  const done = new Set<NodeId>();
  const code = [...names.plan.gathers.request, ...names.plan.calls.request].flatMap((step) => {
    const id = nodeOf(step);
    const value = computed.get(id)!;
    if (done.has(id) || !value.histories.has(history)) return [];
    done.add(id);
    return appendStatements(value, history, graph, names);
  });
  return {
    ...{ kind: "function", name: `append${index}`, returns: "void", code: [...code, ...last] },
    doc: comment(costText(costOf(history, graph, names, computed))),
    parameters: [
      { name: "w", type: "Weights" },
      { name: "q", type: "RequestValues" },
      { name: "from", type: "number" },
      { name: "since", type: "number" },
    ],
  };
}

/** `from` is the first new step; `since` the first step whose recurrences and causal attention are computed. */
function appendStatements(
  { node, way, steps }: Computed,
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

/** An op over steps takes much of a request if each of its numbers takes more operations than this, at `STEPS` steps. */
const CHEAP = 8;
const STEPS = 100;

function isCostly(graph: Graph, { op, attributes, type, inputs }: Node): boolean {
  if (type.rows.kind !== "steps") return false;
  const count = ({ kind }: Rows) => (kind === "steps" || kind === "elements" ? STEPS : 1);
  const types = inputs.map((id) => graph.nodes[id]!.type);
  const flops = definitionIn(ops, op).flops({ attributes, inputs: types, output: type }, count);
  return flops > CHEAP * numbersIn(type, count);
}

function costOf(
  history: string,
  graph: Graph,
  names: ValueNames,
  computed: ReadonlyMap<NodeId, Computed>,
): AppendCost {
  const partsOf = (isPart: (value: Computed) => boolean) => {
    const found = new Map<string, Set<string>>();
    for (const value of computed.values()) {
      const { node, histories } = value;
      if (!histories.has(history) || !isPart(value)) continue;
      const part = names.partOf(node.origin)?.name ?? history;
      found.set(part, (found.get(part) ?? new Set()).add(node.op));
    }
    return [...found].map(([part, ops]) => `${part} (${[...ops].join(", ")})`);
  };
  const parts = (...ways: readonly Way[]) => partsOf(({ way }) => ways.includes(way));
  return {
    history,
    alone: parts("step"),
    untilFull: parts("prefix", "state", "causal"),
    whole: parts("whole"),
    costly: partsOf(({ node, way }) => way === "whole" && isCostly(graph, node)),
  };
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
