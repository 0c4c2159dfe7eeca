// Sessions that live on: an event brings what a session keeps up to date, and a session is saved as bytes and
// loaded. A module has this if it was compiled with sessions that take events.

import { computeRequest, MODEL, RequestValues, reserveRequest } from "./model/program.ts";
import type { UserEvent, UserRequest } from "./model/requests.ts";
import { KEPT } from "./model/tables.ts";
import type { Inputs } from "./parts.ts";
import type { KeptHistory, KeptSets, SizedBuffer } from "./plan.ts";
import { NO_INDEX, pathOf, propertyOf, RankerInputError } from "./requests.ts";
import type { ServedNetwork } from "./scoring.ts";
import type { Backend } from "./wasm.ts";
import { ascii, crc32 } from "./weights.ts";

/** Why a saved session was refused; `torn` also stands for bytes of another kind. */
export type StateProblem = "torn" | "other model" | "other weights" | "expired";

/** Thrown if this ranker cannot continue a saved session: compute it from the user's history. */
export class RankerStateError extends Error {
  override readonly name = "RankerStateError";
  readonly problem: StateProblem;
  constructor(problem: StateProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}

/** The values of an event. Buffers of its own would be a third of an event's time. */
let eventValues: RequestValues | null = null;

/**
 * Adds the steps of an event to the histories of `q`, and replaces the user and the context by those of
 * `request` if it is given. Nothing changes if this throws. @throws RankerInputError, naming the field.
 */
export function appendEvent(
  { w, inputs, counted }: ServedNetwork,
  q: RequestValues,
  event: UserEvent,
  request: Omit<UserRequest, "history"> | undefined,
): void {
  eventValues ??= new RequestValues(null);
  const read = eventValues;
  q.wasm?.own(q);
  readEvent(inputs, q, read, event, request);
  for (const history of KEPT.histories) requireOrder(history, q, read);
  counted?.addEvent(read, request === undefined ? null : ({ name }) => lengthAfter(name, q, read));
  for (const history of KEPT.histories) {
    const added = history.steps(read);
    if (added === 0) continue;
    const before = history.steps(q);
    const left = Math.max(0, before + added - history.max);
    const from = before - left;
    if (left > 0)
      for (const [buffer, width] of [...history.inputs(q), ...history.moved(q)])
        buffer.copyWithin(0, left * width, before * width);
    history.setSteps(q, from + added);
    q.longest = Math.max(q.longest, from + added);
    reserveRequest(q);
    const news = history.inputs(read);
    for (const [i, [buffer, width]] of history.inputs(q).entries())
      buffer.set(news[i]![0].subarray(0, added * width), from * width);
    for (const sets of history.sets) appendSets(sets, q, read, left, from);
    if (request === undefined) history.append(w, q, from, left > 0 ? 0 : from);
  }
  if (request === undefined) return;
  for (const sets of KEPT.sets) sets.setCount(q, sets.count(read));
  reserveRequest(q);
  const news = [...KEPT.once(read), ...KEPT.sets.flatMap((sets) => setBuffers(sets, read))];
  const buffers = [...KEPT.once(q), ...KEPT.sets.flatMap((sets) => setBuffers(sets, q))];
  for (const [i, [buffer, numbers]] of buffers.entries()) buffer.set(news[i]![0].subarray(0, numbers));
  computeRequest(w, q);
}

/** The steps of a history that count after the event. */
function lengthAfter(history: string, q: RequestValues, read: RequestValues): number {
  const { max, steps } = KEPT.histories.find(({ name }) => name === history)!;
  return Math.min(max, steps(q) + steps(read));
}

/** The sets of the first `left` steps leave, and those of new steps come, which are the steps `from` on. */
function appendSets(sets: KeptSets, q: RequestValues, read: RequestValues, left: number, from: number): void {
  const [rows, newRows] = [sets.rows(q), sets.rows(read)];
  const [before, added] = [sets.count(q), sets.count(read)];
  let first = 0;
  while (first < before && rows[first]! < left) first++;
  const kept = before - first;
  const news = sets.values(read);
  for (const [i, buffer] of sets.values(q).entries()) {
    buffer.copyWithin(0, first, before);
    buffer.set(news[i]!.subarray(0, added), kept);
  }
  for (let i = 0; i < kept; i++) rows[i] = rows[first + i]! - left;
  for (let i = 0; i < added; i++) rows[kept + i] = newRows[i]! + from;
  sets.setCount(q, kept + added);
}

function setBuffers(sets: KeptSets, q: RequestValues): SizedBuffer[] {
  return [...sets.values(q), sets.rows(q)].map((buffer) => [buffer, sets.count(q)]);
}

function readEvent(
  { parts, ofRequest }: Inputs,
  q: RequestValues,
  read: RequestValues,
  event: unknown,
  request: object | undefined,
): void {
  if (typeof event !== "object" || event === null) throw new RankerInputError("event", "must be an object");
  const names = KEPT.histories.map(({ name }) => name);
  for (const name of Object.keys(event))
    if (!names.includes(name))
      throw new RankerInputError(pathOf("event", NO_INDEX, name), "isn't a history that the model reads");
  const history = Object.fromEntries(names.map((name) => [name, propertyOf(event, name) ?? []] as const));
  const opened = parts.filter((part) => "countSteps" in part || request !== undefined);
  const whole: object = { ...request, history };
  for (const part of opened) part.open(read, whole as UserRequest);
  reserveRequest(read);
  for (const { inputs, records, from, count, where } of opened)
    for (const input of inputs) input.read(read, records, from, count, where);
  const known = KEPT.once(q);
  if (request === undefined)
    for (const [i, [buffer, numbers]] of KEPT.once(read).entries())
      buffer.set(known[i]![0].subarray(0, numbers));
  for (const compute of ofRequest ?? []) compute(read);
}

/** Steps are in the order of time: an event is not before the last one. */
function requireOrder({ name, time, steps }: KeptHistory, q: RequestValues, read: RequestValues): void {
  if (time === undefined) return;
  const [known] = time(q);
  const [times, field] = time(read);
  let [day, second] = steps(q) === 0 ? [0, 0] : [known[2 * steps(q) - 2]!, known[2 * steps(q) - 1]!];
  for (let i = 0; i < steps(read); i++) {
    const before = 86_400 * (day - times[2 * i]!) + second - times[2 * i + 1]!;
    if (before > 0 && (i > 0 || steps(q) > 0))
      throw new RankerInputError(
        pathOf(`history.${name}`, i, field),
        `is ${before} s before the step that precedes it`,
      );
    [day, second] = [times[2 * i]!, times[2 * i + 1]!];
  }
}

const STATE_MAGIC = "DINCUSR1";
/** The magic, the CRC-32 of everything that follows, and the length of the header. */
const STATE_PREFIX = 16;
const CHECKED_FROM = 12;

interface StateHeader {
  readonly program: string;
  /** The checksum of the weights. */
  readonly weights: number;
  /** The code that computed the values. */
  readonly backend: Backend;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  readonly steps: readonly number[];
  /** How many values all sets have. */
  readonly counts: readonly number[];
}

function allSets(): KeptSets[] {
  return [...KEPT.sets, ...KEPT.histories.flatMap(({ sets }) => sets)];
}

/** The values of a session in the order in which they are saved, each with the number of its numbers. */
function savedBuffers(q: RequestValues): SizedBuffer[] {
  const inputs = KEPT.histories.flatMap((history) =>
    history.inputs(q).map(([buffer, width]): SizedBuffer => [buffer, history.steps(q) * width]),
  );
  const ofSets = allSets().flatMap((sets) => setBuffers(sets, q));
  return [...inputs, ...KEPT.once(q), ...ofSets, ...KEPT.computed(q)];
}

export function saveState({ w }: ServedNetwork, q: RequestValues): Uint8Array {
  q.wasm?.own(q);
  const header: StateHeader = {
    ...{ program: MODEL.program, weights: w.checksum, backend: backendOf(q), savedAt: Date.now() },
    steps: KEPT.histories.map((history) => history.steps(q)),
    counts: allSets().map((sets) => sets.count(q)),
  };
  const text = JSON.stringify(header);
  const buffers = savedBuffers(q);
  const numbers = buffers.reduce((sum, [, count]) => sum + count, 0);
  const state = new Uint8Array(STATE_PREFIX + text.length + 4 * numbers);
  for (let i = 0; i < STATE_MAGIC.length; i++) state[i] = STATE_MAGIC.charCodeAt(i);
  for (let i = 0; i < text.length; i++) state[STATE_PREFIX + i] = text.charCodeAt(i);
  let at = STATE_PREFIX + text.length;
  for (const [buffer, count] of buffers) {
    state.set(new Uint8Array(buffer.buffer, buffer.byteOffset, 4 * count), at);
    at += 4 * count;
  }
  const view = new DataView(state.buffer);
  view.setUint32(12, text.length, true);
  view.setUint32(8, crc32(state, CHECKED_FROM, state.length), true);
  return state;
}

function backendOf({ wasm }: RequestValues): Backend {
  return wasm?.backend ?? "typescript";
}

/** Fills `q` with a saved session, not older than `maxAge` seconds. @throws RankerStateError */
export function loadState({ w }: ServedNetwork, q: RequestValues, state: Uint8Array, maxAge: number): void {
  const [header, first] = readState(state);
  if (header.program !== MODEL.program)
    throw new RankerStateError("other model", "the state belongs to another model: its program differs");
  if (header.weights !== w.checksum)
    throw new RankerStateError("other weights", "the state was computed with other weights of this model");
  const age = (Date.now() - header.savedAt) / 1000;
  if (age > maxAge)
    throw new RankerStateError("expired", `the state is ${Math.floor(age)} s old, more than ${maxAge} s`);
  for (const [i, history] of KEPT.histories.entries()) {
    history.setSteps(q, header.steps[i]!);
    q.longest = Math.max(q.longest, header.steps[i]!);
  }
  for (const [i, sets] of allSets().entries()) sets.setCount(q, header.counts[i]!);
  reserveRequest(q);
  let at = first;
  for (const [buffer, count] of savedBuffers(q)) {
    new Uint8Array(buffer.buffer, buffer.byteOffset, 4 * count).set(state.subarray(at, at + 4 * count));
    at += 4 * count;
  }
  // Other code rounds differently, and the code of a given module is not known.
  if (header.backend !== backendOf(q) || header.backend === "module") computeRequest(w, q);
}

/** The header of a saved session, and its first byte after it. */
function readState(state: unknown): [StateHeader, number] {
  if (!(state instanceof Uint8Array))
    throw new RankerStateError("torn", "a state is a Uint8Array, as `session.save()` gives it");
  const view = new DataView(state.buffer, state.byteOffset, state.length);
  const isState = (i: number) => state[i] === STATE_MAGIC.charCodeAt(i);
  if (state.length < STATE_PREFIX || !Array.from(STATE_MAGIC, (_, i) => i).every(isState))
    throw new RankerStateError("torn", "these bytes aren't a saved session of dinc");
  if (crc32(state, CHECKED_FROM, state.length) !== view.getUint32(8, true))
    throw new RankerStateError("torn", "the state was truncated or changed: its checksum does not match");
  const first = STATE_PREFIX + view.getUint32(12, true);
  // With a right checksum, this is what `saveState` wrote.
  return [JSON.parse(ascii(state, STATE_PREFIX, first)) as StateHeader, first];
}
