// What `measure.mjs` reads, as dinc.yaml would say it; `memory` in bytes.

export function logOf(events, items, order, memory) {
  return {
    kind: "events",
    events: { path: events, user: "user_id", item: "item_id", order },
    items: { path: items, key: "item_id" },
    users: null,
    examples: {
      positives: "each_event",
      negatives: { perPositive: 1, sample: "uniform", exclude: "seen", seed: 2026 },
      split: "leave_last_out",
    },
    validate: null,
    separator: "|",
    memory,
  };
}

export function rowsOf(train, test, memory) {
  const lists = { separator: "|", innerSeparator: ";", latestFirst: false };
  return { kind: "rows", train, valid: null, test, validate: null, ...lists, memory };
}
