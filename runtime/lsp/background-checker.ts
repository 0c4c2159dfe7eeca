// Checks the open specs and dinc.yaml, and reports the findings that changed since the last call. It is pure
// except for the disk, so that it can run in a thread of its own.

import { DiagnosticSeverity, type Diagnostic as Shown } from "vscode-languageserver-types";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { notChecked } from "../../compiler/diagnostics/catalog/editors.ts";
import { type Diagnostic, diagnose, inText } from "../../compiler/diagnostics/diagnostic.ts";
import { isConfig } from "../../compiler/tools/lsp/config/view.ts";
import { diagnosticsFor } from "../../compiler/tools/lsp/features/diagnostics.ts";
import { type Depth, toLsp } from "../../compiler/tools/lsp/published.ts";
import type { Snapshot } from "../../compiler/tools/lsp/snapshot.ts";
import type { Telling } from "./asking.ts";
import type { ExcludedDocument, PublishedDiagnostics, Question } from "./checking.ts";
import { Documents } from "./documents.ts";
import { KeptAdvice } from "./kept-advice.ts";
import type { Configs, EditorDisk } from "./language-services.ts";

const toNobody: Telling = { at: () => {}, log: () => {} };

export class BackgroundChecker {
  private readonly disk: EditorDisk;
  private readonly documents: Documents;
  private readonly configs: Configs;
  /** By path: the last published findings. */
  private readonly told = new Map<string, string>();
  private readonly advice = new KeptAdvice();

  constructor(disk: EditorDisk, configs: Configs) {
    this.disk = disk;
    this.configs = configs;
    this.documents = new Documents(this.disk);
  }

  answer(question: Question, telling: Telling = toNobody): readonly PublishedDiagnostics[] {
    const { depth, open, closed, barred, folders, isDiskChanged } = question;
    this.disk.open(folders);
    if (isDiskChanged) this.disk.forget();
    for (const { path, language, version, text } of open) this.documents.put(path, language, version, text);
    for (const path of closed) this.documents.close(path);
    this.documents.changed();
    const snapshot = this.documents.snapshot();
    const found = this.found(snapshot, depth, barred, telling);
    if (depth === "whole") {
      this.advice.clear();
      for (const [path, each] of found) this.advice.keep(path, this.textOf(path), each.filter(isAdvice));
    }
    const gone = [...this.told.keys()].filter((path) => !found.has(path));
    return [
      ...gone.flatMap((path) => this.news(snapshot, path, [])),
      ...[...found].flatMap(([path, each]) =>
        this.news(
          snapshot,
          path,
          depth === "whole" ? each : [...each, ...this.advice.in(path, this.textOf(path))],
        ),
      ),
    ];
  }

  /** Empty for a file that is not open: its advice keeps its location. */
  private textOf(path: string): string {
    return this.documents.file(path)?.text ?? "";
  }

  private found(
    snapshot: Snapshot,
    depth: Depth,
    barred: readonly ExcludedDocument[],
    telling: Telling,
  ): ReadonlyMap<string, readonly Shown[]> {
    const found = new Map<string, readonly Shown[]>();
    const add = (file: string, diagnostics: readonly Diagnostic[]) => {
      const all = diagnostics.map((each) => toLsp(snapshot, each));
      found.set(file, withNew(found.get(file) ?? [], all));
    };
    const specs = new Set(this.documents.specs());
    for (const path of this.documents.paths()) {
      const known = barred.find((each) => each.path === path);
      if (known !== undefined) {
        add(path, [unchecked(snapshot, known)]);
        continue;
      }
      telling.at(path);
      try {
        if (specs.has(path))
          for (const [file, diagnostics] of diagnosticsFor(snapshot, path, depth)) add(file, diagnostics);
        else if (isConfig(path)) add(path, this.configs.at(snapshot, path)?.diagnostics ?? []);
      } catch (error) {
        // Other files keep their findings.
        telling.log(error);
        add(path, [unchecked(snapshot, { path, why: "mistake", limit: "" })]);
      }
    }
    return found;
  }

  /**
   * The diagnostics of an open document are sent again for each version of its text, so that the editor knows
   * that they are current.
   */
  private news(
    snapshot: Snapshot,
    path: string,
    diagnostics: readonly Shown[],
  ): readonly PublishedDiagnostics[] {
    const version = this.documents.version(path);
    const text = JSON.stringify([diagnostics, version]);
    if (this.told.get(path) === text) return [];
    if (diagnostics.length === 0 && version === undefined) this.told.delete(path);
    else this.told.set(path, text);
    const versioned = version === undefined ? {} : { version };
    return [{ uri: snapshot.uriOf(path), diagnostics: [...diagnostics], ...versioned }];
  }
}

function unchecked(snapshot: Snapshot, { path, why, limit }: ExcludedDocument): Diagnostic {
  const file = snapshot.file(path) ?? sourceFile(path, "");
  const end = /^[^\r\n]*/.exec(file.text)![0].length;
  return diagnose(notChecked, { why, limit }, inText({ file, start: 0, end }));
}

function isAdvice({ severity }: Shown): boolean {
  return severity === DiagnosticSeverity.Information;
}

/** Two specs that import the same file may have the same findings in it. */
function withNew(known: readonly Shown[], more: readonly Shown[]): readonly Shown[] {
  const keys = new Set(known.map((each) => JSON.stringify(each)));
  return [...known, ...more.filter((each) => !keys.has(JSON.stringify(each)))];
}
