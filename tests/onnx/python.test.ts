// inputs.py beside model.onnx: for every model the same inputs, bit by bit, as inputs.ts makes; the same
// refusals, at the same places; with onnxruntime in Python the scores of training. What it carries computes
// as V8 does.

import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { graphForms } from "../../compiler/backends/contract/emit-options.ts";
import { RequestSampler, type RequestShape } from "../../compiler/backends/golden/sample-requests.ts";
import { onnxParts } from "../../compiler/backends/onnx/package.ts";
import { Random } from "../../compiler/common/random.ts";
import type { Padding } from "../../compiler/frontend/config/padding.ts";
import { TOLERANCE } from "../../compiler/serve/golden.ts";
import { hashText } from "../../compiler/serve/hashing.ts";
import { wordsOf } from "../../compiler/serve/sets.ts";
import { writeFolder } from "../../runtime/files/output-folder.ts";
import { reasonLine, runCommand } from "../../runtime/native/run-command.ts";
import { root } from "../cli/spawn.ts";
import { trainedOf } from "../serve/compiled.ts";
import { loadModule } from "../serve/load-module.ts";
import { HOSTILE, listwise, specs } from "../serve/specs.ts";
import { emittedBy, testContext } from "../support/emitted.ts";
import { historyUses } from "../support/history-uses.ts";
import { runs } from "../support/how-often.ts";
import { pythonPackages } from "../support/python-packages.ts";
import { specFiles } from "../support/spec-files.ts";
import type { Inputs } from "./compiled.ts";

const PACKAGES = ["onnxruntime==1.32.0", "numpy==2.4.6", "ruff==0.17.6"];
const library = join(root, "compiler/serve/python");

let folder: string;
let packages: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dinc-onnx-python-"));
  packages = await pythonPackages(PACKAGES);
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Case {
  readonly kind: "feeds" | "scores" | "functions";
  readonly folder: string;
  readonly requests?: readonly unknown[];
  readonly given?: unknown;
}

const environment = () => ({ ...process.env, PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: "1" });

