// The encoders in C (compiler/serve/c): for every model the same inputs, bit by bit, as the encoders of TypeScript make; for
// what those refuse the same message. Compiled with all warnings, and with sanitizers that see each byte beyond a value.

import { inspect } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RequestSampler, type RequestShape } from "../../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../../compiler/common/random.ts";
import { compilerNames } from "../../support/c-code.ts";
import { historyUses } from "../../support/history-uses.ts";
import { runs, sweep } from "../../support/how-often.ts";
import { specFiles } from "../../support/spec-files.ts";
import { trainedOf } from "../compiled.ts";
import {
  features,
  hostileRequests,
  isNumeric,
  numbers,
  step,
  texts,
  values,
  whole,
  withValue,
} from "../hostile-requests.ts";
import { EVERY, HOSTILE, specs } from "../specs.ts";
import { CEncoders, type Encoded, type EncodedModel, encodedModel, RawText } from "./encoded.ts";

const sanitized = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

const shapes: readonly RequestShape[] = [
  { candidates: 1, steps: () => 0, unseen: 0 },
  { candidates: 3, steps: (max) => Math.min(max, 50) + 2, unseen: 0.1 },
  { candidates: 4, steps: (max) => Math.min(max, 5), unseen: 1 },
];

const FILLED = `model filled
features item {
  item_id : id(missing: unknown)  embed 2
  price   : number
  tags    : set(id, max: 3)  embed 2
}
history clicks(max: 4) { item_id <-> hist_item_id  price <-> hist_price  tags <-> hist_tags }
label click : binary
net { predict click = concat(item_id, price, sum(clicks)) |> dense(1) |> sigmoid }
`;
const WORDS = `model words
features item { title : text(hash: 1_000_000, max: 10_000)  embed 1 }
label click : binary
net { predict click = title |> dense(1) |> sigmoid }
`;
const paddings = [
  ["0"],
  ["0.5"],
  ["pad", "00"],
  ["", "0"],
  ["1234567890123456789", "true", "NaN"],
  ["Infinity", "1152921504606847000", "-5", "1e+21", "\ufffd"],
];

/** `npm test` compiles with one of the machine's compilers, and `npm run test:more` with the other. */
const [compiler] = sweep(
  compilerNames.length === 1 ? [...compilerNames, ...compilerNames] : compilerNames,
  2,
);
const compiled = compiler === undefined ? test.skip : test;

let models: readonly EncodedModel[];
let encoders: CEncoders;
const [EVERY_MODEL, WORDS_MODEL, FILLED_MODELS] = [0, 1, 2];
beforeAll(async () => {
  if (compiler === undefined) return;
  const all = [
    ["every", EVERY, null] as const,
    ["words", WORDS, null] as const,
    ...paddings.map((padding, i) => [`filled ${i}`, FILLED, padding] as const),
    ...sweep([
      ...specFiles("tests/good", "examples"),
      ...Object.entries(specs),
      ...historyUses,
      ["hostile", HOSTILE] as const,
    ]).map(([name, text]) => [name, text, null] as const),
  ];
  models = await Promise.all(
    all.map(([name, text, padding], i) => encodedModel(name, { ...trainedOf(text), padding }, i)),
  );
  encoders = await CEncoders.compile(models, compiler!, sanitized);
}, 300_000);
afterAll(() => encoders?.close());

/** A request as TypeScript gets it: bytes are decoded. */
function decoded(value: unknown): unknown {
  if (value instanceof RawText) return value.toString();
  if (Array.isArray(value)) return value.map(decoded);
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, decoded(each)]));
}

/** Expects that both encode requests of a model alike; returns what they gave. */
async function expectSame(requests: readonly (readonly [model: number, request: unknown])[]) {
  const found = await encoders.encode(requests);
  expect(found).toHaveLength(requests.length);
  const differ: unknown[] = [];
  for (const [i, [model, request]] of requests.entries()) {
    const expected = models[model]!.inTypeScript(decoded(request));
    const difference = differenceOf(expected, found[i]!);
    if (difference !== null)
      differ.push(
        `${models[model]!.name}: ${inspect(difference)} of ${inspect(request, { depth: 9, compact: 99, breakLength: 1e9, maxStringLength: 99 })}`,
      );
  }
  expect(differ.slice(0, 20)).toEqual([]);
  return found;
}

/** The messages, or the inputs that differ; null if none does. C has inputs besides, of which crosses are parts. */
function differenceOf(expected: Encoded, found: Encoded): unknown {
  if (typeof expected === "string" || typeof found === "string")
    return expected === found
      ? null
      : [expected, found].map((each) => (typeof each === "string" ? each : "none"));
  const differ = Object.entries(expected).filter(
    ([name, bits]) => !name.startsWith("count/") && `${bits}` !== `${found[name]}`,
  );
  return differ.length === 0 ? null : differ.map(([name, bits]) => [name, `${bits}`, `${found[name]}`]);
}

