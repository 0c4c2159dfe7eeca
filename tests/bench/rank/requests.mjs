// Requests of any length, made of the values of golden requests.

const REQUESTS = 16;

/** As long as they are asked for, each from another place of what the golden ones have. */
export function requestsOf(golden, candidates, steps) {
  const pool = golden.flatMap((request) => request.candidates);
  const longest = (lists) => lists.reduce((a, b) => (b.length > a.length ? b : a), []);
  const histories = [...new Set(golden.flatMap(({ history }) => Object.keys(history ?? {})))];
  return Array.from({ length: REQUESTS }, (_, r) => ({
    ...golden[r % golden.length],
    history: Object.fromEntries(
      histories.map((name) => {
        const all = longest(golden.map(({ history }) => history[name])).concat(
          golden.flatMap(({ history }) => history[name]),
        );
        return [name, Array.from({ length: steps }, (_, i) => all[(7 * r + i) % all.length])];
      }),
    ),
    candidates: Array.from({ length: candidates }, (_, i) => pool[(11 * r + 3 * i) % pool.length]),
  }));
}

/** A request whose candidates and histories the ranker has encoded as columns. */
export function asColumns(ranker, request) {
  return {
    ...request,
    ...(ranker.encodeHistory === undefined ? {} : { history: ranker.encodeHistory(request.history) }),
    candidates: { columns: ranker.encodeCandidates(request.candidates) },
  };
}
