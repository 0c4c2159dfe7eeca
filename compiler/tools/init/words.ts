// Words in the column names of click logs, and their meanings. `tools/lint/words.ts` has the words that names
// of features should not contain.

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

/** The rank of a name among usual names of labels, from 0; null for another name. */
export function labelRank(name: string): number | null {
  const rank = LABELS.indexOf(name);
  if (rank >= 0) return rank;
  const flagged = LABELS.indexOf(name.replace(/^is_/, ""));
  return flagged < 0 ? null : LABELS.length + flagged;
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

/** `userid` counts as `user id`. */
export function wordsOf(name: string): string[] {
  return name.split("_").flatMap((word) => {
    if (word === "") return [];
    const [, stem = ""] = /^(.+)id$/.exec(word) ?? [];
    return [USER, ITEM, ITEM_PARTS, USER_PARTS, CONTEXT].some((set) => set.has(stem)) ? [stem, "id"] : [word];
  });
}

export type NamedScope = "user" | "item" | "context" | null;

/** The scope that a column's name suggests. */
export function scopeByName(name: string): NamedScope {
  const words = wordsOf(name);
  const has = (set: ReadonlySet<string>) => words.some((word) => set.has(word));
  if (USER.has(words[0] ?? "")) return "user";
  if (ITEM.has(words[0] ?? "") || has(ITEM_PARTS)) return "item";
  if (has(USER_PARTS)) return "user";
  if (has(CONTEXT)) return "context";
  return has(USER) ? "user" : has(ITEM) ? "item" : null;
}

/** Tells whether a name says no more than that its values are ids, as `id` and `code` do. */
export function saysIds(name: string): boolean {
  return wordsOf(name).every((word) => ID.has(word));
}

/** Tells whether a name suggests that the column identifies users, or items. */
export function isKeyOf(name: string, of: "user" | "item"): boolean {
  if (of === "user" && saysUser(name)) return true;
  const [first, ...rest] = wordsOf(name);
  return (of === "user" ? USER : ITEM).has(first ?? "") && rest.every((word) => ID.has(word));
}

/**
 * How clearly a name for which `isKeyOf` holds identifies users, or items: a customer may be the buyer or an
 * advertiser.
 */
export function plainness(name: string, of: "user" | "item"): number {
  const words = wordsOf(name);
  if (words.join("_") === `${of}_id`) return 3;
  if (words[0] === of || words[0] === "uid") return 2;
  return /^(?:customer|account|cookie|device)$/.test(words[0] ?? "") ? 0 : 1;
}

/** Tells whether `words` of a history say that its steps are items, under any name. */
export function sayItems(words: readonly string[]): boolean {
  const rest = words.map(stemOf).filter((word) => !ID.has(word));
  return rest.length > 0 && rest.every((word) => ITEM.has(word));
}

/** Tells whether the name suggests a distinct value for each request or row of a log. */
export function saysRequest(name: string): boolean {
  const [first = "", ...rest] = wordsOf(name);
  const isOne = /^(?:impression|imp|request|req|exposure|trace|event|log|row|record)$/.test(first);
  return isOne && rest.length > 0 && rest.every((word) => ID.has(word));
}

/** Words for things that have numeric codes. */
const CODED = new Set(
  "brand cate category subcategory genre genres shop store seller merchant author artist album publisher tag tags city country region province state language device os browser platform gender sex occupation color page channel zip zipcode campaign".split(
    " ",
  ),
);

/** Tells whether whole numbers in the column are codes rather than amounts. */
export function saysCode(name: string): boolean {
  return CODED.has(wordsOf(name).at(-1) ?? "") && !saysCount(name);
}

/** Tells whether a name suggests texts of many words. */
export function saysText(name: string): boolean {
  return /^(?:title|name|headline|description|abstract|text|query|review|summary|body)$/.test(
    wordsOf(name).at(-1) ?? "",
  );
}

/** The words after `last` in a column's name: `item` of `last_item`; null without such a word. */
export function lastWords(name: string): string[] | null {
  const words = wordsOf(name);
  return words.some((word) => /^(?:last|prev|previous|recent|past)$/.test(word)) ? historyWords(name) : null;
}

export function saysId(name: string): boolean {
  const last = wordsOf(name).at(-1) ?? "";
  const isOne = ID.has(last) || (/[a-z]id$/.test(last) && !WORDS_IN_ID.test(last));
  return isOne || isKeyOf(name, "user") || isKeyOf(name, "item");
}

/** Words that end in "id" but are not ids. */
const WORDS_IN_ID =
  /^(?:(?:pre|un)?paid|(?:re|under|over)?bid|(?:in)?valid|a?void|grid|mid|kid|aid|said|laid|hybrid|solid|liquid|fluid|rapid|covid|android|humid|centroid)$/;

export function saysTime(name: string): boolean {
  return wordsOf(name).some((word) => /^(time|timestamp|ts|date|datetime|unixtime|timestep|at)$/.test(word));
}

export function saysOrder(name: string): boolean {
  return saysTime(name) || /^(step|order|position|seq|sequence|rank|index|idx)$/.test(name);
}

/** Tells whether the column holds row weights. A plain `weight` may be that of a parcel. */
export function saysWeight(name: string): boolean {
  return /^(?:sample|example|instance|row|importance|training)_?weights?$/.test(name);
}

/** Tells whether a name suggests ratings of items. */
export function saysRating(name: string): boolean {
  return /^(?:(?:user|item|movie|review)_?)?(?:rating|ratings|stars|score|grade)$|^overall$/.test(name);
}

/** Tells whether a name suggests a count, which is a number even with few distinct values. */
export function saysCount(name: string): boolean {
  return wordsOf(name).some((word) =>
    /^(count|counts|num|number|n|cnt|qty|quantity|amount|total|price|sum)$/.test(word),
  );
}

/** Words of amounts, whose order says something. */
const MEASURED =
  /^(?:age|years?|months?|weeks?|days?|hours?|minutes?|seconds?|duration|length|distance|size|width|height|depth|weight|area|income|salary|wage|balance|budget|cost|revenue|spent|score|points|level|rate|ratio|share|percent|percentage|speed|temperature|position|rank|views|visits|clicks|likes|latitude|longitude|lat|lon|lng)$/;

/** Whether numbers in the column measure something. */
export function saysMeasure(name: string): boolean {
  return saysCount(name) || saysTime(name) || wordsOf(name).some((word) => MEASURED.test(word));
}

/**
 * The words in a history column's name that describe its steps: `item id` of `hist_item_id`; null if no word
 * suggests a history.
 */
export function historyWords(name: string): string[] | null {
  const words = wordsOf(name);
  const rest = words.filter((word) => !HISTORY.has(word));
  return rest.length === words.length ? null : rest;
}

/** How well `words` of a history's name match the column `name`; 0 for not at all. */
export function nameMatch(words: readonly string[], name: string): number {
  const own = wordsOf(name).map(stemOf);
  const asked = words.map(stemOf);
  if (asked.length === 0) return 0;
  if (asked.join(" ") === own.join(" ")) return 3;
  const plain = (all: readonly string[]) => all.filter((word) => !ID.has(word)).join(" ");
  if (plain(asked) !== "" && plain(asked) === plain(own)) return 2;
  return 0;
}

/**
 * Tells whether `name` is a longer form of `other`: `seed_item_id` for `item_id`, `parent_category` for
 * `category_id`.
 */
export function nameEndsIn(name: string, other: string): boolean {
  const plain = (of: string) =>
    wordsOf(of)
      .map(stemOf)
      .filter((word) => !ID.has(word));
  const [longer, shorter] = [plain(name), plain(other)];
  if (shorter.length === 0 || longer.length <= shorter.length) return false;
  return longer.slice(-shorter.length).join(" ") === shorter.join(" ");
}

function stemOf(word: string): string {
  return word.replace(/ies$/, "y").replace(/s$/, "");
}
