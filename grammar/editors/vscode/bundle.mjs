// Makes the folder of the extension as VS Code installs it, in dist/vscode: the client, the language server
// and what the manifest names. With `--vsix FILE`, packs it there with vsce, which npm fetches once; `npm run
// package:vscode`.

import "../../../examples/usage.mjs";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { rolldown } from "rolldown";

const VSCE = "@vscode/vsce@3.9.2";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../../..");
const { values } = parseArgs({ options: { vsix: { type: "string" }, out: { type: "string" } } });
const out = resolve(values.out ?? join(root, "dist", "vscode"));

const server = join(out, "dist", "server");

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const name of [
  ...["package.json", "language-configuration.json", "README.md", "CHANGELOG.md"],
  ...["icons", "snippets", "syntaxes"],
])
  cpSync(join(here, name), join(out, name), { recursive: true });
cpSync(join(root, "LICENSE"), join(out, "LICENSE"));
cpSync(join(root, "compiler", "std"), join(server, "std"), {
  recursive: true,
  filter: (path) => !/\.[a-z]+$/.test(path) || path.endsWith(".din"),
});

const keepNames = { function: true, class: true };
/** Folders of packages whose code is in the files. */
const packages = new Set();
/** Joins the modules of each entry into files of `folder`, which share what they have in common. */
async function write(input, folder, format) {
  const bundle = await rolldown({
    input,
    platform: "node",
    logLevel: "warn",
    // Given by the editor.
    external: ["vscode"],
  });
  const { output } = await bundle.write({
    dir: folder,
    format,
    entryFileNames: "[name].js",
    chunkFileNames: "[name].js",
    // Names of functions and classes stay, for the traces of internal errors.
    minify: {
      compress: { target: "es2022", keepNames },
      mangle: { toplevel: false, keepNames },
      codegen: { removeWhitespace: true },
    },
  });
  await bundle.close();
  for (const { modules } of output)
    for (const path of Object.keys(modules ?? {})) {
      const folder = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(path)?.[0];
      if (folder !== undefined) packages.add(folder);
    }
}
const workers = readdirSync(join(root, "runtime", "lsp")).filter((name) => name.endsWith("-worker.ts"));
await write({ extension: join(here, "src", "extension.mts") }, join(out, "dist"), "cjs");
await write(
  {
    server: join(here, "src", "server.mts"),
    ...Object.fromEntries(workers.map((name) => [basename(name, ".ts"), join(root, "runtime", "lsp", name)])),
  },
  server,
  "esm",
);
writeFileSync(join(server, "package.json"), '{ "type": "module" }\n');
writeFileSync(join(out, "ThirdPartyNotices.txt"), [...packages].sort().map(notice).join("\n"));

/** What a package's licence asks to be passed on with its code. */
function notice(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  const text = file === undefined ? "" : readFileSync(join(folder, file), "utf8").trim();
  return `${name} ${version} (${license})\n\n${text}\n\n${"-".repeat(80)}\n`;
}

if (values.vsix !== undefined) {
  // Where the npm package has it, under a name that stays the same.
  const vsix = resolve(values.vsix === "" ? join(root, "dist", "dinc.vsix") : values.vsix);
  // What vsce brings along to sign in and to publish needs no building.
  const args = [
    "--yes",
    "--ignore-scripts",
    VSCE,
    "package",
    "--no-dependencies",
    "--allow-missing-repository",
  ];
  execFileSync("npx", [...args, "--out", vsix], {
    cwd: out,
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
}
