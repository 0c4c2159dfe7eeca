// Cases about drafts of `dinc init` and searches of `dinc tune`.

import type { DataCase } from "./folder.ts";

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

export const searchCases: Readonly<Record<string, DataCase>> = {
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
};
