// Cases about events, windows of time, and tables as of a time.

import { type DataCase, events, TIMED, TRAIN, timedRows } from "./folder.ts";

/** Trains these rows day by day. */
const EACH = "train --set data.time=at --set data.since=2026-11-01 --each day --out runs";

/** The same days trained, and then a log with more rows. */
const daysWith = (more: string, before: readonly string[] = []): DataCase => ({
  files: { ...timedRows, "now.csv": `${timedRows["rows.csv"]}${more}` },
  before: [`${EACH} --complete`, ...before],
  command: `${EACH} --set data.train=now.csv`,
});

/** Impressions and a log of clicks; `more` says more of `data.impressions`. */
const impressions = (more = "", files: Readonly<Record<string, string>> = {}): DataCase => ({
  files: {
    "dinc.yaml": `spec: model.din
data:
  train: shown.csv
  impressions:
    user: user_id
    time: at
    log: { path: log.csv }
${more}`,
    "shown.csv": `user_id,item_id,price,click,at
u1,a,9.5,1,2026-11-01 09:30
u2,c,7.25,0,2026-11-02 18:00
`,
    "log.csv": `user_id,item_id,kind,at
u1,b,click,2026-11-01 08:00
u2,a,cart,2026-11-01 09:00
`,
    ...files,
  },
});

/** Prices in a table of their own, as of a time. */
const prices = (rows: string) =>
  impressions("    tables:\n      prices: { path: prices.csv, key: item_id, as_of: since }\n", {
    "shown.csv": `user_id,item_id,click,at
u1,a,1,2026-11-01 09:30
u2,c,0,2026-11-02 18:00
`,
    "prices.csv": `item_id,price,since\n${rows}`,
  });

const PRICES = "a,9.5\nb,3.0\nc,7.25\nd,1.0\n";

