// Completion in dinc.yaml, the cursor at ┆.

import { describe, expect, test } from "vitest";
import { configCompletion } from "../../../compiler/tools/lsp/config/completion.ts";
import { spanOf } from "../../../compiler/tools/lsp/ranges.ts";
import { yamlView } from "./views.ts";

function items(yaml: string, snippets = true) {
  const { view, offset } = yamlView(yaml);
  return configCompletion(view, offset, snippets);
}

const labels = (yaml: string) => items(yaml).map(({ label }) => label);

/** The text when the item `label` is taken, places to fill in as they are written in snippets. */
function taken(yaml: string, label: string, snippets = true): string {
  const { file } = yamlView(yaml);
  const edit = items(yaml, snippets).find((each) => each.label === label)?.textEdit;
  if (edit === undefined || !("range" in edit)) throw new Error(`no ${label}`);
  const { start, end } = spanOf(file, edit.range);
  return (file.text.slice(0, start) + edit.newText + file.text.slice(end)).trimEnd();
}

describe("settings", () => {
  test("those of the place that are not there", () => {
    expect(labels("┆")).toEqual(["spec", "variant", "params", "tune", "data", "expect", "train"]);
    expect(labels("spec: model.din\n┆")).toEqual(["variant", "params", "tune", "data", "expect", "train"]);
    expect(labels("train:\n  epochs: 3\n  ┆")).toEqual(["batch", "seed", "learning_rate"]);
    expect(labels("train: { epochs: 3, ┆")).toEqual(["batch", "seed", "learning_rate"]);
    expect(labels("train:\n  ep┆: 3")).toContain("epochs");
    expect(labels("nothing:\n  ┆")).toEqual([]);
  });

  test("those of one form of data, once it is known", () => {
    expect(labels("data:\n  ┆")).toEqual(expect.arrayContaining(["train", "events", "memory"]));
    const ofRows = labels("data:\n  train: rows.csv\n  ┆");
    expect(ofRows).toEqual(expect.arrayContaining(["test", "steps", "validate"]));
    expect(ofRows).not.toContain("events");
    const ofEvents = labels("data:\n  ┆\n  events: { path: log.csv, user: u, item: i, order: t }");
    expect(ofEvents).toEqual(expect.arrayContaining(["items", "examples", "validate"]));
    expect(ofEvents).not.toContain("train");
    expect(labels("data:\n  train: rows.csv\n  validate: { ┆")).toEqual([
      "share",
      "by",
      "rows",
      "latest_by",
      "fold",
      "seed",
    ]);
    expect(labels("data:\n  events:\n    path: x\n  validate: { ┆")).toEqual(["share", "fold", "seed"]);
  });

  test("none that would exclude another", () => {
    expect(labels("data:\n  train: a.csv\n  valid: b.csv\n  ┆")).not.toContain("validate");
    expect(labels("data:\n  train: a.csv\n  validate: { }\n  ┆")).not.toContain("valid");
  });

  test("with what they are, and what holds where nothing is said", () => {
    const memory = items("data:\n  mem┆").find(({ label }) => label === "memory");
    expect(memory).toMatchObject({ detail: "a size from 128MB to 1000TB, like `2GB`" });
    expect(memory?.documentation).toMatchObject({ kind: "markdown" });
    expect(JSON.stringify(memory?.documentation)).toContain("Default: `1GB`");
  });

  test("insert what must stand below them", () => {
    expect(taken("┆", "spec")).toBe("spec: $1");
    expect(taken("data:\n  ┆", "events")).toBe(
      "data:\n  events:\n  path: $1\n  user: $2\n  item: $3\n  order: $4",
    );
    expect(taken("data: { ┆ }", "events")).toBe(
      "data: { events: { path: $1, user: $2, item: $3, order: $4 } }",
    );
    expect(taken("data:\n  train: rows.csv\n  val┆", "validate")).toBe(
      "data:\n  train: rows.csv\n  validate:\n  share: $1\n  by: $2",
    );
    expect(taken("tr┆", "train")).toBe("train:\n  $1");
    expect(taken("data:\n  ┆", "steps")).toBe(`data:\n  steps: \${1|latest_last,latest_first|}`);
    expect(taken("data:\n  ┆", "separator")).toBe(`data:\n  separator: \${1:"|"}`);
    expect(taken("data:\n  ┆", "memory")).toBe(`data:\n  memory: \${1:1GB}`);
  });

  test("replace the word at the cursor, and keep a colon that is there", () => {
    expect(taken("trn┆ain: 1", "train")).toBe("train: 1");
    expect(taken("sp┆", "spec", false)).toBe("spec:");
    expect(items("sp┆", false)[0]).toMatchObject({ textEdit: { newText: "spec: " } });
    expect(items("sp┆", false)[0]).not.toHaveProperty("insertTextFormat");
  });
});

