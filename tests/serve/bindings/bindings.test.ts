// `dinc compile --target c --bindings …`: in every language golden requests have the bits of the TypeScript module, hostile
// ones its messages; names of a spec never break a file; threads share a model.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bindingFacts } from "../../../compiler/backends/c-library/bindings/binding.ts";
import { bindings } from "../../../compiler/backends/c-library/bindings/registry.ts";
import { emitC } from "../../../compiler/backends/c-library/module.ts";
import { targets } from "../../../compiler/backends/choices.ts";
import { bindingNames, type EmitOptions } from "../../../compiler/backends/contract/emit-options.ts";
import { writtenTable } from "../../../compiler/backends/typescript/compact-tables.ts";
import { DiagnosticError } from "../../../compiler/diagnostics/diagnostic.ts";
import { isThere } from "../../support/c-code.ts";
import { CModule } from "../../support/c-module.ts";
import { emittedBy } from "../../support/emitted.ts";
import { pythonPackages } from "../../support/python-packages.ts";
import { requestsOf } from "../c/answers.ts";
import { type Compiled, compiledFrom, type Scores, trainedOf } from "../compiled.ts";
import { hostileRequests, whole } from "../hostile-requests.ts";
import { EVERY, HOSTILE, listwise, specs } from "../specs.ts";
import { run as runCpp } from "./cpp.ts";
import { NAMES } from "./names.ts";
import { runProgram as runNode, run as runWith } from "./node.ts";
import { run as runPython } from "./python.ts";
import type { Outcome } from "./runner.ts";
import { runners } from "./runners.ts";

const cases = bindingNames.map((name) => ({ name, title: bindings[name].title }));

/** Programs in some languages print the predictions of one label. */
const ONE_LABEL = listwise.replace("label stars : number\n", "").replace(/ *predict stars .*\n/, "");

async function refusedFor(options: EmitOptions): Promise<string[]> {
  const error = await emittedBy("c", trainedOf(specs.din), options).catch((each: unknown) => each);
  expect(error).toBeInstanceOf(DiagnosticError);
  return (error as DiagnosticError).diagnostics.map(({ code, message }) => `${code} ${message}`);
}

test("there is an error with the names for a binding that there is none of", async () => {
  expect(await refusedFor({ bindings: ["cpp", "cobol", "toString"] })).toEqual(
    ["cobol", "toString"].map(
      (name) => `DIN0623 \`bindings\`: there is no binding \`${name}\`; there are ${bindingNames.join(", ")}`,
    ),
  );
});

test.each(bindingNames)("%s is refused beside a table in a store, which it could not read", async (name) => {
  expect(await refusedFor({ bindings: [name], withoutTable: ["item_id", "cate_id"] })).toEqual([
    `DIN0826 bindings (${name}) load a model from its weights alone, but \`withoutTable\` leaves item_id, cate_id out of them`,
  ]);
});

test("README has a line for each binding, and package.json their names", async () => {
  const { files } = await emittedBy("c", trainedOf(specs.din), { bindings: [...bindingNames] });
  for (const { title } of Object.values(bindings))
    expect(files.get("README.md")).toContain(`\n- **${title}**: `);
  expect(JSON.parse(files.get("package.json") as string)).toMatchObject({
    dinc: { options: { bindings: [...bindingNames] } },
  });
});

test("a folder without bindings has no file of theirs", async () => {
  const { files } = await emittedBy("c", trainedOf(specs.din));
  const { files: all } = await emittedBy("c", trainedOf(specs.din), { bindings: [...bindingNames] });
  const own = [...all.keys()].filter((name) => !files.has(name));
  expect(own.length).toBeGreaterThanOrEqual(bindingNames.length);
});

test("--weights-only replaces every file that depends on weights", async () => {
  const bindings = [...bindingNames];
  const [one, other] = await Promise.all(
    [1, 2].map((seed) => emittedBy("c", trainedOf(specs.din, seed), { bindings })),
  );
  const changed = [...one!.files].filter(
    ([name, content]) => !isDeepStrictEqual(content, other!.files.get(name)),
  );
  const { weightsFiles } = targets.find(({ name }) => name === "c")!;
  expect(changed.map(([name]) => name).sort()).toEqual(["din.weights.bin", "golden.json", "test.c"]);
  for (const [name] of changed)
    expect(
      weightsFiles!.some((pattern) => pattern.test(name)),
      name,
    ).toBe(true);
});

