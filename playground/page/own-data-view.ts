// The tab for the reader's own data. Files are dropped or chosen, a draft of a spec replaces the text, and
// the tab explains the guesses about columns.

import { formatCount } from "../../compiler/common/format-count.ts";
import type { ShownFile, TrainingNews, WorkerRequest } from "../workers/messages.ts";
import { save } from "./code-tabs.ts";
import { byId, element, row, table } from "./elements.ts";

type Drafted = Extract<TrainingNews, { readonly kind: "drafted" }>;

export interface DataActions {
  /** Files were given, or their roles were changed. */
  opening(): void;
  drafted(spec: string): void;
  /** The page's simulated clicks are wanted again. */
  simulated(): void;
}

export class OwnDataView {
  private readonly worker: Worker;
  /** The number of open requests, and how many of their answers will be ignored. */
  private waiting = 0;
  private unwanted = 0;

  constructor(worker: Worker, { opening, drafted, simulated }: DataActions) {
    this.worker = worker;
    const ask = (request: WorkerRequest, doing: string) => {
      opening();
      byId("guesses").replaceChildren();
      byId("opened").textContent = doing;
      this.waiting += 1;
      worker.postMessage(request);
    };
    const open = (list: FileList | null | undefined) => {
      const files = [...(list ?? [])];
      if (files.length === 0) return;
      ask({ kind: "open", files }, `reading ${files.map(({ name }) => name).join(", ")}`);
    };
    const take = (name: string, as: ShownFile["as"]) => ask({ kind: "take", name, as }, "drafting again");
    const input = byId("file");
    if (input instanceof HTMLInputElement)
      input.addEventListener("change", () => {
        open(input.files);
        // Allows the reader to choose the same file again after changing it.
        input.value = "";
      });
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;
    // Before the editor, which would insert the file as text.
    document.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault(), true);
    document.addEventListener(
      "drop",
      (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        event.stopPropagation();
        open(event.dataTransfer?.files);
      },
      true,
    );
    byId("simulated").addEventListener("click", simulated);
    worker.addEventListener("message", ({ data }: MessageEvent<TrainingNews>) => {
      if (data.kind !== "refused" && data.kind !== "drafted") return;
      this.waiting -= 1;
      if (this.unwanted > 0) {
        this.unwanted -= 1;
        return;
      }
      byId("files").replaceChildren(...filesTable(data.files, take));
      if (data.kind === "refused") {
        byId("opened").textContent = data.text;
        return;
      }
      byId("simulated").hidden = false;
      show(data);
      drafted(data.spec);
    });
  }

  /** Other rows replace the reader's data. */
  forget(): void {
    this.unwanted = this.waiting;
    byId("simulated").hidden = true;
    byId("opened").textContent = "";
    for (const id of ["guesses", "files"]) byId(id).replaceChildren();
    this.worker.postMessage({ kind: "forget" } satisfies WorkerRequest);
  }
}

const ROLES: readonly (readonly [value: string, as: ShownFile["as"], words: string])[] = [
  ["rows", "rows", "the rows"],
  ["items", "items", "a table of items"],
  ["users", "users", "a table of users"],
  ["", null, "left out"],
];

/** The role of each file, which the reader may change. */
function filesTable(
  files: readonly ShownFile[],
  take: (name: string, as: ShownFile["as"]) => void,
): readonly HTMLElement[] {
  if (files.length === 0) return [];
  const rows = files.map(({ name, rows, as, reason }) => {
    const options = ROLES.map(([value, role, words]) =>
      element("option", { value, ...(role === as ? { selected: "" } : {}) }, words),
    );
    const select = element("select", { "aria-label": `what ${name} is` }, ...options);
    select.addEventListener("change", () => {
      take(name, ROLES.find(([value]) => value === select.value)![1]);
    });
    const title = element("th", { scope: "row" }, name);
    const size = element("td", {}, formatCount(rows));
    return row(title, size, element("td", {}, select), element("td", {}, reason));
  });
  return [table(["file", "rows", "is", "why"], rows)];
}

function show({ name, rows, files, problems, config, guesses }: Drafted): void {
  const beside = files.flatMap((file) => (file.as === null || file.as === "rows" ? [] : [file.name]));
  const together = beside.length === 0 ? "" : ` with ${beside.join(" and ")}`;
  const drafted = `The spec is drafted from ${name}, ${formatCount(rows)} rows${together}, and trains. Change it where a guess is wrong.`;
  byId("opened").textContent = [...problems, drafted].join("\n");
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
