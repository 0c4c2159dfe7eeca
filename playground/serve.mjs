// Serves a folder on this machine. Its pages may share memory between threads, unless they are not isolated.
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".json": "application/json; charset=utf-8",
};

/** `address` is where the page is; `close` ends the server. */
export async function serveFolder(folder, { port = 0, isIsolated = true } = {}) {
  const isolation = isIsolated
    ? { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" }
    : {};
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const path = normalize(
      join(folder, decodeURIComponent(pathname), pathname.endsWith("/") ? "index.html" : ""),
    );
    const type = types[extname(path)];
    if (!path.startsWith(folder) || type === undefined || !isFile(path)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "Content-Type": type, ...isolation });
    createReadStream(path).pipe(response);
  });
  await new Promise((done, failed) => {
    server.once("error", failed);
    server.listen(port, "127.0.0.1", done);
  });
  return { address: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

function isFile(path) {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
