// The button that saves the current training as a run, with instructions for using it.

import { shellCommand } from "../../compiler/common/shell.ts";
import type { TrainingNews, WorkerRequest } from "../workers/messages.ts";
import { save } from "./code-tabs.ts";
import { byId, element } from "./elements.ts";

export class RunDownload {
  constructor(worker: Worker) {
    const button = byId("archive");
    const say = (...words: readonly (Node | string)[]) => byId("archived").replaceChildren(...words);
    button.addEventListener("click", () => {
      say("measuring the weights of this moment, and packing them");
      worker.postMessage({ kind: "archive" } satisfies WorkerRequest);
    });
    worker.addEventListener("message", ({ data }: MessageEvent<TrainingNews>) => {
      if (data.kind !== "archive") return;
      if ("problem" in data) {
        say(data.problem);
        return;
      }
      const { folder, rows, bytes } = data;
      save(`${folder}.zip`, bytes);
      const command = (words: string) => element("code", {}, words);
      say(
        ...[
          `Unpack ${folder}.zip: it is a run as `,
          command("dinc train"),
          " writes it, with the test rows of this page. ",
        ],
        command(shellCommand`npx dinc eval ${folder} --data ${rows}`),
        " measures it on these.",
      );
    });
  }
}
