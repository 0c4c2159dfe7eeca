// Histories that are made from a log have the statistics of the same histories as columns of the rows, in training and in
// `dinc test-data`.

import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ColumnProfile } from "../../compiler/data/profile.ts";
import { historiesOfImpressions, historiesOfLog } from "../../runtime/data/read-data.ts";
import { prepare } from "../../runtime/driver/prepare.ts";
import { readConfig } from "../../runtime/driver/read-config.ts";
import { runs } from "../support/how-often.ts";
import { TestFolder } from "./files.ts";

const MODEL = `model m
features item { item_id : id(min_count: 2)  embed 4  price : number(missing: 0) }
history clicks(max: 3) { item_id <-> clicked  price <-> clicked_price }
label click : binary
net { predict click = concat(item_id, price, mean(clicks)) |> dense(1) |> sigmoid }
`;

interface Shown {
  readonly user: number;
  readonly item: number;
  readonly t: number;
  readonly click: boolean;
}

const shown: fc.Arbitrary<Shown> = fc.record({
  user: fc.nat(3),
  item: fc.nat(5),
  t: fc.nat(12),
  click: fc.boolean(),
});

/** The clicks of the row's user before it, the latest last. */
function clicksBefore(all: readonly Shown[], { user, t }: Shown): readonly Shown[] {
  const earlier = all.filter((each) => each.user === user && each.click && each.t < t);
  return earlier.toSorted((a, b) => a.t - b.t).slice(-3);
}

function csv(all: readonly Shown[]): string {
  const rows = all.map((row) => {
    const { user, item, t, click } = row;
    const steps = clicksBefore(all, row);
    const lists = [steps.map((each) => `i${each.item}`), steps.map((each) => each.item / 2)];
    return [`u${user},i${item},${item / 2},${t},${Number(click)}`, ...lists.map((list) => list.join("|"))];
  });
  return `user_id,item_id,price,t,click,clicked,clicked_price\n${rows.map((row) => row.join(",")).join("\n")}\n`;
}

const isMade = (column: ColumnProfile) => column.isMade === true;

/** As a made history has it: new ids are not told apart. */
const asMade = (column: ColumnProfile): ColumnProfile => ({ ...column, distinct: null, isMade: true });

describe("a history that is made from a log", () => {
  function projects(): TestFolder {
    const folder = new TestFolder();
    folder.write("model.din", MODEL);
    const data = "spec: model.din\ndata:\n  train: rows.csv\n";
    folder.write("own.yaml", data);
    const histories = "    histories: { clicks: { where: { click: 1 } } }\n";
    folder.write("made.yaml", `${data}  impressions:\n    user: user_id\n    time: t\n${histories}`);
    const parts = "  validate: { share: 0.3, latest_by: t }\n";
    folder.write(
      "parted.yaml",
      `${data}${parts}  impressions:\n    user: user_id\n    time: t\n${histories}`,
    );
    folder.write(
      "log.yaml",
      "spec: model.din\ndata:\n  events: { path: log.csv, user: user_id, item: item_id, order: t }\n",
    );
    return folder;
  }

  async function prepared(folder: TestFolder, config: string) {
    const found = await prepare(null, { config: join(folder.path, config) });
    found.close();
    return { ...found, fitted: found.fitted, baseline: (await found.baseline())! };
  }

  it("is counted as a column of the rows with the same steps, in training and afterwards", async () => {
    const folder = projects();
    const logs = fc.uniqueArray(shown, {
      selector: ({ user, t }) => `${user} ${t}`,
      minLength: 8,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(logs, async (all) => {
        const [first, second] = [all[0]!, all[1]!];
        // Both labels occur.
        const rows = [{ ...first, click: true }, { ...second, click: false }, ...all.slice(2)];
        folder.write("rows.csv", csv(rows));
        const own = await prepared(folder, "own.yaml");
        const made = await prepared(folder, "made.yaml");
        // Rows that are kept aside are in the file, too.
        const parted = await prepared(folder, "parted.yaml");
        const lengths = ({ counted, isMade }: ColumnProfile) => isMade === true && counted === "lengths";
        expect(parted.baseline.columns.filter(lengths)).toEqual(made.baseline.columns.filter(lengths));
        const expected = own.baseline.columns.filter(({ column }) => column === "clicked").map(asMade);
        expect(made.baseline.columns.filter(isMade)).toEqual(expected);
        expect(made.baseline.columns.filter(({ column }) => column === "clicked")).toHaveLength(2);
        const { data } = await readConfig(join(folder.path, "made.yaml"));
        const file = {
          ...{ model: made.model, fitted: made.fitted, path: join(folder.path, "rows.csv") },
          data: data as Extract<typeof data, { kind: "rows" }>,
        };
        for (const baseline of [null, made.baseline])
          expect(await historiesOfImpressions(file, baseline, () => {})).toEqual(expected);
      }),
      { numRuns: runs(4) },
    );
  });

  it("has the lengths of the training rows of an event log", async () => {
    const folder = projects();
    const logs = fc.array(shown, { minLength: 12, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(logs, async (some) => {
        // An item is left to draw for each user.
        const rare = { user: 8, item: 9, t: 0, click: true };
        const all = [...some, rare, ...[0, 1, 2].map((item) => ({ user: 9, item, t: item, click: true }))];
        const events = all.map(({ user, item, t }) => `u${user},i${item},${item / 2},${t}`);
        const path = folder.csv("log.csv", "user_id,item_id,price,t", ...events);
        const { model, baseline } = await prepared(folder, "log.yaml");
        // By user, a training row after 1, …, n − 2 events.
        const lengths = [...Array(10).keys()].flatMap((user) => {
          const events = all.filter((each) => each.user === user).length;
          return Array.from({ length: Math.max(0, events - 2) }, (_, i) => Math.min(i + 1, 3));
        });
        const columns = { user: "user_id" };
        const examples = { split: "leave_last_out" } as never;
        const [found] = await historiesOfLog({ model, path, columns, examples }, null, {});
        expect(found).toMatchObject({ column: "clicked", counted: "lengths", missing: 0, isMade: true });
        expect(found!.present).toBe(lengths.length);
        expect(found!.numbers!.mean).toBeCloseTo(lengths.reduce((a, b) => a + b, 0) / lengths.length);
        // Each target has a row with a drawn item besides its own.
        const before = baseline.columns.find((each) => isMade(each) && each.counted === "lengths")!;
        const doubled = { ...found!, present: 2 * found!.present };
        const bins = { ...found!.bins, counts: found!.bins.counts.map((count) => 2 * count) };
        expect(before).toEqual({ ...doubled, bins });
      }),
      { numRuns: runs(4) },
    );
  });
});
