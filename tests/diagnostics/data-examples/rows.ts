// Cases about values of rows, labels, weights, vocabularies and vectors.

import { changed, type DataCase, events, kind, PRICED_BY, TRAIN } from "./folder.ts";

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

const vectors = (text: string): DataCase => ({
  files: {
    "model.din": ["item_id : id  embed 8", 'item_id : id  embed(2, from: "vectors.txt")'],
    "vectors.txt": text,
  },
});

const listed = (text: string): DataCase => ({
  files: { "model.din": ["item_id : id ", 'item_id : id(file: "items.txt") '], "items.txt": text },
});

export const rowCases: Readonly<Record<string, DataCase>> = {
  "label-unclear": changed(
    "dinc.yaml",
    "train: rows.csv",
    "train: rows.csv\n  label: { name: bought, positive: 1 }",
  ),
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
  "not-a-number": changed("rows.csv", "3.0", "free"),
  "number-out-of-range-of-floats": changed("rows.csv", "3.0", "1e39"),
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
  "label-beside-column": {
    files: {
      ...events("", "a,9.5\nb,3.0\nc,7.25\nd,1.0\n").files,
      "log.csv": "user_id,item_id,time,click\nu1,a,1,1\nu1,b,2,0\nu1,c,3,1\n",
    },
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
};
