// Random tables of SQLite, with hostile names and values, read by dinc: sqlite-rows.mjs SEED TABLES. Prints as JSON how many
// were read and refused, and the differences. Needs a Node that reads SQLite.

import { readFileSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { Random } from "../../compiler/common/random.ts";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { writeSqliteRows } from "../../runtime/data/elsewhere/sqlite-copy.ts";

const [seed, tables] = process.argv.slice(2).map(Number);
const NAMES = [
  "a",
  "A b",
  "__proto__",
  "constructor",
  "1",
  "",
  "'",
  '"',
  "`;--",
  "sqlite3data",
  "a\nb",
  "é😀",
  "sqliteX_",
  "select",
];
const VALUES = [
  null,
  0,
  -1,
  1.5,
  -0.25,
  1e300,
  5e-324,
  2 ** 53,
  9223372036854775807n,
  -9223372036854775808n,
  9007199254740993n,
  "",
  " ",
  "1",
  "01",
  "1.0",
  "null",
  "NaN",
  "a\u0000b",
  '"\\\n\r\t',
  "\ufeffa",
  "é😀",
  "\u2028",
  "x".repeat(70000),
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  "\ufffd",
  "a\ufffdb",
  { text: [0xff, 0x41] },
  { text: [0x61, 0xe9] },
  { text: [0xed, 0xa0, 0x80] },
  { text: [0xef, 0xbf, 0xbd, 0xc3] },
  new Uint8Array([255, 0]),
  new Uint8Array(),
];
const random = Random.of(seed, "sqlite");
const one = (of) => of[random.integer(of.length)];
const quoted = (name) => `"${name.replaceAll('"', '""')}"`;
const FILE = "random.db";
/** Values that JSON lacks, that are no text, or a text of bytes that are no UTF-8, are refused. */
const isRefused = (value) =>
  value instanceof Uint8Array ||
  value?.text !== undefined ||
  value === Number.POSITIVE_INFINITY ||
  value === Number.NEGATIVE_INFINITY;
/** As dinc writes it: whole numbers with all digits. */
const written = (value) =>
  typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value))
    ? String(value)
    : JSON.stringify(value);

const different = [];
let refused = 0;
for (let i = 0; i < tables; i++) {
  rmSync(FILE, { force: true });
  const database = new DatabaseSync(FILE);
  const names = [...new Set(Array.from({ length: 1 + random.integer(4) }, () => one(NAMES)))];
  const columns = names.filter(
    (each, at) => names.findIndex((other) => other.toLowerCase() === each.toLowerCase()) === at,
  );
  const table = one(NAMES.filter((name) => !name.includes("\n")));
  const isView = random.integer(3) === 0;
  const own = isView ? "source" : table;
  database.exec(`CREATE TABLE ${quoted(own)} (${columns.map(quoted).join(", ")})`);
  if (isView) database.exec(`CREATE VIEW ${quoted(table)} AS SELECT * FROM source`);
  const isTame = random.integer(3) > 0;
  const rows = Array.from({ length: random.integer(6) }, () =>
    columns.map(() => one(VALUES.filter((value) => !isTame || !isRefused(value)))),
  );
  for (const row of rows) {
    const values = row.map((value) => (value?.text === undefined ? "?" : "CAST(? AS TEXT)"));
    const add = database.prepare(`INSERT INTO ${quoted(own)} VALUES (${values.join(", ")})`);
    add.run(...row.map((value) => (value?.text === undefined ? value : Uint8Array.from(value.text))));
  }
  database.close();
  const bad = rows.flatMap((row, at) =>
    row.flatMap((value, k) => (isRefused(value) ? [{ row: at + 1, column: columns[k] }] : [])),
  );
  const asked = isView || random.integer(2) === 0 ? { kind: "table", table } : { kind: "table", table: null };
  let said = "";
  try {
    await writeSqliteRows(asked, FILE, "random.jsonl", { name: FILE, report() {} });
    said = readFileSync("random.jsonl", "utf8");
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const { location, message } = error.diagnostics[0];
    const { row, column } = location.data;
    if (bad.some((each) => each.row === row && each.column === column)) refused += 1;
    else different.push({ table, columns, message });
    continue;
  }
  const lines = said
    .split("\n")
    .slice(0, -1)
    .filter((line) => JSON.parse(line) !== null);
  // The order of names in an object is not that of the columns where they are numbers.
  const expected = rows.map((row) =>
    columns
      .map((name, k) => `${JSON.stringify(name)}:${written(row[k])}`)
      .sort((a, b) => Number(b.startsWith('"1"')) - Number(a.startsWith('"1"'))),
  );
  const isSame =
    bad.length === 0 &&
    JSON.stringify(lines) === JSON.stringify(expected.map((parts) => `{${parts.join(",")}}`));
  if (!isSame)
    different.push({ table, columns, bad, lines: lines.slice(0, 3), expected: expected.slice(0, 3) });
}
console.log(JSON.stringify({ different: different.slice(0, 5), tables, refused }));
