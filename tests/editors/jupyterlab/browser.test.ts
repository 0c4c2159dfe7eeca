// JupyterLab 4 and Notebook 7 as pip installs them, with the extension as the wheel has it, in Chromium: what they colour has
// the colours of the theme, and nothing fails in the page.

import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../cli/spawn.ts";
import { type OpenBrowser, openBrowser } from "../../support/browser.ts";
import { freePort } from "../../support/free-port.ts";
import { pythonPackages } from "../../support/python-packages.ts";

const SPEC = `model first // a comment
features user { user_id : id(min_count: 2) }
net { predict click = user_id |> sigmoid }`;

/** The colour of a theme, as JupyterLab names it, for words of the spec. */
const COLOURS = {
  model: "keyword",
  "// a comment": "comment",
  user: "atom",
  id: "builtin",
  min_count: "attribute",
  "2": "number",
  "|>": "operator",
  sigmoid: "def",
  "{": "bracket",
};

const folder = mkdtempSync(join(tmpdir(), "dinc-jupyterlab-"));
let environment: NodeJS.ProcessEnv;
let server: ChildProcess;
let address: string;
let opened: OpenBrowser;

beforeAll(async () => {
  const packages = await pythonPackages(["jupyterlab==4.6.6", "notebook==7.6.5"]);
  const own = (name: string) => join(folder, "own", name);
  const data = [join(folder, "share", "jupyter"), join(packages, "share", "jupyter")];
  environment = {
    ...process.env,
    PYTHONPATH: packages,
    JUPYTER_PATH: data.join(delimiter),
    JUPYTER_CONFIG_PATH: join(packages, "etc", "jupyter"),
    JUPYTERLAB_DIR: join(packages, "share", "jupyter", "lab"),
    JUPYTER_CONFIG_DIR: own("config"),
    JUPYTER_DATA_DIR: own("data"),
    JUPYTER_RUNTIME_DIR: own("runtime"),
    JUPYTERLAB_SETTINGS_DIR: own("settings"),
    JUPYTERLAB_WORKSPACES_DIR: own("workspaces"),
    IPYTHONDIR: own("ipython"),
  };
  const extension = join(data[0]!, "labextensions", "dinc");
  execFileSync(process.execPath, [join(root, "python/jupyterlab/build.mjs"), extension]);
  const files = join(folder, "files");
  mkdirSync(files);
  writeFileSync(join(files, "model.din"), SPEC);
  writeFileSync(join(files, "first.ipynb"), notebook(`%%din first\n${SPEC}`, "import dinc"));
  const port = await freePort();
  address = `http://127.0.0.1:${port}`;
  const options = [
    "--no-browser",
    "--allow-root",
    `--port=${port}`,
    `--ServerApp.root_dir=${files}`,
    "--IdentityProvider.token=",
    "--ServerApp.disable_check_xsrf=True",
  ];
  server = spawn("python3", ["-m", "jupyterlab", ...options], {
    env: environment,
    stdio: ["ignore", "ignore", "pipe"],
  });
  [opened] = await Promise.all([openBrowser(), started(server)]);
}, 600_000);

afterAll(async () => {
  await opened?.close();
  // It ends its kernels.
  const ended = new Promise((resolve) => server?.once("exit", resolve));
  if (server?.kill()) await ended;
  await rm(folder, { recursive: true, force: true });
});

/** Waits until Jupyter says that it answers. */
function started(server: ChildProcess): Promise<void> {
  let said = "";
  return new Promise((resolve, reject) => {
    server.stderr!.on("data", (chunk) => {
      said += chunk;
      if (said.includes("is running at")) resolve();
    });
    server.once("exit", () => reject(new Error(`JupyterLab doesn't start: ${said}`)));
  });
}

/** A notebook whose cells contain code. */
function notebook(...sources: readonly string[]): string {
  const cells = sources.map((source, i) => ({
    ...{ cell_type: "code", id: `cell-${i}`, source, metadata: {}, outputs: [], execution_count: null },
  }));
  const kernelspec = { name: "python3", display_name: "Python 3", language: "python" };
  const metadata = { kernelspec, language_info: { name: "python" } };
  return JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 });
}

async function choose(theme: string): Promise<void> {
  const settings = `${address}/lab/api/settings/@jupyterlab/apputils-extension:themes`;
  const body = JSON.stringify({ raw: JSON.stringify({ theme }) });
  expect((await fetch(settings, { method: "PUT", body })).ok).toBe(true);
}

/** The colour of the first span with this text in an editor, and the colour that the theme has under a name. */
async function shown(page: Page, word: string, name: string): Promise<readonly [string, string]> {
  const span = page.locator(".cm-line span").getByText(word, { exact: true }).first();
  return span.evaluate((element, name) => {
    const { ownerDocument: document } = element;
    const sample = document.createElement("span");
    sample.style.color = `var(--jp-mirror-editor-${name}-color)`;
    document.body.append(sample);
    const colourOf = (each: typeof element) => document.defaultView!.getComputedStyle(each).color;
    const colours = [colourOf(element), colourOf(sample)] as const;
    sample.remove();
    return colours;
  }, name);
}

test("`jupyter labextension list` says that it is enabled and fits", () => {
  const listing = ["-m", "jupyterlab.labextensions", "list"];
  const { stdout, stderr } = spawnSync("python3", listing, { env: environment, encoding: "utf8" });
  expect(stdout + stderr).toMatch(/dinc v\S+ .*enabled.*OK/);
});

const places = [
  ["a cell in JupyterLab", "/lab/tree/first.ipynb?reset", { "%%din": "meta", import: "keyword" }],
  ["a file in JupyterLab", "/lab/tree/model.din?reset", {}],
  ["a cell in Notebook", "/notebooks/first.ipynb", { "%%din": "meta", import: "keyword" }],
  ["a file in Notebook", "/edit/model.din", {}],
] as const;

describe.each(["JupyterLab Light", "JupyterLab Dark"])("%s colours", (theme) => {
  beforeAll(() => choose(theme));

  test.each(places)("%s", async (_, path, more) => {
    const page = await opened.browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", ({ message }) => errors.push(message));
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    await page.goto(`${address}${path}`, { waitUntil: "commit" });
    await expect.poll(() => page.getAttribute("body", "data-jp-theme-name")).toBe(theme);
    const colours = Object.entries({ ...COLOURS, ...more });
    for (const [word, name] of colours) {
      const [seen, expected] = await shown(page, word, name);
      expect(seen, word).toBe(expected);
    }
    // Notebook 7.6 has errors of its own, also without the extension.
    expect(errors.filter(() => path.startsWith("/lab"))).toEqual([]);
    await page.close();
  });
});
