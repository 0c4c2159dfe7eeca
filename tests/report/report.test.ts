// The report of trainings of every kind: it has what there is something to say of, and nothing else.

import { join } from "node:path";
import { type DefaultTreeAdapterTypes, parse } from "parse5";
import { describe, expect, test } from "vitest";
import { groupsOf } from "../../compiler/middle/metrics/registry.ts";
import { chooseBackend } from "../../runtime/engines/choose.ts";
import { attendedOf } from "../../runtime/report/attended.ts";
import { reportHtml } from "../../runtime/report/report.ts";
import { openRun } from "../../runtime/run/open-run.ts";
import { scoreRun } from "../../runtime/run/score-run.ts";
import { readRows } from "../data/in-memory.ts";
import { epoch, evaluation, reportInput, SECTIONS_OF_CLICKS } from "./sample.ts";
import { DIN, dinRows, ITEMS, reportOf, withRun } from "./trained.ts";

type Node = DefaultTreeAdapterTypes.Node;

interface Read {
  readonly sections: readonly string[];
  /** By section: its texts, one after the other. */
  readonly textOf: (section: string) => string;
  readonly elements: ReadonlySet<string>;
}

function read(html: string): Read {
  const elements = new Set<string>();
  const texts = new Map<string, string[]>();
  const visit = (node: Node, section: string): void => {
    let inside = section;
    if ("tagName" in node) {
      elements.add(node.tagName);
      if (node.tagName === "section") inside = node.attrs.find(({ name }) => name === "id")!.value;
    }
    if ("tagName" in node && node.tagName === "style") return;
    if (!texts.has(inside)) texts.set(inside, []);
    if (node.nodeName === "#text")
      texts.get(inside)!.push((node as DefaultTreeAdapterTypes.TextNode).value.trim());
    if ("childNodes" in node) for (const child of node.childNodes) visit(child, inside);
  };
  visit(parse(html), "");
  return {
    elements,
    sections: [...texts.keys()].filter((section) => section !== ""),
    textOf: (section) => (texts.get(section) ?? []).filter((text) => text !== "").join(" "),
  };
}

const NUMBERS = `model numbers
features item { price : number }
label click : binary
net { predict click = dense(price, 4, relu) |> dense(1) |> sigmoid }
train { batch 8  epochs 1 }
`;
const numberRows = (rows: number) =>
  `price,click\n${Array.from({ length: rows }, (_, i) => `${i / 10},${i % 3 === 0 ? 1 : 0}\n`).join("")}`;

const LISTS = `model lists
features training { request_id : id }
features item { item_id : id  embed 4 }
label click : binary
net {
  let beside    = mean(candidates(item_id, by: request_id, max: 6))
  predict click = concat(item_id, beside) |> dense(1) |> sigmoid
}
train { batch 8  epochs 1  metrics auc }
`;
const TASKS = `model tasks
features user { user_id : id  embed 4 }
features item { item_id : id  embed 4 }
label click : binary
label buy   : binary
net {
  let x = concat(user_id, item_id) |> dense(8, relu)
  predict click = x |> dense(1) |> sigmoid
  predict buy   = x |> dense(1) |> sigmoid
}
train { batch 8  epochs 2  metrics auc, gauc(by: user_id) }
`;
/** Of every hundred rows 2n + 1 are of item n; nobody buys the rarer ones. */
const taskRows = (rows: number) =>
  `user_id,item_id,click,buy\n${Array.from({ length: rows }, (_, i) => {
    const item = Math.floor(Math.sqrt(i % 100));
    return `u${i % 20},i${item},${i % 3 === 0 ? 1 : 0},${item > 6 && i % 2 === 0 ? 1 : 0}\n`;
  }).join("")}`;

