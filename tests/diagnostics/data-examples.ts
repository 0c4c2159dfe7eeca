// A folder and a command for each diagnostic about data, settings or a run, in which it is said. What dinc then says is
// taken from the command line itself, by data-examples.test.ts.

export interface DataCase {
  /** Beside or instead of the usual files, or a usual file changed in one place; shown in the example. */
  readonly files?: Readonly<Record<string, string | readonly [from: string, to: string]>>;
  /** Commands that are run before, unshown. */
  readonly before?: readonly string[];
  /** What is run, `dinc` left out. */
  readonly command?: string;
}

/** What a folder holds that is as it should be. */
export const usualFiles: Readonly<Record<string, string>> = {
  "model.din": `model shop

features user { user_id : id  embed 8 }
features item {
  item_id : id  embed 8
  price   : number |> log1p
}
history clicks(max: 20) { item_id <-> clicked_items }
label click : binary

net {
  predict click = concat(user_id, item_id, price, mean(clicks)) |> mlp([16]) |> dense(1) |> sigmoid
}

train { batch 4  epochs 1 }
`,
  "rows.csv": `user_id,item_id,price,clicked_items,click
u1,a,9.5,b|c,1
u1,b,3.0,c,0
u2,c,7.25,,1
u2,a,9.5,b,0
`,
  "dinc.yaml": `spec: model.din
data:
  train: rows.csv
`,
};

/** Rows of which none is as another. */
const manyRows = (count: number) =>
  Array.from({ length: count }, (_, i) => `u${i % 9},i${i % 7},${i}.5,i${i % 5},${i % 2}\n`).join("");

/** The usual model with a number for its label. */
const PRICED_BY: readonly [from: string, to: string] = [
  "label click : binary\n\nnet {\n  predict click = concat(user_id, item_id, price, mean(clicks)) |> mlp([16]) |> dense(1) |> sigmoid",
  "label click : number\n\nnet {\n  predict click = concat(user_id, item_id, price, mean(clicks)) |> mlp([16]) |> dense(1)",
];

/** Clicks of three users, each with the user's three clicks before. */
const clicksOfThree = (count: number) =>
  Array.from({ length: count }, (_, i) => {
    const before = [9, 6, 3].flatMap((back) => (back > i ? [] : [`i${i - back}`]));
    return `u${i % 3},i${i},1.5,${before.join("|")},${i === 12 ? 0 : 1}\n`;
  }).join("");

/** The usual model with a loss that compares the rows of a user. */
const comparedByUser: readonly [from: string, to: string] = [
  "  predict click =",
  "  loss pairs    = bpr(total(item_id), click, by: user_id)\n  predict click =",
];

/** The usual model with scores that depend on the other rows of a user. */
const seenByUser: readonly [from: string, to: string] = [
  "mean(clicks))",
  "mean(clicks), mean(candidates(item_id, by: user_id, max: 6)))",
];

/** Rows with the time of each. */
const timedRows = {
  "rows.csv": `user_id,item_id,price,clicked_items,click,at
u1,a,9.5,b|c,1,2026-11-01 09:30
u2,c,7.25,,0,2026-11-02 18:00
`,
};
/** What trains these day by day. */
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
const TIMED = "--set data.time=at";
const TRAIN = "train --out run";
const PREPARE = "prepare --out rows";
const changed = (file: string, from: string, to: string, command?: string): DataCase => ({
  files: { [file]: [from, to] },
  ...(command === undefined ? {} : { command }),
});
/** The spec with another kind for the item, and a row that does not fit it. */
const kind = (written: string, value: string): DataCase => ({
  files: {
    "model.din": ["item_id : id ", `item_id : ${written} `],
    "rows.csv": `user_id,item_id,price,clicked_items,click
u1,1,9.5,2,1
u1,${value},3.0,,0
`,
  },
});
/** The spec with a weighted set for the item, and a row with another value. */
const weighted = (value: string): DataCase => {
  const { files } = kind("set(id, max: 3, weighted) ", value);
  const rows = `${files!["rows.csv"]}`.replace("u1,1,9.5,2", "u1,a:0.7|b:0.3,9.5,c:1");
  return { files: { ...files, "rows.csv": rows } };
};
/** The same with the weights in a column of their own. */
const weightedBy = (weights: string): DataCase => {
  const { files } = kind("set(id, max: 3, weighted(by: fits)) ", "a|b|c");
  const rows = `user_id,item_id,fits,price,clicked_items,click
u1,a|b,0.7|0.3,9.5,c:1,1
u1,a|b|c,${weights},3.0,,0
`;
  return { files: { ...files, "rows.csv": rows } };
};
const events = (log: string, more: string, order = "time"): DataCase => ({
  files: {
    "dinc.yaml": `spec: model.din
data:
  events: { path: log.csv, user: user_id, item: item_id, order: ${order} }
  items: { path: items.csv, key: item_id }
  examples: { positives: each_event, negatives: { per_positive: 1, sample: uniform, exclude: seen }, split: leave_last_out }
`,
    "log.csv": `user_id,item_id,time\n${log}`,
    "items.csv": `item_id,price\n${more}`,
  },
});
const vectors = (text: string): DataCase => ({
  files: {
    "model.din": ["item_id : id  embed 8", 'item_id : id  embed(2, from: "vectors.txt")'],
    "vectors.txt": text,
  },
});
const listed = (text: string): DataCase => ({
  files: { "model.din": ["item_id : id ", 'item_id : id(file: "items.txt") '], "items.txt": text },
});

