// The workers that all `<din-play>` elements of a page share: one language server, and one training at a time.

import type { LSPClient } from "@codemirror/lsp-client";
import { messageOf } from "../../compiler/common/message.ts";
import { type TrainingNews, trainingNews, type WorkerRequest } from "../workers/messages.ts";
import { connect, languageClient } from "./language.ts";
import { startWorker } from "./start-worker.ts";

let client: LSPClient | null = null;
let documents = 0;

/** A document of the language server for one more editor. */
export function newDocument(): { readonly client: LSPClient; readonly uri: string } {
  if (client === null) {
    client = languageClient();
    connect(client, startWorker("language-worker"));
  }
  documents += 1;
  return { client, uri: `file:///model-${documents}.din` };
}

/** An element that trains, or waits for its turn. */
export interface PlayTraining {
  take(news: TrainingNews): void;
  /** Another element trains now, or the worker has ended. */
  stopped(why: string): void;
}

let trainer: Worker | null = null;
let training: PlayTraining | null = null;
/** Whether the worker has begun with what was asked last; earlier news are of another element. */
let hasBegun = false;

export function startTraining(next: PlayTraining, spec: string, seed: number): void {
  if (training !== next) training?.stopped("Stopped: another model of this page trains.");
  training = next;
  hasBegun = false;
  if (trainer === null) {
    trainer = startWorker("training-worker");
    trainer.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      const news = messageOf(data, trainingNews, "training-worker");
      // News of a user comes before that of the start.
      hasBegun ||= news.kind === "started" || news.kind === "failed";
      if (hasBegun) training?.take(news);
    });
    trainer.addEventListener("error", ({ message }) => {
      training?.stopped(`The training has stopped: ${message || "its worker could not be loaded"}`);
      [trainer, training] = [null, null];
    });
  }
  trainer.postMessage({ kind: "start", spec, seed, rows: "simulated" } satisfies WorkerRequest);
}