describe("values", () => {
  test("words, with what they mean", () => {
    expect(labels("data:\n  steps: ┆")).toEqual(["latest_last", "latest_first"]);
    expect(items("data:\n  on_bad_row: s┆")[1]).toMatchObject({
      label: "skip",
      documentation: { value: expect.stringContaining("left out") },
    });
    expect(taken("data:\n  steps: latest_┆first", "latest_last")).toBe("data:\n  steps: latest_last");
  });

  test("defaults", () => {
    expect(labels("data:\n  memory: ┆")).toEqual(["1GB"]);
    expect(labels("data:\n  separator: ┆")).toEqual(['"|"']);
    expect(labels("train:\n  epochs: ┆")).toEqual([]);
  });

  test("files, from the folder that they are relative to", () => {
    expect(labels("spec: ┆")).toEqual(["model.din", "data/"]);
    expect(labels("data:\n  train: ┆")).toEqual(["items.parquet", "log.csv", "rows.csv", "data/"]);
    expect(labels("data:\n  dir: ┆")).toEqual(["data/"]);
    expect(labels("data:\n  dir: data\n  train: ┆")).toEqual(["test.csv", "train.csv", "deep/"]);
    expect(labels(`data:\n  dir: \${DATA}\n  train: t┆`)).toEqual(["test.csv", "train.csv", "deep/"]);
    expect(taken("data:\n  train: data/t┆", "train.csv")).toBe("data:\n  train: data/train.csv");
    expect(taken("data:\n  train: data/┆", "deep/")).toBe("data:\n  train: data/deep/");
    expect(labels(`data:\n  train: \${NOWHERE}/┆`)).toEqual([]);
  });

  test("what the spec declares", () => {
    expect(labels("spec: model.din\nvariant: ┆")).toEqual(["plain"]);
    expect(labels("spec: model.din\nparams:\n  ┆")).toEqual(["units", "rate"]);
    expect(labels("spec: model.din\nparams:\n  units: [4]\n  ┆")).toEqual(["rate"]);
    expect(taken("spec: model.din\nparams:\n  ┆", "units")).toBe(
      `spec: model.din\nparams:\n  units: \${1:[16, 8]}`,
    );
    expect(labels("spec: model.din\nparams:\n  rate: ┆")).toEqual(["1e-3"]);
    expect(labels("spec: model.din\ndata:\n  train: a.csv\n  validate: { by: ┆")).toEqual([
      "user_id",
      "item_id",
    ]);
    expect(labels("spec: absent.din\nparams:\n  ┆")).toEqual([]);
    const impressions = "spec: model.din\ndata:\n  train: a.csv\n  impressions:\n    user: u\n    time: t\n";
    expect(labels(`${impressions}    histories:\n      ┆`)).toEqual(["clicks"]);
    expect(taken(`${impressions}    histories: { ┆`, "clicks")).toBe(
      `${impressions}    histories: { clicks: { $1 }`,
    );
    expect(labels(`${impressions}    histories:\n      clicks:\n      ┆`)).toEqual([]);
    expect(labels(`${impressions}    tables:\n      ┆`)).toEqual([]);
  });
});
