// Features with several values, all the way: what does not matter about a set, what is refused, and that training and
// compiled code agree.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type RawRecord,
  type RawRequest,
  RequestEncoder,
} from "../../compiler/backends/golden/reference-inputs.ts";
import { runs } from "../support/how-often.ts";
import { wholeWay } from "../support/whole-way.ts";
import { type Compiled, compiled, worstDifference } from "./compiled.ts";

const spec = readFileSync(join(import.meta.dirname, "../good/sets-and-texts.din"), "utf8");

/** Vocabularies are "1" … "40"; at most 4 tags count, and 6 words of a title. */
function request(item: RawRecord = {}, step: RawRecord = {}, user: RawRecord = {}): RawRequest {
  const tags = ["3", "4"];
  return {
    user: { user_id: 7, liked_tags: [3, 5], query: "red shoes", interests: [1, 2], ...user },
    context: { flags: [1] },
    history: { clicks: [{ item_id: 3, tags, title: "Red hat", ...step }] },
    candidates: [{ item_id: 1, tags, main_tag: 4, title: "Blue shoes", colours: ["red"], ...item }],
  };
}

describe("a set", () => {
  let subject: Compiled;
  beforeAll(async () => {
    subject = await compiled(spec);
  });
  const score = (given: unknown) => (subject.ranker.logits(given) as Float32Array)[0]!;

  const known = fc.integer({ min: 1, max: 40 });
  const distinctTags = fc.uniqueArray(known, { minLength: 1, maxLength: 4 });

  test("has no order", () => {
    const shuffled = distinctTags.chain((tags) =>
      fc.tuple(fc.constant(tags), fc.shuffledSubarray(tags, { minLength: tags.length })),
    );
    fc.assert(
      fc.property(shuffled, ([tags, other]) => {
        const [a, b] = [tags, other].map((each) =>
          score(request({ tags: each }, { tags: each }, { liked_tags: each })),
        );
        expect(Math.abs(a! - b!)).toBeLessThan(1e-5);
      }),
    );
  });

  test("has each value once, however it is written", () => {
    const withRepetitions = distinctTags.chain((tags) =>
      fc.tuple(fc.constant(tags), fc.array(fc.constantFrom(...tags), { maxLength: 6 })),
    );
    fc.assert(
      fc.property(withRepetitions, ([tags, again]) => {
        const repeated = [...tags, ...again.map(String)];
        expect(score(request({ tags: repeated }, { tags: repeated }))).toBe(
          score(request({ tags }, { tags })),
        );
      }),
    );
    expect(score(request({ title: "RED: red, Réd" }))).toBe(score(request({ title: "red re\u0301d" })));
  });

  test("counts its first values only", () => {
    const first = [1, 2, 3, 4];
    fc.assert(
      fc.property(fc.array(known, { maxLength: 5 }), (more) => {
        const tags = [1, 1, 2, 3, 2, 4, ...more.filter((tag) => tag > 4)];
        expect(score(request({ tags }, { tags }))).toBe(score(request({ tags: first }, { tags: first })));
      }),
    );
    expect(score(request({ tags: [...first, 5] }))).not.toBe(score(request({ tags: [1, 2, 3, 5] })));
  });

  test("may be empty everywhere", () => {
    const nothing = { tags: [], title: "", colours: [] };
    const empty = request(nothing, nothing, { liked_tags: [], query: "…", interests: [] });
    expect(worstDifference(subject, empty)).toBeLessThan(1);
    expect(Number.isFinite(score(empty))).toBe(true);
    // A step without anything in it is still a step.
    expect(score(empty)).not.toBe(score({ ...empty, history: { clicks: [] } }));
  });

  test("is the candidate's own, whatever stands beside it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ tags: fc.array(known, { maxLength: 7 }), title: fc.lorem({ maxCount: 8 }) }), {
          minLength: 1,
          maxLength: 300,
        }),
        (items) => {
          const all = { ...request(), candidates: items.flatMap((item) => request(item).candidates) };
          const together = subject.ranker.logits(all) as Float32Array;
          const at = items.length - 1;
          expect(together[at]).toBeCloseTo(score(request(items[at])), 5);
          const session = subject.ranker.user(all);
          expect([...(session.logits(all.candidates) as Float32Array)]).toEqual([...together]);
        },
      ),
      { numRuns: runs(8) },
    );
  });

  test("of raw values of any kind has one score, or none", () => {
    const { model, fitted } = subject.trained;
    const encoder = new RequestEncoder(model, fitted);
    const raw = fc.oneof(
      fc.integer({ min: -2, max: 50 }),
      fc.string({ unit: "binary" }),
      fc.double(),
      fc.bigInt(),
      fc.constantFrom(null, undefined, "", "red", "007", 7, "7", true, {}, []),
    );
    const names = ["tags", "title", "colours"];
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.oneof(fc.array(raw, { maxLength: 6 }), raw),
        (name, value) => {
          const given = request({ [name]: value as never });
          let accepted = true;
          try {
            encoder.encode(given);
          } catch {
            accepted = false;
          }
          if (accepted) expect(worstDifference(subject, given)).toBeLessThan(1);
          else expect(() => score(given)).toThrow(`candidates[0].${name}`);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("that is none is refused, and the message says where and what to give", () => {
    const said = (given: unknown): unknown => {
      try {
        score(given);
      } catch (error) {
        return error;
      }
      return null;
    };
    const missing = request();
    Reflect.deleteProperty(missing.candidates[0]!, "tags");
    expect(
      [
        said(missing),
        said(request({ tags: "3" })),
        said(request({ tags: [3, 1.5] })),
        said(request({ colours: ["red", null] })),
        said(request({ title: null })),
        said(request({ title: ["red"] })),
        said(request({}, { tags: null })),
        said(request({}, {}, { interests: {} as never })),
        said({ ...request(), candidates: [5] }),
      ].map((error) => [(error as Error).name, (error as Error).message]),
    ).toMatchInlineSnapshot(`
      [
        [
          "RankerInputError",
          "candidates[0].tags is missing: give [] for none",
        ],
        [
          "RankerInputError",
          "candidates[0].tags must be an array",
        ],
        [
          "RankerInputError",
          "candidates[0].tags[1] must be a whole number, not 1.5",
        ],
        [
          "RankerInputError",
          "candidates[0].colours[1] must be a string, a whole number or a bigint",
        ],
        [
          "RankerInputError",
          "candidates[0].title is missing: give "" for none",
        ],
        [
          "RankerInputError",
          "candidates[0].title must be a string",
        ],
        [
          "RankerInputError",
          "history.clicks[0].tags is missing: give [] for none",
        ],
        [
          "RankerInputError",
          "user.interests must be an array",
        ],
        [
          "RankerInputError",
          "candidates[0] must be an object",
        ],
      ]
    `);
  });

  test("has its type in the generated API", () => {
    const typescript = subject.files.get("model.ts") as string;
    expect(typescript).toContain("readonly tags: readonly (RawId | null)[];");
    expect(typescript).toContain("readonly liked_tags: readonly RawId[];");
    expect(typescript).toContain("readonly title: string;");
    expect(typescript).toContain("tags: readonly (RawId | null)[]; readonly title: string }[]");
  });
});

describe("trained on rows", () => {
  const words = ["red", "blue", "shoes", "Hat", "été", "x2"];
  const pick = <T>(from: readonly T[], i: number, many: number) =>
    Array.from({ length: many }, (_, k) => from[(i * 5 + k * 3) % from.length]!);
  const rows = Array.from({ length: 90 }, (_, i) => {
    const steps = Array.from({ length: i % 8 }, (_, k) => i + k);
    const tags = (n: number) => pick(["a", "b", "c", "d", `rare${i}`, "e"], n, n % 6);
    const title = (n: number) => pick(words, n, n % 5).join(", ");
    return {
      user_id: `u${i % 4}`,
      liked_tags: pick(["a", "b", "z"], i, i % 4),
      query: title(i + 1),
      interests: pick([0, 4, 9], i, i % 3),
      item_id: i % 7,
      tags: tags(i % 11),
      main_tag: "b",
      title: title(i % 11),
      colours: pick(["red", "green", "blue"], i, i % 4),
      flags: pick([0, 3, 7], i, i % 4),
      hist_item_id: steps.map((n) => n % 7),
      hist_tags: steps.map((n) => tags(n % 11)),
      hist_title: steps.map((n) => title(n % 11)),
      click: tags(i % 11).includes("a") ? 1 : 0,
    };
  });

  test("compiled code scores every row as training does, whether they are lists or texts", async () => {
    const json = await wholeWay(spec, { "train.json": JSON.stringify(rows) });
    expect(json.comparison).toMatchObject({ rows: 90, beyondTolerance: 0 });
    expect(json.comparison.withUnknown).toBeGreaterThan(10);

    const names = Object.keys(rows[0]!) as (keyof (typeof rows)[number])[];
    const cell = (value: unknown): string => {
      if (!Array.isArray(value)) return `"${String(value)}"`;
      return `"${value.map((part) => (Array.isArray(part) ? part.join(";") : part)).join("|")}"`;
    };
    const lines = rows.map((row) => names.map((name) => cell(row[name])).join(","));
    const csv = await wholeWay(spec, { "train.csv": `${[names.join(","), ...lines].join("\n")}\n` });
    expect(csv.comparison).toMatchObject({ rows: 90, beyondTolerance: 0 });
  });
});
