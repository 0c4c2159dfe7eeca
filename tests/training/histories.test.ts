// Histories of every kind are trained and compiled, and both sides give the same: bound ids and numbers, several columns
// over one feature, fields that only steps have, lists that begin with the latest step.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FIRST_ID } from "../../compiler/frontend/model/model.ts";
import { wholeWay } from "../support/whole-way.ts";

const spec = readFileSync(join(import.meta.dirname, "../good/steps-of-many-kinds.din"), "utf8");

type Cell = string | number | null;
type Row = Readonly<Record<string, Cell | readonly Cell[]>>;

/** Rows with empty, short and overlong histories, missing values and ids that occur once. */
function rows(): Row[] {
  return Array.from({ length: 48 }, (_, i) => {
    const steps = <T extends Cell>(count: number, value: (k: number) => T) =>
      Array.from({ length: count }, (_, k) => value(k));
    const clicks = [0, 1, 3, 11][i % 4]!;
    const moves = i % 3;
    const searches = (i * 5) % 7;
    return {
      user_id: `u${i % 5}`,
      item_id: `i${i % 9}`,
      cate_id: i % 2 === 0 ? "a" : "b",
      price: i % 10 === 0 ? null : (i % 7) * 2.5,
      age: (i * i) % 23,
      hour: i % 24,
      hist_item_id: steps(clicks, (k) => `i${(i + k) % 11}`),
      hist_cate_id: steps(clicks, (k) => (k % 2 === 0 ? "a" : "b")),
      hist_price: steps(clicks, (k) => (k === 2 ? null : 1.5 * k + (i % 4))),
      hist_age: steps(clicks, (k) => (i + 3 * k) % 29),
      dwell: steps(clicks, (k) => 0.25 * (i % 6) + k * k),
      action: steps(clicks, (k) => [null, "view", "cart"][(i + k) % 3]!),
      at: steps(clicks, (k) => (i + k) % 24),
      session: steps(clicks, (k) => `s${(i * 3 + k) % 13}`),
      depth: steps(clicks, (k) => (i + k) % 8),
      from_item: steps(moves, (k) => `i${(i * 2 + k) % 9}`),
      to_item: steps(moves, (k) => `i${(i * 2 + k + 1) % 9}`),
      day: steps(moves, (k) => 1 + ((i + k) % 7)),
      words: steps(searches, (k) => 1 + k),
      source: steps(searches, (k) => (i + k) % 3),
      click: (i + (i % 4)) % 2,
    };
  });
}

function csvOf(all: readonly Row[], between = "|"): string {
  const names = Object.keys(all[0]!);
  const cell = (value: Row[string]) =>
    Array.isArray(value) ? value.map((each) => each ?? "").join(between) : (value ?? "");
  return `${[names.join(","), ...all.map((row) => names.map((name) => cell(row[name]!)).join(","))].join("\n")}\n`;
}

const reversed = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, Array.isArray(value) ? [...value].reverse() : value]),
  );

/** Declarations too long for a line are broken after their separators. */
const onOneLine = (code: string): string =>
  code.replaceAll(/\s+/g, " ").replaceAll(/; \}/g, " }").replaceAll(": | ", ": ");

