// A training that goes on from a run: bit for bit as if it had never ended where the rows are the same, with
// new ids after the known ones where they are others.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { initialTable } from "../../compiler/train/tables.ts";
import { explainFrom } from "../../runtime/driver/explain-from.ts";
import { predictTo } from "../../runtime/driver/predict.ts";
import { prepareTo } from "../../runtime/driver/prepare-to.ts";
import { openRun } from "../../runtime/run/open-run.ts";
import { sweep } from "../support/how-often.ts";
import { rowOf, Shop, SPEC, weightsOf } from "./shop.ts";

const shop = new Shop();
const NONE = { set: ["train.epochs=0"] };
await shop.train("monday", 0);
const monday = await shop.read("monday");

async function scoresOf(run: string, day: number): Promise<string> {
  let text = "";
  const write = async (piece: string) => {
    text += piece;
  };
  await predictTo(shop.at(run), write, { data: shop.at(`day${day}.csv`), backend: "wasm" });
  return text;
}

describe("on the same rows", () => {
  test("0 epochs leave every weight, every score and the optimizer's state as they were", async () => {
    const same = await shop.train("same", 0, { from: "monday", ...NONE });
    expect(weightsOf(same.run)).toEqual(weightsOf(monday.run));
    expect(same.run.fitted).toEqual(monday.run.fitted);
    expect(same.state!.weights).toEqual(monday.state!.weights);
    expect(same.state!.tables).toEqual(monday.state!.tables);
    expect(same.state!.made).toEqual({ epochs: 1, steps: 13, tableSteps: 13 });
    for (const day of [0, 1]) expect(await scoresOf("same", day)).toBe(await scoresOf("monday", day));
    expect(same.run.manifest).toMatchObject({ epoch: 0, metrics: monday.run.manifest.metrics });
    expect(same.trained).toMatchObject({ kept: 0, epochs: [], evaluations: same.trained.begun.slice(1) });
  });

  test.each(
    sweep(
      [
        "adam(learning_rate: 1e-3)",
        "adamw(learning_rate: 1e-3)",
        "adagrad(learning_rate: 1e-2, row_wise: true)",
        "momentum(learning_rate: 1e-2)",
        "ftrl(learning_rate: 1e-2)",
        "sgd(learning_rate: 1e-1)",
        "adam(learning_rate: 1e-3), ftrl(1e-2, for: tables)",
      ],
      6,
    ),
  )("two trainings of one epoch with %s are one of two", async (optimizer) => {
    shop.write("other.din", SPEC.replace("adam(learning_rate: 1e-3)", optimizer));
    const name = optimizer.replace(/[^a-z]+/g, "_");
    await shop.train(`${name}-1`, 0, {}, "other.din");
    const second = await shop.train(`${name}-2`, 0, { from: `${name}-1` }, "other.din");
    const both = await shop.train(`${name}-both`, 0, { set: ["train.epochs=2"] }, "other.din");
    expect(weightsOf(second.run)).toEqual(weightsOf(both.run));
    expect(second.state!.made).toEqual(both.state!.made);
    expect(second.state!.weights).toEqual(both.state!.weights);
    expect(second.state!.tables).toEqual(both.state!.tables);
  });

  test("a training that is stopped and resumed has the weights of one that was not", async () => {
    const more = { from: "monday", set: ["train.epochs=3"] };
    const whole = await shop.train("whole", 1, more);
    const controller = new AbortController();
    const onEvent = (event: { readonly kind: string; readonly step?: number }) => {
      if (event.kind === "step" && event.step === 5) controller.abort();
    };
    await expect(shop.train("cut", 1, { ...more, signal: controller.signal, onEvent })).rejects.toThrow();
    await expect(shop.resume("cut", 1, { ...more, newIds: "unknown" })).rejects.toThrow(
      /went on from another run/,
    );
    const resumed = await shop.resume("cut", 1, more);
    expect(weightsOf((await shop.read("cut")).run)).toEqual(weightsOf(whole.run));
    expect(resumed!.begun).toEqual(whole.trained.begun);
  });
});

