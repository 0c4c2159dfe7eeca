// What names of columns say, as people write them in click logs. `lint/words.ts` says what names of features may not.

import { saysUser } from "../lint/words.ts";

const LABELS = [
  ...[
    "label",
    "click",
    "is_click",
    "clicked",
    "is_clicked",
    "clk",
    "target",
    "y",
    "ctr_label",
    "click_label",
  ],
  ...[
    "conversion",
    "converted",
    "is_conversion",
    "buy",
    "bought",
    "is_buy",
    "purchase",
    "purchased",
    "is_purchase",
  ],
  ...[
    "like",
    "liked",
    "is_like",
    "love",
    "is_love",
    "favorite",
    "follow",
    "share",
    "is_share",
    "comment",
    "outcome",
  ],
  ...[
    "install",
    "installed",
    "download",
    "downloaded",
    "order",
    "ordered",
    "cart",
    "add_to_cart",
    "long_view",
  ],
  ...["watched", "finished", "finish", "watch", "relevant", "response", "cvr_label"],
];

/** How far from the first of the names that labels have; null for another name. */
export function labelRank(name: string): number | null {
  const rank = LABELS.indexOf(name);
  return rank < 0 ? null : rank;
}

const USER = new Set(
  "user uid member visitor reviewer customer account cookie buyer viewer person".split(" "),
);
const ITEM = new Set(
  "item product sku asin movie film song track video ad adgroup creative campaign goods article news book doc document content poi listing photo item2 pid iid".split(
    " ",
  ),
);
const ITEM_PARTS = new Set(
  "price brand cate category genre genres shop seller author artist album publisher tag tags title year color size".split(
    " ",
  ),
);
const USER_PARTS = new Set("gender sex age occupation income zip zipcode education member".split(" "));
const CONTEXT = new Set(
  "hour weekday day dow month season weekend holiday device os browser platform app network city page slot scene channel context request".split(
    " ",
  ),
);
const ID = new Set("id code key uuid guid hash idx index no".split(" "));
const HISTORY = new Set(
  "hist history histories list seq seqs sequence past prev previous recent last clicked click clicks viewed bought liked watched rated visited behavior behaviour".split(
    " ",
  ),
);

export function wordsOf(name: string): string[] {
  return name.split("_").filter((word) => word !== "");
}

export type Said = "user" | "item" | "context" | null;

/** Whose feature a column is by its name. */
export function scopeSaid(name: string): Said {
  const words = wordsOf(name);
  const has = (set: ReadonlySet<string>) => words.some((word) => set.has(word));
  if (USER.has(words[0] ?? "")) return "user";
  if (ITEM.has(words[0] ?? "") || has(ITEM_PARTS)) return "item";
  if (has(USER_PARTS)) return "user";
  if (has(CONTEXT)) return "context";
  return has(USER) ? "user" : has(ITEM) ? "item" : null;
}

/** Whether the column tells users, or items, apart. */
export function isKeyOf(name: string, of: "user" | "item"): boolean {
  if (of === "user" && saysUser(name)) return true;
  const [first, ...rest] = wordsOf(name);
  return (of === "user" ? USER : ITEM).has(first ?? "") && rest.every((word) => ID.has(word));
}

export function saysId(name: string): boolean {
  const last = wordsOf(name).at(-1) ?? "";
  return ID.has(last) || /[a-z]id$/.test(name) || isKeyOf(name, "user") || isKeyOf(name, "item");
}

export function saysTime(name: string): boolean {
  return wordsOf(name).some((word) => /^(time|timestamp|ts|date|datetime|unixtime|timestep|at)$/.test(word));
}

export function saysOrder(name: string): boolean {
  return saysTime(name) || /^(step|order|position|seq|sequence|rank|index|idx)$/.test(name);
}

/** What counts something, so that it is a number however few values it has. */
export function saysCount(name: string): boolean {
  return wordsOf(name).some((word) =>
    /^(count|counts|num|number|n|cnt|qty|quantity|amount|total|price|sum)$/.test(word),
  );
}

/** The words of a history's column that say what its steps are: `item id` of `hist_item_id`; null where none says history. */
export function historyWords(name: string): string[] | null {
  const words = wordsOf(name);
  const rest = words.filter((word) => !HISTORY.has(word));
  return rest.length === words.length ? null : rest;
}

/** How well `words` of a history name the column `name`: 0 not at all. */
export function nameMatch(words: readonly string[], name: string): number {
  const stem = (word: string) => word.replace(/ies$/, "y").replace(/s$/, "");
  const own = wordsOf(name).map(stem);
  const asked = words.map(stem);
  if (asked.length === 0) return 0;
  if (asked.join(" ") === own.join(" ")) return 3;
  const plain = (all: readonly string[]) => all.filter((word) => !ID.has(word)).join(" ");
  if (plain(asked) !== "" && plain(asked) === plain(own)) return 2;
  return 0;
}