describe("has the sections that there is something to say in", () => {
  test("of a model with attention", async () => {
    const { sections, textOf } = read(await reportOf(DIN, { train: dinRows(60, 1), test: dinRows(40, 2) }));
    expect(sections).toEqual(SECTIONS_OF_CLICKS);
    expect(textOf("strengths")).toContain("AUC by length of clicks");
    expect(textOf("strengths")).toContain("AUC by popularity of item_id");
    expect(textOf("calibration")).toContain("400 resamples of the users (user_id)");
    expect(textOf("attention")).toContain("What attend(target, clicks, [8]) gives each step of clicks");
    expect(textOf("network")).toContain("attend([8])");
  });

  test("of a model whose candidates see one another", async () => {
    const rows = [
      "request_id,item_id,click",
      ...Array.from({ length: 40 }, (_, i) => `r${i >> 2},i${i % 7},${i % 2}`),
    ];
    const data = `${rows.join("\n")}\n`;
    const { textOf } = read(await reportOf(LISTS, { train: data, test: data }));
    expect(textOf("results")).toContain("a row is scored beside all rows with its request_id, at most 6");
    expect(read(await reportOf(TASKS, { train: taskRows(40) })).textOf("results")).not.toContain(
      "beside all",
    );
  });

  test("without any rows but those of training", async () => {
    const { sections, textOf } = read(await reportOf(DIN, { train: dinRows(30, 1) }));
    expect(sections).toEqual(["results", "training", "embeddings", "network", "settings"]);
    expect(textOf("results")).toContain("No rows were held out");
  });

  test("of validation rows where there are no test rows", async () => {
    const { sections, textOf } = read(await reportOf(DIN, { train: dinRows(30, 1), valid: dinRows(30, 2) }));
    expect(sections).toEqual(SECTIONS_OF_CLICKS);
    expect(textOf("calibration")).toContain("the 60 validation rows");
  });

  test("of a model of numbers, without users, histories or tables", async () => {
    const { sections, textOf } = read(
      await reportOf(NUMBERS, { train: numberRows(40), test: numberRows(12) }),
    );
    expect(sections).toEqual(["results", "training", "calibration", "network", "settings"]);
    expect(textOf("calibration")).toContain("No intervals");
  });

  test("of a single test row, on which no AUC is defined", async () => {
    const [head, first] = dinRows(1, 5).split("\n");
    const { sections, textOf } = read(
      await reportOf(DIN, { train: dinRows(30, 1), test: `${head}\n${first}\n` }),
    );
    expect(sections.filter((section) => section !== "attention")).toEqual(
      SECTIONS_OF_CLICKS.filter((section) => section !== "attention"),
    );
    expect(textOf("results")).toContain("auc –");
    expect(textOf("strengths")).toContain(
      "The rows of each bucket are of one class only: no AUC is defined.",
    );
  });

  test("of a training of a single step", async () => {
    const { textOf } = read(await reportOf(NUMBERS, { train: numberRows(8), test: numberRows(8) }));
    expect(textOf("training")).not.toContain("Figure");
    expect(textOf("training")).toContain("epoch loss");
  });
});

test("several labels have figures of their own, and a bucket of one class says so", async () => {
  const { sections, textOf } = read(await reportOf(TASKS, { train: taskRows(200), test: taskRows(100) }));
  expect(sections).not.toContain("attention");
  for (const label of ["click", "buy"]) {
    expect(textOf("calibration")).toContain(`Calibration of ${label}: ECE`);
    expect(textOf("strengths")).toContain(`${label}: AUC by popularity of item_id`);
    expect(textOf("training")).toContain(`${label}: auc`);
    expect(textOf("results")).toContain(`${label}, 100 test rows`);
  }
  expect(textOf("strengths")).toContain("one class: no AUC");
});