describe("on other rows", () => {
  test("known ids keep their places and rows, new ones come after them and begin as their `init`", async () => {
    const { run, trained } = await shop.train("tuesday", 1, { from: "monday", ...NONE });
    for (const feature of ["user_id", "item_id"]) {
      const before = monday.run.fitted.vocabularies.get(feature)!;
      const now = run.fitted.vocabularies.get(feature)!;
      expect(now.length).toBeGreaterThan(before.length);
      expect(now.slice(0, before.length)).toEqual(before);
      for (const value of before)
        expect(rowOf(run, feature, value)).toEqual(rowOf(monday.run, feature, value));
      const told = trained.continuation!.tables.find(({ name }) => name === feature);
      const counts = { kept: before.length, added: now.length - before.length, gone: 0, moved: 0 };
      expect(told).toMatchObject({ becomes: "grown", ...counts });
    }
    const { model } = await openRun(shop.at("tuesday"));
    const table = run.tables.find(({ name }) => name === "item_id")!;
    const spec = { ...model.tables.get("item_id")!, rows: table.rows };
    const fresh = initialTable(spec, model.train, null);
    const first = 2 + monday.run.fitted.vocabularies.get("item_id")!.length;
    expect(table.values.subarray(4 * first)).toEqual(fresh.values.subarray(4 * first));
    expect(run.fitted.transforms).toEqual(monday.run.fitted.transforms);
  });

  test("new ids may begin as unknown values were, so that nothing scores otherwise", async () => {
    const { run } = await shop.train("as-unknown", 1, { from: "monday", newIds: "unknown", ...NONE });
    const unknown = monday.run.tables.find(({ name }) => name === "item_id")!.values.subarray(4, 8);
    const added = run.fitted.vocabularies.get("item_id")!.at(-1)!;
    expect(monday.run.fitted.vocabularies.get("item_id")).not.toContain(added);
    expect(rowOf(run, "item_id", added)).toEqual(unknown);
    expect(unknown.some((value) => value !== 0)).toBe(true);
    expect(await scoresOf("as-unknown", 1)).toBe(await scoresOf("monday", 1));
  });

  test("their transforms are kept, or fitted anew where that is asked, and then their buckets are others", async () => {
    const { run, trained } = await shop.train("refit", 1, { from: "monday", refit: true, ...NONE });
    expect(run.fitted.transforms.get("price")).not.toEqual(monday.run.fitted.transforms.get("price"));
    for (const feature of ["price", "cover"])
      expect(trained.continuation!.transforms.find((each) => each.feature === feature)!.becomes).toBe("anew");
    expect(trained.continuation!.tables.find(({ name }) => name === "cover")).toMatchObject({
      becomes: "anew",
      why: "its codes have different centroids",
    });
    expect(run.manifest.from).toMatchObject({ transforms: "anew" });
  });

  test("the weights are measured on them before the first step", async () => {
    const { run, trained } = await shop.train("tested", 1, { from: "monday" });
    const [train, test] = trained.begun;
    expect([train!.split, train!.rows, test!.split]).toEqual(["train", 200, "test"]);
    expect(run.manifest.from!.before["train"]).toEqual(train!.values);
    const untested = await shop.train("untested", 1, { from: "monday", testFirst: false });
    expect(untested.trained.begun).toEqual([]);
    expect(weightsOf(untested.run)).toEqual(weightsOf(run));
  });

  test("prepared for the run, they give the weights that the raw ones give", async () => {
    const raw = await shop.train("from-raw", 1, { from: "monday" });
    const asked = shop.asked(1, { from: "monday" });
    await prepareTo(shop.at("model.din"), shop.at("rows"), asked);
    const prepared = await shop.train("from-rows", 1, { from: "monday", rows: shop.at("rows") });
    expect(weightsOf(prepared.run)).toEqual(weightsOf(raw.run));
    await prepareTo(shop.at("model.din"), shop.at("others"), shop.asked(1));
    const refused = shop.train("refused", 1, { from: "monday", rows: shop.at("others") });
    await expect(refused).rejects.toThrow(/were prepared without .*monday/);
  });

  test("ids that were met too seldom, or too long ago, leave; the others keep their rows", async () => {
    await shop.train("second", 1, { from: "monday" });
    const second = await shop.read("second");
    const met = second.state!.met.get("user_id")!;
    const users = second.run.fitted.vocabularies.get("user_id")!;
    const count = (value: string) => met.counts[2 + users.indexOf(value)]!;
    // u0 … u12 on the first day, u3 … u15 on the second.
    expect(count("u0")).toBeLessThan(count("u5"));
    const { run, trained } = await shop.train("third", 1, {
      from: "second",
      evict: { below: 40 },
      ...NONE,
    });
    const left = run.fitted.vocabularies.get("user_id")!;
    expect(left).toEqual(users.filter((value) => count(value) + (inDay1(value) ? count1(value) : 0) >= 40));
    for (const value of left)
      expect(rowOf(run, "user_id", value)).toEqual(rowOf(second.run, "user_id", value));
    const told = trained.continuation!.tables.find(({ name }) => name === "user_id")!;
    expect(told.gone).toBe(users.length - left.length);
    expect(told.gone).toBeGreaterThan(0);
    const unseen = await shop.train("fourth", 1, { from: "second", evict: { unseenDays: 0 }, ...NONE });
    // All were met today.
    expect(unseen.run.fitted.vocabularies.get("user_id")).toEqual(users);
  });

  test("the run remembers the trainings before it, and keeps no state where that is asked", async () => {
    await shop.train("two", 1, { from: "monday" });
    const { run, state } = await shop.train("three", 2, { from: "two", state: false });
    const { chain, steps } = run.manifest.from!;
    expect(chain.map(({ run: of }) => of)).toEqual([shop.at("monday"), shop.at("two")]);
    expect(chain[0]!.weights).toBe(monday.run.manifest.files["weights.safetensors"]!.hash);
    expect(steps).toBe(26);
    expect(state).toBeNull();
    const { trained } = await shop.train("four", 2, { from: "three", ...NONE });
    expect(trained.continuation!.optimizer).toMatchObject({ becomes: "anew", steps: 0 });
    const deleted = await shop.train("deleted", 0);
    rmSync(shop.at("deleted", "state.safetensors"));
    const anew = await shop.train("anew", 0, { from: "deleted", ...NONE });
    expect(anew.trained.continuation!.optimizer.becomes).toBe("anew");
    expect(weightsOf(anew.run)).toEqual(weightsOf(deleted.run));
    await shop.train("damaged", 0);
    const bytes = readFileSync(shop.at("damaged", "state.safetensors"));
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(shop.at("damaged", "state.safetensors"), bytes);
    await expect(shop.train("none", 0, { from: "damaged" })).rejects.toThrow(
      /has been changed since training/,
    );
  });
});

