// Batches of rows to score in which every request is whole, wherever its rows are.

import { cached } from "../common/maps.ts";
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
  const requests = new Map<number, number[]>();
  for (const [place, group] of groups.entries())
    cached(requests, group === UNKNOWN_ID ? -1 - place : group, () => []).push(place);
  let batch: number[] = [];
  let [largest, pairs] = [0, 0];
  for (const request of requests.values()) {
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
