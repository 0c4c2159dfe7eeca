// A language server's surroundings in a worker of a browser: there are no threads, because the server is in one itself.

import type { Asking } from "./asking.ts";
import { BackgroundChecker } from "./background-checker.ts";
import type { PublishedDiagnostics, Question } from "./checking.ts";
import { answerOf, costQuestion } from "./cost-answer.ts";
import type { Configs, EditorDisk, LanguageServices, Log } from "./language-services.ts";

const noConfigs: Configs = { at: () => null };

/** Answers from the files of `disk`, and knows no dinc.yaml. */
export function inWorker(disk: EditorDisk): LanguageServices {
  return {
    disk,
    configs: noConfigs,
    checker: (log) => new CheckerHere(disk, log),
    costs: () => ({
      costOf: async (snapshot, path, variant) => {
        const question = costQuestion(snapshot, path, variant);
        return question === null ? null : answerOf(question);
      },
    }),
  };
}

/** Checks in this worker, after earlier requests of the editor are answered. */
class CheckerHere implements Asking<Question, readonly PublishedDiagnostics[]> {
  isBusy = false;
  readonly isRunning = true;
  failure: Asking<Question, readonly PublishedDiagnostics[]>["failure"] = null;
  readonly at = null;
  private readonly checker: BackgroundChecker;
  private readonly log: Log;

  constructor(disk: EditorDisk, log: Log) {
    // The checker analyses the texts that the server may not analyse yet.
    const files = Object.assign(Object.create(disk) as EditorDisk, { mayAnalyse: () => true });
    this.checker = new BackgroundChecker(files, noConfigs);
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
