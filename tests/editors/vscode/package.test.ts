// The extension as vsce packs it: what VS Code reads is there, fits together, and holds nothing that editors do not need.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { librarySources } from "../../../compiler/frontend/functions/library.generated.ts";
import { root } from "../../cli/spawn.ts";
import { readZip } from "../../support/zip.ts";

/** Of the vsix, in bytes. */
const LARGEST = 800_000;

let folder: string;
let files: ReadonlyMap<string, Buffer>;
let size: number;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-vsix-"));
  const vsix = join(folder, "dinc.vsix");
  const bundle = join(root, "grammar/editors/vscode/bundle.mjs");
  execFileSync(process.execPath, [bundle, "--out", join(folder, "extension"), "--vsix", vsix], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  files = readZip(vsix);
  size = readFileSync(vsix).length;
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = (name: string) => files.get(`extension/${name}`)?.toString("utf8") ?? "";
const manifest = () => JSON.parse(text("package.json"));

test("has these files and no others", () => {
  const std = librarySources.map(({ path }) => `extension/dist/server/${path}`);
  const server = /^extension\/dist\/server\/[\w-]+\.js$/;
  const workers = readdirSync(join(root, "runtime/lsp")).filter((name) => name.endsWith("-worker.ts"));
  const entries = ["server.ts", ...workers].map(
    (name) => `extension/dist/server/${name.replace(/ts$/, "js")}`,
  );
  expect([...files.keys()].filter((name) => server.test(name))).toEqual(expect.arrayContaining(entries));
  expect([...files.keys()].filter((name) => !server.test(name)).sort()).toEqual(
    [
      "[Content_Types].xml",
      "extension.vsixmanifest",
      "extension/LICENSE.txt",
      "extension/ThirdPartyNotices.txt",
      "extension/changelog.md",
      "extension/dist/extension.js",
      "extension/dist/server/package.json",
      ...std,
      "extension/icons/din.svg",
      "extension/icons/dinc.png",
      "extension/language-configuration.json",
      "extension/package.json",
      "extension/readme.md",
      "extension/snippets/din.json",
      "extension/syntaxes/din.tmLanguage.json",
      "extension/syntaxes/notebook.tmLanguage.json",
    ].sort(),
  );
});

test(`is smaller than ${LARGEST} bytes`, () => {
  expect(size).toBeLessThan(LARGEST);
  expect(size).toBeGreaterThan(LARGEST / 3);
});

describe("the manifest", () => {
  test("has the version of dinc, as the changelog has it", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(manifest().version).toBe(version);
    expect(text("changelog.md")).toContain(`## ${version}\n`);
    expect(files.get("extension.vsixmanifest")!.toString("utf8")).toContain(
      `Id="dinc" Version="${version}" Publisher="dinc"`,
    );
  });

  test("names files that are there", () => {
    const { main, icon, contributes } = manifest();
    const [language] = contributes.languages;
    const named: string[] = [
      ...[main, icon, language.configuration, language.icon.light, language.icon.dark],
      ...contributes.grammars.map(({ path }: { path: string }) => path),
      ...contributes.snippets.map(({ path }: { path: string }) => path),
    ];
    expect(named).toHaveLength(8);
    expect(named.filter((name) => !files.has(`extension/${name.replace(/^\.\//, "")}`))).toEqual([]);
  });

  test("says the same scope as the grammar, and the same language everywhere", () => {
    const { contributes } = manifest();
    const [grammar] = contributes.grammars;
    expect(JSON.parse(text("syntaxes/din.tmLanguage.json")).scopeName).toBe(grammar.scopeName);
    const ids = [...contributes.languages.map(({ id }: { id: string }) => id), grammar.language];
    expect(ids).toEqual(["din", "din"]);
    expect(Object.keys(contributes.configurationDefaults)).toEqual(["[din]"]);
  });

  test("declares every command and every setting that the code has, and no others", () => {
    const { contributes } = manifest();
    const commands: string[] = contributes.commands.map(({ command }: { command: string }) => command);
    const code = ["extension.mts", "commands.mts", "references.mts"]
      .map((name) => readFileSync(join(root, "grammar/editors/vscode/src", name), "utf8"))
      .join("\n");
    const registered = [...code.matchAll(/registerCommand\("(dinc\.\w+)"|\bcommand\("(\w+)"/g)].map(
      ([, whole, last]) => whole ?? `dinc.${last}`,
    );
    // What has arguments that only the server knows is in no palette.
    expect(code).toContain('showReferences = "dinc.showReferences"');
    expect(commands.toSorted()).toEqual(registered.sort());
    // `dinc.trace.server` is read by vscode-languageclient, by the client's name.
    const settings = Object.keys(contributes.configuration.properties);
    expect(settings).toEqual(["dinc.server.path", "dinc.trace.server"]);
    expect(code).toContain('affectsConfiguration("dinc.server.path")');
    expect(text("readme.md").match(/^\| `dinc\.[\w.]+`/gm)).toHaveLength(settings.length);
  });

  test("asks for the editor whose interface the code is checked against", () => {
    const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(manifest().engines.vscode).toBe(`^${devDependencies["@types/vscode"]}`);
  });
});

test("the code has neither TensorFlow nor DuckDB in it, and tells whose other code it has", () => {
  for (const name of [...files.keys()].filter((each) => each.endsWith(".js")))
    expect(files.get(name)!.toString("utf8")).not.toMatch(/tensorflow\/tfjs|@duckdb|ts-morph/);
  const notices = text("ThirdPartyNotices.txt").match(/^\S+ \d+\.\d+\.\d+ \(.+\)$/gm)!;
  expect(notices.map((line) => line.split(" ")[0])).toEqual(
    expect.arrayContaining(["chevrotain", "vscode-languageclient", "vscode-languageserver"]),
  );
});

describe("editing", () => {
  const configuration = () => JSON.parse(text("language-configuration.json"));
  /** What Enter does after a line: the first rule that fits. */
  const onEnter = (line: string) =>
    configuration().onEnterRules.find(({ beforeText }: { beforeText: string }) =>
      new RegExp(beforeText).test(line),
    )?.action;

  test("documentation goes on with the next line, until one is left empty", () => {
    expect(onEnter("  /// What the user did")).toEqual({ indent: "none", appendText: "/// " });
    expect(onEnter("/// ")).toEqual({ indent: "none", removeText: 4 });
    expect(onEnter("//// a plain comment")).toBeUndefined();
    expect(onEnter("// a plain comment")).toBeUndefined();
    expect(onEnter("item_id : id /// no documentation")).toBeUndefined();
  });

  test("lines are indented after what is open, and not by brackets in texts and comments", () => {
    const { increaseIndentPattern, decreaseIndentPattern } = configuration().indentationRules;
    const increases = new RegExp(increaseIndentPattern);
    expect(
      ["net {", "  let a = concat(", '  a : enum("(",', "features user { // {"].map((line) =>
        increases.test(line),
      ),
    ).toEqual([true, true, true, true]);
    expect(
      ["net { }", "// net {", 'param a = "{"', "label a : b", "a / (b)"].map((line) => increases.test(line)),
    ).toEqual([false, false, false, false, false]);
    expect(["}", "  )", "  a }"].map((line) => new RegExp(decreaseIndentPattern).test(line))).toEqual([
      true,
      true,
      false,
    ]);
  });

  test("a word is a name or a number", () => {
    const word = new RegExp(configuration().wordPattern, "g");
    expect("let item_id2 = -1e-3 + 10_000.5..x".match(word)).toEqual([
      "let",
      "item_id2",
      "1e-3",
      "10_000.5",
      "x",
    ]);
  });
});
