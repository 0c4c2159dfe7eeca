// Simulates clicks with a known click model, so that the best reachable AUC is known. Plain Node, no package.
//
//   node generate.mjs --out data [--users 2000] [--impressions 24] [--items 600] [--categories 30] [--seed 7]
//
// Each user has three lasting interests among the categories, the strongest first, and a log of past clicks. They are
// shown items, one at a time, each at some hour; the chance of a click is `clickLogit` below. A click joins the user's
// history, latest last. The last sixth of a user's impressions are the test rows: no history holds anything later than
// its row.
//
// Writes train.csv and test.csv (histories separated by `|`) and truth.json: AUC and log loss of the true chances on
// the test rows, and the chances themselves, which no column of the rows holds.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    out: { type: "string", default: "data" },
    users: { type: "string", default: "2000" },
    impressions: { type: "string", default: "24" },
    items: { type: "string", default: "600" },
    categories: { type: "string", default: "30" },
    seed: { type: "string", default: "7" },
  },
});
const [users, impressions, itemCount, categories, seed] = [
  options.users,
  options.impressions,
  options.items,
  options.categories,
  options.seed,
].map(wholeNumber);

const MAX_HISTORY = 50;
const random = generator(seed);
const items = Array.from({ length: itemCount }, makeItem);
const itemsOf = Array.from({ length: categories }, (_, c) => items.filter((item) => item.category === c));

/**
 * The click model. Past clicks in the candidate's category draw, each less than the one before; items have a quality of
 * their own; a high price puts off, men more than women; evenings are better.
 */
function clickLogit({ item, matches, hour, gender }) {
  const price = Math.log1p(item.price) - 3;
  return (
    -2.5 +
    1.5 * Math.log1p(matches) +
    0.4 * item.quality -
    (gender === "m" ? 0.6 : 0.3) * price +
    0.4 * Math.cos(((hour - 20) / 12) * Math.PI)
  );
}

const rows = { train: [], test: [] };
for (let user = 1; user <= users; user++) {
  const gender = random() < 0.5 ? "f" : "m";
  const interests = Array.from({ length: 3 }, () => whole(categories));
  const history = Array.from({ length: 3 + whole(15) }, () => draw(interests, 0.8));
  for (let i = 0; i < impressions; i++) {
    const hour = whole(24);
    const item = draw(interests, 0.45);
    const past = history.slice(-MAX_HISTORY);
    const matches = past.filter(({ category }) => category === item.category).length;
    const chance = sigmoid(clickLogit({ item, matches, hour, gender }));
    const click = random() < chance ? 1 : 0;
    const split = i < Math.floor((impressions * 5) / 6) ? rows.train : rows.test;
    split.push({ user, gender, hour, item, past, click, chance });
    if (click === 1) history.push(item);
  }
}

mkdirSync(options.out, { recursive: true });
for (const [name, split] of Object.entries(rows)) writeFileSync(join(options.out, `${name}.csv`), csv(split));
const truth = {
  label: "click",
  best_auc: auc(rows.test),
  best_log_loss: logLoss(rows.test),
  chances: rows.test.map(({ chance }) => Number(chance.toFixed(6))),
};
writeFileSync(join(options.out, "truth.json"), `${JSON.stringify(truth)}\n`);
const clicks = rows.train.filter(({ click }) => click === 1).length / rows.train.length;
console.log(
  `${options.out}: ${rows.train.length} training rows (${(100 * clicks).toFixed(1)}% clicks), ${rows.test.length} test rows; ` +
    `the best reachable AUC is ${truth.best_auc.toFixed(4)}`,
);

function makeItem(_, index) {
  // Squaring makes low numbers, and with them some categories, popular.
  const category = Math.floor(categories * random() ** 2);
  return { id: 1000 + index, category, quality: normal(), price: Math.exp(3 + 0.8 * normal()) };
}

/** An item of the user's interests, the first three times as likely as the last, or any item. */
function draw(interests, loyalty) {
  const pick = random();
  const own = itemsOf[interests[pick < 0.5 ? 0 : pick < 0.83 ? 1 : 2]];
  const pool = random() < loyalty && own.length > 0 ? own : items;
  return pool[Math.floor(pool.length * random() ** 1.5)];
}

function csv(split) {
  const lines = ["user_id,gender,hour,item_id,cate_id,price,hist_item_id,hist_cate_id,click"];
  for (const { user, gender, hour, item, past, click } of split)
    lines.push(
      [
        `u${user}`,
        gender,
        hour,
        item.id,
        `c${item.category}`,
        item.price.toFixed(2),
        past.map(({ id }) => id).join("|"),
        past.map(({ category }) => `c${category}`).join("|"),
        click,
      ].join(","),
    );
  return `${lines.join("\n")}\n`;
}

/** The chance that a clicked row has a higher chance than one that was not clicked; ties count half. */
function auc(split) {
  const sorted = [...split].sort((a, b) => a.chance - b.chance);
  let below = 0;
  let pairs = 0;
  for (let i = 0; i < sorted.length; ) {
    let end = i;
    let clicked = 0;
    while (end < sorted.length && sorted[end].chance === sorted[i].chance) clicked += sorted[end++].click;
    const not = end - i - clicked;
    pairs += clicked * (below + not / 2);
    below += not;
    i = end;
  }
  return pairs / (below * (sorted.length - below));
}

function logLoss(split) {
  const losses = split.map(({ click, chance }) => -Math.log(click === 1 ? chance : 1 - chance));
  return losses.reduce((sum, loss) => sum + loss, 0) / split.length;
}

function sigmoid(x) {
  return 1 / (1 + Math.exp(-x));
}

function whole(n) {
  return Math.floor(n * random());
}

function normal() {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** mulberry32: small, and good enough to simulate with. */
function generator(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function wholeNumber(text) {
  if (/^\d+$/.test(text)) return Number(text);
  console.error(`generate.mjs: ${text} is not a whole number`);
  process.exit(2);
}
