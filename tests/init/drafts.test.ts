// What holds of a draft of any table: it is a spec without mistakes, in the one style, without advice that it
// could have heeded; the format of the file makes no difference to it; and it reads a table with values that
// the drafted one has not.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { renderPretty } from "../../compiler/diagnostics/render/pretty.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { nameOfColumn } from "../../compiler/frontend/model/column-names.ts";
import { formatStrictly } from "../../compiler/tools/fmt/format.ts";
import { guess } from "../../compiler/tools/init/guess.ts";
import type { DraftPlan } from "../../compiler/tools/init/plan.ts";
import type { DraftTable } from "../../compiler/tools/init/table.ts";
import { isKeyOf } from "../../compiler/tools/init/words.ts";
import { type DraftTexts, draftTexts } from "../../compiler/tools/init/write.ts";
import { lint } from "../../compiler/tools/lint/lint.ts";
import { readTraining } from "../../runtime/data/read-data.ts";
import { readConfig } from "../../runtime/driver/read-config.ts";
import { sampleTable } from "../../runtime/driver/sample-table.ts";
import { runs } from "../support/how-often.ts";
import { refusal } from "./refusal.ts";
import {
  csvOf,
  kinds,
  madeTable,
  type Recipe,
  recipe,
  tableOf,
  withDistinctHeaders,
  writeFormats,
} from "./tables.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-drafts-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Said of the data, whatever a draft does: that nothing in it is of the user, or of the item. */
const OF_THE_DATA = ["prediction-ignores-user", "prediction-ignores-candidate"];

interface Drafted extends DraftTexts {
  readonly plan: DraftPlan;
}

/** Null where there is no draft. */
function draftOf(table: DraftTable, label: string | null, data = "rows.csv"): Drafted | null {
  const guessed = guess(table, label);
  if (guessed.kind !== "plan") return null;
  const { plan } = guessed;
  return { plan, ...draftTexts(plan, table, { spec: "model.din", data }) };
}

function expectSound({ spec }: DraftTexts): void {
  const file = sourceFile("model.din", spec);
  expect(formatStrictly(file)).toEqual({ value: spec, diagnostics: [] });
  const found = [...check(file).diagnostics, ...lint(file)];
  expect(renderPretty(found.filter(({ name }) => !OF_THE_DATA.includes(name)))).toBe("");
}

const column = (header: string, kind: Recipe["columns"][number]["kind"], gaps = 0) => ({
  header,
  kind,
  gaps,
});

test("no two things of a draft have one name, whatever the columns are called", () => {
  const clashing: Recipe = {
    columns: [
      ...[column("clicked_items", "items"), column("item_id", "item"), column("clicks", "label")],
      ...[column("viewed_items", "others"), column("viewed", "colour"), column("interest", "whole")],
      ...[column("candidate", "whole"), column("clicks_items", "whole"), column("clicks_2", "whole")],
    ],
    ...{ rows: 60, seed: 1 },
  };
  expectSound(draftOf(tableOf(madeTable(clashing)), "clicks")!);
});

test("a list of values is the past of no set, whatever they share", () => {
  const columns = [column("clicked_items", "sparses"), column("clk", "sparses"), column("label", "label")];
  const { spec } = draftOf(tableOf(madeTable({ columns, rows: 20, seed: 804648657 })), "label")!;
  expect(spec).not.toContain("<->");
});

test("a column without a value is the candidate of no history", () => {
  const columns = [column("item_id", "never"), column("clicked_items", "items"), column("label", "label")];
  const { spec } = draftOf(tableOf(madeTable({ columns, rows: 20, seed: 1 })), "label")!;
  expect(spec).not.toContain("<->");
});

test("a draft of any table is right, formatted and without advice", { timeout: 3_600_000 }, () => {
  let drafts = 0;
  fc.assert(
    fc.property(recipe, (made) => {
      const draft = draftOf(tableOf(madeTable(made)), made.label);
      if (draft === null) return;
      drafts++;
      expectSound(draft);
    }),
    { numRuns: runs(150) },
  );
  expect(drafts).toBeGreaterThan(runs(56));
});

