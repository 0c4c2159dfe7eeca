// The default size of a request for `dinc cost`. It is a file of its own because the command line loads the counting code on
// demand.

/** A request: how many candidates it ranks, and how many steps its user's histories have (each at most its `max`). */
export interface RequestSize {
  readonly candidates: number;
  readonly history: number;
}

export const defaultRequest: RequestSize = { candidates: 200, history: 50 };
