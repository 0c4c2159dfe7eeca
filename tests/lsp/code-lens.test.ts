// What stands above lines of a spec.

import { describe, expect, test } from "vitest";
import { textOf } from "../../compiler/common/source-file.ts";
import {
  type CostSummary,
  costSummary,
  costText,
  differenceText,
} from "../../compiler/tools/lsp/cost-summary.ts";
import { codeLenses, resolveCodeLens } from "../../compiler/tools/lsp/features/code-lens.ts";
import { spanOf } from "../../compiler/tools/lsp/ranges.ts";
import type { Snapshot } from "../../compiler/tools/lsp/snapshot.ts";
import { CostThread } from "../../runtime/lsp/cost-thread.ts";
import { marked } from "./markers.ts";

const model = `model din
import "blocks.din"
param units = 8
features user { user_id : id embed 4 }
features item { item_id : id(size: 98) embed 4 }
label click : binary
block twice(x: Vec[d]) -> Vec[2*d] { concat(x, x) }
block never(x: Vec[d]) -> Vec[d] { x }
net { predict click = twice(concat(user_id, item_id)) |> tower(units) |> dense(1) |> sigmoid }
variant wide from din { param units = 16 }
variant same from wide { net { predict click = twice(concat(user_id, item_id)) |> tower(units) |> dense(1) |> sigmoid } }
--- blocks.din
block tower(x: Vec[d], width: Int) -> Vec[width] { dense(x, width) }
`;

const thread = new CostThread((problem) => {
  throw problem;
});

/** Each with the word that it stands above. */
async function lenses(text: string, commands: readonly string[] = [], file?: string) {
  const { snapshot, path: first } = marked(text);
  const path = file ?? first;
  const known = new Set(commands);
  const found = codeLenses(snapshot, path, known);
  const resolved = await Promise.all(
    found.map((lens) =>
      lens.command === undefined
        ? resolveCodeLens(snapshot, lens, (uri) => uri.replace("file:///", ""), known, costsIn(snapshot))
        : lens,
    ),
  );
  return resolved.map(({ range, command }) => ({
    at: textOf(spanOf(snapshot.file(path)!, range)),
    ...command!,
  }));
}

function costsIn(snapshot: Snapshot) {
  return (path: string, variant: string | null) => thread.costOf(snapshot, path, variant);
}

const shown = async (text: string, file?: string) =>
  (await lenses(`--- model.din\n${text}`, [], file)).map(({ at, title }) => `${at}: ${title}`);

test("costs, uses, and what variants cost more", async () => {
  // A dense layer 16 → 8 and one 8 → 1; a table of 98 ids, padding and the unknown one, 4 numbers each. As trained, each of
  // 200 candidates has both layers with their biases.
  const weights = 16 * 8 + 8 + 8 + 1;
  const before = 200 * (2 * (16 * 8 + 8) + 8 + 1);
  const [cost, ...others] = await shown(model);
  expect(cost).toMatch(
    new RegExp(
      `^din: ${weights} weights · tables: 100 rows, 1.6 kB, and learned ids · ${(before / 1000).toFixed(1)}K → `,
    ),
  );
  expect(others).toEqual([
    "twice: 2 uses",
    "never: 0 uses",
    expect.stringMatching(/^wide: \+144 weights · [\d.]+K → [\d.]+K FLOPs$/),
    "same: costs the same",
  ]);
});

test("uses in files that import a block", async () => {
  expect(await shown(model, "blocks.din")).toEqual(["tower: 2 uses"]);
});

test("of a spec with errors nothing is counted", async () => {
  expect(await shown(model.replace("embed 4", "embed 4 4"))).toEqual(["twice: 2 uses", "never: 0 uses"]);
});

test("commands of the client, and only those", async () => {
  expect((await lenses(`--- model.din\n${model}`)).every(({ command }) => command === "")).toBe(true);
  const clickable = (
    await lenses(`--- model.din\n${model}`, ["dinc.check", "dinc.train", "dinc.showReferences"])
  ).filter(({ command }) => command !== "");
  expect(clickable).toEqual([
    { at: "din", title: "check", command: "dinc.check", arguments: ["file:///model.din"] },
    { at: "din", title: "train", command: "dinc.train", arguments: ["file:///model.din"] },
    {
      at: "twice",
      title: "2 uses",
      command: "dinc.showReferences",
      arguments: [
        "file:///model.din",
        { line: 6, character: 6 },
        [
          expect.objectContaining({ uri: "file:///model.din" }),
          expect.objectContaining({ uri: "file:///model.din" }),
        ],
      ],
    },
  ]);
});

test("a cost is computed once for a text", async () => {
  const { snapshot, path } = marked(`--- model.din\n${model}`);
  const first = thread.costOf(snapshot, path, null);
  expect(thread.costOf(snapshot.with(new Map()), path, null)).toBe(first);
  const changed = snapshot.with(new Map([["blocks.din", marked("--- blocks.din\nparam a = 1\n").file]]));
  expect(await thread.costOf(changed, path, null)).toBeNull();
  expect(await first).not.toBeNull();
});

test("what a client sends back is not believed", async () => {
  const { snapshot } = marked(model);
  const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  for (const data of [
    undefined,
    null,
    3,
    {},
    { kind: "cost" },
    { kind: "cost", uri: "a", variant: 3 },
    { kind: "x", uri: "a", variant: null },
  ]) {
    const lens = { range, data };
    expect(await resolveCodeLens(snapshot, lens, (uri) => uri, new Set(), costsIn(snapshot))).toBe(lens);
  }
  const gone = { range, data: { kind: "cost", uri: "gone.din", variant: null } };
  expect(
    (await resolveCodeLens(snapshot, gone, (uri) => uri, new Set(), costsIn(snapshot))).command?.title,
  ).toBe("…");
});

describe("words", () => {
  const summary: CostSummary = {
    weights: 12_480,
    tableRows: 0,
    tableBytes: 0,
    isOpen: false,
    before: 283_200_000,
    after: 31_040_000,
  };

  test("of a cost", () => {
    expect(costText(summary)).toBe("12,480 weights · 283.2M → 31M FLOPs for 200 candidates");
    expect(costText({ ...summary, isOpen: true })).toContain(" · tables: learned ids · ");
    expect(costText({ ...summary, tableRows: 1002, tableBytes: 64_128 })).toContain(
      " · tables: 1,002 rows, 64.1 kB · ",
    );
    expect(costText({ ...summary, tableRows: 3, tableBytes: 12 })).toContain(
      " · tables: 3 rows, 12 bytes · ",
    );
  });

  test("of a difference", () => {
    expect(differenceText(summary, summary)).toBe("costs the same");
    expect(
      differenceText({ ...summary, weights: 12_000, tableBytes: 2_500_000, after: 44_000_000 }, summary),
    ).toBe("−480 weights · +2.5 MB of tables · 31M → 44M FLOPs");
  });
});

test("a summary is what `dinc cost` counts", () => {
  const { snapshot, path } = marked(`--- model.din\n${model}`);
  const { value } = snapshot.analysis(path)!;
  expect(costSummary(value!)).toMatchObject({ tableRows: 100, tableBytes: 1600, isOpen: true });
});
