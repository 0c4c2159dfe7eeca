// Cases about settings, arguments and files that are named.

import { changed, type DataCase, PREPARE, TRAIN, usualFiles } from "./folder.ts";

export const settingCases: Readonly<Record<string, DataCase>> = {
  "not-a-spec": { command: "check rows.csv" },
  "no-rows-to-show": {
    files: { "other.yaml": "spec: model.din\n" },
    before: ["train -c dinc.yaml --out run"],
    command: "playground run -c other.yaml",
  },
  "target-without-setting": {
    files: { "model.din": ["train { batch 4  epochs 1 }", "train { batch 4  epochs 1  tables anew }"] },
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
  "stop-without-validation": changed("model.din", "epochs 1", "epochs 5  stop early(log_loss)"),
  "stop-metric-undefined": {
    files: {
      "model.din": ["epochs 1", "epochs 5  stop early(auc)"],
      "dinc.yaml": ["train: rows.csv", "train: rows.csv\n  valid: valid.csv"],
      "valid.csv": "user_id,item_id,price,clicked_items,click\nu2,a,9.5,b,1\n",
    },
  },
  "warmup-too-long": changed("model.din", "epochs 1", "epochs 1  schedule constant(warmup: 1000)"),
  "no-epochs": { command: `${TRAIN} --set train.epochs=0` },
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
  "other-separator": {
    files: { "rows.csv": usualFiles["rows.csv"]!.replaceAll(",", ";") },
  },
  "padding-of-no-history": { command: "train --set data.padding.click=0 --out run" },
};
