// The extension as the wheel has it, loaded as JupyterLab loads it: the container gets CodeMirror from the page and has no
// package in it, and its plugin colours cells that begin with `%%din`. `browser.test.ts` runs JupyterLab itself.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as codemirrorLanguage from "@codemirror/language";
import { ensureSyntaxTree, getIndentation, type LanguageSupport, StreamLanguage } from "@codemirror/language";
import * as codemirrorState from "@codemirror/state";
import { EditorState, type Extension } from "@codemirror/state";
import { highlightTree, tagHighlighter, tags } from "@lezer/highlight";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../cli/spawn.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-jupyterlab-"));
  execFileSync(process.execPath, [join(root, "python/jupyterlab/build.mjs"), folder]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const described = () => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const script = () => readFileSync(join(folder, described().jupyterlab._build.load), "utf8");

test("has these files, and what JupyterLab reads in them", () => {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(described()).toMatchObject({ name: "dinc", version, jupyterlab: { extension: true } });
  expect(files).toEqual(["install.json", "package.json", "static", described().jupyterlab._build.load]);
  expect(JSON.parse(readFileSync(join(folder, "install.json"), "utf8"))).toMatchObject({
    packageManager: "python",
    packageName: "dinc",
  });
});

type Versions = Record<string, { loaded?: number; get(): Promise<() => unknown> }>;
type Shared = Record<string, Versions>;

const version = (number: string, content: unknown): Versions => ({
  [number]: { get: async () => () => content },
});

const IEditorLanguageRegistry = {};
const IEditorExtensionRegistry = {};

/** The packages that JupyterLab's page shares: real CodeMirror, and stand-ins for the parts of JupyterLab that the plugin uses. */
function shared(): Shared {
  const createImmutableExtension = (extension: Extension) => extension;
  class LabIcon {
    readonly name: string;
    constructor({ name }: { readonly name: string; readonly svgstr: string }) {
      this.name = name;
    }
  }
  return {
    "@codemirror/language": version("6.12.0", codemirrorLanguage),
    "@codemirror/state": version("6.5.0", codemirrorState),
    "@jupyterlab/codemirror": version("4.0.0", {
      ...{ IEditorLanguageRegistry, IEditorExtensionRegistry },
      EditorExtensionRegistry: { createImmutableExtension },
    }),
    "@jupyterlab/ui-components": version("4.0.0", { LabIcon }),
  };
}

interface Plugin {
  readonly id: string;
  readonly autoStart: boolean;
  readonly requires: readonly object[];
  activate(...services: readonly object[]): void;
}

/** Loads the plugin as JupyterLab's page does. */
async function load(packages: Shared): Promise<Plugin> {
  const page: {
    _JUPYTERLAB?: Record<
      string,
      { init(shared: Shared): void; get(name: string): Promise<() => { default: Plugin }> }
    >;
  } = {};
  new Function("window", script())(page);
  const container = page._JUPYTERLAB!["dinc"]!;
  container.init(packages);
  return (await container.get("./extension"))().default;
}

interface Added {
  readonly languages: { readonly name: string; readonly mime: string; readonly support: LanguageSupport }[];
  readonly fileTypes: { readonly extensions: readonly string[]; readonly mimeTypes: readonly string[] }[];
  readonly extensions: { factory(): Extension }[];
}

/** Everything that the plugin adds to JupyterLab. */
async function added(): Promise<Added> {
  const all: Added = { languages: [], fileTypes: [], extensions: [] };
  const plugin = await load(shared());
  plugin.activate(
    { docRegistry: { addFileType: (type: Added["fileTypes"][number]) => all.fileTypes.push(type) } },
    { addLanguage: (language: Added["languages"][number]) => all.languages.push(language) },
    { addExtension: (extension: Added["extensions"][number]) => all.extensions.push(extension) },
  );
  return all;
}

/** The words of an editor's text that have a colour, as `word: colour`. */
function coloured(state: EditorState): string[] {
  const highlighter = tagHighlighter(
    (["meta", "keyword", "atom", "operator", "comment", "number", "variableName"] as const).map((name) => ({
      tag: tags[name],
      class: name,
    })),
  );
  const words: string[] = [];
  highlightTree(ensureSyntaxTree(state, state.doc.length)!, highlighter, (from, to, colours) => {
    words.push(`${state.sliceDoc(from, to)}: ${colours}`);
  });
  return words;
}

const SPEC = "model a\nfeatures user { user_id : id } // ids";
const COLOURS = ["model: keyword", "features: keyword", "user: atom", "// ids: comment"];

describe("the plugin", () => {
  test("starts by itself, with JupyterLab's registries of languages and of extensions", async () => {
    const { id, autoStart, requires } = await load(shared());
    expect({ id, autoStart }).toEqual({ id: "dinc:plugin", autoStart: true });
    expect(requires[0]).toBe(IEditorLanguageRegistry);
    expect(requires[1]).toBe(IEditorExtensionRegistry);
  });

  test("colours files that end in .din", async () => {
    const { languages, fileTypes } = await added();
    const [language] = languages;
    expect(fileTypes[0]).toMatchObject({ extensions: [".din"], mimeTypes: [language!.mime] });
    const state = EditorState.create({ doc: SPEC, extensions: [language!.support] });
    expect(coloured(state)).toEqual(expect.arrayContaining(COLOURS));
    expect(state.languageDataAt("commentTokens", 0)).toEqual([{ line: "//" }]);
  });

  test("colours a cell while its first line is the magic, and leaves it to Python otherwise", async () => {
    const { extensions } = await added();
    /** Colours `if`, and nothing of a spec. */
    const python = StreamLanguage.define<object>({
      token: (stream) => {
        if (stream.match("if")) return "keyword";
        stream.next();
        return null;
      },
    });
    const editor = (doc: string) =>
      EditorState.create({ doc, extensions: [python, ...extensions.map(({ factory }) => factory())] });
    const inCell = ["%%din: meta", "first: variableName", ...COLOURS];
    expect(coloured(editor(`%%din first\n${SPEC}`))).toEqual(expect.arrayContaining(inCell));
    expect(coloured(editor(`\n%%din first\n${SPEC}`))).toEqual(expect.arrayContaining(inCell));
    expect(coloured(editor(`%%dinner\nif ${SPEC}`))).toEqual(["if: keyword"]);
    const typed = editor(`%%di\nif ${SPEC}`);
    expect(coloured(typed)).toEqual(["if: keyword"]);
    const whole = typed.update({ changes: { from: 4, insert: "n first" } }).state;
    expect(coloured(whole)).toEqual(expect.arrayContaining(inCell.slice(0, 2)));
    expect(coloured(whole.update({ changes: { from: 0, to: 2 } }).state)).toEqual(["if: keyword"]);
  });
});

test.each([
  ["net {", "", 2],
  ["net {", "}", 0],
  ["net {\n  let a = concat(", "b", 4],
  ["net {\n  let a = concat(", ")", 2],
  ["net { let a = b }", "label click : binary", 0],
])("after %j, a line that begins with %j is indented by %i", async (before, line, columns) => {
  const { extensions } = await added();
  const doc = `%%din first\n${before}\n${line}`;
  const state = EditorState.create({ doc, extensions: extensions.map(({ factory }) => factory()) });
  expect(getIndentation(state, doc.length - line.length)).toBe(columns);
});

test("an editor without a language stays one, until its text begins with the magic", async () => {
  const { extensions } = await added();
  const state = EditorState.create({ doc: SPEC, extensions: extensions.map(({ factory }) => factory()) });
  expect(coloured(state)).toEqual([]);
  const magic = state.update({ changes: { from: 0, insert: "%%din\n" } }).state;
  expect(coloured(magic)).toEqual(expect.arrayContaining(COLOURS));
});

describe("where another extension brings its own CodeMirror", () => {
  test("the highest version is taken, and marked for others", async () => {
    const packages = shared();
    const other = version("6.9.0", {});
    Object.assign(packages["@codemirror/language"]!, other);
    await load(packages);
    expect(packages["@codemirror/language"]!["6.12.0"]!.loaded).toBe(1);
    expect(packages["@codemirror/language"]!["6.9.0"]!.loaded).toBeUndefined();
  });

  test("the version that is loaded is taken", async () => {
    const packages = shared();
    packages["@codemirror/language"]!["6.12.0"]!.loaded = 1;
    Object.assign(packages["@codemirror/language"]!, version("7.0.0", {}));
    await load(packages);
    expect(packages["@codemirror/language"]!["7.0.0"]!.loaded).toBeUndefined();
  });
});

test("a page that doesn't share CodeMirror gets an error that names the package", async () => {
  const { "@codemirror/state": _, ...rest } = shared();
  await expect(load(rest)).rejects.toThrow("a JupyterLab that shares @codemirror/state");
});
