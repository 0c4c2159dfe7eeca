// The browser for tests of pages: Chromium, or an installed Firefox with `BROWSER=firefox` in the
// environment. On Linux (x64), Chromium comes from the packages with its libraries and fonts, so that a bare
// machine has it; elsewhere an installed one is used.

import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { openFirefox } from "./firefox.ts";

export interface OpenBrowser {
  readonly browser: Browser;
  close(): Promise<void>;
}

/** The usual paths of an installed browser. */
const INSTALLED = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** `CHROMIUM` in the environment names another one. Throws with advice if there is none. */
export async function openBrowser(): Promise<OpenBrowser> {
  if (process.env["BROWSER"] === "firefox") {
    const browser = await openFirefox();
    return { browser, close: () => browser.close() };
  }
  const chosen = process.env["CHROMIUM"];
  if (chosen !== undefined) return launched(chosen);
  if (process.platform === "linux" && process.arch === "x64") return bundled();
  const installed = INSTALLED.find((path) => existsSync(path));
  if (installed !== undefined) return launched(installed);
  throw new Error(
    "no browser to test pages with: install Chromium or Google Chrome (Debian: apt-get install -y chromium; macOS: brew install --cask chromium), or give the path of one as CHROMIUM",
  );
}

async function launched(
  executablePath: string,
  env: Readonly<Record<string, string>> = {},
): Promise<OpenBrowser> {
  const launch = () =>
    chromium.launch({
      executablePath,
      args: ARGUMENTS,
      headless: true,
      env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...env },
    });
  // Chromium itself rarely crashes at its start (SIGSEGV, before any page is open).
  const browser = await launch().catch(launch);
  return { browser, close: () => browser.close() };
}

/**
 * Unpacked into a folder of its own, always with the same fonts, so that texts have the same width
 * everywhere.
 */
async function bundled(): Promise<OpenBrowser> {
  const folder = await mkdtemp(join(tmpdir(), "dinc-chromium-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const { default: packed } = await import("@sparticuz/chromium");
    // The package unpacks into the folder for temporary files regardless of its contents, and libraries only
    // if it finds none, as on Vercel.
    const path = await withEnvironment({ TMPDIR: folder, VERCEL: "1" }, () => packed.executablePath());
    await mkdir(join(folder, "cache"));
    await writeFile(
      join(folder, "fonts.conf"),
      `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${join(folder, "fonts")}</dir><cachedir>${join(folder, "cache")}</cachedir></fontconfig>`,
    );
    const opened = await launched(path, {
      LD_LIBRARY_PATH: join(folder, "al2023", "lib"),
      FONTCONFIG_FILE: join(folder, "fonts.conf"),
    });
    return { ...opened, close: () => opened.close().finally(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function withEnvironment<T>(
  changes: Readonly<Record<string, string>>,
  run: () => Promise<T>,
): Promise<T> {
  const before = Object.keys(changes).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, changes);
  try {
    return await run();
  } finally {
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  }
}
