// The generated folder as a user gets it: strict TypeScript, its own test, no dependency, and names that mean no harm.

import { execFile, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { ts } from "ts-morph";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../compiler/common/random.ts";
import { writeFolder } from "../../runtime/files/output-folder.ts";
import { emittedBy } from "../support/emitted.ts";
import { type Compiled, compiled, type Generated, trainedOf, worstDifference } from "./compiled.ts";
import { HOSTILE, specs } from "./specs.ts";

const run = promisify(execFile);
const tsc = join(import.meta.dirname, "../../node_modules/.bin/tsc");

let folder: string;
const subjects: Record<string, Compiled> = {};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dinc-module-"));
  const sets = await readFile(join(import.meta.dirname, "../good/sets-and-texts.din"), "utf8");
  const all = { din: specs.din, tasks: specs["several labels"], hostile: HOSTILE, sets };
  for (const [name, spec] of Object.entries(all)) {
    subjects[name] = await compiled(spec);
    await writeFolder(join(folder, name), subjects[name].files, false);
  }
});
/** With tables of every other kind; the models with sets pool their rows. */
beforeAll(async () => {
  const sets = await readFile(join(import.meta.dirname, "../good/sets-and-texts.din"), "utf8");
  const kinds = {
    halves: { spec: sets, tables: "f16", withoutTable: [] },
    stored: { spec: specs.din, tables: "i8", withoutTable: ["item_id", "user_id"] },
  } as const;
  for (const [name, { spec, ...options }] of Object.entries(kinds)) {
    const { files } = await emittedBy("ts", trainedOf(spec), options);
    await writeFolder(join(folder, name), files, false);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const names = ["din", "tasks", "hostile", "sets"];

describe.each(names)("%s", (name) => {
  test("passes its own test under node", async () => {
    const { stdout } = await run(process.execPath, ["--test", "model.test.js"], { cwd: join(folder, name) });
    expect(stdout).toMatch(/# pass 33\n# fail 0/);
  });

  test("its README's example runs", async () => {
    const readme = await readFile(join(folder, name, "README.md"), "utf8");
    const example = /```js\n([\s\S]*?)```/.exec(readme)![1]!;
    await writeFile(join(folder, name, "example.mjs"), example);
    const { stdout } = await run(process.execPath, ["example.mjs"], { cwd: join(folder, name) });
    expect(stdout).toMatch(/Float32Array\(3\)/);
    await rm(join(folder, name, "example.mjs"));
  });

  test("imports its library alone, evaluates nothing, and leaves out kernels that it does not call", async () => {
    const texts = ["model.ts", "model.library.ts", "model.js"].map((file) =>
      readFile(join(folder, name, file), "utf8"),
    );
    const code = (await Promise.all(texts))
      .join("\n")
      .replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "")
      .replace(/^import \{[^}]*\} from "\.\/model\.library\.js";$/m, "");
    expect(code).not.toMatch(
      /\bimport\b|\brequire\b|\beval\b|\bnew Function\b|\bprocess\b|\bBuffer\b|\bTextDecoder\b/,
    );
    expect(code).not.toContain("function lookupGradient");
  });

  test("scores as the reference does", () => {
    const subject = subjects[name]!;
    const sampler = new RequestSampler(subject.trained.model, subject.trained.fitted, Random.of(1, "module"));
    for (let i = 0; i < 5; i++) {
      const request = sampler.make({ candidates: 20, steps: () => i, unseen: 0.2 });
      expect(worstDifference(subject, request)).toBeLessThan(1);
    }
  });
});

test("model.ts, which imports its library, scores as model.js does", async () => {
  const { files, ranker, trained } = subjects["sets"]!;
  const typescript = String(files.get("model.ts"));
  const { outputText } = ts.transpileModule(typescript, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  const path = join(folder, "sets", "transpiled.js");
  await writeFile(path, outputText);
  const { createRanker } = (await import(pathToFileURL(path).href)) as Generated;
  const other = await createRanker({ weights: files.get("model.weights.bin") as Uint8Array });
  const sampler = new RequestSampler(trained.model, trained.fitted, Random.of(1, "module"));
  const request = sampler.make({ candidates: 20, steps: () => 3, unseen: 0.2 });
  expect(other.rank(request)).toEqual(ranker.rank(request));
  await rm(path);
});

test("what every object inherits is no value of a feature", () => {
  const rank = (request: unknown) => () => subjects["hostile"]!.ranker.rank(request);
  const user = JSON.parse('{ "__proto__": "a" }') as unknown;
  const right = { user, history: { prototype: [] }, candidates: [{ constructor: 1, toString: 2 }] };
  expect(rank(right)).not.toThrow();
  expect(rank({ ...right, user: {} })).toThrow("user.__proto__ is missing");
  expect(rank({ ...right, candidates: [{ toString: 2 }] })).toThrow("candidates[0].constructor is missing");
  expect(rank({ ...right, candidates: [{ constructor: 1 }] })).toThrow("candidates[0].toString is missing");
});

test("is strict TypeScript that needs no library but the language's own, and its API is typed", async () => {
  // The modules and a user of each; only the tests need Node's types, and they are left out here.
  await writeFile(
    join(folder, "use.ts"),
    `import { createRanker, type Request, RankerInputError } from "./din/model.ts";
import { createRanker as createStored, type EmbeddingSource } from "./stored/model.ts";
import { createRanker as createTasks } from "./tasks/model.ts";
export async function use(weights: Uint8Array): Promise<number> {
  const request: Request = {
    user: { user_id: 1n, gender: "f" },
    context: { hour: 3 },
    history: { clicks: [{ item_id: 1, cate_id: "2" }] },
    candidates: [{ item_id: "a", cate_id: 1, price: 2.5 }],
  };
  const ranker = await createRanker({ weights, verify: true });
  const scores: Float32Array = ranker.rank(request);
  ranker.user(request).rank(request.candidates, scores);
  const best: { readonly index: number; readonly score: number }[] = ranker.topK(request, 3);
  const columns = ranker.encodeCandidates([{ item_id: 1, cate_id: 1, price: 2 }]);
  const history = ranker.encodeHistory(request.history);
  ranker.rank({ ...request, history, candidates: { columns, rows: Int32Array.of(0) } });
  ranker.user({ ...request, history: { clicks: { columns, rows: 1 } } }).rank({ columns }, scores);
  // @ts-expect-error: ids are an Int32Array
  ranker.rank({ ...request, candidates: { columns: { ...columns, item_id: [1] } } });
  // @ts-expect-error: the candidate lacks its price
  ranker.rank({ ...request, candidates: [{ item_id: 1, cate_id: 1 }] });
  // @ts-expect-error: a number is not given as text
  ranker.rank({ ...request, candidates: [{ item_id: 1, cate_id: 1, price: "3" }] });
  // @ts-expect-error: no such history
  ranker.rank({ ...request, history: { orders: [] } });
  const [{ history: attended, weights: byStep }] = ranker.explain(request) as [ReturnType<typeof ranker.explain>[0]];
  const tasks = await createTasks({ weights });
  // @ts-expect-error: nothing attends to a history
  tasks.explain({ user: { user_id: 1 }, history: { clicks: [] }, candidates: [] });
  const source: EmbeddingSource = { lookup: (ids, count, out, width) => out.fill(ids[0]!, 0, count * width) };
  await createStored({ weights, tables: { item_id: source, user_id: source }, checkTables: false });
  // @ts-expect-error: one of the tables that live in a store has no source
  await createStored({ weights, tables: { item_id: source } });
  // @ts-expect-error: this model has all its tables
  await createTasks({ weights, tables: { item_id: source } });
  // @ts-expect-error: the model declares no context
  tasks.user({ user: { user_id: 1 }, context: {}, history: { clicks: [] } });
  const both = tasks.rank({ user: { user_id: 1 }, history: { clicks: [] }, candidates: [] });
  tasks.user({ user: { user_id: 1 }, history: { clicks: [] } }).topK([], 3, "buy");
  // @ts-expect-error: one of two labels must be named
  tasks.user({ user: { user_id: 1 }, history: { clicks: [] } }).topK([], 3);
  return attended.length + byStep.length + best.length + both.click.length + both.buy.length + (new RankerInputError("a", "b").field === "a" ? 1 : 0);
}
`,
  );
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await writeFile(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        target: "ES2022",
        lib: ["ES2022"],
        module: "NodeNext",
        types: [],
        strict: true,
        noEmit: true,
        noUncheckedIndexedAccess: true,
        exactOptionalPropertyTypes: true,
        noImplicitOverride: true,
        noImplicitReturns: true,
        noFallthroughCasesInSwitch: true,
        noUnusedLocals: true,
        erasableSyntaxOnly: true,
        verbatimModuleSyntax: true,
        isolatedModules: true,
        allowImportingTsExtensions: true,
      },
      files: ["use.ts", "hostile/model.ts", "halves/model.ts"],
    }),
  );
  const { stdout } = await run(tsc, ["-p", folder]).catch((error: { stdout: string }) => error);
  expect(stdout).toBe("");
});

