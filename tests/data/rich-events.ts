// Event logs with every kind of column, from the log and from its tables, for tests of what is done with rows.

import fc from "fast-check";
import type { EventsConfig } from "../../compiler/frontend/config/config.ts";
import { eventsOf, type TestFolder } from "./files.ts";
import { modelOf } from "./models.ts";

/** Every kind of feature, from every table, and a cross of them. */
export const model = modelOf(`model rich
features user {
  user_id  : id  embed 2
  segment  : id  embed 2
  age      : number |> standardize
}
features item {
  item_id  : id(min_count: 2)  embed 2
  price    : number |> standardize
  tags     : set(id, max: 3)  embed 2
  image    : vector(2)
  cover    : vector(2) |> codes(levels: 2, of: 2)  embed 2
  maker    : id(missing: unknown)  embed 2
  slot     : cross(segment, maker, hour, hash: 50)  embed 2
}
features context {
  hour     : int(0..23)  embed 2
  delay    : number |> log1p |> min_max
  wait     : number |> quantiles(4)  embed 2
  words    : text(hash: 20, max: 3)  embed 2
  place    : vector(2)
}
history clicks(max: 3) {
  item_id  <-> hist_item_id
  price    <-> hist_price
  tags     <-> hist_tags
  cover    <-> hist_cover
  dwell    : number |> standardize
  action   : id  embed 2
  seen     : set(id, max: 2)  embed 2
  look     : vector(2)
}
history recent(max: 1) { action : id  embed 2 }
label click : binary
label watch : number(missing: none, weight: dwelt)
label stars : int(1..5, missing: none)
features training { dwelt : number }
net {
  let user  = concat(user_id, segment, age)
  let item  = concat(item_id, price, tags, image, cover, maker)
  let event = concat(hour, delay, wait, words, place, slot)
  predict click = concat(user, item, event, sum(clicks), sum(recent)) |> dense(1) |> sigmoid
  predict watch = concat(user, item) |> dense(1)
  predict stars = concat(user, item) |> dense(5) |> softmax
  loss beside = mean(softplus(batch(total(item), by: user_id)))
}
train {
  loss binary_cross_entropy
  optimizer sgd(learning_rate: 0.1)
  batch 4  epochs 1
  metrics auc, gauc(by: segment)
}
`);

const ITEMS = Array.from({ length: 9 }, (_, i) => `i${i}`);
export const events = fc.array(
  fc.record({
    user: fc.integer({ min: 0, max: 3 }),
    item: fc.integer({ min: 0, max: 6 }),
    t: fc.integer({ min: 0, max: 9 }),
    n: fc.integer({ min: 0, max: 23 }),
    words: fc.array(fc.constantFrom("red", "hat", "blue"), { maxLength: 3 }),
  }),
  // With so many events of four users somebody has three.
  { minLength: 12, maxLength: 40 },
);

export function configOf(
  folder: TestFolder,
  log: typeof events extends fc.Arbitrary<infer T> ? T : never,
): Omit<EventsConfig, "memory"> {
  const path = folder.csv(
    "log.csv",
    "user_id,item_id,t,hour,delay,wait,words,place,dwell,action,seen,look,maker,watch,stars,dwelt",
    ...log.map(({ user, item, t, n, words }) =>
      [
        ...[`u${user}`, `i${item}`, t, n, n / 7, (n * n) % 13, words.join(" "), `${n}|${t}`],
        ...[n - t, `a${n % 3}`, words.join("|"), `${t}|${n}`, `m${item % 3}`],
        ...[n / 7, 1 + (n % 5), 1 + (n % 3)],
      ].join(","),
    ),
  );
  const items = folder.csv(
    "items.csv",
    "item_id,price,tags,image,cover",
    ...ITEMS.map((item, i) => `${item},${i * 1.7},${["x|y", "", "z"][i % 3]},${i}|${-i},${i % 4}|1`),
  );
  const users = folder.csv(
    "users.csv",
    "user_id,segment,age",
    ...[0, 1, 2, 3].map((user) => `u${user},s${user % 2},${20 + 7 * user}`),
  );
  return { ...eventsOf(path, items, 2), users: { path: users, key: "user_id" } };
}
