// NumPy's files of several arrays have the rows of Parquet: the same columns, types and cells, stored or deflated.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { Random } from "../../../compiler/common/random.ts";
import { runs, seed } from "../../support/how-often.ts";
import { columnsIn, saidOfFile } from "../columns-in.ts";

const folder = import.meta.dirname;
const scratch = mkdtempSync(join(tmpdir(), "dinc-numpy-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test.each(["rows.npz", "rows-deflated.npz"])("%s has the columns of Parquet", async (name) => {
  expect(await columnsIn(join(folder, name))).toEqual(await columnsIn(join(folder, "rows.parquet")));
});

test("compressed once more, they have the same columns", async () => {
  const path = join(scratch, "rows.npz.gz");
  writeFileSync(path, gzipSync(readFileSync(join(folder, "rows.npz"))));
  expect(await columnsIn(path)).toEqual(await columnsIn(join(folder, "rows.parquet")));
});

test.each([
  ["objects.npz", "dinc reads no values of NumPy's type |O", "objects.npz, column item_id"],
  ["lengths.npz", "it has 7 rows, and `click` has 40", "lengths.npz, column price"],
  ["dimensions.npz", "it has 3 dimensions, not 1 or 2", "dimensions.npz, column image"],
  ["big-endian.npz", "dinc reads no values of NumPy's type >i4", "big-endian.npz, column click"],
  ["fortran.npz", "its numbers are stored by columns (Fortran)", "fortran.npz, column vector"],
])("%s is refused", async (name, reason, place) => {
  const said = await saidOfFile(join(folder, name), folder);
  expect(said).toContain(
    `error[DIN0541 malformed-data-file]: this file cannot be read any further: ${reason}\n`,
  );
  expect(said).toContain(`--> ${place}\n  = help: save arrays of one or two dimensions`);
});

test("files that are cut short, wherever, and other files", async () => {
  const whole = readFileSync(join(folder, "rows-deflated.npz"));
  const path = join(scratch, "cut.npz");
  for (let length = 0; length < whole.length; length += 131) {
    writeFileSync(path, whole.subarray(0, length));
    expect(await saidOfFile(path, scratch)).toContain(
      "it is not a file of several arrays (`numpy.savez`), or is cut short",
    );
  }
});

test.each(["rows.npz", "rows-deflated.npz"])(
  "changed bytes of %s are read, or a diagnostic",
  async (name) => {
    const whole = readFileSync(join(folder, name));
    const random = new Random(seed);
    const path = join(scratch, name);
    for (let run = 0; run < runs(30); run++) {
      const bytes = Buffer.from(whole);
      // Half of the changes are in the list of members, at the end.
      const from = random.integer(2) === 0 ? 0 : bytes.length - 600;
      for (let count = 1 + random.integer(3); count > 0; count--)
        bytes[from + random.integer(bytes.length - from)] = random.integer(256);
      writeFileSync(path, bytes);
      expect(await saidOfFile(path, scratch)).toMatch(/^read$|^error\[DIN0541/);
    }
  },
);
