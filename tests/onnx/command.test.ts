// `dinc compile --target onnx` as a user runs it, mistakes included.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runHere } from "../cli/run-here.ts";

import { specs } from "../serve/specs.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-onnx-command-"));
  writeFileSync(join(folder, "model.din"), specs["without histories"]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const compile = (...args: string[]) => runHere(["compile", "model.din", ...args], { cwd: folder });

const files = [
  ...["README.md", "inputs.bin", "inputs.js", "inputs.py", "inputs.ts", "model.golden.json", "model.onnx"],
  ...["model.test.js", "model.test.ts", "model_test.py", "package.json"],
];

const HASHED = `model hashed
features user { user_id : id(hash: 9)  embed 2 }
features item { item_id : id  embed 2  pair : cross(user_id, item_id, hash: 9)  embed 2 }
label click : binary
net { predict click = concat(user_id, item_id, pair) |> dense(1) |> sigmoid }
train { optimizer adam }
`;

describe("a spec", () => {
  test.each([[], ["--graph", "exported"]])("becomes a folder %s", async (...form) => {
    const out = `model${form.length}`;
    const { code, err } = await compile("--target", "onnx", ...form, "--out", out);
    expect(code, err).toBe(0);
    expect(readdirSync(join(folder, out)).sort()).toEqual(files);
    for (const name of files) expect(err).toContain(`  ${name} `);
    expect(err).toContain("The weights are random");
    expect(err).toContain(
      `Check it with \`npm install --prefix ${out} && node --test ${out}/model.test.js\``,
    );
  });

  test("takes raw values, and warns of those that it takes encoded", async () => {
    const { code, err } = await compile("--target", "onnx", "--inputs", "raw", "--out", "raw");
    expect(code, err).toBe(0);
    expect(readdirSync(join(folder, "raw")).sort()).toEqual(
      files.filter((name) => !name.startsWith("inputs.")),
    );
    expect(err).not.toContain("warning");
    writeFileSync(join(folder, "hashed.din"), HASHED);
    const hashed = ["compile", "hashed.din", "--target", "onnx", "--inputs", "raw", "--out", "hashed"];
    const warned = await runHere(hashed, { cwd: folder });
    expect(warned.code, warned.err).toBe(0);
    expect(warned.err).toContain(
      "warning[DIN0738 inputs-stay-encoded]: the input `user_id` stays encoded, as do `pair`",
    );
    expect(readdirSync(join(folder, "hashed")).sort()).toEqual(files);
  });

  test("replaces the module that dinc left there, as a whole", async () => {
    expect((await compile("--out", "replaced")).code).toBe(0);
    expect((await compile("--target", "onnx", "--out", "replaced")).code).toBe(0);
    expect(readdirSync(join(folder, "replaced")).sort()).toEqual(files);
  });
});

describe("a mistake", () => {
  test("in the target says which there are", async () => {
    const { code, err } = await compile("--target", "onxx", "--out", "out");
    expect(code).toBe(2);
    expect(err).toContain("argument 'onxx' is invalid. Allowed choices are ts, two-tower, c, onnx");
  });

  test("in the graph says which there are", async () => {
    const { code, err } = await compile("--target", "onnx", "--graph", "split", "--out", "out");
    expect(code).toBe(2);
    expect(err).toContain("Allowed choices are optimised, exported");
  });

  test("raw inputs of a training export", async () => {
    const { code, err } = await compile(
      "--target",
      "onnx",
      "--inputs",
      "raw",
      "--graph",
      "exported",
      "--out",
      "out",
    );
    expect(code).toBe(2);
    expect(err).toContain("--inputs raw is for --graph optimised");
  });

  test("--graph without --target onnx", async () => {
    const { code, err } = await compile("--graph", "exported", "--out", "out");
    expect(code).toBe(2);
    expect(err).toContain("--graph is for --target onnx, not for ts");
  });

  test("a folder with something else in it is left alone", async () => {
    mkdirSync(join(folder, "mine"));
    writeFileSync(join(folder, "mine/notes.txt"), "mine");
    const { code, err } = await compile("--target", "onnx", "--out", "mine");
    expect(code).toBe(1);
    expect(err).toContain("error[DIN0601 output-not-generated]");
    expect(readdirSync(join(folder, "mine"))).toEqual(["notes.txt"]);
  });

  test("no --out", async () => {
    const { code, err } = await compile("--target", "onnx");
    expect(code).toBe(2);
    expect(err).toContain("name it with --out");
  });
});
