// What is counted where nobody says how large requests are. By itself: the command line loads what counts when it is asked to.

/** A request: how many candidates it ranks, and how many steps its user's histories have (each at most its `max`). */
export interface RequestSize {
  readonly candidates: number;
  readonly history: number;
}

export const defaultRequest: RequestSize = { candidates: 200, history: 50 };
