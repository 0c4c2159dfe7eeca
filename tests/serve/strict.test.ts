// Generated code in a project that has every check on: TypeScript from the smallest version that is promised
// to today's has nothing to say of it, and a linter is told to leave it alone. `MODELS=all npx vitest run
// tests/serve/strict` takes every model of the zoo and every correct spec in every mode, with every version
// in between: minutes.

import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EmitOptions } from "../../compiler/backends/contract/emit-options.ts";
import type { GeneratedFiles } from "../../compiler/backends/contract/emitted.ts";
import { writeFolder } from "../../runtime/files/output-folder.ts";
import { root } from "../cli/spawn.ts";
import { emittedBy } from "../support/emitted.ts";
import { specFiles } from "../support/spec-files.ts";
import { allVersions, compileStrictly, SMALLEST, versions } from "../support/typescript-versions.ts";
import { towers } from "../two-tower/specs.ts";
import { trainedOf } from "./compiled.ts";
import { HOSTILE, specs } from "./specs.ts";

/** Names of generated code as names of a model: what is generated may neither shadow nor count them as uses. */
const NAMES = `model MODEL
features user {
  w : id embed 2
  q : number
  readVector : number
}
features item {
  f : id embed 2
  n : number
  WASM : number
  EmbeddingSource : id embed 2
}
features context { file : number }
history c(max: 3) { f <-> request }
label About : binary
net { predict About = concat(w, q, readVector, f, n, WASM, EmbeddingSource, file, mean(c)) |> dense(1) |> sigmoid }
`;

const isLong = process.env["MODELS"] === "all";
const all = specFiles("examples/zoo", "tests/good", "tests/bench/rank").map(
  ([path, text]) => [path.replaceAll(/[/\\.]/g, "-"), text] as const,
);
const good = new Map(specFiles("tests/good").map(([path, text]) => [basename(path, ".din"), text] as const));
const subjects: readonly (readonly [name: string, spec: string])[] = [
  ["din", specs.din],
  ["wide", specs["without histories"]],
  ["names", NAMES],
  ["hostile", HOSTILE],
  ...(["sets-and-texts", "crosses", "esmm"] as const).map((name) => [name, good.get(name)!] as const),
  ...(isLong ? all : []),
];

type ModeOf = (tables: readonly string[]) => EmitOptions;
const modes: Readonly<Record<string, ModeOf>> = {
  exact: () => ({}),
  fast: () => ({ tables: "i8", mode: "fast" }),
  f16: () => ({ tables: "f16" }),
  append: () => ({ sessions: "append" }),
  stored: (tables) => ({ tables: "f16", withoutTable: tables }),
};
/** A module of every mode has the same kernels and readers: one model has all of them, where all would take long. */
const modesOf = (name: string) =>
  isLong || name === "din" ? Object.entries(modes) : [["exact", modes["exact"]!] as const];

let folder: string;
/** Of TypeScript, in the folder. */
const files: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dinc-strict-"));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  const write = async (name: string, generated: GeneratedFiles) => {
    await writeFolder(join(folder, name), generated, false);
    for (const file of generated.keys()) if (file.endsWith(".ts")) files.push(join(name, file));
  };
  await write("two-tower", (await emittedBy("two-tower", trainedOf(towers.biases))).files);
  for (const [name, spec] of subjects) {
    const trained = trainedOf(spec, 1, 5);
    for (const [mode, modeOf] of modesOf(name)) {
      const options = modeOf([...trained.tables.keys()]);
      await write(`${name}-${mode}`, (await emittedBy("ts", trained, options)).files);
    }
    await write(`${name}-onnx`, (await emittedBy("onnx", trained)).files);
    if (isLong)
      await write(`${name}-exported`, (await emittedBy("onnx", trained, { graph: "exported" })).files);
  }
}, 1_200_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("every check of TypeScript passes", () => {
  test.each(isLong ? allVersions : versions)(
    "%s",
    async (version) => expect(await compileStrictly(folder, files, version)).toBe(""),
    600_000,
  );

  test("as it would not with a parameter that nobody reads", async () => {
    await writeFile(join(folder, "unread.ts"), "export function f(a: number): void {}\n");
    expect(await compileStrictly(folder, ["unread.ts"], versions.at(-1)!)).toContain("TS6133");
  });
});

test("the documents name the smallest version", async () => {
  const [, minor] = /^(\d+\.\d+)\./.exec(SMALLEST)!;
  const text = await readFile(join(root, "docs/commands.md"), "utf8");
  expect(text.includes(`TypeScript ${minor} `)).toBe(true);
});

test("linters leave every file alone, in both languages", async () => {
  for (const file of files)
    for (const path of [file, file.replace(/\.ts$/, ".js")])
      expect(await readFile(join(folder, path), "utf8")).toMatch(/^\/\* eslint-disable \*\/\n/);
});

test("what WebAssembly has is one constant, the last of the file, on many lines", async () => {
  const text = await readFile(join(folder, "din-exact/model.ts"), "utf8");
  const hexadecimal = '(?:\\n? +"\\w*"(?: \\+)?)+';
  expect(text.slice(text.indexOf("const WASM"))).toMatch(
    new RegExp(
      `^const WASM: WasmBinary \\| null = \\{\\n {2}program: "\\w+",\\n {2}from: \\d+,\\n {2}to: \\d+,\\n {2}code:${hexadecimal},\\n {2}fused:${hexadecimal},\\n\\};\\n$`,
    ),
  );
});
