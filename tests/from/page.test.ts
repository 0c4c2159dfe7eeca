// docs/daily.md shows what the commands print, on the rows of the small shop.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runHere } from "../cli/run-here.ts";
import { root } from "../cli/spawn.ts";
import { Shop } from "./shop.ts";

const page = readFileSync(join(root, "docs/daily.md"), "utf8");
const shop = new Shop();
shop.write("dinc.yaml", "spec: model.din\ndata: { train: day0.csv }\n");

const dinc = async (command: string) => {
  const { code, out, err } = await runHere(command.split(" "), { cwd: shop.folder });
  expect(err).not.toContain("error");
  return { code, out };
};

describe("docs/daily.md", () => {
  test("shows the table of what a training keeps of a run, word for word", async () => {
    await dinc("train --backend wasm --out monday");
    const { out } = await dinc("train --from monday --set data.train=day1.csv --explain");
    expect(page).toContain(`$ dinc train --from monday --set data.train=day1.csv --explain\n${out}`);
  });

  test("shows the chain of a run as `dinc diff` prints it", async () => {
    await dinc("train --backend wasm --from monday --set data.train=day1.csv --out tuesday");
    const { out } = await dinc("diff monday tuesday");
    const from = out.indexOf("b continues from a");
    const chain = out.slice(from, out.indexOf("weights:", from));
    expect(page).toContain(`$ dinc diff monday tuesday\n…\n${chain.trimEnd()}\n`);
    const [module] = /^module: .*$/m.exec(out)!;
    expect(page).toContain(`\n${module}\n`);
  });
});
