// Requests to the model `EVERY` of specs.ts, with values that are refused, or that only some features take.

import { RawText } from "./c/encoded.ts";

const user = { user_id: 1, visits: 2, age: 3, scaled: 4 };
const context = { now: 1774747800, shown: "2026-03-29T01:00:00Z" };
const candidate = {
  ...{ item_id: 1, size: 2, bucket: "x", gender: "f", hour: 5, wide: 1, price: 1.5, signed: 0, dwell: 1 },
  ...{
    image: [1, 2, 3],
    shape: [1, 2],
    cover: [1, -2, 0.5, 0, 3],
    tags: ["1", "2"],
    colours: ["red"],
    moods: [
      ["1", 0.5],
      [2, 3],
    ],
    title: "Good Morning",
  },
  sound: Array.from({ length: 18 }, (_, i) => (i % 5) / 2 - 1),
  ...{ seen: "2026-03-29T01:00:00Z", sold: 1774747800, when: 1774747800 },
};
export const step = { item_id: 1, at: 1774747800 };
export const whole = { user, context, history: { clicks: [step] }, candidates: [candidate] };

export const numbers: readonly unknown[] = [
  ...[0, -0, 1, 2, -3, 23, 24, 9, 10, 1.5, -1, 1e-320, 1e21, 1e-7, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), 1e39],
  ...[3.4028234663852886e38, 3.4028235677973362e38, 3.4028235677973366e38, -1e300, 16777217, 0.1],
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, null, undefined, 5e-324, 2 ** -44],
  ...[-9007199254740991, -9007199254740000, 1774747800, 1774747800.25, 1774747800123, 1774747800123456],
  ...[631_151_999, 631_152_000, 4_102_444_799.9999, 4_102_444_800, 1777593599.9999998, 123456789012345680000],
];
export const texts: readonly string[] = [
  ...["", "1", "01", " 1", "1.0", "1e0", "-0", "-3", "f", "ü", "u\u0308", "😀", "\ufffd", "null", '"??/'],
  ...["2026-03-29T00:59:59.999Z", "2026-03-29 03:30+02", "2026-03-29 02:30:00", "2026-02-29", "2026-02-28"],
  ...["1774747800", "1774747800.5", "1774747800123456", "2026-12-31T23:59:59-09:30", "2026-03-04T24:00"],
  ...["2026-03-29T01:00:00Z\n", "２０２６-03-29", "2026-03-29T01:00:60Z", "1989-12-31", "2099-12-31"],
  ...[
    "2100-01-01",
    "2026-13-01",
    "2026-00-10",
    "2026-01-00",
    "2000-02-29T00:00",
    "1900-02-29",
    "2026-03-29T",
  ],
  ...["2026-03-29T01:00+0130", "2026-03-29T01:00+1:30", "2026-03-29T01:00+24", "2026-03-29T01:00.5Z"],
  ...["1774749599.99999999999999999999", "1774749600.00000000000000000001", "9007199254740993", "631152000."],
  ...[`1774749599.${"9".repeat(900)}`, `1774749599.${"0".repeat(900)}1`, "9999999999999999999", "0631152000"],
  ...[
    "Ünïcode ΑΣ Σας İstanbul",
    "a  b\tA-b_c 12½ ²",
    "𝒜 ﬁ é",
    "x".repeat(9),
    "-9007199254740991",
    "a\u0000b",
  ],
  ...["9223372036854775807", "-9223372036854775808", "-01", "--1", "-", "+5", "９", "9007199254740992"],
];
const bytes = [
  [0xff],
  [0xc3],
  [0xe2, 0x82],
  [0xed, 0xa0, 0x80],
  [0xf0, 0x9f, 0x98],
  [0xc0, 0x80],
  [0xef, 0xbf, 0xbd],
];
export const values: readonly unknown[] = [
  ...numbers,
  ...texts,
  ...bytes.map((each) => new RawText(Uint8Array.from(each))),
  ...bytes.map((each) => new RawText(Uint8Array.from([0x66, ...each, 0x6d, 0x80]))),
  ...[5n, -3n, 12345678901234567890123n, 9007199254740993n, -9007199254740991n, 2n ** 63n - 1n, -(2n ** 63n)],
  ...[1774747800n, true, false, {}],
  ...[[], [1], [1, 2, 3], [1, 2, Number.NaN], [1, 2, 1e39], [1, null, 2], ["a", "a", 1, "1"], [1, 2]],
  ...[
    [1, 1, "1", 2n, 2, "x", "y"],
    [1.5],
    ["a", ["b"]],
    ["1", "2", "3", 4.5],
    [null, undefined, null, "red"],
  ],
  ...[new Float32Array([1, 2, 3]), new Float64Array([1, 1e39, 0]), new Float32Array([0.1, Number.NaN, 1])],
  ...[[1, 2, 3, 4, 5], [1, 2, 3, 4, 1e39], [1, 2, 3, 4, "5"], new Float32Array([0.1, -0, 5, 1e-20, 7])],
  ...[["red", "blue", "green", "blue", "1", 1, -0, 0, "0"]],
  ...[
    [
      ["a", 0.5],
      ["a", -2],
      [1, 2],
      ["x", 7],
      ["1", 1],
    ],
    [
      ["a", 0],
      [null, 0],
    ],
    [["a", -0.5]],
    [["a", 1e39]],
  ],
  ...[[["a", "1"]], [["a", null]], [["a"]], [["a", 1, 2]], [["a", 1], "b"], [[1.5, 1]], [["a", Number.NaN]]],
];
export const features = [...Object.keys(user), ...Object.keys(context), ...Object.keys(candidate)];
/** A whole number is a number in C, and in TypeScript a bigint isn't. Beyond 64 bits it is given as text. */
export const isNumeric = (name: string) =>
  [
    "visits",
    "age",
    "scaled",
    "price",
    "signed",
    "dwell",
    "image",
    "shape",
    "cover",
    "sound",
    "title",
  ].includes(name);

export function withValue(name: string, value: unknown): unknown {
  if (name in user) return { ...whole, user: { ...user, [name]: value } };
  if (name in context) return { ...whole, context: { ...context, [name]: value } };
  return { ...whole, candidates: [candidate, { ...candidate, [name]: value }] };
}

/** Requests of which most are refused. */
export const hostileRequests: readonly unknown[] = [
  ...features.flatMap((name) =>
    values
      .filter((value) => typeof value !== "bigint" || !isNumeric(name))
      .map((value) => withValue(name, value)),
  ),
  ...values.flatMap((value) => [
    { ...whole, history: { clicks: [{ ...step, item_id: value }, step, { ...step, item_id: value }] } },
    { ...whole, history: { clicks: [{ ...step, at: value }, step] } },
    { ...whole, history: { clicks: [step, value] } },
    { ...whole, candidates: [candidate, value] },
  ]),
  ...[undefined, null, 1, {}].flatMap((value) => [
    { ...whole, user: value },
    { ...whole, context: value },
    { ...whole, history: value },
    { ...whole, history: { clicks: value } },
    { ...whole, candidates: value },
  ]),
];