/** What python.py gives for each case. */
async function inPython(cases: readonly Case[]): Promise<unknown[]> {
  const path = join(folder, "cases.json");
  await writeFile(path, pythonJson(cases));
  const script = join(import.meta.dirname, "python.py");
  const result = await runCommand("python3", [script, path], { env: environment() });
  if (result.code !== 0) throw new Error(`python.py failed: ${reasonLine(result)}\n${result.stderr}`);
  return result.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

/** JSON as Python's `json` reads it: with -0, NaN, infinite numbers, and bigints as whole numbers. */
function pythonJson(value: unknown): string {
  if (typeof value === "bigint" || (typeof value === "number" && !Number.isFinite(value))) return `${value}`;
  if (Object.is(value, -0)) return "-0.0";
  // What is no exact number here must be none there.
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return (value as number).toExponential();
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const parts = Object.entries(value).filter(([, part]) => part !== undefined);
  return `{${parts.map(([name, part]) => `${JSON.stringify(name)}: ${pythonJson(part)}`).join(", ")}}`;
}

/** What `inputs.ts` gives, floats as their bits; or where its error is. */
function feedsOf(encoder: ReturnType<Inputs["createEncoder"]>, request: unknown): unknown {
  try {
    return Object.fromEntries(
      Object.entries(encoder.feeds(request)).map(([name, { type, data, dims }]) => [
        name,
        { type, dims, data: [...new Int32Array(data.buffer, data.byteOffset, data.length)] },
      ]),
    );
  } catch (error) {
    return { field: (error as { readonly field: string }).field };
  }
}

async function written(
  name: string,
  text: string,
  form: (typeof graphForms)[number],
  padding: Padding | null = null,
) {
  const trained = { ...trainedOf(text), padding };
  const { inputs, python, learned } = onnxParts(trained, form, testContext);
  const at = join(folder, name.replaceAll("/", " "), form);
  await mkdir(at, { recursive: true });
  await writeFile(join(at, "inputs.py"), python);
  await writeFile(join(at, "inputs.bin"), learned);
  const encoder = (await loadModule<Inputs>(inputs.javascript)).createEncoder(learned);
  return { at, trained, encoder };
}

const shapes: readonly RequestShape[] = [
  { candidates: 1, steps: () => 0, unseen: 0 },
  { candidates: 3, steps: (max) => Math.min(max, 50) + 2, unseen: 0.1 },
  { candidates: 4, steps: (max) => Math.min(max, 5), unseen: 1 },
];

test("of every model: the inputs are those of inputs.ts, bit by bit, and ruff finds nothing", async () => {
  const models = [
    ...specFiles("tests/good", "examples"),
    ...Object.entries(specs),
    ...historyUses,
    ["hostile", HOSTILE] as const,
  ];
  const cases: (Case & { readonly expected: unknown })[] = [];
  for (const [name, text] of models)
    for (const form of graphForms) {
      const { at, trained, encoder } = await written(name, text, form);
      const sampler = new RequestSampler(trained.model, trained.fitted, Random.of(3, name));
      const requests = shapes.map((shape) => sampler.make(shape));
      const expected = requests.map((request) => feedsOf(encoder, request));
      cases.push({ kind: "feeds", folder: at, requests, expected });
    }
  const found = await inPython(cases);
  expect(found).toHaveLength(models.length * graphForms.length);
  for (const [i, { expected, folder: at }] of cases.entries()) expect(found[i], at).toEqual(expected);
  const ruff = ["check", "--ignore-noqa", "--target-version", "py39", "--output-format", "concise", folder];
  const { code, stdout } = await runCommand(join(packages, "bin/ruff"), ruff, { env: process.env });
  expect(stdout).toContain("All checks passed!");
  expect(code).toBe(0);
});

test("of candidates that see one another: more than the model takes are refused, as by inputs.ts", async () => {
  const { at, trained, encoder } = await written("listwise", listwise, "optimised");
  const sampler = new RequestSampler(trained.model, trained.fitted, Random.of(3, "listwise"));
  const request = sampler.make({ candidates: 12, steps: () => 2, unseen: 0 });
  const larger = { ...request, candidates: [...request.candidates, request.candidates[0]!] };
  const said = "candidates must be at most 12, because the model scores them together";
  expect(() => encoder.feeds(larger)).toThrow(said);
  const [found] = await inPython([{ kind: "feeds", folder: at, requests: [request, larger] }]);
  expect(found).toEqual([feedsOf(encoder, request), { field: "candidates", said }]);
});

test("of filled-up histories: the same steps are left out as by inputs.ts", async () => {
  const text = `model filled
features item {
  item_id : id(missing: unknown)  embed 2
  price   : number
  tags    : set(id, max: 3)  embed 2
}
history clicks(max: 4) { item_id <-> hist_item_id  price <-> hist_price  tags <-> hist_tags }
label click : binary
net { predict click = concat(item_id, price, sum(clicks)) |> dense(1) |> sigmoid }
`;
  const ids = fc.constantFrom<unknown>(
    ...[0, -0, 0n, "0", "0.0", "-0", "+0", "0.", " 0", "0e0", "00", "0x0", "-0.0", ".5", 0.5, "5e-1", "0.50"],
    ...[1, "1", 1, "", null, "pad", "PAD", true, Number.NaN, "NaN", 2 ** 60, "1e400", "٠", "0_0"],
    ...["1234567890123456789", 1234567890123456789n, "1234567890123456789.0", "1234567890123456788", {}],
  );
  const step = fc.oneof(
    fc.record({
      item_id: fc.option(ids, { nil: undefined }),
      price: fc.constantFrom<unknown>(0, 0.5, "0", 7),
      tags: fc.array(ids, { maxLength: 2 }),
    }),
    ids,
  );
  const clicks = fc.array(step, { maxLength: 6 });
  const candidates = [{ item_id: 1, price: 1, tags: [] }];
  const cases: (Case & { readonly expected: unknown })[] = [];
  for (const [i, padding] of [
    ["0"],
    ["0.5"],
    ["pad", "00"],
    ["", "0"],
    ["1234567890123456789", "true", "NaN"],
  ].entries()) {
    const { at, trained, encoder } = await written(`filled ${i}`, text, "optimised", padding);
    const sampler = new RequestSampler(trained.model, trained.fitted, Random.of(i, "filled"), padding);
    const requests = [
      ...Array.from({ length: 20 }, () => sampler.make(shapes[1]!)),
      ...fc.sample(clicks, runs(400)).map((steps) => ({ history: { clicks: steps }, candidates })),
    ];
    const expected = requests.map((request) => feedsOf(encoder, request));
    expect(expected.some((each) => "field" in (each as object))).toBe(true);
    cases.push({ kind: "feeds", folder: at, requests, expected });
  }
  const found = await inPython(cases);
  for (const [i, { expected, requests }] of cases.entries())
    for (const [r, each] of (expected as object[]).entries()) {
      const own = (found[i] as object[])[r]!;
      const { said: _, ...compared } = own as { said?: string };
      expect(compared, pythonJson(requests![r])).toEqual(each);
    }
});

test("of every model of the zoo: onnxruntime in Python gives the golden requests their scores", async () => {
  const zoo = specFiles("examples/zoo");
  expect(zoo.length).toBeGreaterThan(15);
  const goldens: Golden[] = [];
  const cases: Case[] = [];
  for (const [name, text] of zoo) {
    const { files } = await emittedBy("onnx", trainedOf(text));
    const at = join(folder, "golden", name);
    await mkdir(at, { recursive: true });
    for (const file of ["model.onnx", "inputs.py", "inputs.bin"])
      await writeFile(join(at, file), files.get(file) as Uint8Array);
    const golden = JSON.parse(files.get("model.golden.json") as string) as Golden;
    goldens.push(golden);
    cases.push({ kind: "scores", folder: at, requests: golden.requests.map(({ request }) => request) });
  }
  const found = (await inPython(cases)) as Record<string, number[]>[][];
  for (const [m, { requests }] of goldens.entries())
    for (const [r, { logits }] of requests.entries())
      for (const [label, expected] of logits)
        for (const [i, logit] of expected.entries()) {
          const score = found[m]![r]![`logit/${label}`]![i]!;
          const allowed = TOLERANCE.absolute + TOLERANCE.relative * Math.abs(logit);
          expect(Math.abs(score - logit), `${cases[m]!.folder} ${r}`).toBeLessThan(allowed);
        }
});

interface Golden {
  readonly requests: readonly {
    readonly request: unknown;
    readonly logits: readonly (readonly [string, readonly number[]])[];
  }[];
}

const every = `model every
features user {
  user_id : id  embed 2
  visits  : number(missing: 0) |> log1p |> standardize
  age     : number |> log1p |> quantiles(4)  embed 2
}
features item {
  item_id : id(missing: unknown)       embed 2
  size    : id(size: 10)               embed 2
  bucket  : id(hash: 97)               embed 2
  gender  : enum("f", "m", "ü", "😀")  embed 2
  hour    : int(-3..23)                embed 2
  price   : number |> clip(0, 10) |> min_max
  dwell   : number(missing: unknown) |> buckets(-1, 0, 2.5)  embed 2
  image   : vector(3)
  tags    : set(id(missing: unknown), max: 3)  embed 2
  title   : text(hash: 50, max: 4)     embed 2
  both    : cross(item_id, hour, hash: 31)  embed 2
  seen    : hour_of_week(zone: "Europe/Berlin")  embed 2
  sold    : month(zone: "America/St_Johns", missing: unknown)  embed 2
}
history clicks(max: 2) { item_id <-> hist_item_id }
label click : binary
net {
  predict click = concat(user_id, visits, age, item_id, size, bucket, gender, hour, price, dwell, image, tags, title, both, seen, sold, sum(clicks)) |> dense(1) |> sigmoid
}
train { loss binary_cross_entropy optimizer adam(learning_rate: 1e-3) batch 8 epochs 1 }
`;

test("a step after the time of its request is refused as inputs.ts does, and one at that time is not", async () => {
  const text = `model timed
features context { now : time }
features item { item_id : id  embed 2 }
history clicks(max: 2) {
  item_id <-> clicked
  at      : time
}
label click : binary
net { predict click = concat(item_id, sum((now - clicks.at) * clicks)) |> dense(1) |> sigmoid }
`;
  const { at, encoder } = await written("timed", text, "optimised");
  const [first, second, third] = [1_764_000_000, 1_764_000_100, 1_764_100_000] as const;
  const clicks = [first, second, third].map((at) => ({ item_id: 1, at }));
  const requests = [first, second, third, null].map((now) => ({
    context: { now },
    history: { clicks },
    candidates: [{ item_id: 2 }],
  }));
  const [found] = (await inPython([{ kind: "feeds", folder: at, requests }])) as [Found[]];
  expect(found.map((each) => (isRefusal(each) ? each.said : "taken"))).toEqual([
    "history.clicks[1].at is 100 s after context.now",
    "history.clicks[2].at is 99900 s after context.now",
    "taken",
    "context.now is missing",
  ]);
  for (const [i, each] of found.entries())
    expect(isRefusal(each) ? { field: each.field } : each).toEqual(feedsOf(encoder, requests[i]));
});

describe("whatever a request holds", () => {
  const user = { user_id: 1, visits: 2, age: 3 };
  const candidate = {
    ...{ item_id: 1, size: 2, bucket: "x", gender: "f", hour: 5, price: 1.5, dwell: 1, image: [1, 2, 3] },
    ...{ tags: ["1", "2"], title: "Good Morning", seen: "2026-03-29T01:00:00Z", sold: 1774747800 },
  };
  const step = { item_id: 1 };
  const whole = { user, history: { clicks: [step] }, candidates: [candidate] };
  const values: readonly unknown[] = [
    ...[0, -0, 1, 2, -3, 23, 24, 9, 10, 1.5, -1, 1e-320, 1e21, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), 1e39],
    ...[3.4028234663852886e38, 3.4028235677973362e38, 3.4028235677973366e38, -1e300, 16777217, 0.1],
    ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, null],
    ...[5n, -3n, 12345678901234567890123n, 9007199254740993n],
    ...[
      "",
      "1",
      "01",
      " 1",
      "1.0",
      "1e0",
      "-0",
      "-3",
      "f",
      "ü",
      "u\u0308",
      "😀",
      "\ud83d",
      "a\ude00b",
      "null",
    ],
    ...["2026-03-29T00:59:59.999Z", "2026-03-29 03:30+02", "2026-03-29 02:30:00", "2026-02-29", "2026-02-28"],
    ...["1774747800", "1774747800.5", "1774747800123456", "2026-12-31T23:59:59-09:30", "2026-03-04T24:00"],
    ...[
      "2026-03-29T01:00:00Z\n",
      "２０２６-03-29",
      "2026-03-29T01:00:60Z",
      "1989-12-31",
      "2099-12-31",
      "2100-01-01",
    ],
    ...[1774747800, 1774747800.25, 1774747800123, 1774747800123456, 631_151_999, 631_152_000, 4_102_444_800],
    ...["Ünïcode ΑΣ Σας İstanbul", "a  b\tA-b_c 12½ ²", "𝒜 ﬁ é", "9007199254740993", "x".repeat(9)],
    ...[
      true,
      false,
      [],
      {},
      [1],
      [1, 2, 3],
      [1, 2, Number.NaN],
      [1, 2, 1e39],
      [1, null, 2],
      ["a", "a", 1, "1"],
    ],
    ...[[1, 1, "1", 2n, 2, "x", "y"], [1.5], ["a", ["b"]], ["1", "2", "3", 4.5]],
  ];
  const numbers = ["visits", "age", "price", "dwell"];
  const features = [...Object.keys(candidate), "visits", "age", "user_id"];
  const requests: unknown[] = [
    ...features.flatMap((name) =>
      // Python has one type for whole numbers, which are numbers too.
      values
        .filter((value) => typeof value !== "bigint" || !numbers.includes(name))
        .map((value) =>
          name in user
            ? { ...whole, user: { ...user, [name]: value } }
            : { ...whole, candidates: [candidate, { ...candidate, [name]: value }] },
        ),
    ),
    ...values.map((value) => ({
      ...whole,
      history: { clicks: [{ item_id: value }, step, { item_id: value }] },
    })),
    ...values.map((value) => ({ ...whole, history: { clicks: [step, value] } })),
    // In JavaScript a list is an object too.
    ...values
      .filter((value) => !Array.isArray(value))
      .flatMap((value) => ["user", "history", "candidates"].map((part) => ({ ...whole, [part]: value }))),
    ...features.map((name) =>
      name in user
        ? { ...whole, user: { ...user, [name]: undefined } }
        : { ...whole, candidates: [{ ...candidate, [name]: undefined }] },
    ),
    { ...whole, history: {} },
    {},
  ];

  test("gives the inputs that inputs.ts gives, or one error with the same place", async () => {
    const { at, encoder } = await written("every", every, "optimised");
    const [found] = (await inPython([{ kind: "feeds", folder: at, requests }])) as [Found[]];
    const refusals = new Set<string>();
    const differ: unknown[] = [];
    for (const [i, request] of requests.entries()) {
      const expected = feedsOf(encoder, request);
      const own = found[i]!;
      if (isRefusal(own)) {
        refusals.add(own.said);
        if (!isDeepStrictEqual({ field: own.field }, expected)) differ.push([request, own, expected]);
        expect(own.said).toMatch(/^[\w.[\]]+ (?:is|must|has) [^\n]+$/);
      } else if (!isDeepStrictEqual(own, expected)) differ.push([request, own, expected]);
    }
    expect(differ).toEqual([]);
    expect([...refusals]).toEqual(
      expect.arrayContaining([
        "candidates[1].bucket is 9007199254740992.0, too large to be exact as a float: give it as an int or as a str",
        "candidates[1].image must hold numbers, but [1] is none",
        "candidates[1].tags[0] must be a whole number, not 1.5",
        'candidates[0].title is missing: give "" for none',
        "history.clicks[2].item_id must be a whole number, not nan",
        "user.age must not be negative (log1p), but is -1",
        "candidates must be a list",
        "user must be a dict",
      ]),
    );
  });
});

