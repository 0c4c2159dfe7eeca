// Specs that use a history in every possible way: its fields, one of them, or none, if only its length or the
// positions of its steps count.

import fc from "fast-check";

/** Values computed from a history `h`, each a `Vec`, by the parts that they read. */
const uses = {
  unused: () => "0 * age",
  places: (h) => `sum(place(${h}))`,
  "its length": (h) => `sum(0 * place(${h}) + 1)`,
  "a decay by place": (h) => `sum(exp(-0.1 * place(${h})))`,
  "vectors of positions": (h) => `mean(position(${h}, 3))`,
  "positions by attention": (h) => `target_attention(dense(item_id, 4), position(${h}, 4))`,
  "places in buckets": (h) => `max(buckets(place(${h}), [2, 4], 3))`,
  "a recurrence over places": (h) => `last(gru(0.1 * place(${h}), width: 3))`,
  "a window of places": (h) => `max(window(place(${h}), 3))`,
  "places one longer": (h) => `mean(append(0.1 * place(${h}), 1))`,
  "places one shorter": (h) => `sum(before_last(place(${h})))`,
  "pairs of places": (h) => `sum(sum(softmax(facing(place(${h})) - place(${h})) * place(${h})))`,
  "the latest, by place": (h) => `sum(place(top(place(${h}), 2)))`,
  "a search by place": (h) => `sum(top(0.1 * place(${h}), 2, by: place(${h})))`,
  "a search where the place": (h) => `sum(place(top(place(${h}), 3, where: place(${h}) > 1)))`,
  "a condition on its length": (h) => `where(sum(0 * place(${h}) + 1) > 1, age, 0.5)`,
  "a condition on places": (h) => `sum(place(${h}), where: place(${h}) > 2) / 10`,
  "whether it has steps": (h) => `any(sigmoid(place(${h}) - 2)) * age`,
  "a step like the candidate": (h) => `max(${h}.item_id == item_id)`,
  "how many steps are like the candidate": (h) => `sum(${h}.item_id == item_id)`,
  "ids without a vector": (h) => `sum(${h}.shop == shop)`,
  vectors: (h) => `mean(${h}.item_id)`,
  "numbers of steps": (h) => `sum(${h}.dwell)`,
  "sets of steps": (h) => `max(${h}.tags)`,
  "times alone": (h) => `sum(before_last(now - ${h}.at) / 1_000_000)`,
  "times between steps": (h) => `mean(log(1 + abs(${h}.at - facing(${h}.at))) |> mean)`,
  "a search by a field, read by place": (h) =>
    `sum(place(top(${h}.item_id, 2, by: dot(item_id, ${h}.item_id))))`,
  "a search by a condition, read by place": (h) =>
    `sum(place(top(place(${h}), 2, where: ${h}.item_id == item_id)))`,
  "a search by a field, other fields": (h) => `mean(top(${h}.dwell, 2, by: dot(item_id, ${h}.item_id)))`,
  "a weight": (h) => `sum(weight(${h}.item_id))`,
} satisfies Readonly<Record<string, (history: string) => string>>;

type Use = keyof typeof uses;
const names = Object.keys(uses) as Use[];
/** Uses that do not depend on the candidate, and so may be in a user's tower. */
const ofUser = names.filter((use) => !/(?<![.\w])(item_id|shop)/.test(uses[use]("h")));

const over = (clicks: readonly Use[], orders: readonly Use[]): string =>
  [...clicks.map((use) => uses[use]("clicks")), ...orders.map((use) => uses[use]("orders"))].join(", ");

function specOf(net: string): string {
  return `model uses
features context { now : time }
features user { age : number }
features item {
  item_id : id  embed 4
  shop    : id  embed 2
  tags    : set(id, max: 3)  embed 2
}
history clicks(max: 5) { item_id <-> clicked  shop <-> clicked_shop  tags <-> clicked_tags  dwell : number  at : time }
history orders(max: 7) { shop <-> ordered_shop  item_id <-> ordered  tags <-> ordered_tags  dwell : number  at : time }
label click : binary
net { ${net} }
`;
}

/** The candidate is used only if a use reads it, so that a history can be the only input. */
function ranking(clicks: readonly Use[], orders: readonly Use[]): string {
  return specOf(
    `predict click = concat(age, ${over(clicks, orders)}) |> dense(3, tanh) |> dense(1) |> sigmoid`,
  );
}

function towers(clicks: readonly Use[], orders: readonly Use[]): string {
  return specOf(
    `predict click = dot(concat(age, ${over(clicks, orders)}) |> dense(4, tanh), concat(item_id, shop) |> dense(4)) |> sigmoid`,
  );
}

/** Each use by itself. */
export const historyUses: readonly (readonly [name: string, spec: string])[] = names.map((use) => [
  `a history for ${use}`,
  ranking([use], ["unused"]),
]);

export const towerUses: readonly (readonly [name: string, spec: string])[] = ofUser
  .filter((use) => use !== "unused")
  .map((use) => [`a history for ${use}`, towers([use], ["unused"])]);

/** One to three uses of a history. */
const some = (among: readonly Use[]) =>
  fc.uniqueArray(fc.constantFrom(...among), { minLength: 1, maxLength: 3 });

/** Two histories in one network. */
export const historySpecs: fc.Arbitrary<string> = fc
  .tuple(some(names), some(names))
  .map(([clicks, orders]) => ranking(clicks, orders));

export const towerSpecs: fc.Arbitrary<string> = fc
  .tuple(some(ofUser), some(ofUser))
  .map(([clicks, orders]) => towers(clicks, orders));
