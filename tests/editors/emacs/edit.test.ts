// Emacs's mode as an author has it: the mode is what the tables give, faces are those of semantic tokens, lines are indented as
// `dinc fmt` does, and eglot shows what the server finds.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../../cli/spawn.ts";
import { emacs } from "../../support/emacs.ts";
import { specFiles } from "../../support/spec-files.ts";
import { installAsDocumented } from "../../support/tree-sitter.ts";

const MODEL = `/// Small.
model small
features item { item_id : id  embed 8 } // an item
label click : binary
net { predict click = item_ids |> dense(1) |> sigmoid }
`;

/** What `edit.el` writes. */
interface Seen {
  readonly mode: string;
  readonly faces: readonly (readonly [text: string, face: string])[];
  readonly indented: readonly string[];
  readonly diagnostics: readonly string[];
}

const specs = specFiles("examples", "compiler/std");

let folder: string;
let seen: Seen;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-emacs-"));
  writeFileSync(join(folder, "model.din"), MODEL);
  writeFileSync(join(folder, "texts.json"), JSON.stringify(specs.map(([, text]) => text)));
  installAsDocumented("Emacs", folder);
  const { command, env } = await emacs();
  const [program, ...first] = command;
  execFileSync(program, [...first, "-Q", "--batch", "-l", join(import.meta.dirname, "edit.el")], {
    env: {
      ...process.env,
      ...env,
      HOME: folder,
      FOLDER: folder,
      NODE: process.execPath,
      DINC: join(root, "bin/dinc.js"),
    },
    stdio: ["ignore", "ignore", "inherit"],
    timeout: 170_000,
  });
  seen = JSON.parse(readFileSync(join(folder, "seen.json"), "utf8"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a spec is known by its name", () => {
  expect(seen.mode).toBe("din-ts-mode");
});

test("names and words have faces by their places", () => {
  const faces = seen.faces.map(([text, face]) => `${text.trim()} ${/^font-lock-(.*)-face$/.exec(face)?.[1]}`);
  expect(faces).toEqual(
    expect.arrayContaining(
      [
        ["/// Small. doc", "model keyword", "small type", "item constant", ": delimiter", "id type"],
        ["embed keyword", "8 number", "{ bracket", "// an item comment", "binary type", "|> operator"],
        ["dense function-name", "sigmoid function-name"],
      ].flat(),
    ),
  );
  expect(faces.some((face) => face.startsWith("item_id"))).toBe(false);
});

test.each(specs.map(([path, text], index) => [path, text, index] as const))(
  "lines of %s are indented as `dinc fmt` does",
  (_, text, index) => {
    expect(seen.indented[index]).toBe(text);
  },
);

test("eglot shows what the server finds", () => {
  expect(seen.diagnostics.join("\n")).toContain("[DIN0260]");
});
