// The default size of a request for `dinc cost`. It is a file of its own because the command line loads the counting code on
// demand.

/**
 * The size of a request: the number of candidates, and the number of steps of each history (at most its
 * `max`).
 */
export interface RequestSize {
  readonly candidates: number;
  readonly history: number;
}

export const defaultRequest: RequestSize = { candidates: 200, history: 50 };
