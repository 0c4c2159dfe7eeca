// The tab with the training's report in a frame: the report of `dinc train` for the current weights, or that
// of a run.

import type { TrainingNews, WorkerRequest } from "../workers/messages.ts";
import { byId, element } from "./elements.ts";

export class ReportView {
  private readonly worker: Worker;
  /** The address of a run's report. */
  private readonly written: string | null;
  /** The content for the frame when it is ready. */
  private html = "";

  constructor(worker: Worker, written: string | null) {
    this.worker = worker;
    this.written = written;
    worker.addEventListener("message", ({ data }: MessageEvent<TrainingNews>) => {
      if (data.kind === "report") this.show(data);
    });
    addEventListener("message", ({ source }) => {
      const shown = byId("report").querySelector("iframe")?.contentWindow ?? null;
      if (shown !== null && source === shown) shown.postMessage(this.html, location.origin);
    });
  }

  look(): void {
    const { written } = this;
    if (written !== null) {
      byId("report").replaceChildren(frame(written));
      return;
    }
    byId("report").replaceChildren(element("p", {}, "Measuring the weights of this moment."));
    this.worker.postMessage({ kind: "report" } satisfies WorkerRequest);
  }

  private show(report: { readonly html: string } | { readonly problem: string }): void {
    if ("problem" in report) {
      byId("report").replaceChildren(element("p", { class: "problem" }, report.problem));
      return;
    }
    this.html = report.html;
    byId("report").replaceChildren(frame("frame.html"));
  }
}

function frame(address: string): HTMLIFrameElement {
  return element("iframe", { src: address, title: "the report of the training" });
}
