// Words in the names of features with a clear meaning. Rules about names ignore a word that may mean something else.

const OUTCOMES = new Set([
  ...["click", "clicked", "conversion", "converted", "purchased", "bought", "installed", "downloaded"],
  ...["label", "outcome", "ground_truth"],
]);
/** How long something was looked at is known afterwards. */
const DURATION =
  /^(?:dwell|stay|watch|watched|play|playing|read|reading)(?:_?time|_?duration)?(?:_(?:ms|s|sec|secs|seconds|millis))?$/;
const FLAG = /^(?:is|was|has|did)_/;
const FLAGGED = new Set([
  ...OUTCOMES,
  ...["buy", "purchase", "install", "download", "like", "liked", "order", "ordered", "finished", "watched"],
]);

/** Whether a feature called `name` is most likely what came of showing the candidate, as one of `labels` is. */
export function saysOutcome(name: string, labels: Iterable<string>): boolean {
  const stem = stemOf(name);
  if ([...labels].some((label) => stem !== "" && stem === stemOf(label))) return true;
  if (OUTCOMES.has(name)) return true;
  if (FLAG.test(name) && FLAGGED.has(name.replace(FLAG, ""))) return true;
  return DURATION.test(name) && !["play", "read", "watch", "stay"].includes(name);
}

/** `is_click`, `clicked`, `click_label` are all `click`. */
function stemOf(name: string): string {
  return name
    .replace(FLAG, "")
    .replace(/_(?:label|flag)$/, "")
    .replace(/(?<=[a-z]{3})ed$/, "");
}

/** Where the candidate stood on the page. */
export function saysPosition(name: string): boolean {
  return /^(?:(?:item|ad|display|impression|show|list|page|rank|ranking)_)?(?:position|rank|pos_in_page)$/.test(
    name,
  );
}

/** Whether each person has a value of their own. */
export function saysUser(name: string): boolean {
  return /^(?:user|uid|reviewer|visitor|member|customer|account|device|cookie)$|^(?:user|reviewer|visitor|member|customer|account|device|cookie|person|buyer|viewer)_?(?:id|uuid|key|hash)$/.test(
    name,
  );
}

/** Whether the numbers most likely lie between −1 and 1, or are near there. */
export function saysScaled(name: string): boolean {
  return /(?:^|_)(?:is|has|ctr|cvr|rate|ratio|share|fraction|percent|pct|prob|probability|score|similarity|sim|cosine|norm|normed|normalized|scaled|standardized|log|zscore|z)(?:_|$)/.test(
    name,
  );
}
