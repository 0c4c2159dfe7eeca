// Everything that can be wrong with the data of a training that is gone on with: each is said with its file and, where there
// is one, its row, and the last checkpoint stays as it was.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fileProblem } from "../../runtime/files/file-problem.ts";
import { runHere } from "./run-here.ts";
import { root, STACK_TRACE } from "./spawn.ts";

let folder = "";
let kept: Buffer;
const at = (name: string) => join(folder, name);
const dinc = join(root, "bin/dinc.js");
const HEADER = "user_id,item_id,price,clicked,click";
const GOOD = Array.from(
  { length: 400 },
  (_, i) => `u${i % 9},i${i % 7},${i % 5},i${i % 3}|i${i % 4},${i % 2}`,
);
const args = ["train", "--backend", "wasm", "--out", "run"];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-bad-data-"));
  writeFileSync(
    at("model.din"),
    `model tiny
features user { user_id : id }
features item { item_id : id  embed 4   price : number }
history clicks(max: 5) { item_id <-> clicked }
label click : binary
net { predict click = concat(item_id, price, mean(clicks)) |> dense(8, relu) |> dense(1) |> sigmoid }
train { batch 4  epochs 1000 }
`,
  );
  writeFileSync(at("good.csv"), `${[HEADER, ...GOOD].join("\n")}\n`);
  writeFileSync(at("dinc.yaml"), "spec: model.din\ndata: { train: good.csv }\n");
  const child = spawn(process.execPath, [dinc, ...args, "--checkpoint-every", "0.01"], {
    cwd: folder,
    stdio: "ignore",
  });
  while (!existsSync(at("run.checkpoint"))) await sleep(5);
  child.kill("SIGINT");
  await once(child, "exit");
  kept = readFileSync(at("run.checkpoint"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const csv = (...rows: string[]) => [HEADER, ...GOOD.slice(0, 10), ...rows, ""].join("\n");
const json = (item: unknown) => ({ user_id: "u", item_id: item, price: 1, clicked: ["a"], click: 1 });

test.each<[string, file: string, content: string | Buffer, said: string, place: string]>([
  ["a row that does not parse", "a.csv", csv("u1,i1,1"), "this one has 3 values", "a.csv, row 11"],
  [
    "a label outside {0, 1}",
    "b.csv",
    csv("u1,i1,1,i2,0.5"),
    "is 0.5; a binary label is 0 or 1",
    "b.csv, row 11, column click",
  ],
  [
    "a list in an id column",
    "c.csv",
    csv("u1,i1|i2,1,i2,1"),
    'a list here: "i1|i2"',
    "c.csv, row 11, column item_id",
  ],
  [
    "one of JSON",
    "d.jsonl",
    [json("a"), json(["a", "b"])].map((row) => `${JSON.stringify(row)}\n`).join(""),
    "a list here",
    "d.jsonl, row 2, column item_id",
  ],
  [
    "a value of another type",
    "e.csv",
    csv("u1,i1,dear,i2,1"),
    "not a finite number",
    "e.csv, row 11, column price",
  ],
  [
    "a missing value",
    "f.csv",
    csv("u1,,1,i2,1"),
    "`item_id` has no value here",
    "f.csv, row 11, column item_id",
  ],
  ["an empty file", "g.csv", "", "the file is empty", "g.csv"],
  ["a file without rows", "h.csv", `${HEADER}\n`, "the file has column names only", "h.csv"],
  [
    "a compressed file that is cut short",
    "i.csv.gz",
    gzipSync(csv()).subarray(0, 80),
    "it is compressed, and cut short",
    "i.csv.gz",
  ],
  ["a compressed file that is none", "j.csv.gz", csv(), "not gzip", "j.csv.gz"],
])("%s", async (_name, file, content, said, place) => {
  writeFileSync(at(file), content);
  const ended = await runHere([...args, "--resume", "--set", `data.train=${file}`], { cwd: folder });
  expect(ended).toMatchObject({ code: 1, out: "" });
  expect(ended.err).toContain(said);
  expect(ended.err).toMatch(new RegExp(`--> ${place}$`, "m"));
  expect(ended.err).not.toMatch(STACK_TRACE);
  expect(readFileSync(at("run.checkpoint")).equals(kept)).toBe(true);
});

test("a file that cannot be read", async () => {
  mkdirSync(at("empty"));
  const ended = await runHere([...args, "--resume", "--set", "data.train=empty"], { cwd: folder });
  expect(ended).toMatchObject({ code: 1, out: "" });
  expect(ended.err).toContain("cannot read empty: it is a folder without a file of rows");
  // Root, who runs some machines' tests, may read everything.
  expect(fileProblem(Object.assign(new Error(), { code: "EACCES" }))).toBe("you may not read it");
  expect(readFileSync(at("run.checkpoint")).equals(kept)).toBe(true);
});

test("a history longer than its `max` gets a warning, and training goes on", async () => {
  writeFileSync(at("long.csv"), csv(`u1,i1,1,${Array.from({ length: 9 }, (_, i) => `i${i}`).join("|")},1`));
  const ended = await runHere(
    [
      "train",
      "--backend",
      "wasm",
      "--out",
      "long",
      "--set",
      "data.train=long.csv",
      "--set",
      "train.epochs=1",
    ],
    { cwd: folder },
  );
  expect(ended.code).toBe(0);
  expect(ended.err).toContain(
    "warning[DIN0564 history-shortened]: `clicks` has 9 steps here; its `max` keeps only the latest 5",
  );
  expect(ended.err).toContain("--> long.csv, row 11, column clicked");
});
