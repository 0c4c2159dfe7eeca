// A generated folder is complete only where its module was seen to score as training does: what differs
// leaves nothing, and what was there before stays.

import { appendFile, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { GeneratedFile, GeneratedFiles } from "../../compiler/backends/contract/emitted.ts";
import { verifyPackage } from "../../compiler/backends/typescript/verify.ts";
import { checkFolder } from "../../runtime/driver/check-folder.ts";
import { writeFolder } from "../../runtime/files/output-folder.ts";
import { type Compiled, compiled } from "./compiled.ts";
import { specs } from "./specs.ts";

let folder = "";
let trained: Compiled["trained"];
let files: GeneratedFiles;
let other: GeneratedFiles;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dinc-check-folder-"));
  ({ trained, files } = await compiled(specs.din));
  other = (await compiled(specs.softmax)).files;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const check = (written: string, expected: GeneratedFiles) =>
  checkFolder(written, expected, (found) => verifyPackage(trained, {}, found));

const changed = (name: string, content: GeneratedFile): GeneratedFiles =>
  new Map([...files, [name, content]]);

test("what scores as training does is complete", async () => {
  await writeFolder(join(folder, "good"), files, false, (written) => check(written, files));
  expect((await readdir(join(folder, "good"))).sort()).toEqual([...files.keys()].sort());
});

test.each<[string, () => GeneratedFiles, RegExp]>([
  [
    "a kernel that computes something else",
    () => changed("model.js", (files.get("model.js") as string).replaceAll("Math.exp(", "1.01 * Math.exp(")),
    /DIN0606.*typescript: golden request \d+: candidate \d+ has logit/,
  ],
  [
    "a module that does not load",
    () => changed("model.js", "export const createRanker = null;"),
    /DIN0606.*createRanker is not a function/,
  ],
  [
    "another model's model.wasm",
    () => changed("model.wasm", other.get("model.wasm")!),
    /DIN0606.*model\.wasm: wasm is another model's/,
  ],
  [
    "another model's weights",
    () => changed("model.weights.bin", other.get("model.weights.bin")!),
    /DIN0606.*the weights belong to another model/,
  ],
])("%s leaves nothing, and what was there stays", async (_, make, message) => {
  const [fresh, kept] = [join(folder, "fresh"), join(folder, "kept")];
  const wrong = make();
  await writeFolder(kept, files, true);
  for (const path of [fresh, kept])
    await expect(writeFolder(path, wrong, true, (written) => check(written, wrong))).rejects.toThrow(message);
  expect((await readdir(folder)).sort().filter((name) => name !== "good")).toEqual(["kept"]);
  expect(await readFile(join(kept, "model.js"), "utf8")).toBe(files.get("model.js"));
});

test("a disk that holds something else than was written is found out", async () => {
  for (const name of files.keys())
    await expect(
      writeFolder(join(folder, "damaged"), files, false, async (written) => {
        await appendFile(join(written, name), " ");
        await check(written, files);
      }),
    ).rejects.toThrow(
      `DIN0606: the generated module does not give the scores of training, so it is not kept: ${name}`,
    );
  expect(await readdir(folder)).not.toContain("damaged");
});