compiled("every model's requests are encoded as by TypeScript", async () => {
  const requests = models.flatMap(({ name, trained }, i) => {
    const sampler = new RequestSampler(trained.model, trained.fitted, Random.of(3, name), trained.padding);
    return shapes.map((shape) => [i, sampler.make(shape)] as const);
  });
  const found = await expectSame(requests);
  expect(found.filter((each) => typeof each === "string")).toEqual([]);
});

const ids: readonly unknown[] = [
  ...[0, -0, 0n, "0", "0.0", "-0", "+0", "0.", " 0", "0e0", "00", "0x0", "-0.0", ".5", 0.5, "5e-1", "0.50"],
  ...[1, "1", 1, "", null, "pad", "PAD", true, Number.NaN, "NaN", 2 ** 60, "1e400", "٠", "0_0", -5, "-5.00"],
  ...["1234567890123456789", 1234567890123456789n, "1234567890123456789.0", "1234567890123456788", {}],
  ...[
    "\u00a00.5\ufeff",
    "0.5e",
    ".",
    "5.e-1",
    "\u20280.5",
    "-\u00a00.5",
    "1152921504606846976",
    "1e21",
    1e21,
  ],
  ...["+0.5", "1152921504606846976e0", Number.POSITIVE_INFINITY, "-1e999", `0.5${"0".repeat(900)}`],
  ...[`0.5${"0".repeat(900)}1`, new RawText(Uint8Array.of(0xc3)), [0, "0"], ["0", 0.5], [], [[0]]],
  ...[new Float32Array([0, 0.5]), new Float64Array([0])],
];

compiled("the same steps are left out of padded histories", async () => {
  const step = fc.oneof(
    fc.record({
      item_id: fc.option(fc.constantFrom(...ids), { nil: undefined }),
      price: fc.constantFrom<unknown>(0, 0.5, "0", 7, ...ids.filter((id) => typeof id !== "bigint")),
      tags: fc.array(fc.constantFrom(...ids), { maxLength: 2 }),
    }),
    fc.constantFrom(...ids),
  );
  const candidates = [{ item_id: 1, price: 1, tags: [] }];
  const requests = paddings.flatMap((_, i) =>
    [
      ...ids.flatMap((item_id) =>
        [null, 0.5].map((price) => ({ history: { clicks: [{ item_id, price, tags: [] }] }, candidates })),
      ),
      ...fc
        .sample(fc.array(step, { maxLength: 6 }), runs(60))
        .map((clicks) => ({ history: { clicks }, candidates })),
    ].map((request) => [FILLED_MODELS + i, request] as const),
  );
  const found = await expectSame(requests);
  expect(new Set(found.map((each) => typeof each)).size).toBe(2);
});

describe("whatever a request holds", () => {
  compiled("C gives the inputs of TypeScript, or its message", async () => {
    const some = sweep(hostileRequests, 3).map((request) => [EVERY_MODEL, request] as const);
    const found = await expectSame(some);
    expect(new Set(found.map((each) => typeof each)).size).toBe(2);
  });

  compiled.each([
    [
      "candidates[1].bucket is 9007199254740992, too large to be exact as a number: give it as a bigint or as text",
      withValue("bucket", 2 ** 53),
    ],
    ["candidates[1].image must hold numbers, but [1] is none", withValue("image", [1, null, 2])],
    ["candidates[1].image must have 3 numbers, but has 1", withValue("image", [1])],
    ["candidates[1].tags[0] must be a whole number, not 1.5", withValue("tags", [1.5])],
    ['candidates[1].title is missing: give "" for none', withValue("title", undefined)],
    ["candidates[1].seen must be a time from 1990 to 2099", withValue("seen", "yesterday")],
    [
      "history.clicks[2].item_id must be a whole number, not NaN",
      { ...whole, history: { clicks: [step, step, { ...step, item_id: Number.NaN }] } },
    ],
    ["history.clicks[1] must be an object", { ...whole, history: { clicks: [step, 1] } }],
    [
      "history.clicks[0].at is 200 s after context.now",
      { ...whole, history: { clicks: [{ ...step, at: step.at + 200 }] } },
    ],
    ["user.age must not be negative (log1p), but is -1", withValue("age", -1)],
    ["user.scaled is -3, which must not be negative (log1p) when it is transformed", withValue("scaled", -3)],
    ["candidates must be an array", { ...whole, candidates: null }],
    ["context must be an object", { ...whole, context: null }],
  ])("is refused as TypeScript does: %s", async (said, request) => {
    const [found] = await expectSame([[EVERY_MODEL, request]]);
    expect(found).toContain(said);
  });

  compiled("a ranker reads a request before its candidates", async () => {
    expect(await encoders.encode([[EVERY_MODEL, {}]])).toEqual(["history is missing"]);
  });

  compiled("whole numbers of 64 bits are exact ids, and numbers elsewhere", async () => {
    const whole = [5n, -1n, 2n ** 62n, 0n];
    const given = whole.flatMap((value) =>
      ["visits", "price", "dwell"].map((name) => [name, value] as const),
    );
    const found = await encoders.encode(given.map(([name, value]) => [EVERY_MODEL, withValue(name, value)]));
    expect(found).toEqual(
      await encoders.encode(
        given.map(([name, value]) => [EVERY_MODEL, withValue(name, Number(value))] as const),
      ),
    );
  });

  compiled("a property: any values of any features", async () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 12 }).map((each) => each.replace(/\p{Cs}/gu, "")),
      fc.constantFrom(...texts),
      fc.uint8Array({ maxLength: 6 }).map((each) => new RawText(each)),
      fc.stringMatching(/^[-+]?\d{1,20}(\.\d{1,3})?$/),
      fc.stringMatching(
        /^(19|20)\d\d-[01]\d-[0-3]\d([T ][012]\d:[0-5]\d(:[0-5]\d)?(Z|[+-][012]\d:?[0-5]\d)?)?$/,
      ),
    );
    const number = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.float(),
      fc.double({ min: 6e8, max: 5e9 }),
      fc.constantFrom(...numbers),
    );
    const one = fc.oneof(text, number, fc.constantFrom(...values));
    const value = fc.oneof(one, fc.array(one, { maxLength: 5 }), fc.array(number, { maxLength: 3 }));
    const requests = fc
      .sample(fc.tuple(fc.constantFrom(...features), value), runs(400))
      .filter(([name, each]) => !isNumeric(name) || !hasBigint(each))
      .map(([name, each]) => [EVERY_MODEL, withValue(name, each)] as const);
    await expectSame(requests);
  });
});

