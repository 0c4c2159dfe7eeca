// The archive that the page saves: Python and unzip read every file as it was, and its run is one that the commands take.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { zipSync } from "fflate";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check, openTraining, type TableRows, type Training } from "../../compiler/train/index.ts";
import { runHere } from "../cli/run-here.ts";
import { root } from "../cli/spawn.ts";
import { runs, seed } from "../support/how-often.ts";

/** What `playground/workers` has is compiled with the types of a browser. */
const RUN_ARCHIVE = join(root, "playground/workers/run-archive.ts");
type Archived = (
  training: Training,
  test: TableRows,
  given: readonly File[],
) => Promise<{ readonly folder: string; readonly rows: string; readonly bytes: Uint8Array }>;

const folder = mkdtempSync(join(tmpdir(), "dinc-archive-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllGlobals());

const PROGRAM = `
import hashlib, json, sys, zipfile
for path in sys.argv[1:]:
    with zipfile.ZipFile(path) as archive:
        files = {each.filename: [hashlib.sha256(archive.read(each)).hexdigest(), each.date_time[0]] for each in archive.infolist()}
        print(json.dumps([archive.testzip(), len(archive.infolist()), files]))
`;

type Found = readonly [damaged: string | null, entries: number, files: Record<string, [string, number]>];

/** What Python's zipfile reads; unzip has to find nothing damaged. */
function readByOthers(paths: readonly string[]): Found[] {
  const read = spawnSync("python3", ["-c", PROGRAM, ...paths], { encoding: "utf8" });
  expect(read.status, read.stderr).toBe(0);
  for (const path of paths) {
    const tested = spawnSync("unzip", ["-tqq", path], { encoding: "utf8" });
    // 1 of an archive without a file.
    if (tested.error === undefined) expect(tested.status, tested.stdout + tested.stderr).toBe(0);
  }
  return read.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

test("files of any name and content are the same in Python's zipfile and unzip", () => {
  const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter(
    // Python ends a name there, and writes another sign for a folder on Windows.
    (text) => !/[\0\\/]/.test(text) && text !== "." && text !== "..",
  );
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.integer({ min: 60_000, max: 200_000 }).map((size) => new Uint8Array(size).fill(size % 251)),
  );
  const archives = fc.sample(
    fc.dictionary(
      fc.tuple(name, name).map((parts) => `run/${parts.join("/")}`),
      content,
      { minKeys: 1, noNullPrototype: true },
    ),
    { numRuns: runs(20) },
  );
  const paths = archives.map((files, i) => {
    const path = join(folder, `${i}.zip`);
    writeFileSync(path, zipSync(files));
    return path;
  });
  for (const [i, [damaged, entries, found]] of readByOthers(paths).entries()) {
    const files = Object.entries(archives[i]!);
    expect([damaged, entries]).toEqual([null, files.length]);
    for (const [path, bytes] of files) expect([path, found[path]?.[0]]).toEqual([path, sha256(bytes)]);
  }
});

test("a run is whole for whoever unpacks it, before its first epoch too", { timeout: 300_000 }, async () => {
  vi.stubGlobal("VERSION", "0.1.0");
  // Node 20 has none.
  vi.stubGlobal("navigator", { userAgent: "A page", hardwareConcurrency: 1 });
  const { archived } = (await import(/* @vite-ignore */ RUN_ARCHIVE)) as { archived: Archived };
  const random = Random.of(seed, "archives");
  for (let i = runs(3); i > 0; i--) {
    const one = <T>(all: readonly T[]): T => all[random.integer(all.length)]!;
    const [model, item] = [
      one(["shop", "constructor", "__proto__", "con"]),
      one(["item_id", "__proto__", "toString"]),
    ];
    const ids = ["é", "ｱ", "😀", "a\nb", "../x", "c:d", "", " ", "\u2028"].map((id, n) => `${n}${id}`);
    const spec = `model ${model}
features user { user_id : id  embed 2 }
features item { ${item} : id  embed 2 }
label click : binary
net { predict click = concat(user_id, ${item}) |> dense(1) |> sigmoid }
train { batch 16  epochs 2 }
`;
    const rowsOf = (count: number) =>
      Array.from({ length: count }, () =>
        Object.fromEntries([
          ["user_id", one(ids)],
          [item, one(ids)],
          ["click", random.integer(2)],
        ]),
      );
    const { value, diagnostics } = check(sourceFile("model.din", spec));
    expect(diagnostics).toEqual([]);
    const tested = rowsOf(20 + random.integer(3000));
    const training = await openTraining(value!, { train: rowsOf(64), test: tested });
    for (let step = random.integer(9); step > 0; step--) await training.step();
    const given = [new File([new Uint8Array()], "leer é.csv"), new File(["x".repeat(70_000)], "b.csv")];
    const { folder: run, rows, bytes } = await archived(training, tested, given);
    await training.close();
    const at = mkdtempSync(join(folder, "un packed é"));
    const path = join(at, `${run}.zip`);
    writeFileSync(path, bytes);
    const [[damaged, entries, files]] = readByOthers([path]) as [Found];
    expect([damaged, entries]).toEqual([null, Object.keys(files).length]);
    const years = [new Date().getFullYear() - 1, new Date().getFullYear(), new Date().getFullYear() + 1];
    for (const [name, [, year]] of Object.entries(files)) {
      expect(name.startsWith(`${run}/`)).toBe(true);
      expect(years).toContain(year);
    }
    const extract = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])";
    expect(spawnSync("python3", ["-c", extract, path, at]).status).toBe(0);
    for (const [name, [hash]] of Object.entries(files))
      expect(sha256(readFileSync(join(at, name)))).toBe(hash);
    const done = async (...args: string[]) => {
      const { code, err } = await runHere(args, { cwd: at });
      expect([args, code, err]).toEqual([args, 0, expect.any(String)]);
    };
    await done("check", `${run}/model.din`);
    await done("eval", run, "--data", rows, "--backend", "wasm");
    writeFileSync(join(at, "dinc.yaml"), `spec: ${run}/model.din\ndata: { train: ${rows} }\n`);
    await done("train", "--from", run, "--out", "next", "--backend", "wasm");
    await done("compile", run, "--target", "ts", "--out", "ranker");
  }
});
