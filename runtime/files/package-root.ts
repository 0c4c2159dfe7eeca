// Finds the folder of dinc's package.json, from the sources or from dist/.

import { existsSync } from "node:fs";
import { InternalError } from "../../compiler/common/internal-error.ts";

/** The server's code as one file, which the build makes. */
export const serverFile = (): URL => new URL("dist/bundle/server.js", packageRoot());

/** As a URL that ends with a slash. */
export function packageRoot(): URL {
  for (let folder = new URL(".", import.meta.url); ; ) {
    if (existsSync(new URL("package.json", folder))) return folder;
    const parent = new URL("..", folder);
    if (parent.href === folder.href) throw new InternalError("dinc's package.json is nowhere above its code");
    folder = parent;
  }
}
