// The folder that `dinc compile --target onnx` leaves, as a user gets it: its own test with onnxruntime, its
// README's example, strict TypeScript, names that mean no harm, and weights that are too large for the
// model's file.

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { fromBinary } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { GraphForm } from "../../compiler/backends/contract/emit-options.ts";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { DATA_FILE, MOST_INSIDE, onnxFiles } from "../../compiler/backends/onnx/external-data.ts";
import { ModelProtoSchema } from "../../compiler/backends/onnx/onnx.generated.ts";
import { onnxParts } from "../../compiler/backends/onnx/package.ts";
import { markdown } from "../../compiler/backends/typescript/package-files.ts";
import { Random } from "../../compiler/common/random.ts";
import { writeFolder } from "../../runtime/files/output-folder.ts";
import { trainedOf } from "../serve/compiled.ts";
import { loadModule } from "../serve/load-module.ts";
import { HOSTILE, specs } from "../serve/specs.ts";
import { emittedBy, testContext } from "../support/emitted.ts";
import { checkModels } from "./checker.ts";
import { type Inputs, scorerOf } from "./compiled.ts";
import { run, sessionOf } from "./session.ts";

const runProgram = promisify(execFile);
const modules = join(import.meta.dirname, "../../node_modules");
const sets = join(import.meta.dirname, "../good/sets-and-texts.din");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dinc-onnx-folder-"));
  // Where a user has installed onnxruntime-node.
  await symlink(modules, join(folder, "node_modules"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const cases: readonly (readonly [string, GraphForm, () => Promise<string>])[] = [
  ["din", "optimised", async () => specs.din],
  ["din", "exported", async () => specs.din],
  ["several labels", "optimised", async () => specs["several labels"]],
  ["hostile", "optimised", async () => HOSTILE],
  ["sets", "exported", () => readFile(sets, "utf8")],
];

describe.each(cases)("%s, %s", (name, form, spec) => {
  const at = () => join(folder, `${name} ${form}`);
  beforeAll(async () => {
    const { files } = await emittedBy("onnx", trainedOf(await spec()), { graph: form });
    await writeFolder(at(), files, false);
  });

  test("passes its own test under node", async () => {
    const { stdout } = await runProgram(process.execPath, ["--test", "model.test.js"], { cwd: at() });
    expect(stdout).toMatch(/# pass 33\n# fail 0/);
  });

  test("its README's example runs, and its tables name what goes in and comes out", async () => {
    const readme = await readFile(join(at(), "README.md"), "utf8");
    await writeFile(join(at(), "example.mjs"), /```js\n([\s\S]*?)```/.exec(readme)![1]!);
    const { stdout } = await runProgram(process.execPath, ["example.mjs"], { cwd: at() });
    expect(stdout).toMatch(/Float32Array\(3\)/);
    expect(readme).toMatch(/^\| `probability\/\w+` \| float \[candidates\] \|/m);
  });

  test("is strict TypeScript that imports nothing", async () => {
    const text = await readFile(join(at(), "inputs.ts"), "utf8");
    expect(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "")).not.toMatch(
      /\bimport\b|\brequire\b|\beval\b|\bBuffer\b/,
    );
    const options = ["--strict", "--noEmit", "--target", "es2022", "--module", "nodenext", "--skipLibCheck"];
    const { stdout } = await runProgram(
      join(modules, ".bin/tsc"),
      [...options, "--types", "node", "model.test.ts"],
      {
        cwd: at(),
      },
    ).catch((error: { stdout: string }) => error);
    expect(stdout).toBe("");
  });
});

const rawCases: readonly (readonly [string, () => Promise<string>, readonly string[]])[] = [
  ["din", async () => specs.din, []],
  ["hostile", async () => HOSTILE, []],
  ["sets", () => readFile(sets, "utf8"), ["inputs.bin", "inputs.js", "inputs.py", "inputs.ts"]],
];

describe.each(rawCases)("%s with raw inputs", (name, spec, encoders) => {
  const at = () => join(folder, `${name} raw`);
  beforeAll(async () => {
    const { files } = await emittedBy("onnx", trainedOf(await spec()), { inputs: "raw" });
    await writeFolder(at(), files, false);
  });

  test("passes its own test under node", async () => {
    const { stdout } = await runProgram(process.execPath, ["--test", "model.test.js"], { cwd: at() });
    expect(stdout).toMatch(/# pass 32\n# fail 0/);
  });

  test("has an encoder only for inputs that stay encoded", async () => {
    const has = (await readdir(at())).filter((file) => file.startsWith("inputs."));
    expect(has.sort()).toEqual(encoders);
  });

  test("tells in its metadata and its README what each input takes", async () => {
    const { graph, metadataProps } = fromBinary(ModelProtoSchema, await readFile(join(at(), "model.onnx")));
    const told = JSON.parse(metadataProps.find(({ key }) => key === "dinc.inputs")!.value) as {
      name: string;
    }[];
    const names = graph!.input.map((input) => input.name);
    expect(told.map((input) => input.name).sort()).toEqual(
      names.filter((each) => !each.startsWith("count/")).sort(),
    );
    const readme = await readFile(join(at(), "README.md"), "utf8");
    for (const input of names) expect(readme).toContain(`| \`${markdown(input)}\` |`);
  });

  test("has a test in strict TypeScript", async () => {
    const options = ["--strict", "--noEmit", "--target", "es2022", "--module", "nodenext", "--skipLibCheck"];
    const { stdout } = await runProgram(
      join(modules, ".bin/tsc"),
      [...options, "--types", "node", "model.test.ts"],
      { cwd: at() },
    ).catch((error: { stdout: string }) => error);
    expect(stdout).toBe("");
  });
});

describe("weights that are too large for the model's file", () => {
  test("stand in a file of their own, at whole pages, and score alike", async () => {
    const trained = trainedOf(specs.din);
    const { model, inputs, learned } = onnxParts(trained, "optimised", testContext);
    expect(onnxFiles(model).data).toEqual([]);
    const { model: bytes, data } = onnxFiles(model, 1000);
    const large = model.graph!.initializer.filter(({ rawData }) => rawData.length >= 1024);
    expect(large.length).toBeGreaterThan(1);
    const at = join(folder, "large");
    await mkdir(at);
    const files = new Map<string, Uint8Array | readonly Uint8Array[]>([
      ["model.onnx", bytes],
      [DATA_FILE, data],
    ]);
    await writeFolder(at, files, true);
    const written = await readFile(join(at, DATA_FILE));
    for (const { rawData } of large) expect(written.indexOf(rawData) % 4096).toBe(0);
    for (const { rawData } of large) expect(Buffer.from(bytes).indexOf(rawData)).toBe(-1);
    expect(await checkModels([join(at, "model.onnx")])).toMatchObject([{ wrong: [] }]);

    const inside = await scorerOf(trained, "optimised");
    const outside = await sessionOf(join(at, "model.onnx"));
    const encoder = (await loadModule<Inputs>(inputs.javascript)).createEncoder(learned);
    const sampler = new RequestSampler(trained.model, trained.fitted, Random.of(4, "large"));
    const request = sampler.make({ candidates: 5, steps: () => 4, unseen: 0.1 });
    const results = await run(outside, encoder.feeds(request));
    expect(results["logit/click"]!.data).toEqual((await inside.scores(request)).get("click")!.logits);
  });

  test("go there long before the format's end", () => {
    expect(MOST_INSIDE).toBeLessThan(2 ** 31 / 2);
  });
});