/** What is said where `draft` is trained on its data, with `test` as the test where there is one. */
async function saidInTraining({ spec, config }: DraftTexts, test: string | null): Promise<string | null> {
  const path = join(folder, "dinc.yaml");
  writeFileSync(join(folder, "model.din"), spec);
  writeFileSync(
    path,
    test === null ? config : config.replace(/^ {2}# test: test.csv.*$/m, `  test: ${test}`),
  );
  const { value: model } = check(sourceFile("model.din", spec));
  const { data } = await readConfig(path);
  return refusal(() => readTraining(model!, data!));
}

/** Few rows of a CSV do not show that some of its texts are lists, and ids of users may hold any sign. */
const showsLists = ({ rows, columns }: Recipe) =>
  rows >= 20 &&
  !columns.some(
    ({ header, kind }) => kinds[kind].typeName.endsWith("]") && isKeyOf(nameOfColumn(header) ?? "", "user"),
  );
/** Beyond the range of training's numbers, which is an error of the data. */
const isInRange = ({ columns }: Recipe) => columns.every(({ kind }) => kind !== "enormous");

test("the format of the file makes no difference", { timeout: 3_600_000 }, async () => {
  let drafts = 0;
  await fc.assert(
    fc.asyncProperty(recipe.map(withDistinctHeaders).filter(showsLists), async (made) => {
      const found: (string | null)[] = [];
      for (const path of await writeFormats(join(folder, "same"), madeTable(made))) {
        let table: DraftTable | null = null;
        const said = await refusal(async () => {
          table = await sampleTable(path);
        });
        const draft = table === null ? null : draftOf(table, made.label, basename(path));
        if (draft !== null && !path.endsWith(".csv") && draft.plan.rows.kind === "rows")
          expect(await saidInTraining(draft, null)).toBeNull();
        // The first line names the file.
        found.push(draft?.spec.slice(draft.spec.indexOf("\n")) ?? said);
      }
      const [csv, jsonLines, parquet] = found;
      expect(jsonLines).toBe(parquet);
      // A first line that looks like a row, or as if another sign stood between names, is of a CSV only.
      if (!/DIN0616|DIN0560/.test(csv ?? "")) expect(csv).toBe(parquet);
      if (parquet?.includes("model draft")) drafts++;
    }),
    { numRuns: runs(6) },
  );
  expect(drafts).toBeGreaterThan(runs(2));
});

describe("tomorrow's rows", () => {
  /** What is said where the draft of today's rows is trained with tomorrow's as the test. */
  async function saidTomorrow(
    made: Recipe & { readonly label: string | null },
  ): Promise<string | null | undefined> {
    const [today, tomorrow] = [join(folder, "today.csv"), join(folder, "tomorrow.csv")];
    writeFileSync(today, csvOf(madeTable(made)));
    writeFileSync(tomorrow, csvOf(madeTable(made, 50)));
    let table: DraftTable | null = null;
    if ((await refusal(async () => (table = await sampleTable(today)))) !== null) return undefined;
    const draft = draftOf(table!, made.label, "today.csv");
    if (draft === null || draft.plan.rows.kind !== "rows") return undefined;
    return saidInTraining(draft, "tomorrow.csv");
  }

  test("are read by today's draft, and so are today's", { timeout: 3_600_000 }, async () => {
    let drafts = 0;
    await fc.assert(
      fc.asyncProperty(
        recipe
          .map(withDistinctHeaders)
          .filter((made) => made.label !== null && isInRange(made) && showsLists(made)),
        async (made) => {
          const said = await saidTomorrow(made);
          if (said === undefined) return;
          drafts++;
          expect(said).toBeNull();
        },
      ),
      { numRuns: runs(9) },
    );
    expect(drafts).toBeGreaterThan(runs(3));
  });

  test("may have other texts, whole numbers and numbers below 0", async () => {
    const columns = [column("city", "colour"), column("hour", "whole"), column("spent", "tail")];
    const made = { columns: [...columns, column("label", "label")], rows: 200, seed: 3, label: "label" };
    expect(await saidTomorrow(made)).toBeNull();
  });
});
