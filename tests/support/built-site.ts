// A site that a script of the repository builds, below a path, in the tests' browser. After each test the
// page is closed. Its console must contain no error and no violation of its policy, and it must not contact
// another server.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { serveFolder } from "../../playground/serve.mjs";
import { root } from "../cli/spawn.ts";
import { type OpenBrowser, openBrowser } from "./browser.ts";

type Server = Awaited<ReturnType<typeof serveFolder>>;

export interface VisitOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: "light" | "dark";
  /** The path of the site; by default that of its own server. */
  readonly site?: string;
}

export class BuiltSite {
  /** The folder of its files. */
  folder = "";
  /** The addresses of the server that isolates its pages, and of one that does not. */
  address = "";
  unisolated = "";
  private opened: OpenBrowser | null = null;
  private readonly servers: Server[] = [];
  private page: Page | null = null;
  private readonly said: string[] = [];
  private readonly asked: string[] = [];

  /** Must be called at the beginning of a test file: `script` takes `--out FOLDER`. */
  constructor(script: string, options: readonly string[] = []) {
    let top: string;
    beforeAll(async () => {
      top = mkdtempSync(join(tmpdir(), "dinc-site-"));
      this.folder = join(top, "below", "it");
      const command = [join(root, script), "--out", this.folder, ...options];
      expect(spawnSync(process.execPath, command, { encoding: "utf8" })).toMatchObject({
        ...{ status: 0, stderr: "" },
      });
      const [isolated, plain] = [await serveFolder(top), await serveFolder(top, { isIsolated: false })];
      this.servers.push(isolated, plain);
      this.address = `${isolated.address}below/it/`;
      this.unisolated = `${plain.address}below/it/`;
      this.opened = await openBrowser();
    });
    afterEach(async () => {
      await this.page?.close();
      this.page = null;
      const [said, asked] = [this.said.splice(0), this.asked.splice(0)];
      expect(said).toEqual([]);
      expect(asked.filter((url) => !/^(?:http:\/\/127\.0\.0\.1:|data:|blob:|file:)/.test(url))).toEqual([]);
    });
    afterAll(async () => {
      await this.opened?.close();
      for (const server of this.servers) server.close();
      rmSync(top, { recursive: true, force: true });
    });
  }

  async visit(
    place = "",
    { width = 1900, height = 900, colorScheme = "light", site = this.address }: VisitOptions = {},
  ): Promise<Page> {
    const page = await this.opened!.browser.newPage({ viewport: { width, height }, colorScheme });
    this.page = page;
    // Firefox needs no permission.
    const { browser } = this.opened!;
    if (browser.browserType().name() === "chromium")
      await page.context().grantPermissions(["clipboard-write"]);
    page.on("console", (message) => this.said.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => this.said.push(error.message));
    page.on("request", (request) => this.asked.push(request.url()));
    await page.goto(site + place);
    return page;
  }
}