test("its test and its pool are TypeScript too", async () => {
  await symlink(join(import.meta.dirname, "../../node_modules"), join(folder, "node_modules"));
  const options = [
    "--ignoreConfig",
    "--noEmit",
    "--strict",
    "--target",
    "ES2022",
    "--module",
    "NodeNext",
    "--types",
    "node",
  ];
  const files = [...names, "stored"].flatMap((name) => [
    join(folder, name, "model.test.ts"),
    join(folder, name, "model.pool.ts"),
  ]);
  const { stdout } = await run(tsc, [...options, ...files], { cwd: folder }).catch(
    (error: { stdout: string }) => error,
  );
  expect(stdout).toBe("");
});

describe("writing a folder", () => {
  const files = new Map([["package.json", '{ "generatedBy": "dinc 0" }']]);

  test("replaces what dinc wrote, as a whole, and leaves nothing beside it", async () => {
    const out = join(folder, "again");
    await writeFolder(out, new Map([...files, ["old.txt", "old"]]), false);
    await writeFolder(out, files, false);
    expect(await readdir(out)).toEqual(["package.json"]);
    expect((await readdir(folder)).filter((name) => name.startsWith("again"))).toEqual(["again"]);
  });

  test("cleans up what a killed process left, and nothing of one that runs", async () => {
    const out = join(folder, "killed");
    const gone = spawnSync(process.execPath, ["--version"]).pid;
    await mkdir(`${out}.partial-${gone}`);
    await mkdir(`${out}.partial-${process.ppid}`);
    await writeFolder(out, files, false);
    const left = (await readdir(folder)).filter((name) => name.startsWith("killed"));
    expect(left.sort()).toEqual(["killed", `killed.partial-${process.ppid}`]);
  });

  test("leaves alone what it did not write, unless told otherwise", async () => {
    const out = await mkdtemp(join(folder, "mine-"));
    await writeFile(join(out, "package.json"), '{ "name": "mine" }');
    await expect(writeFolder(out, files, false)).rejects.toThrow("DIN0601");
    expect(await readFile(join(out, "package.json"), "utf8")).toContain("mine");
    await writeFolder(out, files, true);
    expect(await readFile(join(out, "package.json"), "utf8")).toContain("dinc 0");
  });

  test("takes an empty folder; says what is wrong with a place that cannot be written", async () => {
    await writeFolder(await mkdtemp(join(folder, "empty-")), files, false);
    await writeFile(join(folder, "file"), "");
    await expect(writeFolder(join(folder, "file"), files, false)).rejects.toThrow("DIN0509");
    await expect(writeFolder(join(folder, "file", "below"), files, false)).rejects.toThrow("DIN0509");
    // It takes no folders, and mkdir's `recursive` never says so.
    if (process.platform === "linux")
      await expect(writeFolder("/proc/ranker", files, false)).rejects.toThrow("DIN0509");
  });
});
