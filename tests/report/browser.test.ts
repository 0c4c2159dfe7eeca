// The report as a person sees it, in Chromium: on a screen, in the dark, on a phone and on paper nothing overflows, overlaps
// or is too faint to read, and nothing is loaded. Screenshots stay in a folder that the output names.

import { mkdtempSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reportHtml } from "../../runtime/report/report.ts";
import { type OpenBrowser, openBrowser } from "../support/browser.ts";
import { driftHtml } from "./drift-sample.ts";
import { reportInput, SECTIONS, SECTIONS_OF_CLICKS } from "./sample.ts";
import { trainedReport } from "./trained.ts";

const measureScript = readFileSync(join(import.meta.dirname, "measure-page.js"), "utf8");

interface Measured {
  readonly overflow: number;
  readonly sections: readonly string[];
  readonly lines: number;
  readonly charts: number;
  readonly overlaps: readonly (readonly string[])[];
  readonly outside: readonly object[];
  readonly faint: readonly object[];
  readonly smallest: number;
  readonly scripts: number;
}

const DRIFT_SECTIONS = ["checks", "columns", "histograms"];

const looks = [
  { name: "light", width: 1000, colorScheme: "light", media: "screen" },
  { name: "dark", width: 1000, colorScheme: "dark", media: "screen" },
  { name: "phone", width: 360, colorScheme: "light", media: "screen" },
  { name: "phone-dark", width: 360, colorScheme: "dark", media: "screen" },
  { name: "paper", width: 718, colorScheme: "light", media: "print" },
] as const;

/** Reports, and the sections that each has. */
const reports: readonly (readonly [
  name: string,
  html: () => Promise<string>,
  sections: readonly string[],
])[] = [
  ["a trained model", trainedReport, SECTIONS_OF_CLICKS],
  [
    "long names",
    async () => reportHtml(reportInput("a_feature_with_quite_a_long_name_of_its_own")),
    SECTIONS,
  ],
  ["hostile names", async () => reportHtml(reportInput('</script><img src=x onerror="alert(1)">')), SECTIONS],
  ["drift", async () => driftHtml("a_feature_with_quite_a_long_name_of_its_own"), DRIFT_SECTIONS],
];

const shots = mkdtempSync(join(tmpdir(), "dinc-report-"));
let opened: OpenBrowser;
let folder: string;

beforeAll(async () => {
  opened = await openBrowser();
  folder = await mkdtemp(join(tmpdir(), "dinc-report-pages-"));
  console.log(`screenshots of the report: ${shots}`);
});

afterAll(async () => {
  await opened?.close();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

describe.each(reports)("the report of %s", (name, html, sections) => {
  const file = `${name.replaceAll(" ", "-")}.html`;
  beforeAll(async () => {
    await writeFile(join(folder, file), await html());
  });

  test.each(looks)("reads well: $name", async (look) => {
    const { width, colorScheme, media } = look;
    const page = await opened.browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    try {
      const said: string[] = [];
      const requested: string[] = [];
      page.on("console", (message) => said.push(message.text()));
      page.on("pageerror", (error) => said.push(String(error)));
      page.on("request", (request) => requested.push(request.url()));
      await page.emulateMedia({ media, colorScheme });
      const address = pathToFileURL(join(folder, file)).href;
      await page.goto(address);
      const measured = await page.evaluate<Measured>(measureScript);
      // A picture may only be taken once there is one.
      await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
      await page.screenshot({
        path: join(shots, `${name.replaceAll(" ", "-")}-${look.name}.png`),
        fullPage: true,
      });
      expect(measured).toMatchObject({ overflow: 0, overlaps: [], outside: [], faint: [], scripts: 0 });
      expect(measured.sections).toEqual(sections);
      const isDrift = sections === DRIFT_SECTIONS;
      expect(measured.charts).toBeGreaterThan(isDrift ? 2 : 6);
      expect(measured.lines).toBeGreaterThan(100);
      // In pixels, with ascenders and descenders: what no one can read is not there.
      expect(measured.smallest).toBeGreaterThan(8);
      expect({ said, requested }).toEqual({ said: [], requested: [address] });
    } finally {
      await page.close();
    }
  });
});
