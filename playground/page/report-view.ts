// The tab with the report of the training, in a frame: as `dinc train` writes it, of the weights of this
// moment, or that of a run.

import type { TrainingNews, TrainingRequest } from "../workers/messages.ts";
import { byId, element } from "./elements.ts";

export class ReportView {
  private readonly worker: Worker;
  /** Where the report of a run lies. */
  private readonly written: string | null;

  constructor(worker: Worker, written: string | null) {
    this.worker = worker;
    this.written = written;
    worker.addEventListener("message", ({ data }: MessageEvent<TrainingNews>) => {
      if (data.kind === "report") show("html" in data ? data.html : null, "html" in data ? "" : data.problem);
    });
  }

  look(): void {
    const { written } = this;
    if (written !== null) {
      byId("report").replaceChildren(frame(written));
      return;
    }
    byId("report").replaceChildren(element("p", {}, "Measuring the weights of this moment."));
    this.worker.postMessage({ kind: "report" } satisfies TrainingRequest);
  }
}

function frame(address: string): HTMLIFrameElement {
  return element("iframe", { src: address, title: "the report of the training" });
}

function show(html: string | null, problem: string): void {
  if (html === null) {
    byId("report").replaceChildren(element("p", { class: "problem" }, problem));
    return;
  }
  const shown = frame("frame.html");
  addEventListener("message", function given({ source }) {
    if (source !== shown.contentWindow) return;
    removeEventListener("message", given);
    shown.contentWindow?.postMessage(html, location.origin);
  });
  byId("report").replaceChildren(shown);
}
