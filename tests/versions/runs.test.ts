// What earlier versions wrote opens: a run of each format is kept here, with the predictions that its version gave. docs/versions.md lists
// the formats; `npm run generate` writes its table. A new format's run is made by `node tests/versions/keep.mjs`, before the format is released.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { WEIGHTS_VERSION } from "../../compiler/serve/weights.ts";
import { FITTED_VERSION } from "../../runtime/fitted/fitted-texts.ts";
import { PREPARED_VERSION } from "../../runtime/prepared/prepared-folder.ts";
import { GOLDEN_VERSION } from "../../runtime/run/golden-rows.ts";
import { readManifest } from "../../runtime/run/read-run.ts";
import { MANIFEST_VERSION, MANIFEST_VERSIONS } from "../../runtime/run/run-folder.ts";
import { TRAINED_VERSION } from "../../runtime/run/trained-folder.ts";
import { runHere } from "../cli/run-here.ts";
import { root } from "../cli/spawn.ts";

const kept = join(root, "tests/versions/runs");
const folder = mkdtempSync(join(tmpdir(), "dinc-versions-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function dinc(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await runHere(args, { cwd: folder });
  expect(code, err).toBe(0);
  return out;
}

test("a run of each format that is read is kept", async () => {
  const versions = await Promise.all(
    readdirSync(kept)
      .filter((name) => /^format-\d+$/.test(name))
      .map(async (name) => (await readManifest(join(kept, name))).version),
  );
  expect(versions.sort()).toEqual([...MANIFEST_VERSIONS].sort());
});

describe.each(MANIFEST_VERSIONS.map(String))("a run of format %s", (version) => {
  const run = join(kept, `format-${version}`);
  const scores = (text: string) =>
    text
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => Number(line.split(",").at(-1)));

  test("scores rows as it did", async () => {
    await dinc("predict", run, "--data", join(kept, "rows.csv"), "--out", `scores-${version}.csv`);
    const now = scores(readFileSync(join(folder, `scores-${version}.csv`), "utf8"));
    const then = scores(readFileSync(join(kept, `format-${version}.csv`), "utf8"));
    expect(now.length).toBe(then.length);
    then.forEach((score, i) => {
      expect(now[i]).toBeCloseTo(score, 5);
    });
  });

  test("is compiled, compared, and trained on", async () => {
    await dinc("compile", run, "--out", `ranker-${version}`);
    await dinc("diff", run, run);
    writeFileSync(join(folder, "dinc.yaml"), `data: { train: ${JSON.stringify(join(kept, "rows.csv"))} }\n`);
    const from = ["--from", run, "--out", `next-${version}`, "--backend", "wasm"];
    await dinc("train", join(run, "model.din"), "-c", "dinc.yaml", ...from);
    expect((await readManifest(join(folder, `next-${version}`))).version).toBe(MANIFEST_VERSION);
  });
});

test("the changelog and the citation are of this version", () => {
  const { version }: { readonly version: string } = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  );
  const first = (file: string, line: RegExp) => line.exec(readFileSync(join(root, file), "utf8"))?.[1];
  expect(first("CHANGELOG.md", /^## ([\d.]+)/m)).toBe(version);
  expect(first("CITATION.cff", /^version: (.*)$/m)).toBe(version);
});

test("docs/versions.md lists the formats", () => {
  const rows: readonly (readonly [string, string, number, readonly unknown[]])[] = [
    ["a run", "`manifest.json`", MANIFEST_VERSION, MANIFEST_VERSIONS],
    ["vocabularies and transforms of a run", "`fitted.json`", FITTED_VERSION, [FITTED_VERSION]],
    ["golden rows of a package for PyTorch", "`golden.json`", GOLDEN_VERSION, [GOLDEN_VERSION]],
    ["prepared rows", "`prepared.json`", PREPARED_VERSION, [PREPARED_VERSION]],
    ["weights of a PyTorch training", "`trained.json`", TRAINED_VERSION, [TRAINED_VERSION]],
    ["weights of a module", "`model.weights.bin`", WEIGHTS_VERSION, [WEIGHTS_VERSION]],
  ];
  const table = rows.map(
    ([what, file, written, read]) => `| ${what} | ${file} | ${written} | ${read.join(", ")} |`,
  );
  const path = join(root, "docs/versions.md");
  const text = readFileSync(path, "utf8");
  const fence = /(<!-- formats -->\n)[\s\S]*?(<!-- end of formats -->)/;
  expect(text).toMatch(fence);
  const expected = text.replace(
    fence,
    (_, start, end) =>
      `${start}| what | file | written | read |\n|---|---|---|---|\n${table.join("\n")}\n${end}`,
  );
  if (process.env["UPDATE"] === "1") writeFileSync(path, expected);
  expect(text).toBe(expected);
});
