// Makes the folder of the extension as VS Code installs it, in dist/vscode: the client, the language server
// and what the manifest names. With `--vsix FILE`, packs it there with vsce, which npm fetches once; `npm run
// package:vscode`. With `--web` it is the extension for web editors such as vscode.dev, which Visual Studio's marketplace
// keeps beside the other one: there the language server is a worker, and no command line can be run.

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
const { values } = parseArgs({
  options: { vsix: { type: "string" }, out: { type: "string" }, web: { type: "boolean", default: false } },
});
const name = values.web ? "dinc-web" : "dinc";
const out = resolve(values.out ?? join(root, "dist", values.web ? "vscode-web" : "vscode"));

const server = join(out, "dist", "server");

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const each of [
  ...["package.json", "language-configuration.json", "README.md", "CHANGELOG.md"],
  ...["icons", "snippets", "syntaxes"],
])
  cpSync(join(here, each), join(out, each), { recursive: true });
cpSync(join(root, "LICENSE"), join(out, "LICENSE"));
if (values.web) writeFileSync(join(out, "package.json"), `${JSON.stringify(webManifest(), null, 2)}\n`);
cpSync(join(root, "compiler", "std"), join(values.web ? join(out, "dist") : server, "std"), {
  recursive: true,
  filter: (path) => !/\.[a-z]+$/.test(path) || path.endsWith(".din"),
});

/** Folders of packages whose code is in the files. */
const packages = new Set();
/** Joins the modules of each entry into files of `folder`, which share what they have in common. */
async function write(input, folder, format) {
  const bundle = await rolldown({
    input,
    platform: values.web ? "browser" : "node",
    logLevel: "warn",
    // Given by the editor.
    external: ["vscode"],
  });
  const { output } = await bundle.write({
    dir: folder,
    format,
    entryFileNames: "[name].js",
    chunkFileNames: "[name].js",
    minify: true,
  });
  await bundle.close();
  for (const { modules } of output)
    for (const path of Object.keys(modules ?? {})) {
      const folder = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(path)?.[0];
      if (folder !== undefined) packages.add(folder);
    }
}
if (values.web) {
  await write({ "web-extension": join(here, "src", "web-extension.mts") }, join(out, "dist"), "cjs");
  // An editor loads a worker's file as a script, not as a module.
  await write({ "web-server": join(here, "src", "web-server.mts") }, join(out, "dist"), "iife");
} else {
  const workers = readdirSync(join(root, "runtime", "lsp")).filter((each) => each.endsWith("-worker.ts"));
  await write({ extension: join(here, "src", "extension.mts") }, join(out, "dist"), "cjs");
  await write(
    {
      server: join(here, "src", "server.mts"),
      ...Object.fromEntries(
        workers.map((each) => [basename(each, ".ts"), join(root, "runtime", "lsp", each)]),
      ),
    },
    server,
    "esm",
  );
  writeFileSync(join(server, "package.json"), '{ "type": "module" }\n');
}
writeFileSync(join(out, "ThirdPartyNotices.txt"), [...packages].sort().map(notice).join("\n"));

/** The manifest without what runs a process. */
function webManifest() {
  const { main, activationEvents, capabilities, ...manifest } = JSON.parse(
    readFileSync(join(here, "package.json"), "utf8"),
  );
  const { commands, menus, configuration, ...contributes } = manifest.contributes;
  const { "dinc.server.path": path, ...properties } = configuration.properties;
  const runs = new Set(menus.commandPalette.map(({ command }) => command));
  return {
    ...manifest,
    browser: "./dist/web-extension.js",
    capabilities: { untrustedWorkspaces: { supported: true }, virtualWorkspaces: true },
    contributes: {
      ...contributes,
      commands: commands.filter(({ command }) => !runs.has(command)),
      configuration: { ...configuration, properties },
    },
  };
}

/** The texts that a package's licence requires with its code. */
function notice(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  const text = file === undefined ? "" : readFileSync(join(folder, file), "utf8").trim();
  return `${name} ${version} (${license})\n\n${text}\n\n${"-".repeat(80)}\n`;
}

if (values.vsix !== undefined) {
  // Where the npm package has it, under a name that stays the same.
  const vsix = resolve(values.vsix === "" ? join(root, "dist", `${name}.vsix`) : values.vsix);
  // The parts of vsce for signing in and publishing need no building.
  const args = [
    "--yes",
    "--ignore-scripts",
    VSCE,
    "package",
    "--no-dependencies",
    "--allow-missing-repository",
    ...(values.web ? ["--target", "web"] : []),
  ];
  execFileSync("npx", [...args, "--out", vsix], {
    cwd: out,
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
}
