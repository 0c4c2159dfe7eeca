// The dinc.yaml of each source of rows; `memory` in megabytes.

export function logOf(events, items, order, memory) {
  return `spec: model.din
data:
  events: { path: ${events}, user: user_id, item: item_id, order: ${order} }
  items: { path: ${items}, key: item_id }
  examples: { positives: each_event, negatives: { per_positive: 1 }, split: leave_last_out }
  memory: ${memory}MB
`;
}

export function rowsOf(train, test, memory) {
  return `spec: model.din\ndata: { train: ${train}, test: ${test}, memory: ${memory}MB }\n`;
}