export const timeCases: Readonly<Record<string, DataCase>> = {
  "window-without-time": { command: "train --set data.since=yesterday --out run" },
  "window-backward": {
    command: `train ${TIMED} --set data.since=2026-11-02 --set data.until=2026-11-01 --out run`,
  },
  "window-empty": { files: timedRows, command: `train ${TIMED} --set data.since=2026-12-01 --out run` },
  "window-of-numbers": { files: timedRows, command: `train ${TIMED} --set data.since=5 --out run` },
  "window-of-times": { command: "train --set data.time=price --set data.since=2026-11-01 --out run" },
  "each-without-window": {
    files: timedRows,
    command: `train ${TIMED} --set data.until=2026-11-01 --each day --out runs`,
  },
  "period-of-another-training": {
    files: timedRows,
    before: [`${EACH} --complete`],
    command: `${EACH} --set train.epochs=3`,
  },
  "events-never-trained": {
    ...events(
      ["01", "02"]
        .flatMap((day) => ["a", "b", "c"].map((item, i) => `u1,${item},2026-11-${day} 0${i + 1}:00\n`))
        .join(""),
      "a,9.5\nb,3.0\nc,7.25\nd,1.0\n",
    ),
    command: "train --set data.since=2026-11-01 --each day --complete --out runs",
  },
  "late-rows": daysWith("u1,b,3.0,c,0,2026-11-01 20:15\n"),
  "period-of-other-rows": {
    files: { ...timedRows, "now.csv": timedRows["rows.csv"].replace("09:30", "10:30") },
    before: [`${EACH} --complete`],
    command: `${EACH} --set data.train=now.csv`,
  },
  "rows-between-periods": {
    files: {
      "rows.csv": `${timedRows["rows.csv"]}u1,b,3.0,c,0,2026-11-03 08:45\nu2,a,9.5,b,1,2026-11-04 11:00\n`,
    },
    before: [`${EACH} --set data.until=2026-11-02`],
    command: `${EACH} --set data.since=2026-11-03`,
  },
  "period-beside-the-chain": daysWith("u1,b,3.0,c,0,2026-11-01 20:15\n", [
    `${EACH} --set data.train=now.csv --force --set data.until=2026-11-02`,
  ]),
  "rows-changed-since": {
    files: { ...timedRows, "now.csv": timedRows["rows.csv"].replace("7.25", "8.25") },
    before: [`${EACH} --complete`],
    command: `${EACH} --set data.train=now.csv`,
  },
  "past-of-no-history": impressions("    histories:\n      click: { where: { kind: click } }\n"),
  "impressions-without-time": {
    files: { "dinc.yaml": ["rows.csv", "rows.csv\n  impressions: { user: user_id }"] },
  },
  "gap-without-item": impressions("    gap: 1 min\n"),
  "times-and-numbers": impressions("", { "log.csv": "user_id,item_id,at\nu1,b,1\nu2,a,2\n" }),
  "duration-of-another-kind": impressions("    delay: 10\n"),
  "key-not-yet-there": prices("a,9.5,2026-10-01\nc,7.25,2026-11-03\n"),
  "key-twice-at-once": prices("a,9.5,2026-10-01\nc,7.25,2026-10-01\na,9.0,2026-10-01\n"),
  "where-no-number": impressions('    histories:\n      clicks: { where: { kind: ">= 4" } }\n'),
  "no-past": impressions("    histories:\n      clicks: { where: { kind: klick } }\n"),
  "nothing-counted": {
    before: [`${TRAIN} --no-state`],
    command: "train --from run --evict-below 5 --out next",
  },
  "not-a-time": {
    files: {
      "model.din": `model asked
features user { user_id : id  embed 4 }
features item { item_id : id  embed 4 }
features context { asked_at : hour(zone: "Europe/Berlin")  embed 2 }
label click : binary
net { predict click = concat(user_id, item_id, asked_at) |> dense(1) |> sigmoid }
`,
      "rows.csv": `user_id,item_id,asked_at,click
u1,a,2026-03-04T09:05:06Z,1
u1,b,04/03/2026,0
`,
    },
  },
  "step-in-the-future": {
    files: {
      "model.din": `model aged
features context { now : time }
features user { user_id : id  embed 4 }
features item { item_id : id  embed 4 }
history clicks(max: 20) {
  item_id <-> clicked_items
  at      : time
}
label click : binary
net { predict click = concat(user_id, item_id, mean(log(1 + (now - clicks.at)))) |> dense(1) |> sigmoid }
`,
      "rows.csv": `user_id,item_id,now,clicked_items,at,click
u1,a,2026-03-04T09:05:06Z,b|c,2026-03-01T08:00:00Z|2026-03-04T09:05:00Z,1
u1,b,2026-03-04T09:05:06Z,a|c,2026-03-01T08:00:00Z|2026-03-04T12:30:00Z,0
`,
    },
  },
  "one-item-an-event": {
    files: {
      ...events("u1,a,1\nu1,b,2\nu1,c,3\n", "a,9.5\nb,3.0\nc,7.25\n").files,
      "model.din": ["item_id <-> clicked_items", "item_id <-> from_item  item_id <-> to_item"],
    },
  },
  "key-twice": events("u1,a,1\nu1,b,2\nu1,c,3\n", "a,9.5\nb,3.0\nb,4.0\nc,7.25\n"),
  "item-in-no-event": {
    files: {
      ...events("", "").files,
      "items.csv": "item_id\na\nb\nc\nd\n",
      "log.csv": "user_id,item_id,time,price\nu1,a,1,9.5\nu1,b,2,3.0\nu1,c,3,7.25\n",
    },
  },
  "key-unknown": events("u1,a,1\nu1,b,2\nu1,c,3\n", "a,9.5\nb,3.0\n"),
  "not-an-order": events("u1,a,1\nu1,b,2\nu1,c,yesterday\n", "a,9.5\nb,3.0\nc,7.25\nd,1.0\n"),
  "mixed-time-units": events("u1,a,1772358660\nu1,b,1772358671000\nu1,c,1772358682\n", PRICES),
  "local-time-skipped": events(
    "u1,a,2026-03-29 01:30:00\nu1,b,2026-03-29 02:30:00\nu1,c,2026-03-29 03:30:00\n",
    PRICES,
    "time, time_zone: Europe/Berlin",
  ),
  "nothing-left-to-sample": events("u1,a,1\nu1,b,2\nu1,c,3\n", "a,9.5\nb,3.0\nc,7.25\n"),
  "too-many-rows": {
    ...events("u1,a,1\nu1,b,2\nu1,c,3\nu1,a,4\n", PRICES),
    command: `${TRAIN} --set data.examples.negatives.per_positive=1500000000`,
  },
  "no-examples": events("u1,a,1\nu2,b,2\n", "a,9.5\nb,3.0\nc,7.25\n"),
};