const inDay1 = (value: string) => count1(value) > 0;
/** How often a user has rows of the second day. */
function count1(value: string): number {
  return readFileSync(shop.at("day1.csv"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith(`${value},`)).length;
}

describe("of another spec", () => {
  const edit = (...changes: readonly (readonly [string, string])[]) =>
    shop.write(
      "edited.din",
      changes.reduce((text, [from, to]) => text.replaceAll(from, to), SPEC),
    );
  const explained = async (options = {}) => {
    const asked = shop.asked(1, { from: "monday", ...options });
    return explainFrom(shop.at("edited.din"), asked);
  };

  test("nothing is trained, so that rows are not held to what is expected of them", async () => {
    edit();
    expect(
      (await explained({ set: [...(shop.asked(1).set ?? []), "expect.rows=1000000"] })).sameNetwork,
    ).toBe(true);
  });

  test("a table of another width begins anew, and so does the layer that reads it; all others are kept", async () => {
    edit(['shelf   : enum("top", "low")  embed 2', 'shelf   : enum("top", "low")  embed 3']);
    const { tables, weights, sameNetwork } = await explained();
    const anew = [...tables, ...weights].filter(({ becomes }) => becomes === "anew");
    expect(anew.map(({ name, why }) => [name, why])).toEqual([
      ["shelf", "its width was 2 and is 3"],
      ["net.click.dense_1", "its shape was 19 × 8 and is 20 × 8"],
    ]);
    expect(sameNetwork).toBe(false);
  });

  test("values of an enum keep their rows wherever they stand now", async () => {
    edit(['enum("top", "low")', 'enum("middle", "low", "top")']);
    const { run, trained } = await shop.train("edited", 1, { from: "monday", ...NONE }, "edited.din");
    const rows = (of: typeof run) => of.tables.find(({ name }) => name === "shelf")!.values;
    expect([...rows(run).subarray(2 * 4, 2 * 5)]).toEqual([...rows(monday.run).subarray(2 * 2, 2 * 3)]);
    expect([...rows(run).subarray(2 * 3, 2 * 4)]).toEqual([...rows(monday.run).subarray(2 * 3, 2 * 4)]);
    const told = trained.continuation!.tables.find(({ name }) => name === "shelf");
    expect(told).toMatchObject({ becomes: "grown", kept: 2, added: 1, moved: 1 });
  });

  test("what is renamed is taken; otherwise it begins anew and what is left is named", async () => {
    edit(["item_id", "item"], ["interest", "taste"]);
    const files = ["day1.csv", "day2.csv"];
    const texts = files.map((file) => readFileSync(shop.at(file), "utf8"));
    for (const [i, file] of files.entries()) shop.write(file, texts[i]!.replace("item_id", "item"));
    try {
      const lost = await explained();
      expect(lost.left).toContain("table item_id");
      expect(lost.weights.find(({ name }) => name === "net.taste.dense_1")!.becomes).toBe("anew");
      const rename = { item_id: "item", interest: "taste" };
      const { tables, weights, left, sameNetwork } = await explained({ rename });
      expect(left).toEqual([]);
      expect(tables.find(({ name }) => name === "item")).toMatchObject({ was: "item_id", becomes: "grown" });
      expect(weights.every(({ becomes }) => becomes === "kept")).toBe(true);
      expect(sameNetwork).toBe(false);
      await expect(explained({ rename: { itm_id: "item" } })).rejects.toThrow(
        /no feature, history, table or layer called `itm_id`/,
      );
      await expect(explained({ rename: { item_id: "thing" } })).rejects.toThrow(
        /the spec has no feature.* called `thing`/,
      );
    } finally {
      for (const [i, file] of files.entries()) shop.write(file, texts[i]!);
    }
  });

  test("another optimizer begins anew; nothing that fits is an error", async () => {
    edit(["adam(learning_rate: 1e-3)", "sgd(learning_rate: 1e-2)"]);
    expect((await explained()).optimizer).toMatchObject({ becomes: "anew", why: "it was adam" });
    edit(["embed 4", "embed 3"], ["embed 2", "embed 5"], ["dense(4,", "dense(3,"], ["dense(8,", "dense(9,"]);
    await expect(explained()).rejects.toThrow(/no part of .*monday fits `shop`/);
  });
});
