// Names the values, weights and counts of a generated module after the spec: `activation_unit_1` is the first
// buffer of the block `activation_unit`. Short names (`q.s13`) stay beside them, for JavaScript and for the
// name of the program.

import { appendTo } from "../../common/maps.ts";
import { named } from "../../common/quoting.ts";
import type { Span } from "../../common/source-file.ts";
import { numbered } from "../serving/identifiers.ts";
import { type NamedPart, namedParts } from "../serving/origins.ts";
import {
  callsOf,
  type Plan,
  type PlannedArgument,
  type PlannedCall,
  type ValueKey,
  type ValueLocation,
} from "../serving/plan.ts";
import { type Phase, phases, type Slot } from "../serving/slots.ts";

/**
 * Variables in the generated functions: the weights, the values of the request, the values of candidates, the
 * number of candidates.
 */
export const scopeNames: Readonly<Record<Phase, string>> = { load: "w", request: "q", candidate: "c" };
export const candidateCount = "n";

/** Words of the language, names in the functions that compute, and members of the classes of values. */
const reserved =
  `abstract any arguments as async await boolean break case catch class const constructor continue debugger default
delete do else enum eval export extends false finally for from function get hasOwnProperty if implements import in infinity instanceof
interface isPrototypeOf let new null number object package private propertyIsEnumerable protected public return set static string
super switch symbol this throw toLocaleString toString true try type typeof undefined unknown valueOf var void while with yield
Math Number Float32Array Int32Array NaN Infinity NO_FLOATS NO_INTEGERS w q c n t wasm run file tables saved longest`.split(
    /\s+/,
  );

/** A buffer. The plan with fusions has the same ones for weights, as other objects. */
type BufferKey = `${Phase}/${number}`;

function keyOf({ phase, index }: Slot): BufferKey {
  return `${phase}/${index}`;
}

/** A value, or a chain of values each of which overwrites the one before, while a buffer holds it. */
interface Stay {
  readonly slot: Slot;
  /** The name that it would have alone. */
  readonly base: string;
}

export class ValueNames {
  readonly plan: Plan;
  private readonly around = namedParts();
  private readonly order: Stay[] = [];
  /** By buffer, in their order. */
  private readonly stays = new Map<BufferKey, Stay[]>();
  private readonly stayOf = new Map<BufferKey, Map<ValueKey, Stay>>();
  private readonly nameOf = new Map<Stay, string>();
  private readonly buffers = new Map<BufferKey, string>();
  private readonly parameters: readonly string[];
  private readonly tables: readonly string[];
  private readonly lengths: readonly string[];
  private readonly histories: readonly string[];
  private readonly sets: readonly string[];
  private readonly outputs: readonly string[];

  constructor(plan: Plan) {
    this.plan = plan;
    this.follow();
    const taken = new Set([...reserved, ...kernelsOf(plan)]);
    const ofWeights = this.order.filter(({ slot }) => slot.phase === "load");
    const ofRequests = this.order.filter(({ slot }) => slot.phase !== "load");
    const { parameters, tables } = plan;
    const weights = numbered(
      [
        ...parameters.map(({ name }) => name.replace(/^net\./, "")),
        ...tables.map(({ name }) => `${name}_table`),
        ...tables.map(({ name }) => `${name}_table_rows`),
        ...ofWeights.map(({ base }) => base),
      ],
      taken,
    );
    const take = (from: string[], count: number) => from.splice(0, count);
    this.parameters = take(weights, parameters.length);
    this.tables = take(weights, tables.length);
    this.lengths = take(weights, tables.length);
    for (const [i, stay] of ofWeights.entries()) this.nameOf.set(stay, weights[i]!);
    const shared = [...this.stays].flatMap(([key, { length }]) => (length > 1 ? [key] : []));
    const values = numbered(
      [
        ...plan.histories.map((name) => `${name}_steps`),
        ...plan.sets.map(({ set }) => `${set}_count`),
        ...plan.outputs.map(({ name }) => name.replace(/^(logit|output)\.(.*)$/, "$2_$1")),
        ...shared.map(() => "shared"),
        ...ofRequests.map(({ base }) => base),
      ],
      taken,
    );
    this.histories = take(values, plan.histories.length);
    this.sets = take(values, plan.sets.length);
    this.outputs = take(values, plan.outputs.length);
    for (const key of shared) this.buffers.set(key, values.shift()!);
    for (const [i, stay] of ofRequests.entries()) this.nameOf.set(stay, values[i]!);
    for (const [key, [first]] of this.stays)
      if (!this.buffers.has(key)) this.buffers.set(key, this.nameOf.get(first!)!);
  }

  /** The property of a value's class. */
  bufferProperty(slot: Slot): string {
    return named(this.buffers.get(keyOf(slot))!, `s${slot.index}`);
  }

  parameterProperty(index: number): string {
    return named(this.parameters[index]!, `p${index}`);
  }

  tableProperty(index: number): string {
    return named(this.tables[index]!, `t${index}`);
  }

  /** The number of a table's rows. */
  rowsProperty(index: number): string {
    return named(this.lengths[index]!, `rows${index}`);
  }

  /** The number of a history's steps. */
  stepsProperty(index: number): string {
    return named(this.histories[index]!, `steps${index}`);
  }

  /** The number of a set's values. */
  elementsProperty(index: number): string {
    return named(this.sets[index]!, `elements${index}`);
  }

