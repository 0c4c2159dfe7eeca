// docs/data.md: every dinc.yaml that it shows trains, on files that lie as the page says.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runHere } from "../cli/run-here.ts";
import { root } from "../cli/spawn.ts";

const page = readFileSync(join(root, "docs/data.md"), "utf8");
const shown = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, yaml]) => yaml!);

const folder = mkdtempSync(join(tmpdir(), "dinc-data-page-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

write(
  "model.din",
  `model shop
features user { user_id : id }
features item { item_id : id  embed 2  price : number |> log1p }
history clicks(max: 5) { item_id <-> hist_item_id }
label click : binary
net { predict click = concat(item_id, price, mean(clicks)) |> dense(1) |> sigmoid }
train { batch 4  epochs 1  metrics auc, gauc(by: user_id) }
`,
);

const HEADER = "user_id,item_id,price,hist_item_id,click\n";
/** Eight rows, other ones for each number. */
const rows = (number: number) =>
  Array.from({ length: 8 }, (_, i) => {
    const n = 8 * number + i;
    return `u${n % 5},i${n % 7},${n}.5,i${n % 3}|i${n % 4},${n % 2}\n`;
  }).join("");
for (const [i, name] of [
  ...["clicks/day-1.csv", "clicks/day-2.csv", "later/a.csv", "later/b.csv"],
  ...["log/day=1/a.csv", "log/day=2/a.csv"],
].entries())
  write(name, HEADER + rows(i));

write(
  "excel/1.csv",
  (HEADER + rows(6)).replaceAll(".5,", ";5;").replaceAll(",", ";").replaceAll(/;5;/g, ",5;"),
);

beforeAll(async () => {
  const instance = await DuckDBInstance.create(join(folder, "shop.duckdb"));
  const connection = await instance.connect();
  const files = join(folder, "log/**/*.csv");
  await connection.run(
    `CREATE TABLE clicks AS SELECT * REPLACE (string_split(hist_item_id, '|') AS hist_item_id, DATE '2026-11-20' AS day) FROM '${files}'`,
  );
  await connection.run("CREATE VIEW last_day AS SELECT * FROM clicks");
  connection.closeSync();
  instance.closeSync();
});

write(
  "ratings.csv",
  (HEADER + rows(7)).replace("click", "rating").replaceAll(/,([01])$/gm, (_, click) => `,${2 + 3 * click}`),
);

const dated = Array.from(
  { length: 200 },
  (_, i) => `u${i % 40},i${i % 7},${i}.5,i${i % 3}|i${i % 4},${i % 2},${i}\n`,
);
write("rows.csv", HEADER.replace("\n", ",time\n") + dated.join(""));

// The section about labels has a spec and a log of its own, in a folder of their own.
const LOG = /events: \{ path: ratings\.csv/;
const logSpec = [...page.matchAll(/^```din\n(.*?)^```/gms)].find(([, spec]) =>
  spec!.includes("model stars"),
)![1]!;
write("stars/model.din", logSpec);
write(
  "stars/ratings.csv",
  `user_id,item_id,rating,timestamp\n${Array.from({ length: 60 }, (_, i) => `u${i % 5},i${i % 7},${1 + (i % 5)},${i}\n`).join("")}`,
);

test.each(shown)("trains by %s", async (yaml) => {
  const place = LOG.test(yaml) ? "stars" : "";
  write(join(place, "dinc.yaml"), yaml);
  const { code, err } = await runHere(["train", "-c", "dinc.yaml", "--out", "run", "--force"], {
    cwd: join(folder, place),
  });
  expect(err).not.toMatch(/^(error|warning)\[/m);
  expect(code, err).toBe(0);
});

test("the page shows some", () => {
  expect(shown.length).toBeGreaterThan(1);
});
