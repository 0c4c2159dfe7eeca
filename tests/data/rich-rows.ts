// Example rows with every kind of column, for tests of what is done with rows.

import fc from "fast-check";
import { modelOf } from "./models.ts";

/** Every kind of feature, of rows and of steps, a cross, and features computed from others; batches keep the rows of an item together. */
export const model = modelOf(`model rich
features user {
  user_id  : id  embed 2
  age      : number |> standardize
}
features item {
  item_id  : id(min_count: 2)  embed 2
  price    : number |> standardize
  tags     : set(id, max: 3)  embed 2
  image    : vector(2)
  cover    : vector(2) |> codes(levels: 2, of: 2)  embed 2
  slot     : cross(user_id, item_id, hash: 50)  embed 2
  hashed   : id(hash: 7, seed: 3)  from item_id  embed 2
  priced   : number |> quantiles(3)  from price  embed 2
  tagged   : set(id(min_count: 3), max: 2)  from tags  embed 2
}
features context {
  wait     : number |> quantiles(4)  embed 2
  words    : text(hash: 20, max: 3)  embed 2
}
history clicks(max: 3) {
  item_id  <-> hist_item_id
  price    <-> hist_price
  tags     <-> hist_tags
  cover    <-> hist_cover
  dwell    : number |> log1p |> min_max
  action   : id  embed 2
  acted    : id(hash: 5)  from action  embed 2
  look     : vector(2)
}
history recent(max: 1) { action : id  embed 2 }
label click : binary
label buy : binary
net {
  let row = concat(user_id, age, item_id, price, tags, image, cover, slot, hashed, priced, tagged, wait, words)
  let past = concat(clicks.hashed, clicks.priced, clicks.tagged)
  let all = concat(row, sum(clicks), sum(past), sum(recent)) |> dense(2)
  predict click = all |> dense(1) |> sigmoid
  predict buy = all |> dense(1) |> sigmoid
  loss beside = mean(softplus(batch(total(all), by: item_id)))
}
train {
  loss binary_cross_entropy
  optimizer sgd(learning_rate: 0.1)
  batch 4  epochs 1
  metrics auc, gauc(by: user_id)
}
`);

const step = fc.record({ item: fc.integer({ min: 0, max: 6 }), n: fc.integer({ min: 0, max: 9 }) });
export const row = fc.record({
  user: fc.integer({ min: 0, max: 3 }),
  item: fc.integer({ min: 0, max: 6 }),
  n: fc.integer({ min: 0, max: 23 }),
  words: fc.array(fc.constantFrom("red", "hat", "blue"), { maxLength: 3 }),
  steps: fc.array(step, { maxLength: 4 }),
  click: fc.integer({ min: 0, max: 1 }),
});
export type Row = typeof row extends fc.Arbitrary<infer T> ? T : never;

const TAGS = [["x", "y"], [], ["z"], ["y", "x", "w"]];

export function line({ user, item, n, words, steps, click }: Row): string {
  const tags = (each: number) => TAGS[each % TAGS.length]!;
  const ofSteps = <T>(value: (step: Row["steps"][number]) => T) => steps.map(value);
  return JSON.stringify({
    ...{ user_id: `u${user}`, age: 20 + 7 * user, item_id: `i${item}`, price: item * 1.7 },
    ...{ tags: tags(item), image: [item, -n], cover: [item, 1], wait: (n * n) % 13, words: words.join(" ") },
    hist_item_id: ofSteps(({ item }) => `i${item}`),
    hist_price: ofSteps(({ item }) => item * 1.7),
    hist_tags: ofSteps(({ item }) => tags(item)),
    hist_cover: ofSteps(({ item, n }) => [item, n]),
    dwell: ofSteps(({ n }) => n / 3),
    action: ofSteps(({ n }) => `a${n % 3}`),
    look: ofSteps(({ item, n }) => [n, item / 7]),
    ...{ click, buy: click * (n % 2) },
  });
}

/** A row without any list has no types of lists, and every user is there. */
export const WHOLE: readonly Row[] = [0, 1, 2, 3].map((user) => ({
  ...{ user, item: user, n: 5 + user, words: ["hat"], click: user % 2 },
  steps: [{ item: 1, n: 2 }],
}));
