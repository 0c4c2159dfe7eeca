// An installed Firefox for tests of pages, driven by WebDriver BiDi: playwright-core's own Firefox is a
// patched one, which no package contains.

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, firefox } from "playwright-core";

/** Its paths if it is not on PATH. */
const INSTALLED = [
  "/Applications/Firefox.app/Contents/MacOS/firefox",
  "C:\\Program Files\\Mozilla Firefox\\firefox.exe",
];

/** `FIREFOX` in the environment names another one. Throws with advice if there is none. */
export async function openFirefox(): Promise<Browser> {
  const browser = await firefox.launch({
    ...{ channel: "moz-firefox", executablePath: installed(), headless: true },
    // Firefox does not report going back to a page in its cache, so it caches none.
    firefoxUserPrefs: { "browser.sessionhistory.max_total_viewers": 0 },
  });
  withoutUnknownCommands(browser);
  return browser;
}

function installed(): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const onPath = folders.flatMap((folder) =>
    ["firefox", "firefox-esr", "firefox.exe"].map((name) => join(folder, name)),
  );
  const found = process.env["FIREFOX"] ?? [...onPath, ...INSTALLED].find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Error(
    "no Firefox to test pages with: install it (Debian: apt-get install -y firefox-esr), or give the path of one as FIREFOX",
  );
}

interface Session {
  send(method: string, parameters?: unknown): Promise<unknown>;
}

/** Before each page, playwright-core sets a colour scheme with a command that Firefox before 159 lacks. */
function withoutUnknownCommands(browser: Browser): void {
  const { _connection } = browser as unknown as {
    readonly _connection: { toImpl(of: Browser): { readonly _browserSession: Session } };
  };
  const session = _connection.toImpl(browser)._browserSession;
  const send = session.send.bind(session);
  session.send = (method, parameters) => {
    const sent = send(method, parameters);
    return method !== "emulation.setMediaFeaturesOverride"
      ? sent
      : sent.catch((error: Error) => {
          if (!error.message.includes("unknown command")) throw error;
        });
  };
}