describe.each(cases)("$title", ({ name }) => {
  const runner = runners[name];
  const isRunnable = runner.needs.every(isThere);

  describe.skipIf(!isRunnable)("runs", () => {
    const modules: CModule[] = [];
    afterAll(() => {
      for (const module of modules) module.remove();
    });

    async function opened(spec: string) {
      const found = await openedFor(name, spec);
      modules.push(found.module);
      return { ...found, expected: await rankerOf(spec) };
    }

    test("golden requests, hostile ones and many threads", async () => {
      const { module, facts, expected } = await opened(EVERY);
      const requests = [...goldenOf(expected), ...hostileRequests.filter((_, i) => i % 7 === 0)];
      const found = await runner.rank(module, facts, requests);
      const wanted = requests.map((request) => outcomeOf(expected, runner.meaning?.(request) ?? request));
      const told = found.map((each, i) => (each === null ? wanted[i] : each));
      expect(told).toEqual(wanted);
      expect(found.filter((each) => typeof each === "string").length).toBeGreaterThan(5);
      expect(await runner.threads(module, facts, whole)).toBe(true);
    });

    test("candidates that see one another, no more than the model takes", async () => {
      const { module, facts, expected } = await opened(ONE_LABEL);
      const golden = goldenOf(expected).slice(0, 8) as { readonly candidates: readonly unknown[] }[];
      const many = golden.flatMap(({ candidates }) => candidates);
      const requests = [12, 13].map((count) => ({ ...golden[0]!, candidates: many.slice(0, count) }));
      const all = [...golden, ...requests];
      const wanted = all.map((request) => outcomeOf(expected, request));
      expect(wanted.at(-1)).toBe("candidates must be at most 12, because the model scores them together");
      const found = await runner.rank(module, facts, all);
      expect(found.map((each, i) => (each === null ? wanted[i] : each))).toEqual(wanted);
      expect(found.filter((each) => each !== null).length).toBeGreaterThan(2);
    });

    test("whatever names a spec has", async () => {
      for (const spec of [HOSTILE, NAMES]) {
        const { module, facts, expected } = await opened(spec);
        const requests = goldenOf(expected).slice(0, 4);
        expect(await runner.rank(module, facts, requests)).toEqual(
          requests.map((request) => outcomeOf(expected, request)),
        );
      }
    });
  });
});

/** Outputs of candidates and of the request; Go, Rust and Java read them in packages.test.ts. */
const OUTPUTS = readFileSync(join(import.meta.dirname, "../../good/outputs.din"), "utf8");

test.each(["python", "node", "cpp"] as const)(
  "%s gives outputs of candidates and of the request",
  async (name) => {
    const { module, facts } = await openedFor(name, OUTPUTS);
    const { ranker, ...own } = await rankerOf(OUTPUTS);
    const requests = goldenOf({ ranker, ...own }).slice(0, 6);
    const order = [...facts.library.labels, ...facts.library.requestOutputs].map((each) => each.name);
    expect(facts.library.requestOutputs.map((each) => each.name)).toEqual(["user_vector", "output"]);
    const wanted = requests.map((request) => {
      const scores = ranker.rank(request) as Readonly<Record<string, Float32Array>>;
      return order.flatMap((each) => bitsOf(scores[each]!));
    });
    expect(await runners[name].rank(module, facts, requests)).toEqual(wanted);
    module.remove();
  },
);
test.skipIf(!isThere("cc"))(
  "rows alone are refused if the model scores the candidates of a request together",
  async () => {
    const module = await CModule.of(trainedOf(listwise), { bindings: ["node", "python"] });
    const said =
      "rows alone have no scores, because the model scores the candidates of a request together: use `rank`";
    const node = `import { createRanker } from "./node/index.js";
const ranker = await createRanker();
try { ranker.score({}); } catch (error) { console.log(error.message); }
`;
    expect(runNode(module, node)).toBe(`${said}\n`);
    const python = `try:
    Ranker().score({})
except InputError as error:
    print(error)
`;
    expect(runPython(module, python)).toBe(`${said}\n`);
    // Neither the types nor the README promise them.
    const [types, readme] = ["node/index.d.ts", "README.md"].map((name) =>
      readFileSync(join(module.folder, name), "utf8"),
    );
    expect(types).not.toContain("score(rows");
    expect(readme).not.toContain("Spark");
    module.remove();
  },
);

