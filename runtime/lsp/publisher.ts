// Says what is wrong with the open specs: what the checker finds at once, advice when the author pauses. What is no longer
// wrong is taken back.

import { type Connection, DiagnosticSeverity, type Diagnostic as Shown } from "vscode-languageserver";
import { type Depth, diagnosticsFor, shown } from "../../compiler/lsp/features/diagnostics.ts";
import type { Documents } from "./documents.ts";

/** Milliseconds behind a change; requests that have come meanwhile are answered first. */
const delays: Readonly<Record<Depth, number>> = { quick: 5, whole: 300 };

export class Publisher {
  private readonly connection: Connection;
  private readonly documents: Documents;
  private readonly log: (problem: unknown) => void;
  /** What was said last, by URI. */
  private readonly said = new Map<string, string>();
  /** Found when the author paused last, by URI; it stays until the next pause, so that it does not flicker. */
  private readonly advice = new Map<string, readonly Shown[]>();
  private readonly waiting = new Map<Depth, NodeJS.Timeout>();

  constructor(connection: Connection, documents: Documents, log: (problem: unknown) => void) {
    this.connection = connection;
    this.documents = documents;
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
    const found = new Map<string, Shown[]>();
    for (const path of this.documents.paths().filter((each) => each.endsWith(".din")))
      for (const [file, diagnostics] of diagnosticsFor(snapshot, path, depth)) {
        const uri = snapshot.uriOf(file);
        const before = found.get(uri) ?? [];
        found.set(
          uri,
          withNew(
            before,
            diagnostics.map((each) => shown(snapshot, each)),
          ),
        );
      }
    if (depth === "whole") {
      this.advice.clear();
      for (const [uri, each] of found) this.advice.set(uri, each.filter(isAdvice));
    }
    for (const uri of this.said.keys()) if (!found.has(uri)) this.send(uri, []);
    for (const [uri, each] of found)
      this.send(uri, depth === "whole" ? each : [...each, ...(this.advice.get(uri) ?? [])]);
  }

  private send(uri: string, diagnostics: Shown[]): void {
    const text = JSON.stringify(diagnostics);
    if (this.said.get(uri) === text) return;
    if (diagnostics.length === 0) this.said.delete(uri);
    else this.said.set(uri, text);
    void this.connection.sendDiagnostics({ uri, diagnostics });
  }
}

function isAdvice({ severity }: Shown): boolean {
  return severity === DiagnosticSeverity.Information;
}

/** Two specs that import a file may say the same of it. */
function withNew(known: readonly Shown[], more: readonly Shown[]): Shown[] {
  const keys = new Set(known.map((each) => JSON.stringify(each)));
  return [...known, ...more.filter((each) => !keys.has(JSON.stringify(each)))];
}
