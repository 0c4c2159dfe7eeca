// A text of JSON is the text that is there, as it is when the compiled module gets it: no date, time or UUID is made of it.

import { expect, test } from "vitest";
import { DataFiles } from "../../runtime/data/tables/data-files.ts";
import { TestFolder } from "./files.ts";
import { readOrder } from "./read-order.ts";

test.each([
  ["dates", ["03-04-2026", "04-03-2026"]],
  ["dates of two kinds", ["2026-3-4", "2026-03-04"]],
  ["times", ["2026-03-04T09:05:06Z", "2026-03-04T18:05:06+09:00"]],
  ["times of day", ["9:05:00", "09:05:00"]],
  ["UUIDs", ["6F1ED002-AB5D-4D9B-8F1E-000000000001", "6f1ed002-ab5d-4d9b-8f1e-000000000001"]],
])("ids that look like %s", async (_, ids) => {
  const folder = new TestFolder();
  const files = await DataFiles.open();
  for (const format of ["jsonl", "json"]) {
    const rows = ids.map((item_id, t) =>
      JSON.stringify({ 'user\'s $& "id"': "x", user_id: ids[0], item_id, t }),
    );
    const text = format === "json" ? `[${rows.join(",")}]` : rows.join("\n");
    const { items } = await readOrder(files, folder.write(`ids.${format}`, text));
    expect(items(ids[0]!)).toEqual(ids);
  }
  await files.close();
});