test.skipIf(!isThere("cc"))("Node explains scores as the module in TypeScript does", async () => {
  const trained = trainedOf(specs.softmax);
  const module = await CModule.of(trained, { bindings: ["node"] });
  const requests = requestsOf(trained, "softmax");
  const program = `import { createRanker } from "./node/index.js";
const ranker = await createRanker();
const listed = ({ weights, ...about }) => ({ ...about, weights: weights.map((each) => [...each]) });
console.log(JSON.stringify(${JSON.stringify(requests)}.map((request) => ranker.explain(request).map(listed))));
try { ranker.explain({}); } catch (error) { console.log(error.message); }
`;
  const [explained, refused] = runNode(module, program).split("\n");
  const { ranker } = await compiledFrom(trained);
  const expected = requests.map((request) => ranker.explain(request));
  const found = JSON.parse(explained!) as typeof expected;
  const bare = (all: typeof expected) =>
    all.map((each) => each.map(({ weights, ...about }) => [about, weights.map(({ length }) => length)]));
  expect(bare(found)).toEqual(bare(expected));
  const numbers = (all: typeof expected) =>
    all.flatMap((each) => each.flatMap(({ weights }) => weights.flatMap((own) => [...own])));
  const [own, wanted] = [numbers(found), numbers(expected)];
  expect(wanted.length).toBeGreaterThan(20);
  for (const [i, weight] of wanted.entries()) expect(Math.abs(own[i]! - weight)).toBeLessThan(1e-5);
  expect(refused).toMatch(/ is missing/);
  module.remove();
});

