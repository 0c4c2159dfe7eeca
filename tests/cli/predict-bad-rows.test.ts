// dinc predict and dinc eval on rows that cannot be read or scored, on columns that only a loss reads, and
// with an --out that is one of the files that are read.

import { link, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import type { BadRowPolicy } from "../../compiler/frontend/config/choices.ts";
import { evaluate } from "../../runtime/cli/commands/eval.ts";
import { predict } from "../../runtime/cli/commands/predict.ts";
import { train } from "../../runtime/cli/commands/train.ts";
import type { Terminal } from "../../runtime/cli/terminal.ts";

let folder = "";
const at = (...parts: string[]) => join(folder, ...parts);
let said: string[] = [];
let printed = "";
const terminal: Terminal = {
  ...{ out: (text) => void (printed += text), progress: () => {}, say: (line) => said.push(line) },
  ...{ color: { messages: false, data: false }, interactive: false },
};

const HEAD = "user_id,item_id,price,size,clicked,click";
const row = (over: Partial<Record<"price" | "size" | "item" | "clicked", string>> = {}) =>
  `u1,${over.item ?? "i1"},${over.price ?? "1"},${over.size ?? "2"},${over.clicked ?? "i1|i2"},1`;
/** Rows of which the second, fourth to seventh, and last are bad. */
const ROWS = [
  row(),
  row({ price: "1e39" }),
  row({ item: "i2" }),
  row({ size: "1e38" }),
  "short,1",
  row({ price: "-1" }),
  row({ size: "NaN" }),
  row(),
  row({ item: "unseen" }),
  row({ price: "Infinity" }),
];
const BAD = [2, 4, 5, 6, 7, 10];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dinc-predict-bad-"));
  await writeFile(
    at("model.din"),
    `model small
features user { user_id : id }
features item {
  item_id : id  embed 4
  price   : number |> log1p |> standardize
  size    : number
  shelf   : number
  aisle   : id  embed 4
}
history clicks(max: 5) {
  item_id <-> clicked
  dwell : number
}
label click : binary
net {
  predict click = concat(item_id, price, size, mean(clicks.item_id)) |> dense(4, relu) |> dense(1) |> sigmoid
  loss near     = shelf * 0.01 + dot(aisle, aisle) * 0.01 + mean(clicks.dwell) * 0.01
}
train { batch 16  epochs 1  metrics auc, gauc(by: user_id) }
`,
  );
  const good = Array.from(
    { length: 80 },
    (_, i) => `u${i % 5},i${i % 7},${i % 4},${i % 3},i1|i2,${i % 2},${i % 5},a${i % 3},1|2`,
  );
  await writeFile(at("train.csv"), `${HEAD},shelf,aisle,dwell\n${good.join("\n")}\n`);
  await writeFile(at("dinc.yaml"), "data: { train: train.csv, test: rows.csv }\n");
  await writeFile(at("rows.csv"), `${HEAD}\n${ROWS.join("\n")}\n`);
  const set = [`data.train=${at("train.csv")}`];
  const options = { out: at("run"), set, backend: "wasm", checkpointEvery: 60 } as const;
  expect(await train(at("model.din"), options, terminal)).toBe(0);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a command came to: its lines, or the diagnostics that it ended with. */
async function scored(out: string, onBadRow?: BadRowPolicy, data = at("rows.csv")): Promise<string[]> {
  said = [];
  const options = {
    data,
    out: at(out),
    split: "test",
    set: [],
    backend: "wasm",
    ...(onBadRow && { onBadRow }),
  } as const;
  return predict(at("run"), options, terminal).then(
    async () => (await readFile(at(out), "utf8")).trimEnd().split("\n"),
    (error: unknown) => {
      if (!(error instanceof DiagnosticError)) throw error;
      return error.diagnostics.map(({ name, location }) =>
        location.kind === "data" ? `${name} ${location.data.row} ${location.data.column}` : name,
      );
    },
  );
}

describe("rows that cannot be read or scored", () => {
  test("end the command by default, with row and column, and nothing is written", async () => {
    await writeFile(at("one.csv"), `${HEAD}\n${row()}\n${row({ size: "1e38" })}\n${row({ size: "3e38" })}\n`);
    expect(await scored("one-scores.csv", undefined, at("one.csv"))).toEqual(["row-without-score 2 size"]);
    await writeFile(at("two.csv"), `${HEAD}\n${row()}\n${row({ price: "1e39" })}\n`);
    expect(await scored("one-scores.csv", "fail", at("two.csv"))).toEqual([
      "number-out-of-range-of-floats 2 price",
    ]);
    expect((await readdir(folder)).filter((name) => name.startsWith("one-scores"))).toEqual([]);
  });

  test("keep their line and their number under skip, and have no scores", async () => {
    const lines = await scored("scores.csv", "skip");
    expect(lines[0]).toBe("row,click_logit,click_probability");
    expect(lines.slice(1).map((line) => Number(line.split(",")[0]))).toEqual(ROWS.map((_, i) => i + 1));
    for (const [i, line] of lines.slice(1).entries())
      expect(line, line).toMatch(BAD.includes(i + 1) ? /^\d+,,$/ : /^\d+,-?[\d.e-]+,[\d.e-]+$/);
    expect(said.join("\n")).toMatch(
      /left out 6 of 10 rows of .*row-without-score in size \(1, first row 4\)/,
    );
    expect(said.join("\n")).toMatch(/4 rows scored/);

    const json = (await scored("scores.jsonl", "skip")).map((line) => JSON.parse(line));
    expect(json[1]).toEqual({ row: 2, click_logit: null, click_probability: null });
    expect(json.map(({ click_logit: logit }) => (logit === null ? "" : String(logit)))).toEqual(
      lines.slice(1).map((line) => line.split(",")[1]),
    );

    // The others have the scores that they have without the bad rows.
    await writeFile(at("good.csv"), `${HEAD}\n${ROWS.filter((_, i) => !BAD.includes(i + 1)).join("\n")}\n`);
    const scores = (all: readonly string[]) => all.map((line) => line.slice(line.indexOf(",")));
    expect(scores(await scored("good-scores.csv", "fail", at("good.csv")))).toEqual(
      scores(lines).filter((line) => line !== ",,"),
    );
  });

  test("are all named under count, and nothing is written", async () => {
    expect(await scored("counted.csv", "count")).toEqual([
      "number-out-of-range-of-floats 2 price",
      "unreadable-row 5 undefined",
      "negative-under-log1p 6 price",
      "not-a-number 7 size",
      "not-a-number 10 price",
      "row-without-score 4 size",
    ]);
    expect((await readdir(folder)).filter((name) => name.startsWith("counted"))).toEqual([]);
    expect(await scored("counted.csv", "count", at("good.csv"))).toHaveLength(5);
  });

  test("are an error where the file has no others", async () => {
    await writeFile(at("bad.csv"), `${HEAD}\n${row({ size: "1e38" })}\n`);
    expect(await scored("none.csv", "skip", at("bad.csv"))).toEqual(["all-rows-bad undefined undefined"]);
  });

  test("are left out of what dinc eval measures", async () => {
    said = [];
    printed = "";
    const options = {
      data: at("rows.csv"),
      split: "test",
      set: [],
      backend: "wasm",
      format: "json",
    } as const;
    await evaluate(at("run"), { ...options, onBadRow: "skip" }, terminal);
    expect(JSON.parse(printed).rows).toBe(4);
    expect(said.join("\n")).toMatch(/left out 6 of 10 rows/);
    await expect(
      evaluate(at("run"), { ...options, onBadRow: "fail", data: at("one.csv") }, terminal),
    ).rejects.toThrow(/DIN0611/);
  });
});

describe("an --out that is also an input", () => {
  test.each([
    ["the rows", "rows.csv"],
    ["the rows by another spelling", "run/../rows.csv"],
    ["the rows through a link", "link.csv"],
    ["the rows by their other name", "hard.csv"],
    ["the rows in a linked folder", "here/rows.csv"],
    ["a file of the run", "run/metrics.jsonl"],
    ["a vocabulary of the run", "run/vocab/item_id.jsonl"],
  ])("is refused: %s", async (_, out) => {
    await mkdir(at("run"), { recursive: true });
    await symlink(at("rows.csv"), at("link.csv")).catch(() => {});
    await link(at("rows.csv"), at("hard.csv")).catch(() => {});
    await symlink(folder, at("here")).catch(() => {});
    const before = await readFile(at(out));
    expect(await scored(out, "skip")).toEqual(["output-is-input"]);
    expect(await readFile(at(out))).toEqual(before);
  });

  test("is refused where dinc.yaml names it", async () => {
    const set = [`data.dir=${folder}`];
    const options = { config: at("dinc.yaml"), split: "test", set, backend: "wasm" } as const;
    await expect(predict(at("run"), { ...options, out: at("train.csv") }, terminal)).rejects.toThrow(
      /DIN0612/,
    );
  });
});
