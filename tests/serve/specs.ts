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

/** Every kind of feature, with what may be said of it. */
export const EVERY = `model every
features user {
  user_id : id  embed 2
  visits  : number(missing: 0) |> log1p |> standardize
  age     : number |> log1p |> quantiles(4)  embed 2
  scaled  : number |> min_max |> log1p
}
features context {
  now   : time
  shown : weekday(zone: "Asia/Kolkata")  embed 2
}
features item {
  item_id : id(missing: unknown)       embed 2
  size    : id(size: 10)               embed 2
  bucket  : id(hash: 97)               embed 2
  gender  : enum("f", "m", "ü", "😀", "\\"??/", "\ufffd")  embed 2
  hour    : int(-3..23)                embed 2
  wide    : int(-9007199254740991..-9007199254740000)  embed 2
  price   : number |> clip(0, 10) |> min_max
  signed  : number |> clip(-1, 0)
  dwell   : number(missing: unknown) |> buckets(-1, 0, 2.5)  embed 2
  image   : vector(3)
  shape   : vector(2, missing: 0.5)
  cover   : vector(5, missing: unknown) |> codes(levels: 3, of: 4)  embed 2
  sound   : vector(18, missing: 0) |> codes(levels: 2, of: 3, prefixes: 7)  embed 2
  tags    : set(id(missing: unknown), max: 3)  embed 2
  colours : set(enum("red", "1"), max: 40)  embed 2
  moods   : set(id(missing: unknown), max: 3, weighted)  embed 2
  title   : text(hash: 50, max: 4)     embed 2
  both    : cross(item_id, hour, hash: 31)  embed 2
  seen    : hour_of_week(zone: "Europe/Berlin")  embed 2
  sold    : month(zone: "America/St_Johns", missing: unknown)  embed 2
  when    : hour(zone: "Australia/Lord_Howe")  embed 2
}
history clicks(max: 2) { item_id <-> hist_item_id  at : time }
label click : binary
net {
  predict click = concat(user_id, visits, age, scaled, shown, item_id, size, bucket, gender, hour, wide, price, signed, dwell, image, shape, cover, sound, tags, colours, moods, title, both, seen, sold, when, sum((now - clicks.at) * clicks)) |> dense(1) |> sigmoid
}
train { loss binary_cross_entropy optimizer adam(learning_rate: 1e-3) batch 8 epochs 1 }
`;

/**
 * Candidates that see one another: two layers of a transformer over the list, among values of the user and of each
 * candidate.
 */
export const listwise = `model lists
features training { request_id : id }
features user { user_id : id  embed 4 }
features item {
  item_id : id  embed 8
  place   : int(1..9)  embed 8
  price   : number(missing: 0)
}
history clicks(max: 6) { item_id <-> clicked }
label click : binary
label stars : number
block encoder(x: Vec[d], by: Feature) -> Vec[d] {
  let seen = attention(linear(x, d), candidates(linear(x, d), by: by, max: 12), candidates(x, by: by, max: 12), heads: 2)
  layer_norm(x + seen) |> dense(d, relu)
}
net {
  let past      = attend(item_id, clicks.item_id, units: [4])
  let x         = concat(user_id, user_id) + item_id + place + past
  let alike     = mean(candidates(item_id, by: request_id, max: 12) == item_id)
  let dearest   = max(candidates(price, by: request_id, max: 12)) - price
  let taste     = softmax(dot(past, candidates(item_id, by: request_id, max: 12)))
  let mood      = sum(candidates(concat(user_id, sum(clicks)), by: request_id, max: 12))
  let own       = sum(taste * candidates(item_id, by: request_id, max: 12))
  let seen      = x |> encoder(by: request_id) |> encoder(by: request_id)
  predict click = concat(seen, alike, dearest, own, mood) |> dense(1) |> sigmoid
  predict stars = total(seen)
}
`;
