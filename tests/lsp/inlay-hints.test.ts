// What is shown between the characters of a spec: each text has the hints in `⟨…⟩`.

import { expect, test } from "vitest";
import { type Span, sourceFile, textOf } from "../../compiler/common/source-file.ts";
import { inlayHints } from "../../compiler/tools/lsp/features/inlay-hints.ts";
import { offsetOf, spanOf } from "../../compiler/tools/lsp/ranges.ts";
import { Snapshot } from "../../compiler/tools/lsp/snapshot.ts";
import { marked, nothingOnDisk } from "./markers.ts";

function hinted(snapshot: Snapshot, path: string, range?: Span): string {
  const file = snapshot.file(path)!;
  let text = "";
  let end = 0;
  for (const { position, label } of inlayHints(
    snapshot,
    path,
    range ?? { file, start: 0, end: file.text.length },
  )) {
    const offset = offsetOf(file, position);
    const shown = typeof label === "string" ? label : label.map(({ value }) => value).join("");
    text += `${file.text.slice(end, offset)}⟨${shown}⟩`;
    end = offset;
  }
  return text + file.text.slice(end);
}

/** Puts in the hints of a text that has them, and expects the same. */
function expectHints(text: string): void {
  const { snapshot, path } = marked(text.replace(/⟨[^⟩]*⟩/g, ""));
  expect(hinted(snapshot, path)).toBe(text);
}

const head = `model din
features item { item_id : id embed 8  price : number }
history clicks(max: 5) { item_id <-> hist_item_id }
label click : binary
`;

test("types after the names of lets, with axes; not where the value says it", () => {
  expectHints(`${head}block pair(x: Vec[d], y: Vec[d]) -> Vec[2*d] {
  let both⟨: Vec[2*d]⟩ = concat(x, y)
  both
}
net {
  let units = [8, 4]
  let half = 0.5
  let seen⟨: Seq[clicks, 8]⟩ = clicks * half
  let open⟨: Seq[clicks, Prob]⟩ = dense(seen, 1) |> sigmoid
  let wide⟨: Vec[16]⟩ = pair(item_id, sum(open * seen))
  predict click = mlp(wide, units) |> dense(1) |> sigmoid
}
`);
});

test("names of parameters beside literals by position; not of widths, nor of what is many", () => {
  expectHints(`${head}block scaled(x: Vec[d], by: Float, twice: Int = 1) -> Vec[d] { by * twice * x }
net {
  let a⟨: Vec[16]⟩ = concat(item_id, item_id)
  let b⟨: Vec[4]⟩ = mlp(a, ⟨units:⟩[8, 4], relu) |> scaled(⟨by:⟩0.5, ⟨twice:⟩-2)
  let c⟨: Vec[4]⟩ = scaled(b, by: 0.5)
  let d⟨: Vec[4]⟩ = a |> dense(4, relu) |> dropout(⟨rate:⟩0.5)
  predict click = sum([c, d]) |> dense(1) |> sigmoid
}
`);
});

test("a function of any number of arguments has no names for them", () => {
  expectHints("net { let a = concat(2, 3) let b = c |> concat(2) }");
});

test("results of blocks where all uses agree", () => {
  expectHints(`${head}block tower(x)⟨ -> Vec[4]⟩ { dense(x, 4) }
block last_layer(x: Vec[d], _more: Int = (3)) { dense(x, 1) }
block unused(x) { x }
block varied(x, width) { dense(x, width) }
net {
  let a⟨: Vec[4]⟩ = tower(item_id) + tower(price)
  let c⟨: Vec[3]⟩ = varied(a, 3) + varied(varied(a, 2), 3)
  let b⟨: Seq[clicks, 1]⟩ = last_layer(clicks)
  predict click = sigmoid(last_layer(concat(a, c)) + sum(b))
}
`);
});

test("values of params that are computed", () => {
  expectHints(`${head.replace("\n", "\nparam width = 8\nparam twice = 2 * width⟨ = 16⟩\n")}net {
  let a⟨: Vec[16]⟩ = dense(item_id, twice)
  predict click = a |> dense(1) |> sigmoid
}
variant wide from din {
  param width = 16
  net { let b⟨: Vec[32]⟩ = dense(item_id, twice) predict click = b |> dense(1) |> sigmoid }
}
`);
});

test("only what is asked for", () => {
  const { snapshot, path, ranges } = marked(
    `${head}net {\n  let a = dense(item_id, 4)\n  let «b = mlp(a, [3])\n»  let c = mlp(b, [2])\n  predict click = c |> dense(1) |> sigmoid }`,
  );
  expect(hinted(snapshot, path, ranges[0])).toMatch(
    /let a = .*\n {2}let b⟨: Vec\[3\]⟩ = mlp\(a, ⟨units:⟩\[3\]\)\n {2}let c = mlp\(b, \[2\]\)/,
  );
});

test("the tooltip says where the width comes from", () => {
  const { snapshot, path, file } = marked(
    `${head}net {\n  let a = dense(item_id, 4) |> relu\n  predict click = a |> dense(1) |> sigmoid }`,
  );
  const [hint] = inlayHints(snapshot, path, { file, start: 0, end: file.text.length });
  const [, part] = hint === undefined || typeof hint.label === "string" ? [] : hint.label;
  expect(part?.tooltip).toEqual({ kind: "markdown", value: "4 wide: this `dense` gives 4 (line 6)" });
  expect(textOf(spanOf(file, part!.location!.range))).toBe("4");
});

test("what a mistake keeps from being known is shown as it was", () => {
  const good = `${head}net {
  let a = dense(item_id, 4)
  let b = concat(a, price)
  predict click = b |> dense(1) |> sigmoid
}
`;
  const snapshotOf = (text: string, before: Snapshot | null) =>
    new Snapshot(new Map([["a.din", sourceFile("a.din", text)]]), nothingOnDisk, before);
  const first = snapshotOf(good, null);
  expect(hinted(first, "a.din")).toContain("let b⟨: Vec[5]⟩");
  const broken = snapshotOf(good.replace("dense(item_id, 4)", "dense(unknown, 4)"), first);
  expect(hinted(broken, "a.din")).toContain("let a⟨: Vec[4]⟩ = dense(unknown, 4)\n  let b⟨: Vec[5]⟩");
  // Of a text that never was right, nothing.
  const alone = snapshotOf(good.replace("dense(item_id, 4)", "dense(unknown, 4)"), null);
  expect(hinted(alone, "a.din")).not.toContain("⟨");
  const mended = snapshotOf(good.replace("dense(item_id, 4)", "dense(item_id, 6)"), broken);
  expect(hinted(mended, "a.din")).toContain("let b⟨: Vec[7]⟩");
});
