// The API of generated code: what it takes, what it refuses and how it says so.

import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { copyScores } from "../../compiler/serve/scores.ts";
import { changeOf } from "../support/changed-json.ts";
import { type Compiled, compiled, type Session } from "./compiled.ts";
import { specs } from "./specs.ts";

let din: Compiled;
let tasks: Compiled;
beforeAll(async () => {
  din = await compiled(specs.din);
  tasks = await compiled(specs["several labels"]);
});

/** A request that is right; vocabularies are "1" … "40". */
function request() {
  return {
    user: { user_id: 7, gender: "f" } as Record<string, unknown>,
    context: { hour: 13 } as Record<string, unknown>,
    history: {
      clicks: [
        { item_id: 3, cate_id: 4 },
        { item_id: "5", cate_id: 6n },
      ],
    } as Record<string, unknown>,
    candidates: [
      { item_id: 1, cate_id: 2, price: 9.5 },
      { item_id: "11", cate_id: "12", price: 0 },
    ] as Record<string, unknown>[],
  };
}

const scoresOf = (changed: unknown) => [...(din.ranker.rank(changed) as Float32Array)];

describe("what is the same", () => {
  test("numbers, bigints and text of an id", () => {
    const expected = scoresOf(request());
    const other = request();
    other.user["user_id"] = "7";
    other.history["clicks"] = [
      { item_id: 3n, cate_id: "4" },
      { item_id: 5, cate_id: 6 },
    ];
    expect(scoresOf(other)).toEqual(expected);
  });
  test("any two values that training did not know, of any kind of feature", () => {
    const unknown = (gender: unknown, hour: unknown, item: unknown) => {
      const changed = request();
      changed.user["gender"] = gender;
      changed.context["hour"] = hour;
      changed.candidates[0]!["item_id"] = item;
      return scoresOf(changed);
    };
    expect(unknown("x", 24, "nobody")).toEqual(unknown(9, -1, "constructor"));
    expect(unknown("x", 24, "nobody")).not.toEqual(scoresOf(request()));
  });
  test("an overlong history and its latest steps", () => {
    const steps = Array.from({ length: 30 }, (_, i) => ({ item_id: i + 1, cate_id: i + 2 }));
    const long = request();
    long.history["clicks"] = steps;
    const latest = request();
    latest.history["clicks"] = steps.slice(-12);
    expect(scoresOf(long)).toEqual(scoresOf(latest));
    const earliest = request();
    earliest.history["clicks"] = steps.slice(0, 12);
    expect(scoresOf(long)).not.toEqual(scoresOf(earliest));
  });
  test("a request with parts that the net does not use, or without them", async () => {
    const softmax = await compiled(specs.softmax);
    const used = { history: { clicks: [] }, candidates: [{ item_id: 1, cate_id: 2 }] };
    const more = { ...used, user: { user_id: Number.NaN, age: 3 }, context: null };
    expect(softmax.ranker.rank(more)).toEqual(softmax.ranker.rank(used));
  });
});

test("every public member of model.ts has its documentation", () => {
  const code = din.files.get("model.ts") as string;
  const members = ["RankerOptions", "Ranker", "Session"].flatMap((name) => {
    const [, body] = new RegExp(`^export (?:class|interface) ${name} \\{\n(.*?)^\\}`, "ms").exec(code)!;
    return body!.split("\n").flatMap((line, i, lines) => {
      const member = /^ {2}(?!private|constructor)(?:readonly |get )?(\w+)\??[(:]/.exec(line)?.[1];
      return member === undefined
        ? []
        : [[`${name}.${member}`, lines[i - 1]?.trimEnd().endsWith("*/") === true]];
    });
  });
  expect(members.length).toBeGreaterThan(15);
  expect(members.filter(([, isDocumented]) => !isDocumented)).toEqual([]);
});

describe("sessions", () => {
  test("score as rank does, as often as asked, side by side", () => {
    const first = din.ranker.user(request());
    const second = din.ranker.user({ ...request(), history: { clicks: [] } });
    const { candidates } = request();
    const expected = din.ranker.rank(request());
    for (let i = 0; i < 3; i++) {
      expect(first.rank(candidates)).toEqual(expected);
      expect(second.rank(candidates)).not.toEqual(expected);
    }
  });
  test("write where they are told, and nothing after it", () => {
    const session = din.ranker.user(request());
    const out = new Float32Array(4).fill(9);
    expect(session.rank(request().candidates, out)).toBe(out);
    expect([...out]).toEqual([...scoresOf(request()), 9, 9]);
  });
  test("with several labels the buffer has a list for each", () => {
    const session = tasks.ranker.user({ user: { user_id: 1 }, history: { clicks: [] } });
    const candidates = [{ item_id: 1, price: 3 }];
    const out = { click: new Float32Array(1), buy: new Float32Array(1) };
    expect(session.rank(candidates, out)).toBe(out);
    expect(out).toEqual(session.rank(candidates));
    expect(out.click).not.toEqual(out.buy);
    expect(() => session.rank(candidates, { click: new Float32Array(1) })).toThrow(
      "out.buy must be a Float32Array",
    );
  });
  test("rank without taking new buffers", () => {
    const session: Session = din.ranker.user(request());
    const candidates = Array.from({ length: 100 }, (_, i) => ({ item_id: i % 50, cate_id: i % 9, price: i }));
    const out = new Float32Array(100);
    for (let i = 0; i < 200; i++) session.rank(candidates, out);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 100; i++) session.rank(candidates, out);
    expect(process.memoryUsage().arrayBuffers).toBeLessThanOrEqual(before);
  });
});

