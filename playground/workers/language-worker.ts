// dinc's language server in a worker: like `dinc lsp --stdio`, but without a disk and without threads.

import { BrowserMessageReader, BrowserMessageWriter, createConnection } from "vscode-languageserver/browser";
import type { Asking } from "../../runtime/lsp/asking.ts";
import { BackgroundChecker } from "../../runtime/lsp/background-checker.ts";
import type { PublishedDiagnostics, Question } from "../../runtime/lsp/checking.ts";
import { answerOf, costQuestion } from "../../runtime/lsp/cost-answer.ts";
import type { Configs, EditorDisk, LanguageServices, Log } from "../../runtime/lsp/language-services.ts";
import { serve } from "../../runtime/lsp/server.ts";

/** The only files of a page are open ones. Documents are named `file:///model.din`. */
class NoDisk implements EditorDisk {
  mayAnalyse: EditorDisk["mayAnalyse"] = () => true;
  readonly read = () => null;
  readonly specs = () => [];
  readonly uriOf = (path: string) => `file:///${path}`;

  folders(): readonly string[] {
    return [];
  }

  open(): void {}

  forget(): void {}

  pathOf(uri: string): string {
    return uri.replace(/^file:\/\/\//, "");
  }

  folderAt(): null {
    return null;
  }
}

const noConfigs: Configs = { at: () => null };

/** Checks in this worker, after it has answered the editor's earlier requests. */
class CheckerHere implements Asking<Question, readonly PublishedDiagnostics[]> {
  isBusy = false;
  readonly isRunning = true;
  failure: Asking<Question, readonly PublishedDiagnostics[]>["failure"] = null;
  readonly at = null;
  private readonly checker = new BackgroundChecker(new NoDisk(), noConfigs);
  private readonly log: Log;

  constructor(log: Log) {
    this.log = log;
  }

  ask(question: Question): Promise<readonly PublishedDiagnostics[] | null> {
    this.isBusy = true;
    return new Promise((resolve) => {
      setTimeout(() => {
        this.isBusy = false;
        this.failure = null;
        try {
          resolve(this.checker.answer(question, { at: () => {}, log: this.log }));
        } catch (error) {
          this.log(error);
          this.failure = "mistake";
          resolve(null);
        }
      });
    });
  }
}

const here: LanguageServices = {
  disk: new NoDisk(),
  configs: noConfigs,
  checker: (log) => new CheckerHere(log),
  costs: () => ({
    costOf: async (snapshot, path, variant) => {
      const question = costQuestion(snapshot, path, variant);
      return question === null ? null : answerOf(question);
    },
  }),
};

const scope = globalThis as unknown as ConstructorParameters<typeof BrowserMessageReader>[0];
serve(createConnection(new BrowserMessageReader(scope), new BrowserMessageWriter(scope)), "", here);
