// The machine's time zone changes nothing: not the order of events, not what a column of instants holds, not a weight.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { TestFolder } from "../data/files.ts";
import { run } from "./spawn.ts";

const SPEC = `model log
features item { item_id : id  embed 4 }
features context { seen : id  embed 4 }
history clicks(max: 5) { item_id <-> past_item_id }
label click : binary
net { predict click = concat(item_id, seen, mean(clicks)) |> dense(1) |> sigmoid }
train { loss binary_cross_entropy  optimizer adam(learning_rate: 1e-2)  batch 16  epochs 1  metrics auc }
`;

test("a log of instants trains to the same weights in every zone", async () => {
  const folder = new TestFolder();
  folder.write("model.din", SPEC);
  folder.write(
    "dinc.yaml",
    "spec: model.din\ndata:\n  events: { path: log.parquet, user: user_id, item: item_id, order: seen }\n",
  );
  // In the night in which clocks in Berlin are put back; hours there are 2, 2 and 4, the second one 20
  // minutes before the first.
  const instants = ["00:30", "01:10", "03:00"].map((time) => `'2026-10-25 ${time}:00+00'::TIMESTAMPTZ`);
  await folder.parquet(
    "log.parquet",
    `SELECT n AS user_id, item || n % 5 AS item_id, seen FROM range(30) users(n),
       (SELECT unnest(['a', 'b', 'c']) AS item, unnest([${instants.join(", ")}]) AS seen)`,
  );
  const trained = ["Europe/Berlin", "America/St_Johns"].map((TZ, i) => {
    const args = ["train", "-c", "dinc.yaml", "--backend", "wasm", "--out", `run${i}`];
    const { code, err } = run(args, { cwd: folder.path, env: { TZ } });
    expect(code, err).toBe(0);
    expect(err).toContain(
      "events in the order of `seen`: times with a UTC offset, from 2026-10-25T00:30:00Z to 2026-10-25T03:00:00Z\n",
    );
    const file = (name: string) => readFileSync(join(folder.path, `run${i}`, name), "utf8");
    return {
      weights: file("weights.safetensors"),
      items: file("vocab/item_id.jsonl"),
      seen: file("vocab/seen.jsonl"),
    };
  });
  expect(trained[0]).toEqual(trained[1]);
  expect(trained[0]!.seen).toBe('"2026-10-25 01:10:00+00"\n');
});
