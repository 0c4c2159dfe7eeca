// Saves the trained model as a page of its own, which ranks without a network. Loaded on demand.

import type { TrainingNews, WorkerRequest } from "../workers/messages.ts";
import { save } from "./code-tabs.ts";

export function downloadPage(worker: Worker, say: (words: string) => void): void {
  const taken = ({ data }: MessageEvent<TrainingNews>) => {
    if (data.kind !== "page") return;
    worker.removeEventListener("message", taken);
    if ("problem" in data) {
      say(data.problem);
      return;
    }
    save(data.name, data.html);
    say(`${data.name} is downloaded: it ranks without a network, and can be sent to anybody.`);
  };
  worker.addEventListener("message", taken);
  worker.postMessage({ kind: "page" } satisfies WorkerRequest);
}
