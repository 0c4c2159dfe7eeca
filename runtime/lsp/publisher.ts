// Says what is wrong with the open specs and dinc.yaml: what the checker finds at once, advice when the author pauses. What is no longer
// wrong is taken back.

import { type Connection, DiagnosticSeverity, type Diagnostic as Shown } from "vscode-languageserver";
import { type Depth, diagnosticsFor, shown } from "../../compiler/lsp/features/diagnostics.ts";
import type { Snapshot } from "../../compiler/lsp/snapshot.ts";
import { type ConfigViews, isConfig } from "./config-views.ts";
import type { Documents } from "./documents.ts";

/** Milliseconds behind a change; requests that have come meanwhile are answered first. */
const delays: Readonly<Record<Depth, number>> = { quick: 5, whole: 300 };

export class Publisher {
  private readonly connection: Connection;
  private readonly documents: Documents;
  private readonly configs: ConfigViews;
  private readonly log: (problem: unknown) => void;
  /** What was said last, by path. */
  private readonly said = new Map<string, string>();
  /** Found when the author paused last, by path; it stays until the next pause, so that it does not flicker. */
  private readonly advice = new Map<string, readonly Shown[]>();
  private readonly waiting = new Map<Depth, NodeJS.Timeout>();

  constructor(
    connection: Connection,
    documents: Documents,
    configs: ConfigViews,
    log: (problem: unknown) => void,
  ) {
    this.connection = connection;
    this.documents = documents;
    this.configs = configs;
    this.log = log;
  }

  /** Some text is another. */
  changed(): void {
    for (const depth of ["quick", "whole"] as const) {
      clearTimeout(this.waiting.get(depth));
      this.waiting.set(
        depth,
        setTimeout(() => this.publish(depth), delays[depth]),
      );
    }
  }

  private publish(depth: Depth): void {
    try {
      this.say(depth);
    } catch (error) {
      this.log(error);
    }
  }

  private say(depth: Depth): void {
    const snapshot = this.documents.snapshot();
    const found = new Map<string, readonly Shown[]>();
    for (const path of this.documents.specs())
      for (const [file, diagnostics] of diagnosticsFor(snapshot, path, depth)) {
        const all = diagnostics.map((each) => shown(snapshot, each));
        found.set(file, withNew(found.get(file) ?? [], all));
      }
    for (const path of this.documents.paths().filter(isConfig)) {
      const view = this.configs.at(snapshot, path);
      if (view !== null)
        found.set(
          path,
          view.diagnostics.map((each) => shown(snapshot, each)),
        );
    }
    if (depth === "whole") {
      this.advice.clear();
      for (const [path, each] of found) this.advice.set(path, each.filter(isAdvice));
    }
    for (const path of this.said.keys()) if (!found.has(path)) this.send(snapshot, path, []);
    for (const [path, each] of found)
      this.send(snapshot, path, depth === "whole" ? each : [...each, ...(this.advice.get(path) ?? [])]);
  }

  /** An open document is told again for each of its texts, so that the editor knows that it still holds. */
  private send(snapshot: Snapshot, path: string, diagnostics: readonly Shown[]): void {
    const version = this.documents.version(path);
    const text = JSON.stringify([diagnostics, version]);
    if (this.said.get(path) === text) return;
    if (diagnostics.length === 0 && version === undefined) this.said.delete(path);
    else this.said.set(path, text);
    const versioned = version === undefined ? {} : { version };
    void this.connection.sendDiagnostics({
      uri: snapshot.uriOf(path),
      diagnostics: [...diagnostics],
      ...versioned,
    });
  }
}

function isAdvice({ severity }: Shown): boolean {
  return severity === DiagnosticSeverity.Information;
}

/** Two specs that import a file may say the same of it. */
function withNew(known: readonly Shown[], more: readonly Shown[]): readonly Shown[] {
  const keys = new Set(known.map((each) => JSON.stringify(each)));
  return [...known, ...more.filter((each) => !keys.has(JSON.stringify(each)))];
}
