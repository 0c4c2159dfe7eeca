// Ten days, twice: a model that goes on from the day before, and one that is trained on all days before from
// the beginning. Both are measured on each day's rows before they know these.
//   node compare.mjs --dir data --since 1998-03-01 [--days 10] [--out runs]

import { parseArgs } from "node:util";
import { evaluate, train, trainEach } from "dinc/node";
import { refuse } from "../usage.mjs";

const { values: options } = parseArgs({
  options: {
    dir: { type: "string", default: "data" },
    since: { type: "string" },
    days: { type: "string", default: "10" },
    out: { type: "string", default: "runs" },
  },
});
const DAY = 86_400_000;
const first = Date.parse(options.since);
if (Number.isNaN(first)) refuse("--since names the first day, as 1998-03-01");
const day = (i) => new Date(first + i * DAY).toISOString().slice(0, 10);
const days = Number(options.days);
const config = new URL("dinc.yaml", import.meta.url).pathname;
const set = (since, until) => [`data.dir=${options.dir}`, `data.since=${since}`, `data.until=${until}`];
const ALL = "1990-01-01";
const asked = { config, backend: "wasm", threads: 1, force: true };

const base = await train(null, { ...asked, set: set(ALL, day(0)), out: `${options.out}/base` });
const { periods: each } = await trainEach(null, {
  ...{ ...asked, each: "day", from: base.folder, out: `${options.out}/days`, set: set(day(0), day(days)) },
});
const table = [];
for (let i = 0; i < days; i++) {
  const out = `${options.out}/whole-${day(i)}`;
  const whole = i === 0 ? base : await train(null, { ...asked, set: set(ALL, day(i)), out });
  const measured = { config, set: set(day(i), day(i + 1)), split: "train", resamples: 0 };
  const { evaluations, rows: count } = await evaluate(whole.folder, measured);
  const from = each.find(({ name }) => name === day(i));
  table.push({ day: day(i), rows: count, from: from.before.train.auc, whole: evaluations[0].values.auc });
  table.at(-1).fromSeconds = from.seconds;
  table.at(-1).wholeSeconds = whole.seconds;
}
const sum = (key) => table.reduce((total, row) => total + row[key], 0);
const mean = (key) => table.reduce((total, row) => total + row[key] * row.rows, 0) / sum("rows");
const line = (cells) => `| ${cells.join(" | ")} |`;
console.log(
  line([
    "day",
    "its rows",
    "AUC of `--from`",
    "AUC of a new training on all days",
    "s",
    "s of the new training",
  ]),
);
console.log("|---|---|---|---|---|---|");
for (const { day, rows, from, whole, fromSeconds, wholeSeconds } of table)
  console.log(
    line([day, rows, from.toFixed(4), whole.toFixed(4), fromSeconds.toFixed(1), wholeSeconds.toFixed(1)]),
  );
const all = ["fromSeconds", "wholeSeconds"].map((key) => sum(key).toFixed(1));
console.log(line(["all", sum("rows"), mean("from").toFixed(4), mean("whole").toFixed(4), ...all]));