describe.skipIf(!isThere("cc"))("Node's columns", () => {
  /** Fields as columns: of the candidates, of each history, and of all in rows as in training. */
  const program = `const columnsOf = (records, { fields }) =>
  Object.fromEntries(fields.map(({ name }) => [name, records.map((record) => record[name])]));
const parts = PARTS;
const candidates = CANDIDATES;
const histories = parts.filter(({ kind }) => kind === "history");
const asColumns = (request) => ({
  ...request,
  candidates: columnsOf(request.candidates, candidates),
  history: Object.fromEntries(histories.map((part) => [part.name, columnsOf(request.history[part.name], part)])),
});
const listed = (scores) => (scores instanceof Float32Array ? [scores] : Object.values(scores)).map((each) => bitsOf(each).join(""));
const label = LABEL;
const top = (request) => JSON.stringify(ranker.topK(request, 2, label));
const one = requests.flatMap((request) => request.candidates.map((candidate) => ({ ...request, candidates: [candidate] })));
const cell = ({ kind, name }, field, request) => {
  if (kind === "history") return request.history[name].map((step) => step[field]);
  return (kind === "record" ? request[name] : request.candidates[0])[field];
};
const rows = Object.fromEntries([...parts, candidates].flatMap((part) =>
  part.fields.map(({ name, column }) => [column, one.map((request) => cell(part, name, request))])));
const many = Object.fromEntries(Object.entries(rows).map(([name, column]) => [name, Array.from({ length: 2500 }, (_, i) => column[i % column.length])]));
`;

  const LABELS = `model labels
features user { age : number }
features item { item_id : id  embed 2   price : number(missing: 0) }
history clicks(max: 3) { item_id <-> clicked }
label click : binary
label stars : int(1..3)
net {
  let all = concat(age, item_id, price, mean(clicks))
  predict click = all |> dense(1) |> sigmoid
  predict stars = all |> dense(3) |> softmax
}
train { batch 8  epochs 1 }
`;

  test.each([
    ["every kind of feature", EVERY, undefined],
    ["several labels", LABELS, "stars"],
  ])("have the scores of rows, for %s", async (_, spec, label) => {
    const { module, facts } = await openedFor("node", spec);
    const filled = program
      .replace("PARTS", JSON.stringify(facts.parts))
      .replace("CANDIDATES", JSON.stringify(facts.candidates))
      .replace("LABEL", String(JSON.stringify(label)));
    const ask = `console.log(JSON.stringify({
  rank: requests.map((request) => [listed(ranker.rank(asColumns(request))), listed(ranker.rank(request))]),
  top: requests.map((request) => [top(asColumns(request)), top(request)]),
  score: [listed(ranker.score(rows)), one.map((request) => listed(ranker.rank(request))).reduce((all, each) => all.map((text, i) => text + each[i]))],
  blocks: [listed(ranker.score(many)), listed(ranker.score(rows)).map((text) => text.repeat(Math.ceil(2500 / one.length)))],
  columns: [ranker.columns.toSorted(), Object.keys(rows).toSorted()],
}))`;
    const found = JSON.parse(runWith(module, goldenOf(await rankerOf(spec)), filled + ask)) as Found;
    for (const [columns, rows] of [...found.rank, ...found.top, found.score, found.columns])
      expect(columns).toEqual(rows);
    // Rows are read in blocks.
    const [blocks, repeated] = found.blocks;
    expect(blocks.map((text, i) => repeated[i]!.startsWith(text))).toEqual(blocks.map(() => true));
    expect(blocks[0]!.split(",").length).toBeGreaterThan(2500);
    module.remove();
  });

  test("are typed arrays or lists of one length; errors name the row", async () => {
    const { module } = await openedFor("node", LABELS);
    const request = { user: { age: 3 }, history: { clicks: [] }, candidates: [{ item_id: "a", price: 1 }] };
    const said = runWith(
      module,
      [request],
      `const [request] = requests;
const tried = (work) => { try { return listedOf(work()); } catch (error) { return error.name + " " + error.message; } };
const listedOf = ({ click, stars }) => [...bitsOf(click), ...bitsOf(stars)].join("");
const ids = (candidates) => ranker.rank({ ...request, candidates });
const rows = { age: Int32Array.of(3), item_id: ["a"], price: Float64Array.of(1), clicked: [null] };
console.log(JSON.stringify([
  tried(() => ids({ item_id: ["a"], price: Float32Array.of(1) })) === tried(() => ids(request.candidates)),
  tried(() => ids({ item_id: BigInt64Array.of(7n) })) === tried(() => ids([{ item_id: 7 }])),
  tried(() => ranker.score(rows)) === tried(() => ids(request.candidates)),
  tried(() => ids({ item_id: ["a", "b"], price: [1] })),
  tried(() => ids({ price: [1] })),
  tried(() => ids({ item_id: "a" })),
  tried(() => ids({})),
  tried(() => ranker.rank({ ...request, history: { clicks: { item_id: [1.5] } } })),
  tried(() => ranker.score({ ...rows, price: undefined })),
  tried(() => ranker.score({ ...rows, age: [] })),
  tried(() => ranker.score({ ...rows, clicked: ["a"] })),
  tried(() => ranker.score({ age: [1, 2], item_id: ["a", 1.5], price: [1, 1], clicked: [[], []] })),
]));`,
    );
    expect(JSON.parse(said)).toEqual([
      ...[true, true, true],
      "RankerInputError candidates must have columns of one length, but price has 1 values and item_id 2",
      "RankerInputError candidates[0].item_id is missing",
      "RankerInputError candidates must be an array",
      "RankerInputError candidates must be an array",
      "RankerInputError history.clicks[0].item_id must be a whole number, not 1.5",
      "RankerInputError the rows have no column price",
      "RankerInputError rows must have columns of one length, but age has 0 values and clicked 1",
      "RankerInputError row 0: clicked must be a list",
      "RankerInputError row 1: candidates[0].item_id must be a whole number, not 1.5",
    ]);
    module.remove();
  });
});

interface Found {
  readonly rank: readonly (readonly [unknown, unknown])[];
  readonly top: readonly (readonly [unknown, unknown])[];
  readonly score: readonly [unknown, unknown];
  readonly blocks: readonly [readonly string[], readonly string[]];
  readonly columns: readonly [unknown, unknown];
}

