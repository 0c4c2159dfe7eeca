// Makes the folder of the extension as VS Code installs it, in dist/vscode: the client and the language server, a file each,
// and what the manifest names. With `--vsix FILE`, packs it there with vsce, which npm fetches once; `npm run package:vscode`.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { rolldown } from "rolldown";

const VSCE = "@vscode/vsce@3.9.2";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../../..");
const { values } = parseArgs({ options: { vsix: { type: "string" }, out: { type: "string" } } });
const out = resolve(values.out ?? join(root, "dist", "vscode"));

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const name of [
  ...["package.json", "language-configuration.json", "README.md", "CHANGELOG.md"],
  ...["icons", "snippets", "syntaxes"],
])
  cpSync(join(here, name), join(out, name), { recursive: true });
cpSync(join(root, "LICENSE"), join(out, "LICENSE"));
cpSync(join(root, "compiler", "std"), join(out, "dist", "std"), {
  recursive: true,
  filter: (path) => !/\.[a-z]+$/.test(path) || path.endsWith(".din"),
});

/** Folders of packages whose code is in the files. */
const packages = new Set();
for (const [entry, file, format] of [
  ["extension.mts", "extension.js", "cjs"],
  ["server.mts", "server.mjs", "esm"],
]) {
  const bundle = await rolldown({
    input: join(here, "src", entry),
    platform: "node",
    logLevel: "warn",
    // Given by the editor.
    external: ["vscode"],
  });
  const { output } = await bundle.write({
    file: join(out, "dist", file),
    format,
    // Names and lines stay, for the traces of internal errors.
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: false } },
    codeSplitting: false,
  });
  await bundle.close();
  for (const { modules } of output)
    for (const path of Object.keys(modules ?? {})) {
      const folder = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(path)?.[0];
      if (folder !== undefined) packages.add(folder);
    }
}
writeFileSync(join(out, "ThirdPartyNotices.txt"), [...packages].sort().map(notice).join("\n"));

/** What a package's licence asks to be passed on with its code. */
function notice(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  const text = file === undefined ? "" : readFileSync(join(folder, file), "utf8").trim();
  return `${name} ${version} (${license})\n\n${text}\n\n${"-".repeat(80)}\n`;
}

if (values.vsix !== undefined) {
  const { name, version } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
  const vsix = resolve(values.vsix === "" ? join(out, "..", `${name}-${version}.vsix`) : values.vsix);
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
