// Builds the extension of JupyterLab as a folder of `share/jupyter/labextensions`, from which JupyterLab loads it without a
// build: `node python/jupyterlab/build.mjs FOLDER`. `python/build.py` puts the folder into the wheel.

import "../../examples/usage.mjs";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");
const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: node python/jupyterlab/build.mjs FOLDER");
  process.exit(2);
}
const out = resolve(folder);
const read = (...path) => readFileSync(join(root, ...path), "utf8");
const editor = ["grammar", "editors", "vscode"];
const spec = JSON.parse(read(...editor, "syntaxes", "din.tmLanguage.json"));
const notebook = JSON.parse(read(...editor, "syntaxes", "notebook.tmLanguage.json"));
// In VS Code the magic begins a region of Python. Here it is a line of the spec.
const [{ begin, beginCaptures }] = notebook.patterns;

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const bundle = await rolldown({
  input: { remoteEntry: join(here, "container.ts") },
  platform: "browser",
  logLevel: "warn",
  transform: {
    define: {
      SPEC: JSON.stringify(spec),
      MAGIC: JSON.stringify({ match: begin, captures: beginCaptures }),
      ICON: JSON.stringify(read(...editor, "icons", "din.svg")),
    },
  },
});
const { output } = await bundle.write({
  dir: join(out, "static"),
  format: "iife",
  // JupyterLab's server lets browsers keep files for long.
  entryFileNames: "[name].[hash].js",
  minify: true,
});
await bundle.close();

const { version, license } = JSON.parse(read("package.json"));
const write = (name, content) => writeFileSync(join(out, name), `${JSON.stringify(content, null, 2)}\n`);
write("package.json", {
  name: "dinc",
  version,
  description: "Colours of dinc's specs in files and in cells that begin with %%din",
  license,
  // `jupyter labextension list` compares these with the packages of JupyterLab, and reports an extension for another one.
  dependencies: {
    "@codemirror/language": "^6.0.0",
    "@codemirror/state": "^6.2.0",
    "@jupyterlab/codemirror": "^4.0.0",
    "@jupyterlab/ui-components": "^4.0.0",
  },
  jupyterlab: {
    extension: true,
    _build: { load: `static/${output[0].fileName}`, extension: "./extension" },
  },
});
write("install.json", {
  packageManager: "python",
  packageName: "dinc",
  uninstallInstructions: "Use your Python package manager: pip uninstall dinc",
});
