// What `dinc native install` and `dinc doctor` say, and what they exit with.

import { mkdirSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { doctor } from "../../runtime/cli/commands/doctor.ts";
import { nativeInstall } from "../../runtime/cli/commands/native.ts";
import { nativeFolders } from "../../runtime/native/cache-folder.ts";
import { fakeTools } from "./fake-tools.ts";
import { recording } from "./recording.ts";

describe("dinc native install", () => {
  it("says in one line why it failed, and exits with 1", async () => {
    const { terminal, said } = recording();
    expect(await nativeInstall(terminal, fakeTools({ "g++": null }))).toBe(1);
    expect(said).toEqual([
      expect.stringMatching(/^error: a C\+\+ compiler is needed .* run dinc native install again$/),
    ]);
  });

  it("says what it is doing while it works", async () => {
    const { terminal, said } = recording();
    expect(await nativeInstall(terminal, fakeTools())).toBe(1);
    expect(said.slice(0, 2)).toEqual([
      "installing @tensorflow/tfjs-node 4.22.0 without its own download",
      "downloading TensorFlow 2.21.0 with pip (274 MB)",
    ]);
  });

  it("says that it is there already, and exits with 0", async () => {
    const { cache, env } = fakeTools();
    const folders = nativeFolders(cache);
    mkdirSync(folders.build, { recursive: true });
    writeFileSync(folders.facts, "{}");
    const { terminal, said } = recording();
    expect(await nativeInstall(terminal, { cache, env })).toBe(0);
    expect(said).toEqual([`already there: ${folders.build}`]);
  });
});

it("dinc doctor names every part, says how the back end is chosen, and exits with 0", async () => {
  const { terminal, data } = recording();
  expect(await doctor(terminal)).toBe(0);
  const lines = data.join("").trimEnd().split("\n");
  const subjects = lines.slice(0, -1).map((line) => line.split(/\s+/)[1]);
  expect(subjects).toEqual(["node", "platform", "native", "wasm", "compiler", "auto", "torch", "data"]);
  expect(lines[0]).toBe(`ok  node      Node ${process.versions.node}`);
  expect(lines).toContainEqual(
    expect.stringMatching(/^ok {2}auto {6}takes native where there is a C compiler, otherwise wasm/),
  );
  expect(lines.at(-1)).toBe("nothing to improve");
});
