// A link says all that a page shows, and one of any earlier version opens.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { linkOf, readLink } from "../../playground/page/link.ts";
import { root } from "../cli/spawn.ts";
import { runs } from "../support/how-often.ts";

test("a link is read as it was made", async () => {
  await fc.assert(
    fc.asyncProperty(
      ...[fc.string(), fc.nat(), fc.string(), fc.string(), fc.option(fc.string(), { nil: undefined })],
      async (spec, seed, tab, version, lesson) => {
        const linked = { spec, seed, tab, version, ...(lesson === undefined ? {} : { lesson }) };
        expect(await readLink(await linkOf(linked))).toEqual(linked);
      },
    ),
  );
});

test("a link holds signs of addresses only, and is shorter than its spec", async () => {
  const spec = "features item { item_id : id  embed 16 }\n".repeat(30);
  const link = await linkOf({ spec, seed: 7, tab: "train", version: "0.1.0" });
  expect(link).toMatch(/^#v1\.[\w-]+$/);
  expect(link.length).toBeLessThan(spec.length / 4);
});

/** Links that versions made, by version: each opens for good. */
const kept: Readonly<Record<string, string>> = {
  "0.1.0": "#v1.BcE7CoAwEEDBq8irQ0jaPYtNNIsK-ZEVG_HuzrzY0B2h9qxlsZpKWRsOU81IjI47bQjHTOPE8ei0qzeE4KMPfD8",
};

test("one of each version is kept, and opens", async () => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(Object.keys(kept)).toContain(version);
  for (const [version, link] of Object.entries(kept)) {
    const said = { spec: "model small\n", seed: 11, tab: "graph", version };
    expect(await readLink(link)).toEqual(said);
  }
});

test("one that says more than this version knows opens, and so does one of a lesson", async () => {
  const linked = { spec: "model small\n", seed: 11, tab: "graph", version: "9.0.0", lesson: "dice" };
  const link = await linkOf({ ...linked, further: 1 } as typeof linked);
  expect(await readLink(link)).toEqual(linked);
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

test("a damaged link is none, or says something as a link does", async () => {
  const linked = {
    spec: "features item { item_id : id  embed 16 }\n".repeat(9),
    seed: 7,
    tab: "train",
    version: "0.1.0",
  };
  const link = await linkOf(linked);
  for (let end = 0; end < link.length; end++) expect(await readLink(link.slice(0, end))).toBeNull();
  const damaged = fc.tuple(fc.integer({ min: 4, max: link.length - 1 }), fc.constantFrom(..."AZaz09-_%= "));
  await fc.assert(
    fc.asyncProperty(damaged, async ([at, sign]) => {
      const found = await readLink(link.slice(0, at) + sign + link.slice(at + 1));
      if (found !== null) expect(typeof found.spec).toBe("string");
    }),
    { numRuns: runs(300) },
  );
});

test("values of other kinds in a link are left out", async () => {
  const values = fc.oneof(fc.jsonValue(), fc.constant({ __proto__: { spec: "x" } }));
  const packed = async (value: unknown) => {
    const bytes = deflateRawSync(JSON.stringify(value) ?? "undefined");
    return readLink(`#v1.${bytes.toString("base64url")}`);
  };
  await fc.assert(
    fc.asyncProperty(values, values, values, async (spec, seed, tab) => {
      const found = await packed({ spec, seed, tab, lesson: tab });
      if (typeof spec !== "string") expect(found).toBeNull();
      else {
        expect(Number.isSafeInteger(found!.seed)).toBe(true);
        expect([typeof found!.tab, typeof found!.version]).toEqual(["string", "string"]);
      }
      expect(await packed(spec)).toBeNull();
    }),
    { numRuns: runs(200) },
  );
});

test("of a bomb a few pieces are unpacked", async () => {
  // Chromium unpacks the whole of what is written at once: 400 MB of a link of 390 kB, before any of it is read.
  const bomb = deflateRawSync(Buffer.alloc(100_000_000, 97), { level: 9 });
  const written: number[] = [];
  const { DecompressionStream: Whole } = globalThis;
  globalThis.DecompressionStream = class extends Whole {
    override get writable() {
      const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        transform: (piece, to) => {
          written.push(piece.length);
          to.enqueue(piece);
        },
      });
      readable.pipeTo(super.writable as WritableStream<Uint8Array<ArrayBuffer>>).catch(() => {});
      return writable as InstanceType<typeof Whole>["writable"];
    }
  };
  try {
    expect(await readLink(`#v1.${bomb.toString("base64url")}`)).toBeNull();
  } finally {
    globalThis.DecompressionStream = Whole;
  }
  expect(written.length).toBeGreaterThan(0);
  expect(Math.max(...written)).toBeLessThanOrEqual(1_024);
});
