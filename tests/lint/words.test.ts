// What names say, and what they do not say plainly enough.

import { expect, test } from "vitest";
import { saysOutcome, saysPosition, saysScaled, saysUser } from "../../compiler/tools/lint/words.ts";

const outcome = (name: string) => saysOutcome(name, ["click"]);

test.each([
  ...["click", "clicked", "is_click", "was_clicked", "click_label", "is_buy", "is_conversion", "converted"],
  ...[
    "purchased",
    "dwell",
    "dwell_time",
    "dwell_ms",
    "watch_time",
    "watch_seconds",
    "play_duration",
    "label",
  ],
])("`%s` is an outcome", (name) => expect(outcome(name)).toBe(true));

test("what a label is called is an outcome, whatever it is", () => {
  expect(saysOutcome("is_long_view", ["long_view"])).toBe(true);
  expect(saysOutcome("is_long_view", ["click"])).toBe(false);
});

test.each([
  ...["clicks_7d", "click_count", "ctr", "click_rate", "last_click_hour", "avg_watch_time", "hist_dwell"],
  ...["price", "duration", "video_duration", "play", "reads", "order", "like", "share", "is_new", "is_video"],
  ...["conversion_rate", "labels", "clickbait", "purchase_power", "watch", "constructor"],
])("`%s` is none, or may be none", (name) => expect(outcome(name)).toBe(false));

test.each(["position", "rank", "display_position", "impression_rank", "list_position"])(
  "`%s` is decided by ranking",
  (name) => expect(saysPosition(name)).toBe(true),
);

test.each(["positions", "job_position", "page_rank_score", "rank_7d", "pos", "slot", "chess_rank"])(
  "`%s` is not, or may not be",
  (name) => expect(saysPosition(name)).toBe(false),
);

test.each(["user", "user_id", "uid", "reviewer_id", "device_id", "userid", "account_key"])(
  "`%s` is who somebody is",
  (name) => expect(saysUser(name)).toBe(true),
);

test.each(["city", "user_city", "user_group_id", "gender", "device_model", "user_agent", "id"])(
  "`%s` is shared by many",
  (name) => expect(saysUser(name)).toBe(false),
);

test.each(["ctr", "ctr_7d", "click_rate", "is_new", "price_log", "similarity", "title_score", "share"])(
  "`%s` needs no scaling",
  (name) => expect(saysScaled(name)).toBe(true),
);

test.each(["price", "age", "days_since_upload", "stars", "shared_count", "prices", "distance"])(
  "`%s` does",
  (name) => expect(saysScaled(name)).toBe(false),
);
