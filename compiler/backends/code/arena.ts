// Assigns an address in the module's memory to each value of a plan: first weights, then values of a request,
// then values of a block of candidates. The length of a history is limited, so all addresses are known at
// compile time and the memory never grows.

import { largest } from "../../common/arrays.ts";
import { InternalError, invariant, unreachable } from "../../common/internal-error.ts";
import { isCandidateAxis } from "../../middle/graph/batch-axis.ts";
import { lengthOf, stepsAlong } from "../../middle/graph/derived-axes.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { type Rows, rowsKey, sizeOf } from "../../middle/graph/types.ts";
import { candidatesAtATime } from "../../serve/buffers.ts";
import { PAGE, PROJECTED_AT_A_TIME } from "../../serve/wasm.ts";
import {
  callsOf,
  isWeight,
  type Plan,
  type PlannedStep,
  type TableProduct,
  type ValueLocation,
} from "../serving/plan.ts";
import { isComputed, type Slot } from "../serving/slots.ts";
import { weightCount } from "./kernels/attention.ts";
import { packedLength, quantisedScratch } from "./kernels/quantised.ts";
import { sparseProduct, sparseScratch } from "./kernels/sparse.ts";
import { aligned, Reservations } from "./memory.ts";
import { pairScratch } from "./pairs.ts";
import type { QuantisedProduct } from "./quantise.ts";

/** Bytes after a value that vector loads may read, without using them. */
const ROOM = 16;
/** The number of steps of a few candidates; at this size, some of their values fit into the nearest cache. */
const PAIRS = 128;
/**
 * The number of pairs for loops over time, where each step covers all candidates: larger blocks have less
 * overhead.
 */
const LOOP_PAIRS = 1024;
/**
 * The number of candidates that are scored together: enough to read weights seldom, few enough to keep values
 * in a cache.
 */
export const CANDIDATES_AT_A_TIME = candidatesAtATime(0);

export interface ArenaWeight {
  readonly location: ValueLocation;
  readonly address: number;
}

/**
 * A table is after all other values, at the address in the i32 at `cell`, because its length depends on the
 * weights.
 */
export interface ArenaTable {
  readonly location: ValueLocation;
  readonly cell: number;
  /** Null for a copied table. */
  readonly projection: TableProduct | null;
}

/** Weights that code packs: see kernels/quantised.ts. */
export interface PackedWeights extends Pick<QuantisedProduct, "weights" | "inner" | "outer"> {
  readonly address: number;
}

export interface Arena {
  readonly pages: number;
  /** Values that are computed in JavaScript when weights are loaded, and then copied. */
  readonly weights: readonly ArenaWeight[];
  readonly tables: readonly ArenaTable[];
  /** The address of the rows to project. */
  readonly projected: number;
  /** The address range of a request's values; in programs that keep values for later events, of those alone. */
  readonly request: { readonly from: number; readonly to: number };
  readonly scratch: number;
  /** Weights of quantised products, each once. */
  readonly packed: readonly PackedWeights[];
  /** The address of the i32 flag that they are packed. */
  readonly packedFlag: number;
  /** The number of steps of a few candidates, or of one candidate if it has more. */
  readonly pairs: number;
  addressOf(location: ValueLocation): number;
  /** The cell of a table; null for a value with a fixed address. */
  cellOf(location: ValueLocation): number | null;
  /** The address of weights in their packed form. */
  packedAddressOf(product: QuantisedProduct): number;
  /** The capacity of a slot in numbers. */
  lengthOf(slot: Slot): number;
  /** The capacity in rows. */
  rowsOf(rows: Rows): number;
}

/**
 * `longest` gives the largest number of steps of a history; `quantised` are quantised products of the plan. `saved` are the
 * values that a session keeps for later events; null if it keeps all until the next request.
 */