describe("typed errors", () => {
  const cases: readonly [string, (r: ReturnType<typeof request>) => unknown, string][] = [
    ["user.user_id is missing", (r) => delete r.user["user_id"], "user.user_id"],
    ["user is missing", (r) => delete (r as { user?: unknown }).user, "user"],
    ["user must be an object", (r) => Object.assign(r, { user: 3 }), "user"],
    ["context.hour must be a whole number, not 1.5", (r) => (r.context["hour"] = 1.5), "context.hour"],
    [
      "context.hour must be a string, a whole number or a bigint",
      (r) => (r.context["hour"] = null),
      "context.hour",
    ],
    ["history is missing", (r) => delete (r as { history?: unknown }).history, "history"],
    ["history.clicks is missing: give [] for none", (r) => delete r.history["clicks"], "history.clicks"],
    [
      "history.clicks must be an array, or have columns",
      (r) => (r.history["clicks"] = "1|2"),
      "history.clicks",
    ],
    [
      "history.clicks[1].cate_id is missing",
      (r) => (r.history["clicks"] = [{ item_id: 1, cate_id: 1 }, { item_id: 1 }]),
      "history.clicks[1].cate_id",
    ],
    ["history.clicks[0] must be an object", (r) => (r.history["clicks"] = [7]), "history.clicks[0]"],
    [
      "candidates is missing: give [] for none",
      (r) => delete (r as { candidates?: unknown }).candidates,
      "candidates",
    ],
    [
      "candidates must be an array, or have columns",
      (r) => Object.assign(r, { candidates: {} }),
      "candidates",
    ],
    ["candidates[1] must be an object", (r) => Object.assign(r.candidates, { 1: null }), "candidates[1]"],
    ["candidates[0].price is missing", (r) => delete r.candidates[0]!["price"], "candidates[0].price"],
    [
      "candidates[1].price must be finite, not NaN",
      (r) => (r.candidates[1]!["price"] = Number.NaN),
      "candidates[1].price",
    ],
    [
      "candidates[1].price must be finite, not Infinity",
      (r) => (r.candidates[1]!["price"] = Number.POSITIVE_INFINITY),
      "candidates[1].price",
    ],
    [
      "candidates[1].price must not be negative (log1p), but is -0.5",
      (r) => (r.candidates[1]!["price"] = -0.5),
      "candidates[1].price",
    ],
    ["candidates[1].price must be a number", (r) => (r.candidates[1]!["price"] = "3"), "candidates[1].price"],
    [
      "candidates[0].item_id is 9007199254740992, too large to be exact as a number: give it as a bigint or as text",
      (r) => (r.candidates[0]!["item_id"] = 2 ** 53),
      "candidates[0].item_id",
    ],
  ];
  test.each(cases)("%s", (message, change, field) => {
    const changed = request();
    change(changed);
    let error: unknown;
    try {
      din.ranker.rank(changed);
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ name: "RankerInputError", message, field });
  });

  test("whatever stands anywhere in a request, it is scored or refused with that error", async () => {
    const alone = await compiled(specs["candidates alone"]);
    const whole = { ...request(), history: { clicks: [{ item_id: 3, cate_id: "4" }] } };
    const cases = [
      { ranker: din.ranker, right: whole },
      { ranker: alone.ranker, right: { candidates: [{ item_id: 1, price: 2 }] } },
    ];
    for (const { ranker, right } of cases)
      fc.assert(
        fc.property(changeOf(right), (change) => {
          const given = change(structuredClone(right));
          for (const score of [
            () => [...(ranker.rank(given) as Float32Array)],
            () => ranker.topK(given, 3).map((top) => top.score),
            () =>
              ("explain" in ranker ? ranker.explain(given) : []).flatMap(({ weights }) =>
                weights.flatMap((own) => [...own]),
              ),
          ])
            try {
              expect(score().every(Number.isFinite)).toBe(true);
            } catch (error) {
              expect(error).toMatchObject({ name: "RankerInputError" });
            }
        }),
        { numRuns: 1500 },
      );
  });

  test("the error's class is exported", () => {
    expect(Object.keys(din.module).sort()).toEqual([
      "MODEL",
      "Ranker",
      "RankerInputError",
      "RankerWasmError",
      "RankerWeightsError",
      "Session",
      "createRanker",
      "sumStats",
    ]);
  });

  test("a place far down the list is named as the caller counts it", () => {
    const changed = request();
    changed.candidates = Array.from({ length: 5000 }, () => ({ item_id: 1, cate_id: 1, price: 1 }));
    changed.candidates[4321]!["cate_id"] = {};
    expect(() => din.ranker.rank(changed)).toThrow(/^candidates\[4321\]\.cate_id must be/);
  });

  test("a buffer that is too small, or no buffer", () => {
    const session = din.ranker.user(request());
    const { candidates } = request();
    expect(() => session.rank(candidates, new Float32Array(1))).toThrow(
      "out holds 1 numbers, too few for 2 scores",
    );
    expect(() => session.rank(candidates, [])).toThrow("out must be a Float32Array");
  });

  test("a score that is no number is an error, and says of which candidate", () => {
    const logits = Float32Array.of(1, Number.NaN);
    expect(() => copyScores(new Float32Array(9), 4, logits, 2, true)).toThrow(
      /^candidates\[5\] has no score/,
    );
    expect(() => copyScores(new Float32Array(9), 4, logits, 1, true)).not.toThrow();
  });

  test("after an error the next request is scored as before", () => {
    const expected = scoresOf(request());
    expect(() => din.ranker.rank({ ...request(), history: { clicks: [{ item_id: 1 }] } })).toThrow();
    expect(scoresOf(request())).toEqual(expected);
  });
});
