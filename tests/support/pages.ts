// Serves files for pages in the tests' browser: pages below `/isolated/` are cross-origin isolated, those
// below `/open/` are not.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Pages {
  /** The address of the folder's page. */
  address(folder: "isolated" | "open"): string;
  close(): void;
}

/** `files` by name, in both folders; `page` is the page of each folder. */
export async function servePages(page: string, files: Readonly<Record<string, string>>): Promise<Pages> {
  const server = createServer((request, response) => {
    const [, folder, name = ""] = request.url!.split("/");
    const isIsolated = folder === "isolated";
    const headers = isIsolated
      ? { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" }
      : {};
    const text = name === "" ? page : files[name];
    const type = /\.m?js$/.test(name) ? "text/javascript" : "text/html";
    response.writeHead(text === undefined ? 404 : 200, { ...headers, "Content-Type": type });
    response.end(text ?? "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: (folder) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${folder}/`,
    close: () => server.close(),
  };
}
