// Chooses the language server that an editor starts. Pure: the caller describes the surroundings.

import { dirname, join } from "node:path";

export interface Surroundings {
  /** `dinc.server.path`; empty if it is not set. */
  readonly setting: string;
  /** Paths of the workspace's folders. */
  readonly folders: readonly string[];
  /** Whether the author trusts the workspace; its code would run. */
  readonly isTrusted: boolean;
  /** The server bundled with the extension. */
  readonly bundled: string;
  readonly exists: (path: string) => boolean;
}

export type Server =
  /** A file for Node. */
  | { readonly kind: "module"; readonly path: string; readonly from: "setting" | "workspace" }
  | { readonly kind: "program"; readonly path: string; readonly from: "setting" }
  /** Serves editors only. */
  | { readonly kind: "bundled"; readonly path: string };

/** The author's setting, else the dinc installed in the workspace, else the bundled server. */
export function chooseServer({ setting, folders, isTrusted, bundled, exists }: Surroundings): Server {
  if (isTrusted && setting !== "")
    return { kind: /\.[cm]?js$/.test(setting) ? "module" : "program", path: setting, from: "setting" };
  const installed = isTrusted ? folders.map((folder) => installedAbove(folder, exists)) : [];
  const path = installed.find((each) => each !== null);
  if (path != null) return { kind: "module", path, from: "workspace" };
  return { kind: "bundled", path: bundled };
}

/** A workspace may be a subfolder of the folder that npm installed into. */
function installedAbove(folder: string, exists: (path: string) => boolean): string | null {
  for (let above = folder; ; above = dirname(above)) {
    const path = join(above, "node_modules", "dinc", "bin", "dinc.js");
    if (exists(path)) return path;
    if (dirname(above) === above) return null;
  }
}
