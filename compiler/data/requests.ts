// Batches and samples of rows to score in which every request is whole, wherever its rows are.

import { appendTo } from "../common/maps.ts";
import { UNKNOWN_ID } from "../frontend/model/model.ts";

/** The limits of a batch: each row meets all rows of its request, so pairs take the most memory. */
const MOST_ROWS = 2048;
const MOST_PAIRS = 131_072;

export interface BatchOfRequests {
  /** Places of its rows, request by request. */
  readonly places: Int32Array;
  /** The number of rows of its largest request. */
  readonly largest: number;
}

/**
 * Rows with the same group are a request; a row without a group is one alone. Requests are in the order of their
 * first rows. A request that exceeds the limits has a batch of its own.
 */
export function* batchesOfRequests(groups: Int32Array): Generator<BatchOfRequests> {
  let batch: number[] = [];
  let [largest, pairs] = [0, 0];
  for (const request of requestsOf(groups).values()) {
    const own = request.length * request.length;
    if (batch.length > 0 && (batch.length + request.length > MOST_ROWS || pairs + own > MOST_PAIRS)) {
      yield { places: Int32Array.from(batch), largest };
      batch = [];
      [largest, pairs] = [0, 0];
    }
    for (const place of request) batch.push(place);
    largest = Math.max(largest, request.length);
    pairs += own;
  }
  if (batch.length > 0) yield { places: Int32Array.from(batch), largest };
}

/**
 * The places of at most `most` rows, ascending: those of `order`, or with `groups` all rows of requests in the order
 * of theirs, but at least one request.
 */
export function sampled(order: Int32Array, groups: Int32Array | null, most: number): Int32Array {
  if (groups === null) return order.slice(0, most).sort();
  const requests = requestsOf(groups);
  const taken = new Set<number>();
  let rows = 0;
  for (const place of order) {
    const key = keyOf(groups[place]!, place);
    const size = requests.get(key)!.length;
    if (taken.has(key) || (taken.size > 0 && rows + size > most)) continue;
    taken.add(key);
    rows += size;
  }
  return Int32Array.from([...taken].flatMap((key) => requests.get(key)!)).sort();
}

/** By request, in the order of their first rows: the places of its rows. */
function requestsOf(groups: Int32Array): ReadonlyMap<number, readonly number[]> {
  const requests = new Map<number, number[]>();
  for (const [place, group] of groups.entries()) appendTo(requests, keyOf(group, place), place);
  return requests;
}

/** A row without a group is a request alone. */
function keyOf(group: number, place: number): number {
  return group === UNKNOWN_ID ? -1 - place : group;
}
