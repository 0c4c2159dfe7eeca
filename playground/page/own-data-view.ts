// The tab for the reader's own data: a file is dropped or chosen, the draft of a spec for it takes the place of the text, and what was guessed
// of its columns stands here with its reasons.

import type { TrainingNews, TrainingRequest } from "../workers/messages.ts";
import { save } from "./code-tabs.ts";
import { byId, element, row, table } from "./elements.ts";

type Drafted = Extract<TrainingNews, { readonly kind: "drafted" }>;

export interface DataActions {
  /** A file was given. */
  opening(): void;
  drafted(spec: string): void;
  /** The clicks that every page has are wanted again. */
  simulated(): void;
}

export class OwnDataView {
  constructor(worker: Worker, { opening, drafted, simulated }: DataActions) {
    const open = (file: File | null | undefined) => {
      if (file == null) return;
      opening();
      byId("guesses").replaceChildren();
      byId("opened").textContent = `reading ${file.name}`;
      worker.postMessage({ kind: "open", file } satisfies TrainingRequest);
    };
    const input = byId("file");
    if (input instanceof HTMLInputElement)
      input.addEventListener("change", () => {
        open(input.files?.item(0));
        // The same file may be chosen again, when it has changed.
        input.value = "";
      });
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;
    // Before the editor, which would take a file for a text to insert.
    document.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault(), true);
    document.addEventListener(
      "drop",
      (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        event.stopPropagation();
        open(event.dataTransfer?.files.item(0));
      },
      true,
    );
    byId("simulated").addEventListener("click", () => {
      byId("simulated").hidden = true;
      byId("opened").textContent = "";
      byId("guesses").replaceChildren();
      simulated();
    });
    worker.addEventListener("message", ({ data }: MessageEvent<TrainingNews>) => {
      if (data.kind === "refused") byId("opened").textContent = data.text;
      if (data.kind !== "drafted") return;
      byId("simulated").hidden = false;
      show(data);
      drafted(data.spec);
    });
  }
}

function show({ name, rows, config, guesses }: Drafted): void {
  byId("opened").textContent =
    `The spec is drafted from ${name}, ${rows.toLocaleString("en")} rows, and trains. Change it where a guess is wrong.`;
  const settings = element("button", { type: "button" }, "dinc.yaml");
  settings.addEventListener("click", () => save("dinc.yaml", config));
  byId("guesses").replaceChildren(
    table(
      ["column", "is", "why"],
      guesses.map(({ column, is, reason }) =>
        row(
          element("th", { scope: "row" }, column),
          element("td", {}, element("code", {}, is)),
          element("td", {}, reason),
        ),
      ),
    ),
    element("p", {}, "With this beside the spec, the same trains on your machine: ", settings),
  );
}