describe("histories of every kind", () => {
  test("score the same in training and compiled, from CSV and from JSON, whichever way round the lists lie", async () => {
    const csv = await wholeWay(spec, { "train.csv": csvOf(rows()) });
    expect(csv.comparison).toMatchObject({ rows: 48, beyondTolerance: 0 });
    expect(csv.comparison.largest).toBeLessThan(1e-4);
    const json = await wholeWay(spec, { "train.json": JSON.stringify(rows()) });
    expect([...json.logits]).toEqual([...csv.logits]);
    const latestFirst = JSON.stringify(rows().map(reversed));
    const turned = await wholeWay(spec, { "train.json": latestFirst }, ["data.steps=latest_first"]);
    expect([...turned.logits]).toEqual([...csv.logits]);
    expect(turned.comparison.beyondTolerance).toBe(0);
    // The order of the data is known to the run, and no part of what is served.
    expect(turned.opened.run.manifest.data.lists).toEqual({
      separator: "|",
      innerSeparator: ";",
      latestFirst: true,
    });
    expect(turned.typescript).toBe(json.typescript);
    const unturned = await wholeWay(spec, { "train.json": latestFirst });
    expect([...unturned.logits]).not.toEqual([...csv.logits]);
  });

  test("learn from all columns of a feature, each step as often as it counts", async () => {
    const { opened } = await wholeWay(spec, { "train.csv": csvOf(rows()) });
    const { transforms, vocabularies } = opened.run.fitted;
    const kept = (name: string, max: number) => rows().flatMap((row) => (row[name] as Cell[]).slice(-max));
    const seen = [
      ...rows().map(({ price }) => price as number | null),
      ...(kept("hist_price", 8) as (number | null)[]),
    ];
    const logs = seen.map((price) => Math.log1p(price ?? 0));
    const mean = logs.reduce((sum, x) => sum + x, 0) / logs.length;
    expect(transforms.get("price")![1]![0]).toBeCloseTo(mean, 10);
    const dwells = (kept("dwell", 8) as number[]).map((x) => Math.log1p(x));
    expect(transforms.get("clicks.dwell")![1]![0]).toBeCloseTo(
      dwells.reduce((sum, x) => sum + x, 0) / dwells.length,
      10,
    );
    expect(transforms.get("searches.words")).toEqual([[1, 6 - 1]]);
    expect(transforms.has("clicks.price")).toBe(false);
    const ids = new Map<Cell, number>();
    const columns = [
      ["hist_item_id", 8],
      ["from_item", 4],
      ["to_item", 4],
    ] as const;
    const all = [
      ...rows().map(({ item_id }) => item_id as Cell),
      ...columns.flatMap(([name, max]) => kept(name, max)),
    ];
    for (const id of all) ids.set(id, (ids.get(id) ?? 0) + 1);
    expect([...vocabularies.get("item_id")!].sort()).toEqual(
      [...ids]
        .filter(([, n]) => n >= 2)
        .map(([id]) => id)
        .sort(),
    );
    expect([...vocabularies.keys()].sort()).toEqual(["cate_id", "clicks.session", "item_id", "user_id"]);
    expect(opened.tables.get("clicks.action")!.values.length).toBe((2 + FIRST_ID) * 4);
    expect([...opened.tables.keys()].filter((name) => /from_item|to_item|hist/.test(name))).toEqual([]);
  });

  test("have a typed step in requests, whose mistakes name the field", async () => {
    const { ranker, typescript } = await wholeWay(spec, { "train.csv": csvOf(rows()) });
    expect(onOneLine(typescript)).toMatch(
      /readonly moves: readonly \{ readonly from_item: RawId; readonly to_item: RawId; readonly day: RawId \}\[\]/,
    );
    expect(onOneLine(typescript)).toMatch(
      /readonly dwell: number; readonly action\?: "view" \| "cart" .*\| null; readonly at: RawId/,
    );
    expect(typescript).toContain("- dwell: How long, in seconds. A finite number, not negative.");
    const request = {
      user: { user_id: "u1" },
      context: { hour: 3 },
      history: {
        clicks: [],
        moves: [{ from_item: "i1", to_item: "i2", day: 3 }],
        searches: [{ words: 2, source: 0 }],
      },
      candidates: [{ item_id: "i1", cate_id: "a", price: 3, age: 4 }],
    };
    expect(ranker.rank(request as never)).toHaveLength(1);
    const searches = [
      { words: 2, source: 0 },
      { words: Number.NaN, source: 0 },
    ];
    expect(() => ranker.rank({ ...request, history: { ...request.history, searches } } as never)).toThrow(
      "history.searches[1].words must be finite, not NaN",
    );
  });

  test("hold vectors, hashed ids and ids that a file lists", async () => {
    const vectors = `model vectors_of_steps
features item {
  item_id : id  embed 4
  image   : vector(3)
}
history clicks(max: 3) {
  item_id <-> seen
  image   <-> seen_images
  gaze    : vector(2, missing: 0.5)
  shop    : id(hash: 20)  embed 2
  source  : id(file: "sources.txt")  embed 2
}
label click : binary
net {
  let interest  = attend(concat(item_id, image), concat(clicks.item_id, clicks.image))
  predict click = concat(item_id, image, interest, sum(clicks), sum(embed(clicks.gaze, 2))) |> mlp([8]) |> dense(1) |> sigmoid
}
train { optimizer adam(learning_rate: 0.05)  batch 8  epochs 2 }
`;
    const all = Array.from({ length: 24 }, (_, i) => {
      const steps = Array.from({ length: i % 5 }, (_, k) => i + k);
      return {
        item_id: `i${i % 5}`,
        image: [i % 3, 1 - (i % 2), 0.5],
        seen: steps.map((k) => `i${k % 6}`),
        seen_images: steps.map((k) => [k % 3, 1 - (k % 2), 0.5]),
        gaze: steps.map((k) => (k % 4 === 0 ? null : [k / 10, -k / 20])),
        shop: steps.map((k) => `shop-${k % 7}`),
        source: steps.map((k) => ["search", "home", "mail"][k % 3]),
        click: (i + (i % 3)) % 2,
      };
    });
    const files = { "train.json": JSON.stringify(all), "sources.txt": "home\nsearch\nmail\n" };
    const { comparison, opened, typescript, logits } = await wholeWay(vectors, files);
    expect(comparison).toMatchObject({ rows: 24, beyondTolerance: 0 });
    expect(opened.run.fitted.vocabularies.get("clicks.source")).toEqual(["home", "search", "mail"]);
    expect(onOneLine(typescript)).toMatch(/readonly image: readonly number\[\][^;]*; readonly gaze\?: /);
    const turned = all.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          Array.isArray(value) && name !== "image" ? value.toReversed() : value,
        ]),
      ),
    );
    const back = await wholeWay(vectors, { ...files, "train.json": JSON.stringify(turned) }, [
      "data.steps=latest_first",
    ]);
    expect([...back.logits]).toEqual([...logits]);
  });
});
