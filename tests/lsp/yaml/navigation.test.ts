// Hover, definitions, links, symbols and fixes of dinc.yaml, the cursor at ┆.

import { describe, expect, test } from "vitest";
import { textOf } from "../../../compiler/common/source-file.ts";
import { configFixes } from "../../../compiler/tools/lsp/config/fixes.ts";
import { configHover } from "../../../compiler/tools/lsp/config/hover.ts";
import {
  configDefinition,
  configLinks,
  configSymbols,
} from "../../../compiler/tools/lsp/config/navigation.ts";
import { rangeOf, spanOf } from "../../../compiler/tools/lsp/ranges.ts";
import { yamlView } from "./views.ts";

describe("hover", () => {
  const said = (yaml: string) => {
    const { view, offset } = yamlView(yaml);
    const hover = configHover(view, offset);
    return hover === null || !("value" in Object(hover.contents)) ? null : JSON.stringify(hover.contents);
  };

  test("of a key: what it is, where nothing is said, what it means here", () => {
    const memory = said("data:\n  mem┆ory: 256MB");
    expect(memory).toContain("**data.memory** · a size from 128MB to 1000TB");
    expect(memory).toContain("Default: `1GB`");
    expect(memory).toContain("`256MB`: 256,000,000 bytes");
    expect(said("data:\n  ev┆ents: { }")).toContain("An event log");
    expect(said("nonsen┆se: 1")).toBeNull();
    // What every object has is no setting.
    expect(said("construc┆tor: 1")).toBeNull();
    expect(said("data:\n  toStr┆ing: 1")).toBeNull();
  });

  test("of a value: what it means, first", () => {
    expect(said("data:\n  memory: 1.5┆GiB")).toMatch(/`1.5GiB`: 1,610,612,736 bytes.*data\.memory/);
    expect(said("data:\n  on_bad_row: sk┆ip")).toMatch(/`skip`: Such rows are left out/);
    expect(said("data:\n  dir: data\n  train: tra┆in.csv")).toContain("`data/train.csv`");
    expect(said("data:\n  train: ab┆sent.csv")).toContain("`absent.csv`: there is no such file");
  });

  test("of what the spec declares", () => {
    expect(said("spec: model.din\nparams:\n  un┆its: [4]")).toMatch(
      /\*\*units\*\* · a param of `model.din` · a list of Ints.*Units of the tower.*Here `\[4\]`; its default is `\[16, 8\]`/,
    );
    expect(said("spec: model.din\nvariant: pl┆ain")).toContain("Without the history.");
  });

  test("covers what it is about", () => {
    const { view, offset, file } = yamlView("data:\n  mem┆ory: 256MB");
    expect(textOf(spanOf(file, configHover(view, offset)!.range!))).toBe("memory");
  });
});

describe("definition", () => {
  const target = (yaml: string) => {
    const { view, offset } = yamlView(yaml);
    return configDefinition(view, offset).map(({ targetUri, targetRange }) => {
      const spec = view.workspace.file("model.din")!;
      return `${targetUri} ${textOf(spanOf(spec, targetRange))}`;
    });
  };

  test("of the spec its file, of what is named in it where it is declared", () => {
    expect(target("spec: mod┆el.din")).toEqual(["file:///model.din "]);
    expect(target("spec: model.din\nparams:\n  un┆its: [4]")).toEqual(["file:///model.din units"]);
    expect(target("spec: model.din\nvariant: pl┆ain")).toEqual(["file:///model.din plain"]);
    expect(target("spec: model.din\ndata:\n  train: rows.csv\n  validate: { by: user┆_id }")).toEqual([
      "file:///model.din user_id",
    ]);
  });

  test("of nothing else", () => {
    expect(target("sp┆ec: model.din")).toEqual([]);
    expect(target("spec: ab┆sent.din")).toEqual([]);
    expect(target("spec: model.din\nvariant: pla┆in_not")).toEqual([]);
  });
});

test("links lead to files that are there", () => {
  const { view, file } = yamlView(
    "spec: model.din\ndata:\n  dir: data\n  train: train.csv\n  test: absent.csv\n  separator: rows.csv",
  );
  expect(configLinks(view).map(({ range, target }) => [textOf(spanOf(file, range)), target])).toEqual([
    ["model.din", "file:///model.din"],
    ["train.csv", "file:///data/train.csv"],
  ]);
});

test("symbols are the settings, in groups", () => {
  const { view } = yamlView("spec: model.din\ndata:\n  events: { path: log.csv, user: u }\n  memory: 2GB");
  const outline = (symbols: ReturnType<typeof configSymbols>): string[] =>
    symbols.flatMap(({ name, detail, children = [] }) => [
      detail === undefined ? name : `${name}=${detail}`,
      ...outline(children).map((line) => ` ${line}`),
    ]);
  expect(outline(configSymbols(view))).toEqual([
    "spec=model.din",
    "data",
    " events",
    "  path=log.csv",
    "  user=u",
    " memory=2GB",
  ]);
});

test("fixes of what is misspelt", () => {
  const fixed = (yaml: string) => {
    const { view, file } = yamlView(yaml);
    const all = rangeOf({ file, start: 0, end: file.text.length });
    let { text } = file;
    for (const { edit } of configFixes(view, all).toReversed())
      for (const { range, newText } of edit!.changes!["file:///dinc.yaml"]!) {
        const { start, end } = spanOf(file, range);
        text = text.slice(0, start) + newText + text.slice(end);
      }
    return text.trimEnd();
  };
  expect(fixed("spec: model.din\nvarant: plain")).toBe("spec: model.din\nvariant: plain");
  expect(fixed("spec: model.din\nvariant: plan")).toBe("spec: model.din\nvariant: plain");
  expect(fixed("spec: model.din\nparams: { unit: [4] }")).toBe("spec: model.din\nparams: { units: [4] }");
  expect(fixed("data:\n  train: rows.csv\n  steps: latest_frst")).toBe(
    "data:\n  train: rows.csv\n  steps: latest_first",
  );
});
