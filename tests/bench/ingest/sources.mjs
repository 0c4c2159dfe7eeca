// The spec, and the dinc.yaml of each source of rows; `memory` in megabytes.

export const SPEC = `model din
features user { user_id : id  embed 2 }
features item {
  item_id : id  embed 8
  cate_id : id  embed 8
}
history clicks(max: 20) {
  item_id <-> hist_item_id
  cate_id <-> hist_cate_id
}
label click : binary
net { predict click = concat(item_id, cate_id, mean(clicks)) |> dense(16) |> relu |> dense(1) |> sigmoid }
train {
  loss binary_cross_entropy
  batch 1024  epochs 1
  metrics auc, gauc(by: user_id)
}
`;

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