export function layOut(
  plan: Plan,
  longest: (history: string) => number,
  quantised: readonly QuantisedProduct[],
  saved: ReadonlySet<NodeId> | null,
): Arena {
  const places = new Reservations(0, ROOM);
  const reserve = (numbers: number) => places.reserve(4 * numbers);
  const hasLoop = plan.calls.candidate.some(({ kind }) => kind === "loop");
  const { together } = plan;
  const sizes: Sizes =
    together === null
      ? { longest, candidates: CANDIDATES_AT_A_TIME, pairs: hasLoop ? LOOP_PAIRS : PAIRS }
      : {
          longest: (axis) => (isCandidateAxis(axis) ? together : longest(axis)),
          candidates: together,
          pairs: null,
        };
  const lengthOf = ({ rows, width }: Slot) => mostRows(rows, sizes) * width;

  const weights = new Map<string, ArenaWeight>();
  const tables = new Map<string, ArenaTable>();
  const addTable = (location: ValueLocation, projection: TableProduct | null) => {
    const key = keyOf(location);
    if (!tables.has(key)) tables.set(key, { location, cell: reserve(1), projection });
  };
  for (const projection of plan.projections) addTable({ kind: "slot", slot: projection.out }, projection);
  const ofTables = plan.projections.map((projection) => projection.weights);
  for (const location of [...usedWeights(plan), ...ofTables]) {
    const key = keyOf(location);
    if (isTable(location)) addTable(location, null);
    else if (!weights.has(key))
      weights.set(key, { location, address: reserve(weightLength(plan, location)) });
  }
  const widest = largest(
    plan.projections.map(({ inner }) => inner),
    0,
  );
  const projected = widest === 0 ? 0 : reserve(PROJECTED_AT_A_TIME * widest);
  const packed = new Map<string, PackedWeights>();
  for (const product of quantised) {
    const { weights: location, inner, outer } = product;
    if (!packed.has(keyOf(location)))
      packed.set(keyOf(location), {
        weights: location,
        inner,
        outer,
        address: reserve(packedLength(inner, outer)),
      });
  }
  const packedFlag = packed.size === 0 ? 0 : reserve(1);
  const slots = new Map<Slot, number>();
  const ports = new Set(plan.ports.map(({ slot }) => slot));
  const isHere = (slot: Slot) => isComputed(slot) || ports.has(slot);
  const from = aligned(places.end);
  const lasting = saved === null ? null : lastingSlots(plan, saved);
  const [first, others] = [true, false].map((isFirst) =>
    plan.slots.request.filter((slot) => isHere(slot) && (lasting?.has(slot) ?? true) === isFirst),
  ) as [Slot[], Slot[]];
  for (const slot of first) slots.set(slot, reserve(lengthOf(slot)));
  const to = aligned(places.end);
  for (const slot of others) slots.set(slot, reserve(lengthOf(slot)));
  for (const slot of plan.slots.candidate) if (isHere(slot)) slots.set(slot, reserve(lengthOf(slot)));
  const sparse = [...plan.calls.request, ...plan.calls.candidate]
    .flatMap(callsOf)
    .flatMap((call) => sparseProduct(call) ?? []);
  const scratch = reserve(
    largest(
      [
        ...quantised.map(({ inner }) => quantisedScratch(inner)),
        ...sparse.map(({ inner }) => sparseScratch(inner)),
        ...[...plan.calls.request, ...plan.calls.candidate].map(pairScratch),
      ],
      weightCount(mostPlaces(plan, sizes)),
    ),
  );
  return {
    pages: Math.max(1, Math.ceil(places.end / PAGE)),
    weights: [...weights.values()],
    tables: [...tables.values()],
    projected,
    request: { from, to },
    scratch,
    packed: [...packed.values()],
    packedFlag,
    pairs: sizes.pairs ?? sizes.candidates,
    lengthOf,
    rowsOf: (rows) => mostRows(rows, sizes),
    addressOf(location) {
      const address =
        location.kind === "slot" && location.slot.phase !== "load"
          ? slots.get(location.slot)
          : weights.get(keyOf(location))?.address;
      invariant(address !== undefined, `a value has no address: ${keyOf(location)}`);
      return address;
    },
    cellOf: (location) => tables.get(keyOf(location))?.cell ?? null,
    packedAddressOf({ weights: location }) {
      const found = packed.get(keyOf(location));
      invariant(found, `weights are not packed: ${keyOf(location)}`);
      return found.address;
    },
  };
}

/** The buffers of saved values, and of the inputs of the request. */
function lastingSlots({ kept, inputs }: Plan, saved: ReadonlySet<NodeId>): ReadonlySet<Slot> {
  const slots = [...saved].flatMap((id) => kept.get(id) ?? []);
  return new Set([...slots, ...inputs.map(({ slot }) => slot)]);
}

interface Sizes {
  readonly longest: (history: string) => number;
  readonly candidates: number;
  /** The number of steps of a few candidates; null if all candidates are computed together. */
  readonly pairs: number | null;
}

function mostRows(rows: Rows, sizes: Sizes): number {
  switch (rows.kind) {
    case "once":
      return 1;
    case "each":
      return rows.per === "candidate" ? sizes.candidates : 1;
    case "steps": {
      if (rows.per === "request") return stepsAlong(rows.history, sizes.longest);
      const { candidates, pairs } = sizes;
      if (pairs === null) return candidates * stepsAlong(rows.history, sizes.longest);
      return lengthOf<number>(rows.history, {
        history: (name) => Math.max(pairs, sizes.longest(name)),
        sum: (parts, more) => parts.reduce((sum, part) => sum + part, Math.max(0, more) * pairs),
        every: (of) => of,
      });
    }
    case "elements":
    case "table":
      throw new InternalError(`the arena has no room for rows ${rowsKey(rows)}`);
    default:
      return unreachable(rows, "rows");
  }
}

/** The most positions to which a query attends: steps, or items of a list. */
function mostPlaces(plan: Plan, sizes: Sizes): number {
  const places = [...plan.slots.request, ...plan.slots.candidate].map(({ rows, width }) =>
    rows.kind === "steps" ? Math.max(width, mostRows({ ...rows, per: "request" }, sizes)) : width,
  );
  return largest(places, 1);
}

function isTable(location: ValueLocation): boolean {
  return location.kind === "table" || (location.kind === "slot" && location.slot.rows.kind === "table");
}

function usedWeights(plan: Plan): ValueLocation[] {
  return [...plan.calls.request, ...plan.calls.candidate].flatMap(readBy).filter(isWeight);
}

/** The locations of the values that a step uses. */
function readBy(step: PlannedStep): ValueLocation[] {
  if (step.kind === "pairs") return [...step.leaves.values()].map(({ location }) => location);
  if (step.kind === "fused")
    return [...step.leaves.values()].flatMap(({ location, constant, ids }) =>
      constant === null ? [location, ...(ids === null ? [] : [ids.location])] : [],
    );
  return callsOf(step)
    .flatMap((call) => call.arguments)
    .flatMap((argument) => (argument.kind === "value" ? [argument.location] : []));
}

function keyOf(location: ValueLocation): string {
  return location.kind === "slot"
    ? `${location.slot.phase} ${location.slot.index}`
    : `${location.kind} ${location.index}`;
}

function weightLength(plan: Plan, location: ValueLocation): number {
  invariant(location.kind !== "table", "tables stay outside of the arena");
  if (location.kind === "parameter") return sizeOf(plan.parameters[location.index]!.dims);
  invariant(location.slot.rows.kind === "once", "a table's values stay outside of the arena");
  return location.slot.width;
}
