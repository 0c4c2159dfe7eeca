// A message about a missing file tells the folder in which it was looked for.

import { expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { memoryTooSmall } from "../../compiler/diagnostics/catalog/memory.ts";
import { readSettings, type System } from "../../compiler/frontend/config/read-settings.ts";
import { unreadableFile } from "../../runtime/files/unreadable.ts";

const MISSING = "there is no such file";

/** The help about `train`, with dinc.yaml in `folder` and these files on the disk. */
function helpFor(train: string, folder: string, files: readonly string[]): string | undefined {
  const system: System = {
    environment: () => undefined,
    problemOf: () => null,
    rowsAt: (path) => (files.includes(path) ? { files: [path], folder: "" } : { problem: MISSING }),
  };
  const text = `spec: model.din\ndata:\n  train: ${train}\n`;
  const { diagnostics } = readSettings(sourceFile(`${folder}/dinc.yaml`, text), [], system);
  expect(diagnostics.map(({ code }) => code)).toEqual(["DIN0528"]);
  return diagnostics[0]!.help;
}

test("DIN0528 names the folder of dinc.yaml, and the way to a file of the current folder", () => {
  expect(helpFor("clicks.csv", "shop", [])).toBe("paths of data begin at `data.dir`, here shop");
  expect(helpFor("clicks.csv", "a/b", ["clicks.csv"])).toContain("write `../../clicks.csv`");
  expect(helpFor("rows/clicks.csv", "shop", ["rows/clicks.csv"])).toContain("write `../rows/clicks.csv`");
  expect(helpFor("clicks.csv", "../shop", ["clicks.csv"])).toContain("write its whole path");
  expect(helpFor("clicks.csv", ".", [])).toBeUndefined();
  expect(helpFor("/data/clicks.csv", "shop", [])).toBeUndefined();
});

test("DIN0508 names the current folder for a relative path that leads nowhere", () => {
  expect(unreadableFile("clicks.csv", MISSING).help).toContain(process.cwd());
  expect(unreadableFile("/clicks.csv", MISSING).help).toBeUndefined();
  expect(unreadableFile("clicks.csv", "it is a folder").help).toBeUndefined();
});

test("DIN0602 names a setting only to commands that read settings", () => {
  expect(memoryTooSmall.help!({ bytes: 1, hasSetting: true })).toContain("data.memory");
  expect(memoryTooSmall.help!({ bytes: 1, hasSetting: false })).not.toContain("data.memory");
});