/** With validation rows, which have to be there to search. */
const tuned = (command: string, more: DataCase["files"] = {}): DataCase => ({
  files: {
    "dinc.yaml": ["train: rows.csv", "train: rows.csv\n  valid: valid.csv"],
    "valid.csv": "user_id,item_id,price,clicked_items,click\nu1,c,7.25,b,1\nu2,b,3.0,a,0\n",
    ...more,
  },
  command,
});
const SEARCH = "tune --try train.batch=choice(2,4) --reduction 1 --trials 2 --out search";

const PRICES = "a,9.5\nb,3.0\nc,7.25\nd,1.0\n";

/** Files of two days, all that the training rows are. */
const days = (second: string, name = "days/2.csv"): DataCase => ({
  files: {
    "days/1.csv": "user_id,item_id,price,clicked_items,click\nu1,a,9.5,b|c,1\nu1,b,3.0,c,0\n",
    [name]: second,
  },
  command: `${TRAIN} --set data.train=days`,
});

/** By the name of the diagnostic. */
export const dataCases: Readonly<Record<string, DataCase>> = {
  "not-a-spec": { command: "check rows.csv" },
  "no-rows-to-show": {
    files: { "other.yaml": "spec: model.din\n" },
    before: ["train -c dinc.yaml --out run"],
    command: "playground run -c other.yaml",
  },
  "target-without-setting": {
    files: { "model.din": ["train { batch 4  epochs 1 }", "train { batch 4  epochs 1  average ema(0.99) }"] },
    command: "compile model.din --target torchrec --out package",
  },
  "unknown-param": { command: `${TRAIN} --param width=16` },
  "param-type": {
    files: {
      "model.din": [
        "model shop\n\nfeatures user { user_id : id  embed 8 }",
        "model shop\n\nparam width = 8\n\nfeatures user { user_id : id  embed width }",
      ],
    },
    command: `${TRAIN} --param width=wide`,
  },
  "mlflow-refused": { command: `${TRAIN} --mlflow http://127.0.0.1:2` },
  "unknown-variant": { command: `${TRAIN} --variant no_history` },
  "not-in-a-plan": {
    files: {
      "dinc.yaml": ["train: rows.csv", 'train: rows.csv\n  csv: { delimiter: ";", decimal: "," }'],
    },
    command: `${PREPARE} --plan spark`,
  },
  "label-unclear": changed(
    "dinc.yaml",
    "train: rows.csv",
    "train: rows.csv\n  label: { name: bought, positive: 1 }",
  ),
  "query-refused": changed(
    "dinc.yaml",
    "train: rows.csv",
    `train: { sql: "COPY (SELECT 1) TO 'rows.csv'" }`,
    TRAIN,
  ),
  "query-failed": changed(
    "dinc.yaml",
    "train: rows.csv",
    `train: { sql: "SELECT * FROM 'rows.csv' WHERE clicked = 1" }`,
    TRAIN,
  ),
  "database-unreadable": {
    files: {
      "dinc.yaml": ["train: rows.csv", "train: shop.duckdb/rows"],
      "shop.duckdb": "user_id,item_id,click\n",
    },
    command: TRAIN,
  },
  "label-by-no-rule": changed(
    "dinc.yaml",
    "train: rows.csv",
    'train: rows.csv\n  label: { from: item_id, positive: ">= 4" }',
  ),
  "label-never-one": changed(
    "dinc.yaml",
    "train: rows.csv",
    "train: rows.csv\n  label: { from: item_id, positive: d }",
  ),
  "label-always-one": {
    files: { "rows.csv": "user_id,item_id,price,clicked_items,click\nu1,a,9.5,b|c,1\nu2,c,7.25,,1\n" },
  },
  "inexact-number": {
    files: {
      "dinc.yaml": [
        "train: rows.csv",
        "train: rows.jsonl\n  label: { from: code, positive: 1234567890123456789 }",
      ],
      "rows.jsonl":
        '{"user_id":"u1","item_id":"a","price":1,"clicked_items":[],"code":1234567890123456789}\n{"user_id":"u1","item_id":"b","price":1,"clicked_items":["a"],"code":1.5}\n',
    },
  },
  "file-named-twice": changed("dinc.yaml", "train: rows.csv", "train: [rows.csv, rows.csv]"),
  "file-in-two-splits": {
    files: {
      "dinc.yaml": ["train: rows.csv", 'train: "*.csv"\n  test: later.csv'],
      "later.csv": "user_id,item_id,price,clicked_items,click\nu3,a,9.5,b,1\nu3,b,3.0,a,0\n",
    },
  },
  "column-not-in-every-file": days("user_id,item_id,price,clicked,click\nu2,c,7.25,,1\n"),
  "column-types-differ": {
    files: {
      "days/1.jsonl":
        '{"user_id": "u1", "item_id": "a", "price": 9.5, "clicked_items": ["b", "c"], "click": 1}\n',
      "days/2.jsonl":
        '{"user_id": "u2", "item_id": "c", "price": 7.25, "clicked_items": "b|c", "click": 1}\n',
    },
    command: `${TRAIN} --set data.train=days`,
  },
  "formats-differ": days(
    '{"user_id": "u2", "item_id": "c", "price": 7.25, "clicked_items": [], "click": 1}\n',
    "days/2.jsonl",
  ),
  "stop-without-validation": changed("model.din", "epochs 1", "epochs 5  stop early(log_loss)"),
  "stop-metric-undefined": {
    files: {
      "model.din": ["epochs 1", "epochs 5  stop early(auc)"],
      "dinc.yaml": ["train: rows.csv", "train: rows.csv\n  valid: valid.csv"],
      "valid.csv": "user_id,item_id,price,clicked_items,click\nu2,a,9.5,b,1\n",
    },
  },
  "warmup-too-long": changed("model.din", "epochs 1", "epochs 1  schedule constant(warmup: 1000)"),
  "kept-nothing-aside": changed(
    "dinc.yaml",
    "train: rows.csv",
    "train: rows.csv\n  validate: { share: 0.01, rows: last }",
  ),
  "rows-named-twice": {
    files: {
      "dinc.yaml": [
        "train: rows.csv",
        "train: rows.csv\n  valid: valid.csv\n  validate: { share: 0.1, by: user_id }",
      ],
      "valid.csv": "user_id,item_id,price,clicked_items,click\nu3,a,9.5,b,1\n",
    },
  },
  "chosen-in-two-ways": changed(
    "dinc.yaml",
    "train: rows.csv",
    "train: rows.csv\n  validate: { share: 0.25, by: user_id, rows: random }",
  ),
  "splits-of-one-file": changed("dinc.yaml", "train: rows.csv", "train: rows.csv\n  test: rows.csv"),
  "rows-in-two-splits": {
    files: {
      "dinc.yaml": ["train: rows.csv", "train: rows.csv\n  test: test.csv"],
      "rows.csv": `user_id,item_id,price,clicked_items,click\n${manyRows(60)}`,
      "test.csv": `user_id,item_id,price,clicked_items,click\n${manyRows(55)}`,
    },
  },
  "kept-users-unknown": {
    files: {
      "dinc.yaml": ["train: rows.csv", "train: rows.csv\n  validate: { share: 0.3, by: user_id }"],
      "rows.csv": `user_id,item_id,price,clicked_items,click\n${manyRows(9)}`,
    },
  },
  "histories-tell-kept-rows": {
    files: {
      "model.din": ["epochs 1", "epochs 1  metrics auc, gauc(by: user_id)"],
      "dinc.yaml": ["train: rows.csv", "train: rows.csv\n  validate: { share: 0.3, rows: random }"],
      "rows.csv": `user_id,item_id,price,clicked_items,click\n${clicksOfThree(60)}`,
    },
  },
  "groups-cut": {
    files: {
      "model.din": comparedByUser,
      "rows.csv": `user_id,item_id,price,clicked_items,click\n${clicksOfThree(15)}`,
    },
  },
  "request-too-large": {
    files: {
      "model.din": seenByUser,
      "rows.csv": `user_id,item_id,price,clicked_items,click\n${clicksOfThree(24)}`,
    },
  },
  "request-larger-than-batch": {
    files: {
      "model.din": seenByUser,
      "rows.csv": `user_id,item_id,price,clicked_items,click\n${clicksOfThree(15)}`,
    },
  },
  "requests-divided": {
    files: {
      "model.din": seenByUser,
      "dinc.yaml": ["train: rows.csv", "train: rows.csv\n  validate: { share: 0.5, rows: random }"],
    },
  },
  "two-tower-of-candidates": {
    files: { "model.din": seenByUser },
    command: "compile model.din --target two-tower --out user",
  },
  "groups-of-one": {
    files: {
      "model.din": comparedByUser,
      "rows.csv": `user_id,item_id,price,clicked_items,click\n${manyRows(8)}`,
    },
  },
  "folds-without-a-way": { command: `${TRAIN} --folds 2` },
  "folds-of-another-training": {
    files: {
      "dinc.yaml": ["train: rows.csv", "train: rows.csv\n  validate: { share: 0.5, rows: last }"],
    },
    before: ["train --folds 2 --out cv"],
    command: "train --folds 3 --out cv",
  },
  "seeds-of-another-training": {
    before: ["train --seeds 2 --out many"],
    command: "train --seeds 2 --set train.epochs=2 --out many",
  },
  "noise-unmeasured": { before: [TRAIN], command: "diff run run --noise seeds" },
  "data-unexpected": changed("dinc.yaml", "data:", 'expect: { columns: { price: "range 0 .. 8" } }\ndata:'),
  "not-stats": {
    files: { "stats.json": "null\n" },
    before: [TRAIN],
    command: "test-data --stats stats.json --run run",
  },
  "stats-of-another-run": {
    files: {
      "stats.json": `${JSON.stringify({
        about: { model: "shop", program: "0f3a", run: "5d1c0b7e9a2f4c68", version: "0.1.0" },
        ...{ since: 1795773600000, requests: 0, candidates: 0, features: {}, histories: {}, scores: {} },
      })}\n`,
    },
    before: [TRAIN],
    command: "test-data --stats stats.json --run run",
  },
  "no-module-there": { before: [TRAIN], command: "compile run --weights-only --out ranker" },
  "weights-of-other-program": {
    files: { "wider.din": usualFiles["model.din"]!.replace("mlp([16])", "mlp([32])") },
    before: [TRAIN, "compile run --out ranker", "train wider.din --out wider"],
    command: "compile wider --weights-only --out ranker",
  },
  "output-exists": { before: [TRAIN] },
  "output-not-a-run": { files: { "run/thesis.txt": "years of work\n" }, command: `${TRAIN} --force` },
  "prepared-missing": { command: "train --rows rows --out run" },
  "prepared-differs": {
    files: { "linear.din": usualFiles["model.din"]!.replace(" |> log1p", "") },
    before: [PREPARE],
    command: "train linear.din --rows rows --out run",
  },
  "prepared-of-others": {
    before: [TRAIN, `${PREPARE} --limit 2`],
    command: "eval run --rows rows --split train",
  },
  "output-not-prepared": { files: { "rows/thesis.txt": "years of work\n" }, command: `${PREPARE} --force` },
  "plan-lacks": {
    ...changed("model.din", "user_id : id ", "user_id : id(hash: 1000) "),
    command: `${PREPARE} --plan spark`,
  },
  unsealable: { command: `${PREPARE} --seal` },
  "read-otherwise": {
    files: {
      "dinc.yaml": `spec: model.din
data:
  train: rows.csv
  test: rows.csv
  label: { from: stars, positive: ">= 4" }
`,
      "rows.csv": `user_id,item_id,price,clicked_items,stars
u1,a,9.5,b|c,5
u1,b,3.0,c,3
u2,c,7.25,,4
u2,a,9.5,b,1
`,
    },
    before: [TRAIN],
    command: "eval run -c dinc.yaml --set data.label.positive=5",
  },
  "calibration-of-seen-rows": { before: [TRAIN], command: "calibrate run --data rows.csv" },
  "calibration-without-validation-rows": { before: [TRAIN], command: "calibrate run -c dinc.yaml" },
  "calibration-of-other-validation-rows": {
    files: {
      "dinc.yaml": `spec: model.din
data:
  train: rows.csv
  validate: { rows: random, share: 0.5 }
`,
    },
    before: [TRAIN],
    command: "calibrate run -c dinc.yaml --set data.validate.share=0.25",
  },
  "calibration-of-trained-period": {
    files: timedRows,
    before: [`train ${TIMED} --set data.since=2026-11-01 --set data.until=2026-11-02 --out run`],
    command: `calibrate run -c dinc.yaml ${TIMED}`,
  },
  "calibration-of-one-class": {
    files: {
      "clicks.csv": `user_id,item_id,price,clicked_items,click
u1,c,4.5,b,1
u2,b,3.0,c,1
`,
    },
    before: [TRAIN],
    command: "calibrate run --data clicks.csv",
  },
  "calibration-of-weighted-rows": {
    files: {
      "model.din": [
        "label click : binary",
        "features training { dwell : number }\nlabel click : binary(weight: dwell)",
      ],
      "rows.csv": `user_id,item_id,price,clicked_items,click,dwell
u1,a,9.5,b|c,1,30
u1,b,3.0,c,0,1
`,
      "clicks.csv": `user_id,item_id,price,clicked_items,click,dwell
u1,c,4.5,b,1,12
u2,b,3.0,c,0,1
`,
    },
    before: [TRAIN],
    command: "calibrate run --data clicks.csv",
  },
  "ablation-refused": {
    files: {
      "model.din": `model match
features user { user_id : id  embed 8 }
features item { item_id : id  embed 8 }
label click : binary
net { predict click = dot(user_id, item_id) |> sigmoid }
train { batch 4  epochs 1 }
`,
      "dinc.yaml": ["train: rows.csv\n", "train: rows.csv\n  validate: { rows: random, share: 0.5 }\n"],
    },
    command: "ablate --only user_id --out ablation",
  },
  "ablation-of-another-model": {
    files: {
      "dinc.yaml": ["train: rows.csv\n", "train: rows.csv\n  validate: { rows: random, share: 0.5 }\n"],
    },
    before: ["ablate --only price --out ablation"],
    command: "ablate --only price --out ablation --set train.epochs=2",
  },
  "does-nothing": {
    files: {
      "model.din": [
        "train { batch 4  epochs 1 }",
        "train { batch 4  epochs 1  metrics log_loss, gauc(by: user_id) }",
      ],
      "rows.csv": `user_id,item_id,price,clicked_items,click
u1,a,1.0,b|c,1
u1,b,1.0,c,0
u2,c,1.0,,1
u2,a,1.0,b,0
`,
    },
    before: [TRAIN],
    command: "importance run --data rows.csv",
  },
  "ablation-without-rows": { command: "ablate --out ablation" },
  "no-such-table": { before: [TRAIN], command: "export embeddings run --out items.parquet" },
  "rows-without-ids": {
    files: { "model.din": ["user_id : id ", "user_id : id(hash: 1000) "] },
    before: [TRAIN],
    command: "export embeddings run --table user_id --out users.npy",
  },
  "unknown-binding": { command: "compile model.din --target c --bindings python,golang --out library" },
  "bindings-without-table": {
    command: "compile model.din --target c --bindings python --without-table item_id --out library",
  },
  "two-tower-mixed": { command: "compile model.din --target two-tower --out user" },
  "two-tower-one-sided": {
    files: {
      "model.din": `model popular
features item { item_id : id  embed 8 }
label click : binary
net { predict click = item_id |> dense(1) |> sigmoid }
train { batch 4  epochs 1 }
`,
    },
    command: "compile model.din --target two-tower --out user",
  },
  "two-tower-calibrated": {
    files: {
      "valid.csv": "user_id,item_id,price,clicked_items,click\nu1,b,1.0,a,1\nu2,a,2.5,c,0\nu1,c,4.0,b,0\n",
    },
    before: [TRAIN, "calibrate run --data valid.csv"],
    command: "export items run --data valid.csv --out vectors.parquet",
  },
  "only-first-epoch": { command: `${PREPARE} --order trained --shards 2 --set train.epochs=3` },
  "prepared-exists": { before: [PREPARE], command: PREPARE },
  "renames-nothing": { before: [TRAIN], command: "train --from run --rename item=item_id --out next" },
  "renamed-to-nothing": { before: [TRAIN], command: "train --from run --rename item_id=item --out next" },
  "no-epochs": { command: `${TRAIN} --set train.epochs=0` },
  "nothing-fits": {
    before: [TRAIN],
    files: {
      "small.din": `model small
features item { item_id : id  embed 2 }
label click : binary
net { predict click = item_id |> dense(1) |> sigmoid }
train { batch 4  epochs 1 }
`,
    },
    command: "train small.din --from run --out next",
  },
  "rows-of-other-ids": {
    before: [TRAIN, `${PREPARE} --set data.train=tuesday.csv`],
    files: {
      "tuesday.csv": `user_id,item_id,price,clicked_items,click
u3,d,5.0,c|d,1
u2,d,5.0,,0
`,
    },
    command: "train --from run --rows rows --out next",
  },
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
  "backend-replaced": { command: `${TRAIN} --backend cpu` },
  "option-removed": { command: `${TRAIN} --wide-vectors` },
  "training-missing": { command: "import out --out run" },
  "run-missing": { command: "predict run --data rows.csv --out scores.csv" },
  "file-unreadable": { command: "train modle.din --out run" },
  "data-file-missing": changed("dinc.yaml", "rows.csv", "row.csv"),
  "file-unwritable": { command: "train --out rows.csv/run" },
  "split-missing": { before: [TRAIN], command: "eval run -c dinc.yaml --split test" },
  "spec-not-named": changed("dinc.yaml", "spec: model.din\n", ""),
  "data-not-named": changed("dinc.yaml", "data:\n  train: rows.csv\n", ""),
  "config-syntax": changed("dinc.yaml", "train: rows.csv", "train: [rows.csv"),
  "unknown-config-key": changed("dinc.yaml", "train:", "trian:"),
  "wrong-setting": { command: `${TRAIN} --set train.epochs=many` },
  "missing-setting": {
    files: {
      "dinc.yaml": ["train: rows.csv", "events: { path: log.csv, user: user_id, item: item_id }"],
      "log.csv": "user_id,item_id,time\nu1,a,1\nu1,b,2\n",
    },
  },
  "rows-and-events": changed(
    "dinc.yaml",
    "train: rows.csv",
    "train: rows.csv\n  events: { path: log.csv, user: user_id, item: item_id, order: time }",
  ),
  "no-data": changed("dinc.yaml", "train: rows.csv", "dir: ./data"),
  "environment-variable-missing": changed("dinc.yaml", "rows.csv", "$" + "{ROWS}/rows.csv"),
  "set-malformed": { command: `${TRAIN} --set train.epochs` },
  "separators-alike": { command: `${TRAIN} --set data.separator=; --set data.inner_separator=;` },
  "unknown-data-format": { command: `${TRAIN} --set data.train=rows.xlsx`, files: { "rows.xlsx": "PK" } },
  "malformed-data-file": changed("rows.csv", "u1,b,3.0,c,0", "u1,b,3.0,0"),
  "no-rows": { files: { "rows.csv": "user_id,item_id,price,clicked_items,click\n" } },
  "missing-column": changed("rows.csv", "item_id,price", "item,price"),
  "wrong-column-type": changed("rows.csv", "b|c", '"[b, c]"'),
  "not-a-weight": weighted("a:abc"),
  "negative-weight-of-a-mean": weighted("a:-0.5"),
  "weight-lengths": weightedBy("0.5|1"),
  "missing-value": changed("rows.csv", "u1,b,3.0", "u1,b,"),
  "id-out-of-range": kind("id(size: 3)", "3"),
  "value-not-in-enum": kind('enum("1", "2")', "3"),
  "int-out-of-range": kind("int(0..9)", "12"),
  "not-an-id": {
    files: {
      "rows.jsonl": `{"user_id": "u1", "item_id": 1.5, "price": 9.5, "clicked_items": [], "click": 1}
{"user_id": "u2", "item_id": 2, "price": 3.0, "clicked_items": [1], "click": 0}
`,
    },
    command: `${TRAIN} --set data.train=rows.jsonl`,
  },
  "whole-numbers-as-decimals": {
    files: {
      "rows.csv": `user_id,item_id,price,clicked_items,click
u1,1.0,9.5,2|3,1
u1,2.0,3.0,1,0
`,
    },
  },
  "vector-length": {
    files: {
      "model.din": ["price   : number |> log1p", "price   : vector(3)"],
      "rows.csv": `user_id,item_id,price,clicked_items,click
u1,a,0.1|0.2|0.3,b|c,1
u1,b,0.4|0.5,c,0
`,
    },
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
  "not-a-number": changed("rows.csv", "3.0", "free"),
  "number-out-of-range-of-floats": changed("rows.csv", "3.0", "1e39"),
  "output-is-input": { before: [TRAIN], command: "predict run --data rows.csv --out ./rows.csv" },
  "negative-under-log1p": changed("rows.csv", "3.0", "-3.0"),
  "rows-left-out": {
    ...changed("rows.csv", "3.0,c,0", "3.0,c,2", "eval run --data rows.csv"),
    before: [`${TRAIN} --on-bad-row skip`],
  },
  "all-rows-bad": {
    files: {
      "rows.csv": `user_id,item_id,price,clicked_items,click
u1,a,9.5,b|c,yes
u1,b,3.0,c,no
`,
    },
    command: `${TRAIN} --on-bad-row skip`,
  },
  "unreadable-row": changed("rows.csv", "u1,b,3.0,c,0", "u1,b,3.0,0", `${TRAIN} --on-bad-row count`),
  "bad-row-weight": {
    files: {
      "model.din": [
        "label click : binary",
        "features training { dwell : number }\nlabel click : binary(weight: dwell)",
      ],
      "rows.csv": `user_id,item_id,price,clicked_items,click,dwell
u1,a,9.5,b|c,1,30
u1,b,3.0,c,0,-1
`,
    },
  },
  "no-counted-rows": {
    files: {
      "model.din": ["label click : binary", "label click : binary(missing: none)"],
      "rows.csv": `user_id,item_id,price,clicked_items,click
u1,a,9.5,b|c,
u1,b,3.0,c,
`,
    },
  },
  "label-not-binary": changed("rows.csv", "3.0,c,0", "3.0,c,2"),
  "history-lengths-differ": {
    files: {
      "model.din": [
        "  price   : number |> log1p\n}\nhistory clicks(max: 20) { item_id <-> clicked_items }",
        "  cate_id : id  embed 4\n  price   : number |> log1p\n}\nhistory clicks(max: 20) {\n  item_id <-> clicked_items\n  cate_id <-> clicked_cates\n}",
      ],
      "rows.csv": `user_id,item_id,cate_id,price,clicked_items,clicked_cates,click
u1,a,x,9.5,b|c,x|y,1
u1,b,x,3.0,c|a,y,0
`,
    },
  },
  "list-of-lists": {
    files: {
      "rows.jsonl": `{"user_id": "u1", "item_id": "a", "price": 9.5, "clicked_items": [["b"], ["c", "b"]], "click": 1}
`,
    },
    command: `${TRAIN} --set data.train=rows.jsonl`,
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
  "calibrates-nothing": {
    files: { "model.din": PRICED_BY },
    before: [TRAIN],
    command: "calibrate run --data rows.csv",
  },
  "label-of-drawn-items": {
    files: {
      ...events("u1,a,1\nu1,b,2\nu1,c,3\n", "a,9.5\nb,3.0\nc,7.25\nd,1.0\n").files,
      "model.din": PRICED_BY,
    },
  },
  "rule-needs-binary": {
    files: {
      "model.din": PRICED_BY,
      "dinc.yaml": ["train: rows.csv\n", 'train: rows.csv\n  label: { from: click, positive: "1" }\n'],
    },
  },
  "label-outside-its-kind": {
    files: { "model.din": PRICED_BY, "rows.csv": ["3.0,c,0", "3.0,c,often"] },
  },
  "two-towers-of-classes": {
    files: {
      "model.din": `model mood
features user { user_id : id  embed 8 }
features item { item_id : id  embed 8 }
label click : int(0..2)
net { predict click = concat(user_id, item_id) |> dense(3) |> softmax }
train { batch 4  epochs 1 }
`,
    },
    command: "compile model.din --target two-tower --out user",
  },
  "label-beside-column": {
    files: {
      ...events("", "a,9.5\nb,3.0\nc,7.25\nd,1.0\n").files,
      "log.csv": "user_id,item_id,time,click\nu1,a,1,1\nu1,b,2,0\nu1,c,3,1\n",
    },
  },
  "other-separator": {
    files: { "rows.csv": usualFiles["rows.csv"]!.replaceAll(",", ";") },
  },
  "fewer-vectors-than-clusters": {
    files: {
      "model.din": ["price   : number |> log1p", "price   : vector(1) |> codes(levels: 2, of: 8)  embed 2"],
    },
  },
  "vector-width": vectors("a 0.1 0.2\nb 0.3\n"),
  "vector-not-numbers": vectors("a 0.1 0.2\nb 0.3 none\n"),
  "vector-given-twice": vectors("a 0.1 0.2\na 0.3 0.4\n"),
  "vectors-unreadable": {
    files: {
      "model.din": ["item_id : id  embed 8", 'item_id : id  embed(2, from: "vectors.npy")'],
      "vectors.npy": "a 0.1 0.2\n",
    },
  },
  "vectors-of-other-ids": vectors("x 0.1 0.2\ny 0.3 0.4\n"),
  "value-listed-twice": listed("a\nb\na\n"),
  "empty-line-in-vocabulary": listed("a\n\nb\n"),
  "empty-vocabulary": listed(""),
  "vocabulary-of-other-values": listed("x\ny\n"),
  "draft-exists": { command: "init --data rows.csv" },
  "draft-over-data": { command: "init rows.csv --data rows.csv" },
  "draft-not-a-folder": { command: "init mine.din --data rows.csv" },
  "no-column-names": {
    files: { "rows.csv": "u1,a,9.5,b|c,1\nu1,b,3.0,c,0\nu2,c,7.25,,1\n" },
    command: "init draft --data rows.csv",
  },
  "no-label-found": {
    files: { "rows.csv": "user_id,item_id,stars\nu1,a,5\nu1,b,2\nu2,c,4\n" },
    command: "init draft --data rows.csv",
  },
  "unfit-label": { command: "init draft --data rows.csv --label item_id" },
  "nothing-to-learn-from": {
    files: { "rows.csv": "country,click\nNZ,1\nNZ,0\nNZ,0\n" },
    command: "init draft --data rows.csv",
  },
  "table-unfit": {
    files: { "items.csv": "item_id,brand\na,x\nb,y\na,z\n" },
    command: "init draft --data rows.csv --items items.csv",
  },
  "tables-not-joined": {
    files: {
      "rows.csv": `user_id;item_id;price;click\n${Array.from({ length: 30 }, (_, i) => `u${i % 5};${"abc"[i % 3]};${i},5;${i % 2}\n`).join("")}`,
      "items.csv": "item_id;brand\na;x\nb;y\n",
    },
    command: "init draft --data rows.csv --items items.csv",
  },
  "output-not-generated": {
    files: { "ranker/notes.txt": "mine\n" },
    command: "compile model.din --target ts --out ranker",
  },
  "no-runs": { files: { "runs/notes.txt": "none yet\n" }, command: "runs runs" },
  "run-unlisted": {
    files: { "runs/broken/manifest.json": "{}\n", "runs/broken/model.din": "model shop\n" },
    before: ["train --out runs/whole"],
    command: "runs runs",
  },
  "nothing-in-common": {
    files: {
      "loss.din": usualFiles["model.din"]!.replace("epochs 1", "epochs 1  metrics log_loss"),
      "order.din": usualFiles["model.din"]!.replace("epochs 1", "epochs 1  metrics auc"),
    },
    before: ["train loss.din --out a", "train order.din --out b"],
    command: "diff a b --data rows.csv",
  },
  "tune-without-validation": { command: SEARCH },
  "nothing-to-tune": tuned("tune --out search"),
  "unknown-name-to-tune": tuned("tune --try lr=log(1e-4..1e-2) --out search"),
  "range-malformed": tuned("tune --try train.learning_rate=log(0..1e-2) --out search"),
  "unknown-metric-to-tune": tuned(`${SEARCH} --metric precision`),
  "output-not-a-study": tuned(SEARCH, { "search/notes.txt": "mine\n" }),
  "study-exists": { ...tuned(SEARCH), before: [SEARCH] },
  "study-differs": { ...tuned(`${SEARCH} --seed 7 --resume`), before: [SEARCH] },
  "no-trial-succeeded": tuned(`${SEARCH} --metric auc`, {
    "model.din": ["epochs 1", "epochs 1  metrics auc"],
    "valid.csv": "user_id,item_id,price,clicked_items,click\nu1,c,7.25,b,1\nu2,b,3.0,a,1\n",
  }),
  "too-few-epochs-to-halve": tuned("tune --try train.batch=choice(2,4) --trials 2 --out search"),
  "padding-of-no-history": { command: "train --set data.padding.click=0 --out run" },
  "unknown-run-column": { before: ["train --out runs/first"], command: "runs runs --sort auc" },
};

/** Why the others have none. */
export const withoutExample: Readonly<Record<string, string>> = {
  "averages-outlast-epoch": "nothing is said of fewer than 1,000 rows",
  "histories-too-long": "needs a network whose values take a gibibyte",
  "other-rows-scored": "is said beside what each run leaves out",
  "too-many-to-tune": "needs seventeen params",
  "tuned-twice": "is about a spec alone: tests/bad has it",
  "study-damaged": "needs a search whose file was changed",
  "text-not-utf-8": "needs bytes that are no text",
  "module-differs": "needs a disk that damages what is written on it",
  "row-without-score": "says a logit, which differs by machine",
  "training-damaged": "needs a training on TorchRec whose files were changed",
  "training-version": "needs a dinc to come",
  "training-of-another-network": "needs a training on TorchRec by another version of dinc",
  "training-weights-mismatch": "needs a training on TorchRec",
  "import-rows-missing": "needs a training on TorchRec",
  "import-rows-differ": "needs a training on TorchRec",
  "golden-row-differs": "needs a training on TorchRec",
  "imported-metrics-differ": "needs a training on TorchRec",
  "checkpoint-unreadable": "needs a checkpoint of another library",
  "imported-vocabulary-unfit": "needs a checkpoint of another library",
  "weight-without-source": "needs a checkpoint of another library",
  "weight-without-use": "needs a checkpoint of another library",
  "weight-map-mistake": "needs a checkpoint of another library",
  "imported-normaliser-missing": "needs a checkpoint of another library",
  "imported-scores-differ": "needs a checkpoint of another library",
  "imported-scores-unusable": "needs a checkpoint of another library",
  "weights-by-order": "needs a checkpoint of another library",
  "prepared-damaged": "needs rows whose bytes were changed",
  "prepared-version": "needs a dinc to come",
  "run-damaged": "needs a run whose bytes were changed",
  "run-without-baseline": "needs a run of a version that kept none",
  "run-mismatch": "needs a run that was put together from two",
  "run-version": "needs a dinc to come",
  "weights-not-finite": "says at which step, which differs by machine",
  "loss-not-finite": "says at which step, which differs by machine",
  "output-in-use": "needs a second training at the same time",
  "run-stopped": "needs a training that was stopped in time",
  "training-unfinished": "needs a training that was killed",
  "checkpoint-damaged": "needs a training that was killed",
  "checkpoint-mismatch": "needs a training that was killed",
  "period-begun-anew": "needs a training that was killed",
  "checkpoint-unwritable": "needs a full disk",
  "thread-missing": "needs a web page",
  "playground-missing": "needs a package that is not installed",
  "thread-stopped": "needs a thread that the system ends",
  "other-form-differs": "needs a compiler that makes wrong code",
  "padding-between-steps": "is said beside the speed of a training, which differs by machine",
  "padding-is-an-item": "is said beside the speed of a training, which differs by machine",
  "padding-absent": "is said beside the speed of a training, which differs by machine",
  "padding-of-events": "is said beside the speed of a training, which differs by machine",
  "history-looks-padded": "is said beside the speed of a training, which differs by machine",
  "history-shortened": "is said beside the speed of a training, which differs by machine",
  "number-outside-of-times": "is said beside the speed of a training, which differs by machine",
  "local-time-twice": "is said beside the speed of a training, which differs by machine",
  "utc-offsets-in-part": "is said beside the speed of a training, which differs by machine",
  "event-files-unwritable": "needs a full disk",
  "mlflow-silent": "needs a server that goes away",
  "mlflow-incomplete": "needs a server that goes away",
  "memory-too-small": "needs a large log",
  "long-values": "needs a file that holds hundreds of megabytes",
  "label-value-unmet": "is said where other values of the rule are met: tests/data/label-rule has it",
  "too-many-values": "needs 2 billion steps",
  "scratch-unwritable": "needs a full disk",
  "file-changed": "needs another program that writes at the same time",
  "rows-missing": "needs a file whose bytes were changed",
  "system-refused": "needs a system that refuses",
  "too-many-ids": "needs 16 million values",
  "out-of-memory": "needs a small machine",
  "backend-unavailable": "depends on what is installed",
  "file-not-checked": "is said by the language server of what no known spec does to it",
};