  outputProperty(index: number): string {
    return named(this.outputs[index]!, `out${index}`);
  }

  location(location: ValueLocation): string {
    if (location.kind === "slot")
      return `${scopeNames[location.slot.phase]}.${this.bufferProperty(location.slot)}`;
    const { index } = location;
    return `w.${location.kind === "parameter" ? this.parameterProperty(index) : this.tableProperty(index)}`;
  }

  /** An argument of a call: a buffer that holds several values has the name of the value. */
  value({ location, value }: PlannedArgument & { readonly kind: "value" }): string {
    const local = this.localOf(location, value);
    if (local === null) return this.location(location);
    const { slot } = location as ValueLocation & { readonly kind: "slot" };
    return named(local, `${scopeNames[slot.phase]}.s${slot.index}`);
  }

  /** Declares names of the values that calls read and write and `known` lacks. JavaScript has no such names. */
  declared(calls: readonly PlannedCall[], known: Set<string>): string[] {
    return calls.flatMap((call) =>
      call.arguments.flatMap((argument) => {
        if (argument.kind !== "value") return [];
        const local = this.localOf(argument.location, argument.value);
        if (local === null || known.has(local) || argument.location.kind !== "slot") return [];
        known.add(local);
        const { slot } = argument.location;
        return [named(`const ${local} = ${scopeNames[slot.phase]}.${this.buffers.get(keyOf(slot))!};`, "")];
      }),
    );
  }

  /** The innermost part of the spec around an origin; null if the origin is in none. */
  partOf(origin: Span | null): NamedPart | null {
    return (origin === null ? null : this.around(origin).at(-1)) ?? null;
  }

  private localOf(location: ValueLocation, value: ValueKey): string | null {
    if (location.kind !== "slot") return null;
    const { slot } = location;
    if ((this.stays.get(keyOf(slot))?.length ?? 0) < 2) return null;
    return this.nameOf.get(this.stayOf.get(keyOf(slot))!.get(value)!)!;
  }

  /** Follows the calls in their order, and finds which buffer holds which values, one after the other. */
  private follow(): void {
    const { plan } = this;
    for (const { name, slot } of plan.inputs) this.begin(slot, inputBase(name, slot));
    for (const { slot, value } of plan.constants)
      this.begin(slot, value === 0 ? "zeros" : value === 1 ? "ones" : "constant");
    const inputs = new Map(plan.inputs.map(({ name, slot }) => [slot, name]));
    for (const phase of phases) {
      for (const call of plan.gathers[phase]) this.followCall(call, lookupBase(call, inputs));
      for (const step of plan.calls[phase]) for (const call of callsOf(step)) this.followCall(call);
      if (phase === "load")
        for (const { call, table } of plan.projections)
          this.followCall(call, `${plan.tables[table.index]!.name}_projected`);
    }
    for (const slot of phases.flatMap((phase) => plan.slots[phase]))
      if (!this.stays.has(keyOf(slot))) this.begin(slot, "value");
  }

  /** Calls write their first argument. */
  private followCall(call: PlannedCall, given: string | null = null): void {
    const base = given ?? this.partOf(call.origin)?.name ?? call.kernel;
    const values = call.arguments.flatMap((argument) =>
      argument.kind === "value" && argument.location.kind === "slot"
        ? [{ slot: argument.location.slot, value: argument.value }]
        : [],
    );
    const [written, ...read] = values;
    for (const { slot, value } of read)
      if (this.stayOf.get(keyOf(slot))?.has(value) !== true)
        this.keep(value, this.stays.get(keyOf(slot))?.at(-1) ?? this.begin(slot, base));
    if (written === undefined || this.stayOf.get(keyOf(written.slot))?.has(written.value) === true) return;
    const before = this.stays.get(keyOf(written.slot))?.at(-1);
    const isOverwritten = read.some(({ slot }) => slot === written.slot) && before?.base === base;
    this.keep(written.value, isOverwritten ? before : this.begin(written.slot, base));
  }

  private begin(slot: Slot, base: string): Stay {
    const stay = { slot, base };
    this.order.push(stay);
    appendTo(this.stays, keyOf(slot), stay);
    return stay;
  }

  private keep(value: ValueKey, stay: Stay): void {
    const values = this.stayOf.get(keyOf(stay.slot)) ?? new Map<ValueKey, Stay>();
    values.set(value, stay);
    this.stayOf.set(keyOf(stay.slot), values);
  }
}

/** Ids are rows of a table. */
function inputBase(name: string, { dtype, rows }: Slot): string {
  if (dtype === "f32") return name;
  return `${name}_${rows.kind === "each" && rows.per === "request" ? "row" : "rows"}`;
}

/** A vector has the name of the input whose ids look it up. */
function lookupBase(call: PlannedCall, inputs: ReadonlyMap<Slot, string>): string | null {
  for (const argument of call.arguments)
    if (argument.kind === "value" && argument.location.kind === "slot") {
      const input = inputs.get(argument.location.slot);
      if (input !== undefined) return input;
    }
  return null;
}

function kernelsOf(plan: Plan): string[] {
  const steps = phases.flatMap((phase) => [...plan.gathers[phase], ...plan.calls[phase]]);
  return steps.flatMap(callsOf).map(({ kernel }) => kernel);
}
