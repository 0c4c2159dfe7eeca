// `dinc fmt` as scripts and editors rely on it.

import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runHere } from "../cli/run-here.ts";

const untidy = "label   a:binary\n";
const tidy = "label a : binary\n";
const broken = "label   a:binary\nnet { let  = 1 }\n";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-fmt-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test("files are formatted in place, and nothing else is left in their folder", async () => {
  const [a, b] = [file("a.din", untidy), file("b.din", tidy)];
  expect(await runHere(["fmt", a, b])).toEqual({ code: 0, out: "", err: "1 of 2 files formatted\n" });
  expect(readFileSync(a, "utf8")).toBe(tidy);
  expect(readdirSync(folder).sort()).toEqual(["a.din", "b.din"]);
});

test("permissions and links stay", async () => {
  const path = file("a.din", untidy);
  chmodSync(path, 0o640);
  const link = join(folder, "link.din");
  symlinkSync(path, link);
  expect((await runHere(["fmt", link])).code).toBe(0);
  expect(readFileSync(path, "utf8")).toBe(tidy);
  expect(statSync(path).mode & 0o777).toBe(0o640);
});

test("--check changes nothing and prints what would change", async () => {
  const [a, b] = [file("a.din", untidy), file("b.din", tidy)];
  const { code, out, err } = await runHere(["fmt", "--check", a, b]);
  expect({ code, out, err }).toEqual({ code: 1, out: `${a}\n`, err: "1 of 2 files would be formatted\n" });
  expect(readFileSync(a, "utf8")).toBe(untidy);
  expect(await runHere(["fmt", "--check", b])).toMatchObject({ code: 0, out: "" });
});

test("standard input to standard output", async () => {
  expect(await runHere(["fmt", "-"], { input: untidy })).toEqual({ code: 0, out: tidy, err: "" });
  expect(await runHere(["fmt", "--check", "-"], { input: untidy })).toMatchObject({
    code: 1,
    out: "<stdin>\n",
  });
});

test("syntax errors: shown, 1, and the sound items are formatted", async () => {
  const path = file("a.din", broken);
  const { code, out, err } = await runHere(["fmt", path]);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(/a\.din:2:/);
  expect(readFileSync(path, "utf8")).toBe(`${tidy}net { let  = 1 }\n`);
});

test("a file that is not there: 1; no file, or standard input twice: 2", async () => {
  expect(await runHere(["fmt", join(folder, "none.din")])).toMatchObject({ code: 1, out: "" });
  expect((await runHere(["fmt"])).code).toBe(2);
  expect((await runHere(["fmt", "-", "-"])).code).toBe(2);
});

test("--migrate replaces retired forms alone, in whole folders, and prints the files", async () => {
  const old = (tail: string) => `model old
features item { item_id : id  embed 4 }
label click : binary
label buy : binary
net {
  predict click = mlp(item_id, [4], swish) |> dense(1) |> sigmoid   // as it was
  predict buy = pick([item_id, item_id], 1) |> dense(1) |> sigmoid
}
train { loss focal(buy: 0.5) }
${tail}`;
  const a = file("a.din", old(""));
  const other = old("variant more from old { train { loss focal } }\n");
  const b = file("b.din", other);
  const c = file("c.din", untidy);
  const modern = (text: string) =>
    text.replace("swish", "silu").replace("pick([item_id, item_id], 1)", "[item_id, item_id][1]");
  const checked = await runHere(["fmt", "--migrate", "--check", folder]);
  expect(checked).toMatchObject({ code: 1, out: `${a}\n${b}\n` });
  expect(readFileSync(a, "utf8")).toBe(old(""));
  const { code, out, err } = await runHere(["fmt", "--migrate", folder]);
  // The weight of a label that a variant resets is left to the author.
  expect({ code, out }).toEqual({ code: 1, out: `${a}\n${b}\n` });
  expect(err).toContain("`buy: 0.5` is written `predict buy(weight: 0.5) = …` now");
  expect(err).toContain("2 of 3 files migrated");
  expect(readFileSync(a, "utf8")).toBe(
    modern(old("")).replace("predict buy", "predict buy(weight: 0.5)").replace("focal(buy: 0.5)", "focal"),
  );
  expect(readFileSync(b, "utf8")).toBe(modern(other));
  expect(readFileSync(c, "utf8")).toBe(untidy);
});
