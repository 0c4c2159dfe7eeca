// dinc diff with rows: both runs score the same ones, and what differs is tested; rows that are not the same
// for both are refused.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RowsOfRun, rowsDifference } from "../../runtime/driver/same-rows.ts";
import { evaluate, type PairedTest } from "../../runtime/index.ts";
import { runHere } from "./run-here.ts";
import { STACK_TRACE } from "./spawn.ts";

let folder = "";
const at = (...parts: string[]) => join(folder, ...parts);
const spec = `model tiny
param units = [8]
features user { user_id : id }
features item { item_id : id  embed 4 }
label click : binary
net { predict click = item_id |> mlp(units, relu) |> dense(1) |> sigmoid }
train { batch 16  epochs 3  optimizer adam(learning_rate: 1e-2)  metrics auc, gauc(by: user_id), ece }
`;
const line = (i: number) => `u${i % 31},i${(i * i) % 13},${(i * i) % 13 < 6 !== (i % 5 === 0) ? 1 : 0}`;
const rows = (count: number, from = 0) =>
  `user_id,item_id,click\n${Array.from({ length: count }, (_, i) => `${line(from + i)}\n`).join("")}`;

async function train(out: string, text: string, ...more: string[]): Promise<void> {
  writeFileSync(at(`${out}.din`), text);
  const args = ["train", `${out}.din`, "-c", "dinc.yaml", "--backend", "wasm", "--out", out, ...more];
  const { code, err } = await runHere(args, { cwd: folder });
  expect(code, err).toBe(0);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-diff-rows-"));
  writeFileSync(at("train.csv"), rows(400));
  writeFileSync(at("test.csv"), rows(310, 1000));
  writeFileSync(at("dinc.yaml"), "data: { train: train.csv, test: test.csv }\n");
  await train("good", spec);
  await train("same", `// A remark.\n${spec}`);
  // It does not know the item, which decides all.
  await train("blind", spec.replace("item_id |> mlp", "dense(item_id, 1) * 0 |> mlp"));
  await train("other-metrics", spec.replace(/metrics .*/, "metrics log_loss }"));
  await train("no-users", spec.replace(/metrics .*/, "metrics auc }"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const diff = (a: string, b: string, ...more: string[]) => runHere(["diff", a, b, ...more], { cwd: folder });

describe("dinc diff with rows", () => {
  test("tests what differs, and says who is better", async () => {
    const { code, out } = await diff("blind", "good", "-c", "dinc.yaml");
    expect(code).toBe(1);
    const section = out.slice(out.indexOf("\nboth on the same"));
    expect(section).toMatch(
      /^\nboth on the same 310 rows \(the test rows of dinc\.yaml\); 1,000 resamples of the users \(user_id\), the same for both, seed 2026\n/,
    );
    expect(section).toMatch(/ {2}auc +0\.\d{5} +0\.\d{5} +\+0\.\d{5} +\+0\.\d{5} to \+0\.\d{5} +0\.0020\n/);
    expect(section).toMatch(/ {2}ece +0\.\d{5} +0\.\d{5} +[+−]0\.\d{5} +– +–\n/);
    expect(section).toContain("b is better by auc, gauc. Not tested: ece.\n");
    const back = await diff("good", "blind", "-c", "dinc.yaml");
    expect(back.out).toContain("a is better by auc, gauc. Not tested: ece.\n");
  });

  test("a run is not better than itself", async () => {
    const { code, out } = await diff(
      "good",
      "same",
      "--data",
      "test.csv",
      "--resamples",
      "200",
      "--seed",
      "5",
    );
    expect(code).toBe(0);
    expect(out).toContain(
      "both on the same 310 rows (test.csv); 200 resamples of the users (user_id), the same for both, seed 5\n",
    );
    expect(out).toContain("By auc, gauc the difference may be chance (p ≥ 0.05). Not tested: ece.\n");
  });

  test("its values are those of dinc eval, and JSON has them", async () => {
    const { out } = await diff("blind", "good", "--data", "test.csv", "--format", "json");
    const { paired } = JSON.parse(out) as { paired: PairedTest };
    expect(paired).toMatchObject({ rows: 310, by: "user_id", seed: 2026, resamples: 1000, sameData: true });
    const [auc] = paired.predictions["click"]!;
    const measured = await evaluate(at("good"), { data: at("test.csv") });
    expect(auc!.b).toBe(measured.evaluations[0]!.values["auc"]);
    expect(JSON.parse((await diff("blind", "good", "--format", "json")).out)).toMatchObject({ paired: null });
  });

  test("rows are drawn where no metric of both knows users", async () => {
    const { out } = await diff("blind", "no-users", "--data", "test.csv");
    expect(out).toContain("1,000 resamples of the rows, the same for both");
    expect(out).toContain("so rows were drawn one by one");
  });

  test("runs of other training rows: a word of warning", async () => {
    writeFileSync(at("more.csv"), rows(450));
    await train("more", spec, "--set", "data.train=more.csv");
    const { out } = await diff("good", "more", "--data", "test.csv");
    expect(out).toContain("The two were trained on different rows");
  });

  test("rows that one of them leaves out are refused", async () => {
    const priced = (text: string) =>
      text
        .trimEnd()
        .split("\n")
        .map((each, i) => `${each},${i === 0 ? "price" : i === 7 ? "much" : i}`)
        .join("\n");
    writeFileSync(at("priced.csv"), `${priced(rows(310, 1000)).replace(",much", ",7")}\n`);
    writeFileSync(at("spoilt.csv"), `${priced(rows(310, 1000))}\n`);
    await train(
      "strict",
      spec
        .replace("item_id : id  embed 4", "item_id : id  embed 4\n  price : number")
        .replace("= item_id", "= concat(item_id, price)"),
      ...["--set", "data.train=priced.csv", "--set", "data.test=priced.csv"],
    );
    const { code, err } = await diff("good", "strict", "--data", "spoilt.csv", "--on-bad-row", "skip");
    expect(code).toBe(2);
    expect(err).toContain(
      "error[DIN0823 other-rows-scored]: good and strict were not scored on the same rows: the first has scores for 310 of them, the second for 309\n",
    );
    // Of the same file in which nothing is bad they are the same.
    expect((await diff("good", "strict", "--data", "priced.csv")).code).toBe(1);
  });

  test("runs without a metric in common are refused", async () => {
    const { code, out, err } = await diff("good", "other-metrics", "--data", "test.csv");
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(
      "error[DIN0824 nothing-in-common]: good and other-metrics have no metric in common",
    );
    expect(err).not.toMatch(STACK_TRACE);
  });

  test.each([
    [["--seed", "3"], "--resamples and --seed are about rows that both runs score"],
    [["--data", "test.csv", "-c", "dinc.yaml"], "name the rows: --data FILE, or with --split"],
    [["--data", "-"], "--data -: both runs read the rows, and standard input is read once; name a file"],
  ])("%j is no way to name rows", async (more, said) => {
    const { code, err } = await diff("good", "blind", ...more);
    expect(code).toBe(2);
    expect(err).toContain(`error: ${said}`);
  });
});

describe("two runs' rows", () => {
  const scored = (labels: number[], users: number[], without: number[] = []): RowsOfRun => ({
    data: {
      rows: labels.length,
      labels: new Map([["click", Float32Array.from(labels)]]),
      groups: new Map([["user_id", Int32Array.from(users)]]),
    },
    without: new Set(without),
  });
  const rows = scored([1, 0, 1, 0], [2, 2, 3, 4]);

  test.each([
    ["the same, whatever numbers users have", scored([1, 0, 1, 0], [9, 9, 1, 5]), null],
    ["another label", scored([1, 0, 0, 0], [2, 2, 3, 4]), "row 3 has another `click`"],
    ["another user", scored([1, 0, 1, 0], [2, 3, 3, 4]), "row 2 is of another `user_id`"],
    ["two users taken for one", scored([1, 0, 1, 0], [2, 2, 3, 3]), "row 4 is of another `user_id`"],
    ["fewer", scored([1, 0, 1], [2, 2, 3]), "the first has scores for 4 of them, the second for 3"],
    [
      "as many, but others",
      scored([1, 0, 1, 0], [2, 2, 3, 4], [7]),
      "each leaves out rows that the other scores",
    ],
  ])("%s", (_, others, expected) => {
    expect(rowsDifference([rows, others], ["click"])).toBe(expected);
  });
});