function hasBigint(value: unknown): boolean {
  return Array.isArray(value) ? value.some(hasBigint) : typeof value === "bigint";
}

compiled("texts have the words of V8, whatever their letters and marks", async () => {
  const titled = (titles: readonly string[]) =>
    titles.map((title) => [WORDS_MODEL, { candidates: [{ title }] }] as const);
  const characters: string[] = [];
  for (let code = 0; code < 0x30000; code += 1)
    if (code < 0xd800 || code >= 0xe000) characters.push(String.fromCodePoint(code));
  const lines: string[] = [];
  for (let i = 0; i < characters.length; i += 200) {
    const some = characters.slice(i, i + 200);
    lines.push(some.join(" "), some.map((each) => `aΣ${each}Σa${each}\u0301\u0323`).join(" "));
  }
  const unit = fc.constantFrom(
    ..."aAΣσİıǅ'.:·\u00ad\u2019 -^`1½²ßﬁéÉΆᾳᾼŌ̄",
    ...[
      "e",
      "\u0301",
      "\u0323",
      "\u0345",
      "\u0308",
      "\u0334",
      "\u0344",
      "\u0f73",
      "\u0f71",
      "\u0f72",
      "\u302e",
    ],
    ...[
      "\u1100",
      "\u1161",
      "\u11a8",
      "가",
      "각",
      "\u09c7",
      "\u09be",
      "\u0958",
      "\u0915",
      "\u093c",
      "\u0340",
      "\u2126",
    ],
    ...[
      "𝒜",
      "𐐀",
      "𑂥",
      "\u{110ba}",
      "\u{1d15e}",
      "\u{1d165}",
      "\u1ed9",
      "\u0b47",
      "\u0b3e",
      "\u0b57",
      "\u0dd9",
      "\u0dca",
      "\u0dcf",
    ],
    ...[
      "\u0000",
      "\ufffd",
      "\u{1f600}",
      "\u{16d63}",
      "\u{16d67}",
      "\u{11935}",
      "\u{11930}",
      "\u05b4",
      "\u05d9",
      "\ufb1d",
    ],
  );
  const drawn = fc.sample(fc.string({ unit, maxLength: 30 }), runs(500));
  await expectSame(titled([...sweep(lines), ...drawn]));
});

compiled("logarithms have V8's bits, and numbers JavaScript's texts", async () => {
  const edges = [
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
  const powers = Array.from({ length: 2098 }, (_, i) => 2 ** (i - 1074));
  const tens = Array.from({ length: 633 }, (_, i) => Number(`1e${i - 324}`));
  const drawn = [
    ...fc.sample(fc.double({ noNaN: true }), runs(500)),
    ...fc.sample(fc.double({ noNaN: true, min: 0, max: 1000 }), runs(500)),
  ];
  const all = [
    ...edges,
    ...numbers.filter((x) => typeof x === "number"),
    ...sweep([...powers, ...tens]),
    ...drawn,
  ];
  const said = await encoders.functionsOf(all);
  const bits = (x: number) =>
    new BigUint64Array(Float64Array.of(x).buffer)[0]!.toString(16).padStart(16, "0");
  expect(said).toHaveLength(all.length);
  const expected = all.map((x) => `${Number.isNaN(x) ? "" : bits(x < 0 ? x : Math.log1p(x))} ${x}`);
  const differ = said.filter((line, i) => !Number.isNaN(all[i]) && line !== expected[i]);
  expect(differ).toEqual([]);
});
