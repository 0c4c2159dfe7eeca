// Which language server an editor starts. Pure: whoever asks says what there is.

import { dirname, join } from "node:path";

export interface Surroundings {
  /** `dinc.server.path`; empty where the author gave none. */
  readonly setting: string;
  /** Paths of the workspace's folders. */
  readonly folders: readonly string[];
  /** Whether the author trusts the workspace, whose code would run. */
  readonly isTrusted: boolean;
  /** The server that comes with the extension. */
  readonly bundled: string;
  readonly exists: (path: string) => boolean;
}

export type Server =
  /** A file for Node. */
  | { readonly kind: "module"; readonly path: string; readonly from: "setting" | "workspace" }
  | { readonly kind: "program"; readonly path: string; readonly from: "setting" }
  /** Serves editors and does nothing else. */
  | { readonly kind: "bundled"; readonly path: string };

/** What the author says, else what the workspace has installed, else what comes with the extension. */
export function chooseServer({ setting, folders, isTrusted, bundled, exists }: Surroundings): Server {
  if (isTrusted && setting !== "")
    return { kind: /\.[cm]?js$/.test(setting) ? "module" : "program", path: setting, from: "setting" };
  const installed = isTrusted ? folders.map((folder) => installedAbove(folder, exists)) : [];
  const path = installed.find((each) => each !== null);
  if (path != null) return { kind: "module", path, from: "workspace" };
  return { kind: "bundled", path: bundled };
}

/** A workspace may be a folder of what npm installed for. */
function installedAbove(folder: string, exists: (path: string) => boolean): string | null {
  for (let above = folder; ; above = dirname(above)) {
    const path = join(above, "node_modules", "dinc", "bin", "dinc.js");
    if (exists(path)) return path;
    if (dirname(above) === above) return null;
  }
}
