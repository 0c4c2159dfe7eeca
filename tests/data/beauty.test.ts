import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { EventsConfig } from "../../runtime/config/config.ts";
import type { Dataset } from "../../runtime/data/dataset.ts";
import { readSplit, readTraining } from "../../runtime/data/read-data.ts";
import { dinModel } from "./models.ts";

const folder = "../shared/data/amazon-beauty";

const config: EventsConfig = {
  kind: "events",
  events: { path: `${folder}/interactions.csv`, user: "user_id", item: "item_id", order: "step" },
  items: { path: `${folder}/items.csv`, key: "item_id" },
  users: null,
  examples: {
    positives: "each_event",
    negatives: { perPositive: 1, sample: "uniform", exclude: "seen", seed: 2026 },
    split: "leave_last_out",
  },
};

function meanHistory(data: Dataset): number {
  const { start, end } = data.histories.get("clicks")!;
  let steps = 0;
  for (let row = 0; row < data.rows; row++) steps += end[row]! - start[row]!;
  return steps / data.rows;
}

describe.runIf(existsSync(folder))("Amazon Beauty by the DIN paper's protocol", () => {
  it("gives the rows that the peers train on", async () => {
    const { train, test, fitted, fingerprint } = await readTraining(dinModel(), config);
    expect([train.rows, test!.rows]).toEqual([307_552, 44_726]);
    expect([fingerprint.trainRows, fingerprint.testRows]).toEqual([307_552, 44_726]);
    expect(meanHistory(train)).toBeCloseTo(8.1, 1);
    expect(train.labels.get("click")!.reduce((sum, label) => sum + label, 0)).toBe(307_552 / 2);
    expect(new Set(test!.groups.get("user_id")).size).toBe(22_363);
    expect(fitted.vocabularies.get("item_id")!.length).toBeLessThanOrEqual(12_101);

    const again = await readSplit(dinModel(), fitted, config, "test");
    expect(again!.ids).toEqual(test!.ids);
    expect(again!.histories).toEqual(test!.histories);
    expect(again!.groups).toEqual(test!.groups);
  });
});
