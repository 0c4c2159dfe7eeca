// Values of settings are compared with cells as what the column is: ids above 2^53 by all their digits, decimals,
// numbers of 32 and 64 bits, booleans, times and texts. The definition is arithmetic on whole numbers of any length.

import { rmSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { labelBy } from "../../compiler/data/compared-cells.ts";
import type { DataConfig } from "../../compiler/frontend/config/config.ts";
import { readSettings } from "../../compiler/frontend/config/read-settings.ts";
import { runs } from "../support/how-often.ts";
import { TestFolder } from "./files.ts";
import { readTraining } from "./in-memory.ts";
import { modelOf } from "./models.ts";

const column = (typeName: string, hasDecimalComma = false) => ({ typeName, hasDecimalComma });
const labelsOf = (
  positive: readonly string[],
  of: ReturnType<typeof column>,
  ...cells: readonly unknown[]
) => {
  const label = labelBy({ positive, negative: null }, of);
  return cells.map((cell) => label(cell as string));
};

/** Neighbours above 2^53: as doubles, many of them are one number. */
const id = fc.bigInt({ min: 0n, max: 600n }).map((n) => 1_234_567_890_123_456_500n + n);
const small = fc.bigInt({ min: -20n, max: 20n });

/** A number n / 10^places, as somebody might write it. */
const written = fc
  .record({
    n: fc.oneof(id, small),
    places: fc.integer({ min: 0, max: 4 }),
    zeros: fc.integer({ min: 0, max: 2 }),
    power: fc.integer({ min: -3, max: 3 }),
    hasPower: fc.boolean(),
  })
  .map(({ n, places, zeros, power, hasPower }) => {
    const sign = n < 0n ? "-" : "";
    const digits = String(n < 0n ? -n : n).padStart(places + 1 + zeros, "0");
    const point = digits.length - places;
    const text = `${sign}${digits.slice(0, point)}${places > 0 ? "." : ""}${digits.slice(point)}`;
    const shift = hasPower ? power : 0;
    return { text: hasPower ? `${text}e${power}` : text, scaled: n * 10n ** BigInt(7 - places + shift) };
  });

describe("a value of a setting", () => {
  it("is a cell of the same number, however either is written, and no other", () => {
    fc.assert(
      fc.property(written, written, ({ text, scaled }, cell) => {
        const [equal] = labelsOf([text], column("text"), cell.text);
        expect(equal).toBe(Number(scaled === cell.scaled));
        const decimal = /^([-+]?[\d.]+)(e-?\d+)?$/.exec(text)![0];
        const [least] = labelsOf([`>= ${decimal}`], column("text"), cell.text);
        const [below] = labelsOf([`< ${decimal}`], column("text"), cell.text);
        expect([least, below]).toEqual([Number(cell.scaled >= scaled), Number(cell.scaled < scaled)]);
      }),
      { numRuns: runs(500) },
    );
    fc.assert(
      fc.property(id, id, (one, other) => {
        expect(labelsOf([String(one)], column("BIGINT"), other, one)).toEqual([Number(one === other), 1]);
        expect(labelsOf([`<= ${one}`], column("HUGEINT"), other)).toEqual([Number(other <= one)]);
      }),
      { numRuns: runs(200) },
    );
  });

  it("has the precision of a column of doubles or of floats, and is refused where that is too little", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        if (Number.isInteger(x) && !Number.isSafeInteger(x)) return;
        expect(labelsOf([String(x)], column("DOUBLE"), x)).toEqual([1]);
        expect(labelsOf([String(x)], column("FLOAT"), Math.fround(x))).toEqual([
          Number.isInteger(Math.fround(x)) && !Number.isSafeInteger(Math.fround(x)) ? "inexact" : 1,
        ]);
      }),
      { numRuns: runs(200) },
    );
    expect(labelsOf(["0.1"], column("FLOAT"), Math.fround(0.1), 0.1)).toEqual([1, 0]);
    expect(labelsOf(["<= 0.1"], column("FLOAT"), Math.fround(0.1))).toEqual([1]);
    const double = Number("1234567890123456789");
    expect(labelsOf(["1234567890123456789"], column("DOUBLE"), double, 5)).toEqual(["inexact", 0]);
  });

  it("is an instant in a column of times, true or 1 in one of booleans, a text in any capitals", () => {
    const midnight = "2026-05-01 00:00:00";
    expect(
      labelsOf(["2026-05-01T02:00+02:00"], column("TIMESTAMP"), midnight, "2026-05-02 00:00:00"),
    ).toEqual([1, 0]);
    expect(labelsOf(["2026-05-01"], column("DATE"), "2026-05-01", "2026-05-02")).toEqual([1, 0]);
    expect(labelsOf(["1"], column("BOOLEAN"), true, false)).toEqual([1, 0]);
    expect(labelsOf(["false"], column("BOOLEAN"), true, false)).toEqual([0, 1]);
    expect(labelsOf(["Click"], column("text"), "CLICK ", "clicks")).toEqual([1, 0]);
    const address = `0x${"a".repeat(39)}1`;
    expect(labelsOf([address], column("text"), address, `0x${"a".repeat(39)}2`)).toEqual([1, 0]);
  });

  it("is read with the column's decimal comma where it has no point", () => {
    const commas = column("text", true);
    expect(labelsOf(["1.5"], commas, "1,5", "1,50", "15", "1.5")).toEqual([1, 1, 0, 1]);
    expect(labelsOf(["1.234,5"], commas, "1234,5", "1,2345")).toEqual([1, 0]);
    // Neither 1 nor a text that anybody means.
    expect(labelsOf(["1"], commas, "1", "1,0", "1.0")).toEqual([1, 1, null]);
  });
});

