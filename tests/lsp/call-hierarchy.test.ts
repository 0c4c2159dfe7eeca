// Who uses a block, and which blocks it uses.

import { expect, test } from "vitest";
import type { CallHierarchyItem } from "vscode-languageserver-types";
import {
  incomingCalls,
  outgoingCalls,
  prepareCallHierarchy,
} from "../../compiler/tools/lsp/features/call-hierarchy.ts";
import { offsetOf } from "../../compiler/tools/lsp/ranges.ts";
import type { Snapshot } from "../../compiler/tools/lsp/snapshot.ts";
import { marked } from "./markers.ts";

const pathOf = ({ uri }: CallHierarchyItem) => uri.replace("file:///", "");

function startOf(snapshot: Snapshot, item: CallHierarchyItem): number {
  return offsetOf(snapshot.file(pathOf(item))!, item.selectionRange.start);
}

function hierarchy(text: string) {
  const { snapshot, path, offset } = marked(text);
  const [item] = prepareCallHierarchy(snapshot, path, offset);
  if (item === undefined) return null;
  const at = (each: CallHierarchyItem, count: number) => `${pathOf(each)} ${each.name} ×${count}`;
  const place = [snapshot, pathOf(item), startOf(snapshot, item)] as const;
  return {
    item: `${pathOf(item)} ${item.name}${item.detail}`,
    from: incomingCalls(...place).map((call) => at(call.from, call.fromRanges.length)),
    to: outgoingCalls(...place).map((call) => at(call.to, call.fromRanges.length)),
  };
}

const files = `--- model.din
model din
import "blocks.din"
net { let a = tower(b) + tower(c)  let d = outer(b) }
variant wide from din { net { let a = scan(tower, b, width: 3) } }
--- blocks.din
block tower(x: Vec[d], y: Vec[d] = inner(0)) -> Vec[4] { inner(x) |> inner |> mlp([8]) }
block inner(x: Vec[d]) -> Vec[d] { x |> dense(3) }
block outer(x: Vec[d]) -> Vec[4] { tower(x) }
`;

test("in the file, in others that import it, and in the standard library", () => {
  expect(hierarchy(files.replace("block tower", "block tow┆er"))).toEqual({
    item: "blocks.din tower(x: Vec[d], y: Vec[d] = inner(0)) -> Vec[4]",
    from: ["blocks.din outer ×1", "model.din net ×2", "model.din net ×1"],
    to: ["blocks.din inner ×3", "std/mlp.din mlp ×1"],
  });
});

test("from a call", () => {
  expect(hierarchy(files.replace("= outer", "= out┆er"))).toEqual({
    item: "blocks.din outer(x: Vec[d]) -> Vec[4]",
    from: ["model.din net ×1"],
    to: ["blocks.din tower ×1"],
  });
});

test("a block of the standard library: what uses it there and here", () => {
  const found = hierarchy(
    "net { let a = attend_ov┆er(b, c, d) let e = ml┆p(b, [3]) }".replace("attend_ov┆er", "x"),
  );
  expect(found?.item).toMatch(/^std\/mlp\.din mlp\(/);
  expect(found?.from).toContain("model.din net ×1");
  expect(found?.from.some((each) => each.startsWith("std/"))).toBe(true);
});

test("of a net: what it calls", () => {
  const { snapshot, path, offset } = marked(files.replace("net { let a = tower", "n┆et { let a = tower"));
  expect(outgoingCalls(snapshot, path, offset).map(({ to }) => to.name)).toEqual(["tower", "outer"]);
  expect(incomingCalls(snapshot, path, offset)).toEqual([]);
});

test("of what is no block: none", () => {
  expect(hierarchy("net { let a┆ = 3 }")).toBeNull();
  expect(hierarchy("net { let a = con┆cat(b) }")).toBeNull();
});
