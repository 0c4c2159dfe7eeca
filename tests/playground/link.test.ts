// A link says all that a page shows, and one of any earlier version opens.

import fc from "fast-check";
import { expect, test } from "vitest";
import { linkOf, readLink } from "../../playground/page/link.ts";

test("a link is read as it was made", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), fc.nat(), fc.string(), fc.string(), async (spec, seed, tab, version) => {
      const linked = { spec, seed, tab, version };
      expect(await readLink(await linkOf(linked))).toEqual(linked);
    }),
  );
});

test("a link holds signs of addresses only, and is shorter than its spec", async () => {
  const spec = "features item { item_id : id  embed 16 }\n".repeat(30);
  const link = await linkOf({ spec, seed: 7, tab: "train", version: "0.1.0" });
  expect(link).toMatch(/^#v1\.[\w-]+$/);
  expect(link.length).toBeLessThan(spec.length / 4);
});

test("one that version 0.1.0 made", async () => {
  const link = "#v1.BcE7CoAwEEDBq8irQ0jaPYtNNIsK-ZEVG_HuzrzY0B2h9qxlsZpKWRsOU81IjI47bQjHTOPE8ei0qzeE4KMPfD8";
  expect(await readLink(link)).toEqual({ spec: "model small\n", seed: 11, tab: "graph", version: "0.1.0" });
});

test("what is no link is none", async () => {
  for (const hash of ["", "#", "#train", "#v1.", "#v1.%%%", "#v1.AAAA", "#v2.AAAA"])
    expect(await readLink(hash)).toBeNull();
});

test("what unpacks to more than a page holds is none", async () => {
  const link = await linkOf({ spec: "a".repeat(2_000_000), seed: 1, tab: "", version: "" });
  expect(link.length).toBeLessThan(10_000);
  expect(await readLink(link)).toBeNull();
});
