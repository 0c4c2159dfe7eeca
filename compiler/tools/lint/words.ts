// Words with a clear meaning in the names of features. Rules about names ignore ambiguous words.

const OUTCOMES = new Set([
  ...["click", "clicked", "conversion", "converted", "purchased", "bought", "installed", "downloaded"],
  ...["label", "outcome", "ground_truth"],
]);
/** A duration of looking at something, which is known only afterwards. */
const DURATION =
  /^(?:dwell|stay|watch|watched|play|playing|read|reading)(?:_?time|_?duration)?(?:_(?:ms|s|sec|secs|seconds|millis))?$/;
const FLAG = /^(?:is|was|has|did)_/;
const FLAGGED = new Set([
  ...OUTCOMES,
  ...["buy", "purchase", "install", "download", "like", "liked", "order", "ordered", "finished", "watched"],
]);

/** Tells whether a feature's name suggests an outcome of showing the candidate, like one of `labels`. */
export function saysOutcome(name: string, labels: Iterable<string>): boolean {
  const stem = stemOf(name);
  if ([...labels].some((label) => stem !== "" && stem === stemOf(label))) return true;
  if (OUTCOMES.has(name)) return true;
  if (FLAG.test(name) && FLAGGED.has(name.replace(FLAG, ""))) return true;
  return DURATION.test(name) && !["play", "read", "watch", "stay"].includes(name);
}

/** Reduces `is_click`, `clicked` and `click_label` to `click`. */
function stemOf(name: string): string {
  return name
    .replace(FLAG, "")
    .replace(/_(?:label|flag)$/, "")
    .replace(/(?<=[a-z]{3})ed$/, "");
}

/** Tells whether a name suggests the candidate's position on the page. */
export function saysPosition(name: string): boolean {
  return /^(?:(?:item|ad|display|impression|show|list|page|rank|ranking)_)?(?:position|rank|pos_in_page)$/.test(
    name,
  );
}

/** Tells whether a name suggests a distinct value for each person. */
export function saysUser(name: string): boolean {
  return /^(?:user|uid|reviewer|visitor|member|customer|account|device|cookie)$|^(?:user|reviewer|visitor|member|customer|account|device|cookie|person|buyer|viewer)_?(?:id|uuid|key|hash)$/.test(
    name,
  );
}

/** Tells whether a name suggests numbers between about −1 and 1. */
export function saysScaled(name: string): boolean {
  return /(?:^|_)(?:is|has|ctr|cvr|rate|ratio|share|fraction|percent|pct|prob|probability|score|similarity|sim|cosine|norm|normed|normalized|scaled|standardized|log|zscore|z)(?:_|$)/.test(
    name,
  );
}
