// The views of dinc.yaml that the language server's features use.

import { readdirSync } from "node:fs";
import { normalize } from "node:path";
import { analyse } from "../../compiler/frontend/check/check.ts";
import { type ConfigView, viewOf, type Workspace } from "../../compiler/tools/lsp/config/view.ts";
import type { Snapshot } from "../../compiler/tools/lsp/snapshot.ts";
import { systemHere } from "../files/system.ts";
import type { Configs } from "./language-services.ts";

/** One view per document and snapshot. */
export class ConfigViews implements Configs {
  private readonly views = new WeakMap<Snapshot, Map<string, ConfigView | null>>();

  /** Null if there is no such document. */
  at(snapshot: Snapshot, path: string): ConfigView | null {
    const views = this.views.get(snapshot) ?? new Map<string, ConfigView | null>();
    this.views.set(snapshot, views);
    let view = views.get(path);
    if (view === undefined) {
      const file = snapshot.file(path);
      view = file === null ? null : viewOf(file, workspaceAround(snapshot, path));
      views.set(path, view);
    }
    return view;
  }
}

function workspaceAround(snapshot: Snapshot, config: string): Workspace {
  // Paths have the form of document names.
  const named = (path: string) => normalize(path);
  return {
    environment: systemHere.environment,
    problemOf: (path) => (snapshot.isOpen(named(path)) ? null : systemHere.problemOf(path)),
    rowsAt: (address) =>
      snapshot.isOpen(named(address)) ? { files: [address], folder: "" } : systemHere.rowsAt(address),
    realPathOf: systemHere.realPathOf,
    file: (path) => (snapshot.mayAnalyse(named(path)) ? snapshot.file(named(path)) : null),
    uriOf: (path) => snapshot.uriOf(path),
    entries: entriesOf,
    // Values of params are in dinc.yaml, so the same text of it has the same values.
    analyse: (spec, options) =>
      snapshot.keeping(`spec of ${config}`, () => {
        snapshot.file(config);
        snapshot.file(named(spec.path));
        return analyse(spec, options);
      }),
  };
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).map((entry) => ({
      name: entry.name,
      isFolder: entry.isDirectory(),
    }));
  } catch {
    return [];
  }
}