test("ids of the data are text, whatever they are", async () => {
  const items = dinRows(40, 1).replaceAll(/plain|item-\d+/g, ITEMS[1]!);
  const html = await reportOf(DIN, { train: items, test: items });
  const { textOf, elements } = read(html);
  expect(textOf("attention")).toContain("</script><img src=x onerror=alert(1)>");
  expect([...elements].filter((name) => /^(script|img|iframe|object|link|a)$/.test(name))).toEqual([]);
  expect(html).not.toMatch(/(src|href)=["']?(https?:|\/\/)|url\((?!#)|@import/);
});

test("what attention is shown with is what the model predicts, and its weights are of the steps of each row", async () => {
  await withRun(DIN, { train: dinRows(60, 1), test: dinRows(40, 2) }, [], async (folder) => {
    const opened = await openRun(join(folder, "run"));
    const { model, run, tables, parameters } = opened;
    const data = await readRows(model, run.fitted, join(folder, "test.csv"), { labels: "required" });
    const logits = (await scoreRun(opened, data, await chooseBackend("wasm"))).get("click")!;
    const [users] = groupsOf(model.train.metrics);
    const { shown, found } = attendedOf(
      { model, fitted: run.fitted, tables, parameters, users: users!, titles: null },
      data,
    )!;
    expect({ found, figures: shown.length, users: shown[0]!.users.length }).toEqual({
      found: 1,
      figures: 1,
      users: 4,
    });
    const names = (id: number) => run.fitted.vocabularies.get("item_id")![id - 2] ?? "unknown id";
    for (const { steps, candidates } of shown[0]!.users) {
      expect(candidates.length).toBeGreaterThan(0);
      for (const { name, weights, predictions } of candidates) {
        expect(weights).toHaveLength(steps.length);
        const [{ probability, happened }] = predictions as [(typeof predictions)[number]];
        // The row that it is: same item, same steps.
        const { start, end, steps: ids } = data.histories.get("clicks")!;
        const rows = [...data.ids.get("item_id")!.keys()].filter(
          (row) =>
            name.startsWith(`${names(data.ids.get("item_id")![row]!)} · `) &&
            [...ids.get("item_id")!.subarray(start[row]!, end[row]!)].every((id, i) =>
              steps[i]!.startsWith(`${names(id)} · `),
            ) &&
            end[row]! - start[row]! === steps.length,
        );
        const fitting = rows.filter(
          (row) => Math.abs(1 / (1 + Math.exp(-logits[row]!)) - probability) < 1e-5,
        );
        expect(fitting.length).toBeGreaterThan(0);
        expect(fitting.some((row) => (data.labels.get("click")![row] === 1) === happened)).toBe(true);
      }
    }
  });
});

test("past items are called by the titles that the data have beside their ids", async () => {
  const [head, ...lines] = dinRows(60, 1).trimEnd().split("\n");
  const item = (line: string) => /^[^,]*,("(?:[^"]|"")*"|[^,]*)/.exec(line)![1]!.replaceAll('"', "");
  const titled = [`${head},item_title`, ...lines.map((line) => `${line},"The ${item(line)}"`)];
  const { textOf } = read(await reportOf(DIN, { train: `${titled.join("\n")}\n`, test: dinRows(40, 2) }));
  expect(textOf("attention")).toContain("called by item_title and shelf");
  expect(textOf("attention")).toMatch(/The item-\d+/);
});

describe("what the training said", () => {
  const input = reportInput("plain");
  const of = (changes: Partial<typeof input>) => read(reportHtml({ ...input, ...changes }));

  test("has a row an epoch, a dash where the rows do not define a metric", () => {
    const epochs = [
      epoch(1, 0.7, [evaluation({})]),
      epoch(2, 0.6, [evaluation({ values: { auc: Number.NaN, log_loss: 0.4 } })]),
    ];
    const text = of({ epochs }).textOf("training");
    expect(text).toContain("1 0.70000 0.75000 0.50000 1,000 1.00 2 0.60000 – 0.40000 1,000 1.00");
  });

  test("is of the epoch that was kept: values, intervals and who was resampled", () => {
    const epochs = [
      epoch(1, 0.7, input.epochs[0]!.evaluations),
      epoch(2, 0.6, [evaluation({ values: { auc: 0.1 } })]),
    ];
    const text = of({ epochs, manifest: { ...input.manifest, epoch: 1 } }).textOf("results");
    expect(text).toContain("plain, 4 test rows");
    expect(text).toContain("plain 0.75000 0.70000–0.80000");
    expect(text).toContain("1,000 resamples of the users (plain)");
    expect(text).not.toContain("0.10000");
  });

  test("names files without their folders", () => {
    const text = of({}).textOf("settings");
    expect(text).toContain("plain 12 plain");
    expect(text).toContain(
      "Rows that were left out file what is wrong rows first plain DIN0000 plain, plain 3 of 12,345 7",
    );
    expect(text).not.toContain("/data");
  });

  test("says nothing of a stop's label where none is named", () => {
    const terms = [{ metric: { kind: "auc" }, weight: 1 }] as const;
    const earlyStop = { monitor: { terms, label: null }, patience: 2, minDelta: 0 };
    const settings = { ...input.manifest.settings, earlyStop };
    const text = of({ manifest: { ...input.manifest, settings } }).textOf("settings");
    expect(text).toContain("early stop metric auc, patience 2, min delta 0");
    expect(text).not.toContain("null");
  });

  test("shows code of the documentation as code", () => {
    const page = reportHtml({ ...input, doc: "Drafted by `dinc init` from <rows>." });
    expect(page).toContain("Drafted by \n<code>dinc init</code>\n from &lt;rows&gt;.");
  });
});
