// Specs that generated code is tried on: every way in which users, contexts, histories and candidates can meet.

const TRAIN = `train {
  loss binary_cross_entropy
  optimizer adam(learning_rate: 1e-3)
  batch 16 epochs 1
  metrics auc
}`;

const ACTIVATION = `block activation_unit(query: Vec[d], key: Vec[d]) -> Vec[1] {
  concat(query, key, query - key, query * key) |> dense(9, dice) |> dense(5, dice) |> dense(1)
}`;

export const specs = {
  din: `/// Deep Interest Network.
model din
features user {
  user_id : id  embed 6
  gender : enum("f", "m")  embed 3
}
features item {
  /// The shop's number.
  item_id : id(min_count: 2)  embed 8
  cate_id : id  embed 4
  price : number |> log1p |> standardize
}
features context { hour : int(0..23)  embed 3 }
/// Latest last.
history clicks(max: 12) {
  item_id <-> hist_item_id
  cate_id <-> hist_cate_id
}
label click : binary
${ACTIVATION}
net {
  let target = concat(item_id, cate_id)
  let interest = sum(activation_unit(target, clicks) * clicks)
  predict click = concat(user_id, gender, hour, price, target, interest) |> dense(20, dice) |> dense(7, dice) |> dense(1) |> sigmoid
}
${TRAIN}`,

  softmax: `model din_softmax
features user { user_id : id }
features item {
  item_id : id  embed 8
  cate_id : sized_placeholder  embed 4
}
history clicks(max: 7) {
  item_id <-> hist_item_id
  cate_id <-> hist_cate_id
}
label click : binary
${ACTIVATION}
net {
  let target = concat(item_id, cate_id)
  let interest = sum(softmax(activation_unit(target, clicks)) * clicks)
  predict click = concat(target, interest) |> dense(20, relu) |> dense(1) |> sigmoid
}
${TRAIN}`.replace("sized_placeholder", "id(size: 30)"),

  "without histories": `model wide
features user { age : number |> standardize }
features item { item_id : id embed 4 }
label click : binary
net {
  predict click = concat(age, item_id) |> dense(5, relu) |> dense(1) |> sigmoid
}
${TRAIN}`,

  "several histories": `model several
features item {
  item_id : id  embed 5
  shop_id : id  embed 3
}
history clicks(max: 6) { item_id <-> clicked  shop_id <-> clicked_shop }
history orders(max: 20) { item_id <-> ordered }
label click : binary
net {
  let clicked = sum(softmax(dense(clicks * concat(item_id, shop_id), 1)) * clicks)
  let ordered = max(orders)
  predict click = concat(item_id, shop_id, clicked, ordered, mean(orders)) |> dense(8, sigmoid) |> dense(1) |> sigmoid
}
${TRAIN}`,

  "several labels": `model tasks
features user { user_id : id embed 4 }
features item { item_id : id embed 4  price : number }
history clicks(max: 6) { item_id <-> clicked }
label click : binary
label buy : binary
net {
  let shared = concat(user_id, item_id, price, mean(clicks)) |> dense(9, dice)
  predict click = shared |> dense(1) |> sigmoid
  predict buy = concat(shared, max(clicks)) |> dense(4, relu) |> dense(1) |> sigmoid
}
${TRAIN}`,

  "candidates that do not matter": `model mood
features user { user_id : id embed 4 }
features item { item_id : id embed 4 }
history clicks(max: 6) { item_id <-> clicked }
label click : binary
net {
  predict click = concat(user_id, mean(clicks)) |> dense(5, relu) |> dense(1) |> sigmoid
}
${TRAIN}`,

  "candidates alone": `model popular
features item { item_id : id embed 4  price : number |> log1p }
label click : binary
net {
  predict click = concat(item_id, price) |> dense(5, relu) |> dense(1) |> sigmoid
}
${TRAIN}`,
} as const;

/** Words that would break out of comments, strings and objects if anything let them. */
export const HOSTILE = `/// */ } throw new Error("comment"); /* \u202e and a line */
model constructor
features user {
  /// */ throw new Error("user"); \${1} \`
  __proto__ : enum("a", "*/ b", "\\"; throw 1; //", "\u202e\u2028", "\${x}", "\`")  embed 3
}
features item {
  constructor : id  embed 4
  toString : number
}
/// */ process.exit(1)
history prototype(max: 5) { constructor <-> hasOwnProperty }
label valueOf : binary
net {
  predict valueOf = concat(__proto__, constructor, toString, mean(prototype)) |> dense(4, relu) |> dense(1) |> sigmoid
}
train { loss binary_cross_entropy  optimizer adam(learning_rate: 1e-3)  batch 4 epochs 1  metrics auc }
`;