describe.skipIf(!["cc", "g++", "python3"].every(isThere))("docs/bindings.md", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/bindings.md"), "utf8");
  const readme = readFileSync(join(import.meta.dirname, "../../../README.md"), "utf8");
  const programs = (text: string, language: string) =>
    [...text.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].flatMap(([, kind, body]) =>
      kind === language ? [body!] : [],
    );
  let module: CModule;
  beforeAll(async () => {
    module = await CModule.of(trainedOf(programs(readme, "din")[0]!), {
      bindings: ["cpp", "python", "node"],
    });
  });
  afterAll(() => module?.remove());

  test("the program in C++ ranks", () => {
    expect(runCpp(module, programs(page, "cpp")[0]!)).toMatch(
      /^candidates\[2\].cate_id must be a string, a whole number or a bigint\n[01] 0\.\d{3}\n$/,
    );
  });

  test("the program in Python ranks", () => {
    expect(runPython(module, programs(page, "python")[0]!)).toBe("");
  });

  test("a wheel has the library and the weights, and ranks where it is unpacked", async () => {
    const path = await pythonPackages(["setuptools==80.9.0"]);
    const [python, unpacked] = [join(module.folder, "python"), join(module.folder, "unpacked")];
    rmSync(join(python, "din_ranker", "libdin.so"), { force: true });
    rmSync(join(python, "din_ranker", "din.weights.bin"), { force: true });
    const env = { ...process.env, PYTHONPATH: path, CC: "cc -O0" };
    const inFolder = (cwd: string, ...args: string[]) =>
      execFileSync("python3", args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    inFolder(python, "setup.py", "--quiet", "bdist_wheel");
    const [wheel] = readdirSync(join(python, "dist"));
    expect(wheel).toMatch(/^din_ranker-.*-py3-none-\w+\.whl$/);
    inFolder(python, "-m", "zipfile", "-e", join("dist", wheel!), unpacked);
    const rank = `from din_ranker import Ranker; print(len(Ranker().rank([{"item_id": "B1", "cate_id": "C"}], history={"clicks": []})))`;
    expect(inFolder(unpacked, "-c", rank)).toBe("1\n");
  });

  test("the program for Node ranks", () => {
    expect(runNode(module, programs(page, "js")[0]!)).toBe(
      "true\ntrue\ntrue\ncandidates[0].item_id candidates[0].item_id must be a whole number, not 1.5\n",
    );
  });

  test("the function of DuckDB gives the scores of the rows", async () => {
    const found = await pythonPackages(["duckdb==2.0.1", "pyarrow==26.0.1", "numpy==2.4.6"]);
    expect(runPython(module, programs(page, "python")[1]!, found)).toMatch(/│ B003 +│ +0\.\d+ │/);
  });
});

async function openedFor(name: keyof typeof bindings, spec: string) {
  const trained = trainedOf(spec);
  const written = [...trained.tables].map(
    ([table, values]) => [table, writtenTable(table, values, "f32").tensors] as const,
  );
  const own = emitC(trained, () => "f32", new Map(written), {}, "test");
  return {
    module: await CModule.of(trained, { bindings: [name] }),
    facts: bindingFacts(trained.model, own, known),
  };
}

const known = { version: "test", packageName: "test", packageVersion: "1.0.0" };

function goldenOf({ files }: Compiled): unknown[] {
  const { requests } = JSON.parse(files.get("model.golden.json") as string) as {
    readonly requests: readonly { readonly request: unknown }[];
  };
  return requests.map(({ request }) => request);
}

async function rankerOf(spec: string): Promise<Compiled> {
  const own = await compiledFrom(trainedOf(spec), { projectedTables: 0 });
  return { ...own, ranker: await own.module.createRanker({ weights: own.weights, backend: "simd" }) };
}

function outcomeOf({ ranker }: Compiled, request: unknown): Outcome {
  try {
    return listsOf(ranker.rank(request)).flatMap(bitsOf);
  } catch (error) {
    if ((error as Error).name !== "RankerInputError") throw error;
    // Rows of other languages are records; columns are the ranker's alone.
    return (error as Error).message.replace(", or have columns", "");
  }
}

function listsOf(scores: Scores): readonly Float32Array[] {
  return scores instanceof Float32Array ? [scores] : Object.values(scores);
}

function bitsOf(scores: Float32Array): string[] {
  const bits = new Uint32Array(scores.buffer, scores.byteOffset, scores.length);
  return [...bits].map((each) => each.toString(16).padStart(8, "0"));
}