type Found = Refusal | Readonly<Record<string, { readonly dims: readonly number[] }>>;
interface Refusal {
  readonly field: string;
  readonly said: string;
}

function isRefusal(found: Found): found is Refusal {
  return typeof found["said"] === "string";
}

describe("what it carries", () => {
  test("is what compiler/serve/python has: if not, extract-python.mjs writes it", async () => {
    const script = "../../compiler/backends/onnx/extract-python.mjs";
    const { generated } = (await import(/* @vite-ignore */ script)) as { generated(): string };
    const path = join(root, "compiler/backends/onnx/python.generated.ts");
    expect(await readFile(path, "utf8")).toBe(generated());
  });

  test("is as ruff formats it", async () => {
    for (const command of [["format", "--diff"], ["check"]]) {
      const given = [...command, "--no-cache", library];
      const { code, stdout } = await runCommand(join(packages, "bin/ruff"), given, { env: process.env });
      expect(code, stdout).toBe(0);
    }
  });

  test("computes logarithms, hashes and words as V8 does", async () => {
    const [mantissas, exponents] = [0, 1].map((part) =>
      Random.of(part, "log1p").uniform(new Float32Array(3000)),
    ) as [Float32Array, Float32Array];
    const numbers = [
      0,
      1e-17,
      2 ** -29,
      2 ** -20,
      Math.SQRT2 - 1,
      1,
      3,
      7,
      2 ** 53,
      2 ** 60,
      1e300,
      Number.MAX_VALUE,
    ];
    for (const [i, mantissa] of mantissas.entries())
      numbers.push((mantissa + 1 / 3) * 10 ** (40 * exponents[i]! - 20));
    const texts = [
      "",
      "a",
      "ab",
      "abc",
      "abcd",
      "abcde",
      "ü😀",
      "\ud83dx",
      "x\ude00",
      "\ude00\ud83d",
      "\ud83d",
    ];
    const letters: string[] = [];
    for (let code = 0; code < 0x20000; code++)
      if (code < 0xd800 || code > 0xdfff) letters.push(String.fromCodePoint(code));
    const given = { ln_1p: numbers, hash_text: texts, words_of: letters };
    const [found, categories] = (await inPython([
      { kind: "functions", folder: library, given },
      { kind: "functions", folder: library, given: { is_of_word: letters } },
    ])) as [{ ln_1p: number[]; hash_text: number[]; words_of: string[][] }, { is_of_word: boolean[] }];
    expect(found.ln_1p).toEqual(numbers.map(Math.log1p));
    expect(found.hash_text).toEqual(texts.map((text) => hashText(text)));
    // Python and V8 know different versions of Unicode, whose newest characters only one of them has.
    const both = letters
      .map((letter, i) => [letter, i] as const)
      .filter(([letter, i]) => /[\p{L}\p{M}\p{N}]/u.test(letter) === categories.is_of_word[i]);
    expect(both.length).toBeGreaterThan(0.95 * letters.length);
    expect(both.map(([, i]) => found.words_of[i])).toEqual(both.map(([letter]) => wordsOf(letter)));
  });
});

