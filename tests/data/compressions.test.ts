// Files that another program than gzip has compressed: dinc says so, with the command, whatever their names say, and decompresses no byte
// of them. A folder never gives the other files alone.

import { spawnSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { DataFiles } from "../../runtime/data/tables.ts";
import { runs, seed } from "../support/how-often.ts";
import { TestFolder } from "./files.ts";

const bytes = (hex: string) => Buffer.from(hex, "hex");
/** The first bytes of each compression's files; a file of zstd may begin with a frame that is skipped, too. */
const heads: readonly (readonly [name: string, endings: readonly string[], head: Buffer])[] = [
  ["zstd", ["zst", "zstd"], bytes("28b52ffd")],
  ["zstd", ["zst"], bytes("502a4d18")],
  ["zstd", ["zst"], bytes("5f2a4d18")],
  ["bzip2", ["bz2"], bytes("425a6839314159265359")],
  ["xz", ["xz"], bytes("fd377a585a00")],
  ["LZ4", ["lz4"], bytes("04224d18")],
  ["zip", ["zip"], bytes("504b0304")],
];

async function said(folder: TestFolder, address: string): Promise<string> {
  const files = await DataFiles.open();
  try {
    return await folder.said(() => files.file(address));
  } finally {
    await files.close();
  }
}

test("what a name or a content says is compressed otherwise is told with its command", async () => {
  const random = Random.of(seed, "compressions");
  const one = <T>(all: readonly T[]): T => all[random.integer(all.length)]!;
  for (let i = runs(10); i > 0; i--) {
    const folder = new TestFolder();
    const [name, endings, head] = one(heads);
    const format = one(["csv", "tsv", "jsonl", "json", "parquet"]);
    const rest = Buffer.from(Array.from({ length: random.integer(60) }, () => random.integer(256)));
    const content = Buffer.concat([head, rest]);
    const isNamed = random.integer(2) === 0;
    const isGzip = !isNamed && random.integer(3) === 0;
    const file = `it's ${i}.${format}${isNamed ? `.${one(endings)}` : isGzip ? ".gz" : ""}`;
    const path = folder.write(`rows/${file}`, content);
    folder.write("rows/other.csv", "a,b\n1,2\n");
    for (const address of [path, `${folder.path}/rows`]) {
      const words = await said(folder, address);
      expect(words).toMatch(
        isNamed ? /^error\[DIN0540 / : new RegExp(`^error\\[DIN0541 .*compressed by ${name}\n`),
      );
      expect(words).toContain(`rows/${file}`);
      expect(words).toMatch(/ (?:-dc|-p) 'rows\/it'\\''s \d+\.[\w.]+' \| gzip > 'rows\/it'\\''s/);
    }
  }
});

test("the command makes what dinc reads", async () => {
  const folder = new TestFolder();
  const text = "user,item\nu1,i1\nu2,i2\n";
  const packed = (name: string, ...command: string[]) =>
    folder.write(name, spawnSync(command[0]!, command.slice(1), { input: text }).stdout);
  const there = [
    ["rows.csv.bz2", "bzip2"],
    ["rows.csv.xz", "xz"],
    ["rows.csv.zst", "zstd"],
  ].filter(([, program]) => spawnSync(program!, ["--version"]).status === 0);
  expect(there.length).toBeGreaterThan(0);
  for (const [name, program] of there) {
    const path = packed(name!, program!, "-c");
    const command = /`(.*)`/.exec(await said(folder, path))![1]!;
    expect(spawnSync("bash", ["-c", command], { cwd: folder.path }).status).toBe(0);
    const files = await DataFiles.open();
    const file = await files.file(`${folder.path}/rows.csv.gz`);
    expect([...file.columns.keys()]).toEqual(["user", "item"]);
    await files.close();
  }
});

test("gzip without its ending is told too, and a text is a text", async () => {
  const folder = new TestFolder();
  const path = folder.write("rows.csv", gzipSync("a,b\n1,2\n"));
  expect(await said(folder, path)).toMatch(
    /DIN0541 .*compressed by gzip\n[\s\S]*`cp rows\.csv rows\.csv\.gz`/,
  );
  const files = await DataFiles.open();
  for (const text of ["BZh9,b\n1,2\n", "PK,b\n1,2\n", "(,b\n1,2\n", "7z,b\n1,2\n"])
    expect((await files.file(folder.write(`${text.length}${text[0]}.csv`, text))).columns.size).toBe(2);
  await files.close();
});