describe("in dinc.yaml", () => {
  const model = modelOf(`model m
features user { user_id : id  embed 2 }
features item { item_id : id  embed 2 }
history clicks(max: 600) { item_id <-> clicked }
label like : binary
net { predict like = concat(user_id, item_id, mean(clicks)) |> dense(1) |> sigmoid }
train { batch 4  epochs 1 }
`);
  const configOf = (folder: TestFolder, yaml: string): DataConfig => {
    const system = { environment: () => undefined, problemOf: () => null };
    const { value, diagnostics } = readSettings(sourceFile(`${folder.path}/dinc.yaml`, yaml), [], system);
    expect(diagnostics).toEqual([]);
    return value.data!;
  };
  const types = ["csv", "jsonl", "VARCHAR", "BIGINT", "UBIGINT", "DECIMAL(20,0)", "DECIMAL(24,2)"] as const;
  const cases = fc.record({
    ids: fc.array(id, { minLength: 3, maxLength: 8 }),
    chosen: fc.nat(),
    isQuoted: fc.boolean(),
    type: fc.constantFrom(...types),
  });

  it("names one id of a log and of a label, in every format and type", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ ids, chosen, isQuoted, type }) => {
        const folder = new TestFolder();
        const wanted = ids[chosen % ids.length]!;
        const lines = ids.map((each, t) => `{"user_id":"u","item_id":"i${t}","t":${t},"c":${each}}`);
        let path = folder.write("rows.jsonl", lines.join("\n"));
        if (type === "csv")
          path = folder.csv(
            "rows.csv",
            "user_id,item_id,t,c",
            ...ids.map((each, t) => `u,i${t},${t},${each}`),
          );
        else if (type !== "jsonl") {
          const rows = ids.map((each, t) => `('u', 'i${t}', ${t}, CAST(${each} AS ${type}))`).join(", ");
          path = await folder.parquet(
            "rows.parquet",
            `SELECT * FROM (VALUES ${rows}) AS r(user_id, item_id, t, c)`,
          );
        }
        const value = isQuoted ? `"${wanted}"` : String(wanted);
        const data = configOf(
          folder,
          `data:
  train: ${path}
  label: { from: c, positive: [${value}] }
  impressions: { user: user_id, time: t, histories: { clicks: { where: { c: ${value} } } } }
`,
        );
        const { train } = await readTraining(model, data, {}).catch((error) => {
          // Where the only such event is the last row, it is in no history.
          if (error.diagnostics?.[0]?.code === "DIN0858") return { train: null };
          throw error;
        });
        if (train !== null) {
          const { start, end } = train.histories.get("clicks")!;
          const steps = ids.map((_, t) => ids.slice(0, t).filter((each) => each === wanted).length);
          expect(Array.from(start, (from, row) => end[row]! - from)).toEqual(steps);
          expect([...train.labels.get("like")!]).toEqual(ids.map((each) => Number(each === wanted)));
        }
        rmSync(folder.path, { recursive: true });
      }),
      { numRuns: runs(8) },
    );
  });

  it("is refused where the column has doubles for such ids", async () => {
    const folder = new TestFolder();
    const path = folder.write(
      "rows.jsonl",
      '{"user_id":"u","item_id":"i","c":1234567890123456789}\n{"user_id":"u","item_id":"i","c":1.5}\n',
    );
    const data = configOf(
      folder,
      `data: { train: ${path}, label: { from: c, positive: 1234567890123456700 } }`,
    );
    const said = await folder.said(() =>
      readTraining(
        modelOf(`model m
features user { user_id : id  embed 2 }
label like : binary
net { predict like = user_id |> dense(1) |> sigmoid }
`),
        data,
      ),
    );
    expect(said).toContain("error[DIN0586 inexact-number]: `c` is 1234567890123456800 as a double");
  });
});
