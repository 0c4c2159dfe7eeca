// Models of `--inputs raw` in Java, with onnxruntime from Maven: golden requests give the logits of training, and the
// README's example runs.

import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { resultsOf } from "../../compiler/backends/onnx/model.ts";
import type { RawFeed } from "../../compiler/backends/onnx/raw-feeds.ts";
import { isClose, type Tolerance } from "../../compiler/serve/golden.ts";
import { writeFolder } from "../../runtime/files/output-folder.ts";
import { cacheRoot } from "../../runtime/native/cache-folder.ts";
import { runCommand } from "../../runtime/native/run-command.ts";
import { root } from "../cli/spawn.ts";
import { trainedOf } from "../serve/compiled.ts";
import { HOSTILE, specs } from "../serve/specs.ts";
import { isThere } from "../support/c-code.ts";
import { emittedBy } from "../support/emitted.ts";
import { specFiles } from "../support/spec-files.ts";

const ARTIFACT = "com.microsoft.onnxruntime:onnxruntime:1.23.2";
const jars = join(cacheRoot(), "tests", "onnxruntime-java-1.23.2");
const classPath = (...folders: string[]) => [join(jars, "*"), ...folders].join(":");

interface Golden {
  readonly tolerance: Tolerance;
  readonly requests: readonly {
    readonly tensors: Readonly<Record<string, RawFeed>>;
    readonly logits: readonly (readonly [string, readonly number[]])[];
  }[];
}

const files = new Map(specFiles("tests/good"));
const named = (name: string) => [name, files.get(`tests/good/${name}`)!] as const;
const models = [
  ["DIN", specs.din] as const,
  ["hostile names", HOSTILE] as const,
  ...["features-and-transforms.din", "vectors.din", "hashed-ids.din", "sets-and-texts.din", "times.din"].map(
    named,
  ),
];

describe.skipIf(!["javac", "mvn"].every(isThere))("Java", () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "dinc-onnx-java-"));
    await done("mvn", ["-q", "-B", "dependency:copy", `-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${jars}`]);
    await done("javac", ["-cp", classPath(), "-d", folder, join(import.meta.dirname, "Scores.java")]);
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function done(command: string, given: readonly string[], cwd?: string): Promise<string> {
    const options = cwd === undefined ? { env: process.env } : { env: process.env, cwd };
    const { code, stdout, stderr } = await runCommand(command, [...given], options);
    if (code !== 0) throw new Error(`${command} failed: ${stderr}`);
    return stdout;
  }

  test.each(models)("scores %s", async (name, text) => {
    const trained = trainedOf(text);
    const { files } = await emittedBy("onnx", trained, { inputs: "raw" });
    const at = join(folder, name);
    await writeFolder(at, files, false);
    const golden = JSON.parse(await readFile(join(at, "model.golden.json"), "utf8")) as Golden;
    await writeFile(join(at, "tensors.txt"), golden.requests.map(({ tensors }) => linesOf(tensors)).join(""));
    const [{ label, own }] = resultsOf(trained.model) as [ReturnType<typeof resultsOf>[number]];
    const scores = [
      "-cp",
      classPath(folder),
      "Scores",
      join(at, "model.onnx"),
      base64(own),
      join(at, "tensors.txt"),
    ];
    const lines = (await done("java", scores)).trimEnd().split("\n");
    expect(lines).toHaveLength(golden.requests.length);
    for (const [i, { logits }] of golden.requests.entries()) {
      const expected = logits.find(([of]) => of === label)![1];
      const found = lines[i]!.split(" ").map(Number);
      expect(found).toHaveLength(expected.length);
      for (const [j, logit] of found.entries())
        expect(isClose(logit, expected[j]!, golden.tolerance), `${logit}, not ${expected[j]}`).toBe(true);
    }
  });

  test("runs the README's example", async () => {
    const { files } = await emittedBy("onnx", trainedOf(named("features-and-transforms.din")[1]), {
      inputs: "raw",
    });
    const at = join(folder, "example");
    await mkdir(at);
    await writeFolder(at, files, true);
    const readme = await readFile(join(at, "README.md"), "utf8");
    await writeFile(join(at, "Example.java"), /```java\n([\s\S]*?)```/.exec(readme)![1]!);
    await done("javac", ["-cp", classPath(), "Example.java"], at);
    expect(await done("java", ["-cp", classPath("."), "Example"], at)).toMatch(
      /^\[\[0\.\d+, 0\.\d+, 0\.\d+\]\]$/m,
    );
  });

  test("runs the example of docs/commands.md on the spec of the first page", async () => {
    const [first, docs] = await Promise.all(
      ["README.md", "docs/commands.md"].map((name) => readFile(join(root, name), "utf8")),
    );
    const spec = /```din\n([\s\S]*?)```/.exec(first!)![1]!;
    const { files } = await emittedBy("onnx", trainedOf(spec), { inputs: "raw" });
    const at = join(folder, "documented");
    await writeFolder(at, files, false);
    await writeFile(join(at, "Rank.java"), /```java\n([\s\S]*?)```/.exec(docs!)![1]!);
    await done("javac", ["-cp", classPath(), "Rank.java"], at);
    expect(await done("java", ["-cp", classPath("."), "Rank"], at)).toMatch(/^\[0\.\d+, 0\.\d+, 0\.\d+\]$/m);
  });
});

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** A request as Scores.java reads it. */
function linesOf(tensors: Readonly<Record<string, RawFeed>>): string {
  const line = ([name, { type, dims, data }]: readonly [string, RawFeed]) => {
    const values = data.map((value) =>
      typeof value === "string" ? base64(value) : value === null ? "NaN" : `${value}`,
    );
    return `${[base64(name), type, dims.join(","), ...values].join("\t")}\n`;
  };
  return `${Object.entries(tensors).map(line).join("")}\n`;
}
