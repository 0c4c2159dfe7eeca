// Serves a folder on this machine, and what else is given. Its pages may share memory between threads, unless
// they are not isolated.
import { spawn } from "node:child_process";
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";

const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webp": "image/webp",
  ".json": "application/json; charset=utf-8",
};

/**
 * `address` is where the page is; `close` ends the server. `also` has what no file of the folder is, or what
 * is served in its place, by path without a slash in front.
 */
export async function serveFolder(folder, { port = 0, isIsolated = true, also = new Map() } = {}) {
  const isolation = isIsolated
    ? { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" }
    : {};
  const server = createServer((request, response) => {
    // Another name that leads here is a stranger's page, which may not read what this one shows.
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? "")) {
      response.writeHead(403).end();
      return;
    }
    const asked = askedBy(request.url);
    if (asked === null) {
      response.writeHead(404).end();
      return;
    }
    const headers = { "Content-Type": types[extname(asked)] ?? "application/octet-stream", ...isolation };
    const given = also.get(asked);
    if (given !== undefined) {
      response.writeHead(200, headers).end(given);
      return;
    }
    const path = normalize(join(folder, asked));
    if (!path.startsWith(join(folder, sep)) || !(extname(path) in types) || !isFile(path)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, headers);
    createReadStream(path).pipe(response);
  });
  await new Promise((done, failed) => {
    server.once("error", failed);
    server.listen(port, "127.0.0.1", done);
  });
  return {
    address: `http://127.0.0.1:${server.address().port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Shows an address to the person, where there is something that does. */
export function openBrowser(address) {
  const [command, ...first] = { darwin: ["open"], win32: ["cmd", "/c", "start"] }[process.platform] ?? [
    "xdg-open",
  ];
  spawn(command, [...first, address], { stdio: "ignore" }).on("error", () => {});
}

/** The path that an address names, without a slash in front; null if it isn't an address. */
function askedBy(url) {
  try {
    const { pathname } = new URL(url, "http://localhost");
    return `${decodeURIComponent(pathname).slice(1)}${pathname.endsWith("/") ? "index.html" : ""}`;
  } catch {
    return null;
  }
}

function isFile(path) {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
