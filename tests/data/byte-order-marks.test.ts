// U+FEFF at the beginning of a value is part of it, in every format: two ids that it tells apart stay two. At the
// beginning of a file it is a byte order mark, and taken away.

import { readFileSync, rmSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { separatorsOf } from "../../compiler/frontend/config/config.ts";
import { nothingExpected } from "../../compiler/frontend/config/expect.ts";
import { profileColumns } from "../../runtime/data/tables/profile-file.ts";
import { profileData } from "../../runtime/driver/test-data.ts";
import { runHere } from "../cli/run-here.ts";
import { runs } from "../support/how-often.ts";
import { rowsOf, TestFolder } from "./files.ts";
import { readTraining } from "./in-memory.ts";
import { modelOf } from "./models.ts";

const MARK = "\ufeff";
const SPEC = `model marked
features item { item_id : id  embed 2  tags : set(id, max: 3)  embed 2 }
history clicks(max: 3) { item_id <-> clicked }
label click : binary
net { predict click = concat(item_id, tags, mean(clicks)) |> dense(1) |> sigmoid }
train { batch 4  epochs 1 }
`;
const model = modelOf(SPEC);

const id = fc.constantFrom("a", `${MARK}a`, `${MARK}${MARK}a`, `a${MARK}`, `${MARK}b`, "b");
interface Row {
  readonly item_id: string;
  readonly tags: readonly string[];
  readonly clicked: readonly string[];
}
const row: fc.Arbitrary<Row> = fc.record({
  item_id: id,
  tags: fc.array(id, { minLength: 1, maxLength: 3 }),
  clicked: fc.array(id, { minLength: 1, maxLength: 3 }),
});

/** By form: writes rows and gives the path. */
const forms: Readonly<
  Record<string, (folder: TestFolder, rows: readonly Row[]) => string | Promise<string>>
> = {
  csv: (folder, rows) => folder.write("rows.csv", csv(rows)),
  "CSV with a mark": (folder, rows) => folder.write("marked.csv", MARK + csv(rows)),
  "JSON Lines": (folder, rows) => folder.write("rows.jsonl", lines(rows)),
  "JSON Lines with a mark": (folder, rows) => folder.write("marked.jsonl", MARK + lines(rows)),
  JSON: (folder, rows) => folder.write("rows.json", JSON.stringify(labelled(rows))),
  "JSON with a mark": (folder, rows) => folder.write("marked.json", MARK + JSON.stringify(labelled(rows))),
  Parquet: (folder, rows) =>
    folder.parquet("rows.parquet", `SELECT * FROM read_json('${folder.write("p.jsonl", lines(rows))}')`),
  "Parquet of enums": (folder, rows) =>
    folder.parquet(
      "enums.parquet",
      `SELECT item_id::ENUM('a', 'b', 'a${MARK}', '${MARK}a', '${MARK}b', '${MARK}${MARK}a') AS item_id, tags, clicked, click
       FROM read_json('${folder.write("p.jsonl", lines(rows))}')`,
    ),
  query: (folder, rows) => `sql:SELECT * FROM '${folder.write("q.jsonl", lines(rows))}'`,
};

function labelled(rows: readonly Row[]) {
  return rows.map((each, i) => ({ ...each, click: i % 2 }));
}

function lines(rows: readonly Row[]): string {
  return labelled(rows)
    .map((each) => `${JSON.stringify(each)}\n`)
    .join("");
}

function csv(rows: readonly Row[]): string {
  const of = labelled(rows).map(
    (each) => `${each.item_id},${each.tags.join("|")},${each.clicked.join("|")},${each.click}\n`,
  );
  return `item_id,tags,clicked,click\n${of.join("")}`;
}

describe("values that begin with U+FEFF", () => {
  it.each(Object.keys(forms))("are ids of their own in %s", async (form) => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 4, maxLength: 9 }), async (rows) => {
        const folder = new TestFolder();
        const path = await forms[form]!(folder, rows);
        const { fitted, train } = await readTraining(model, rowsOf(path));
        const items = fitted.vocabularies.get("item_id")!;
        const all = rows.flatMap(({ item_id, clicked }) => [item_id, ...clicked]);
        expect(new Set(items)).toEqual(new Set(all));
        expect([...train.ids.get("item_id")!].map((each) => items[each - 2])).toEqual(
          rows.map(({ item_id }) => item_id),
        );
        expect(new Set(fitted.vocabularies.get("tags"))).toEqual(new Set(rows.flatMap(({ tags }) => tags)));
        // Nor does a count of what a file holds take two ids for one.
        const subject = { model, fitted, expect: nothingExpected, path };
        const reading = { separators: separatorsOf(), memory: 1e9, baseline: null };
        const { profile } = await profileData(subject, reading);
        for (const [i, { counted }] of profileColumns(model).entries())
          if (counted === "ids") expect(profile.columns[i]).toMatchObject({ fresh: 0 });
        expect(profile.columns[0]!.distinct).toBe(new Set(rows.map(({ item_id }) => item_id)).size);
        rmSync(folder.path, { recursive: true });
      }),
      { numRuns: runs(2) },
    );
  });

  it("may be names of columns", async () => {
    const folder = new TestFolder();
    const path = await folder.parquet(
      "rows.parquet",
      `SELECT 'a' AS "${MARK}item_id", ['a'] AS tags, ['b'] AS clicked, range % 2 AS click FROM range(4)`,
    );
    const { fitted } = await readTraining(model, rowsOf(path));
    expect(fitted.vocabularies.get("item_id")).toEqual(["a", "b"]);
  });

  it("are read from standard input, whatever copy of it is read", async () => {
    const folder = new TestFolder();
    const cwd = folder.path;
    folder.write("model.din", SPEC);
    folder.write("dinc.yaml", "spec: model.din\ndata: { train: '-', csv: { delimiter: \"::\" } }\n");
    const rows = [
      { item_id: `${MARK}a`, tags: ["x"], clicked: ["a"] },
      { item_id: "a", tags: ["x"], clicked: ["a"] },
    ];
    const inputs = { lines: MARK + lines(rows), csv: csv(rows).replaceAll(",", "::") };
    for (const [name, input] of Object.entries(inputs)) {
      const { err } = await runHere(["train", "--out", name], { cwd, input });
      expect(err).not.toContain("error");
      const vocabulary = readFileSync(`${cwd}/${name}/vocab/item_id.jsonl`, "utf8");
      expect(vocabulary).toBe(`"a"\n"${MARK}a"\n`);
    }
  });
});
