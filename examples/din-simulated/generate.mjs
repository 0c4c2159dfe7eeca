// Simulates clicks with a known click model (simulate.mjs), so that the best reachable AUC is known. Plain Node, no package.
//
//   node generate.mjs --out data [--users 2000] [--impressions 24] [--items 600] [--categories 30] [--seed 7]
//
// Writes train.csv and test.csv (histories separated by `|`) and truth.json: AUC and log loss of the true chances on
// the test rows, and the chances themselves, which no column of the rows holds.
import "../usage.mjs";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bestOf, simulate } from "./simulate.mjs";

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
const [users, impressions, items, categories, seed] = [
  options.users,
  options.impressions,
  options.items,
  options.categories,
  options.seed,
].map(wholeNumber);

const rows = simulate({ users, impressions, items, categories, seed });
const best = bestOf(rows.test);

mkdirSync(options.out, { recursive: true });
for (const [name, split] of Object.entries(rows)) writeFileSync(join(options.out, `${name}.csv`), csv(split));
const truth = {
  label: "click",
  best_auc: best.auc,
  best_log_loss: best.logLoss,
  chances: rows.test.map(({ chance }) => Number(chance.toFixed(6))),
};
writeFileSync(join(options.out, "truth.json"), `${JSON.stringify(truth)}\n`);
const clicks = rows.train.filter(({ click }) => click === 1).length / rows.train.length;
console.log(
  `${options.out}: ${rows.train.length} training rows (${(100 * clicks).toFixed(1)}% clicks), ${rows.test.length} test rows; ` +
    `the best reachable AUC is ${truth.best_auc.toFixed(4)}`,
);

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

function wholeNumber(text) {
  if (/^\d+$/.test(text)) return Number(text);
  console.error(`generate.mjs: ${text} is not a whole number`);
  process.exit(2);
}
