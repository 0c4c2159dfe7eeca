// Cases about files that are one table, and rows that are kept for validation and test.

import { changed, type DataCase, days, seenByUser, TRAIN } from "./folder.ts";

/** Rows of which none is as another. */
const manyRows = (count: number) =>
  Array.from({ length: count }, (_, i) => `u${i % 9},i${i % 7},${i}.5,i${i % 5},${i % 2}\n`).join("");

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

export const splitCases: Readonly<Record<string, DataCase>> = {
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
};