test("the folder passes its own test in Python, and the example of its README and of the documentation runs", async () => {
  const { files } = await emittedBy("onnx", trainedOf(specs.din));
  const at = join(folder, "whole");
  await writeFolder(at, files, false);
  const [readme, docs] = await Promise.all(
    [join(at, "README.md"), join(root, "docs/commands.md")].map((path) => readFile(path, "utf8")),
  );
  const [example, documented] = [readme!, docs!].map(
    (text) => /```python\n(# example[\s\S]*?)```/.exec(text)![1]!,
  );
  expect(documented).toBe(example);
  await writeFile(join(at, "example.py"), example!);
  const ran = await runCommand("python3", ["example.py"], { env: environment(), cwd: at });
  expect(ran.stdout, ran.stderr).toMatch(/^\[(?:0\.\d+\s*){3}\]\n$/);
  const { code, stderr } = await runCommand("python3", ["model_test.py"], { env: environment(), cwd: at });
  expect(stderr).toMatch(/Ran 3 tests[\s\S]*OK/);
  expect(code).toBe(0);
});

test.each(["features-and-transforms.din", "sets-and-texts.din"])(
  "the folder of %s with raw inputs passes its test, and its example runs",
  async (name) => {
    const text = await readFile(join(root, "tests/good", name), "utf8");
    const { files } = await emittedBy("onnx", trainedOf(text), { inputs: "raw" });
    const at = join(folder, `raw ${name}`);
    await writeFolder(at, files, false);
    const readme = await readFile(join(at, "README.md"), "utf8");
    await writeFile(join(at, "example.py"), /```python\n(# example[\s\S]*?)```/.exec(readme)![1]!);
    const ran = await runCommand("python3", ["example.py"], { env: environment(), cwd: at });
    expect(ran.stdout, ran.stderr).toMatch(/^\[(?:0\.\d+\s*){3}\]\n$/);
    const { code, stderr } = await runCommand("python3", ["model_test.py"], { env: environment(), cwd: at });
    expect(stderr).toMatch(/Ran 1 test[\s\S]*OK/);
    expect(code).toBe(0);
  },
);
