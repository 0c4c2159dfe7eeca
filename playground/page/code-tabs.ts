// The tabs with a model's compiled code and files for download.

import { formatCount } from "../../compiler/common/format-count.ts";
import type {
  OnnxNode,
  Package,
  ShownTarget,
  TextRange,
  TrainingNews,
  WorkerRequest,
} from "../workers/messages.ts";
import { copyOrShow } from "./clipboard.ts";
import type { CodeLanguage } from "./code-colours.ts";
import { byId, element, row, table } from "./elements.ts";
import type { Links } from "./links.ts";
import { type Piece, piecesOf, statementsOf } from "./pieces.ts";

type Compiled = Extract<TrainingNews, { readonly kind: "compiled" }>;

const targetOf: Readonly<Record<string, ShownTarget>> = { typescript: "ts", webassembly: "ts", onnx: "onnx" };

/** Returns the ranges of some lines in the spec's text. */
export type LineRanges = (lines: readonly number[]) => readonly TextRange[];

export class CodeTabs {
  private readonly worker: Worker;
  private readonly links: Links;
  private readonly linesOf: (spec: string) => LineRanges;
  private shown = "";
  /** Whether the text in the editor has no errors; otherwise the code is that of the last correct text. */
  isRight = true;

  /** `linesOf` returns no ranges if the spec has changed since. */
  constructor(worker: Worker, links: Links, linesOf: (spec: string) => LineRanges) {
    this.worker = worker;
    this.links = links;
    this.linesOf = linesOf;
    worker.addEventListener("message", ({ data }: MessageEvent<TrainingNews>) => {
      if (data.kind === "compiled" && targetOf[this.shown] === data.target) this.show(data);
      // After a change of the text, its code is compiled again.
      else if (data.kind === "started" || data.kind === "failed") this.look(this.shown);
    });
  }

  /** Shows a tab, compiled from the current weights. */
  look(tab: string): void {
    this.shown = tab;
    const target = targetOf[tab];
    if (target === undefined) return;
    byId(tab).replaceChildren(element("p", {}, "Compiling the weights of this moment."));
    this.worker.postMessage({ kind: "compile", target } satisfies WorkerRequest);
  }

  private show(compiled: Compiled): void {
    const place = byId(this.shown);
    if ("problem" in compiled) {
      place.replaceChildren(element("p", { class: "problem" }, compiled.problem));
      return;
    }
    const { files, isTrained, wasm, nodes, spec, statements } = compiled;
    const { links } = this;
    const places = this.linesOf(spec);
    const weights = `${isTrained ? "" : " Nothing trains: its weights are random."}${this.isRight ? "" : " The spec has mistakes now: this is what it was before."}`;
    switch (this.shown) {
      case "typescript":
        place.replaceChildren(
          element("p", {}, `The module that serves this model, without any dependency.${weights}`),
          downloads(files),
          codeView(
            "typescript",
            statementsOf(String(files.get("model.ts") ?? ""), statements),
            links,
            places,
          ),
        );
        break;
      case "webassembly": {
        const bytes = files.get("model.wasm")?.length ?? 0;
        place.replaceChildren(
          element(
            "p",
            {},
            wasm === null
              ? "Histories are too long for WebAssembly's memory: the module computes in TypeScript."
              : `The WebAssembly that the module carries: ${formatCount(bytes)} bytes. \`request\` computes once for the user, \`candidates\` for each candidate.`,
          ),
          codeView("webassembly", piecesOf(wasm ?? ""), links, places),
        );
        break;
      }
      default:
        place.replaceChildren(
          element("p", {}, `The model for any runtime that reads ONNX.${weights}`),
          downloads(files),
          nodesTable(nodes ?? [], links, places),
        );
    }
  }
}

export function torchrecView(
  place: HTMLElement,
  made: Package | null,
  links: Links,
  places: LineRanges,
): void {
  if (made === null) place.replaceChildren(element("p", {}, "Writing the package."));
  else if ("problem" in made) place.replaceChildren(element("p", { class: "problem" }, made.problem));
  else {
    const [, model = ""] = [...made.files].find(([name]) => name.endsWith("/model.py")) ?? [];
    place.replaceChildren(
      element("p", {}, "The network as a module of PyTorch, in a package that trains with TorchRec."),
      downloads(made.files),
      codeView("python", piecesOf(model), links, places),
    );
  }
}

/** Shows code whose pieces are linked to their lines in the spec. Colours come a moment later. */
function codeView(
  language: CodeLanguage,
  pieces: readonly Piece[],
  links: Links,
  places: LineRanges,
): HTMLElement {
  const shown = pieces.map(({ text, lines }) => links.tie(element("span", {}, text), places(lines)));
  const code = element("pre", { class: "code" }, ...shown);
  const copy = element("button", { type: "button" }, "Copy");
  copy.addEventListener("click", async () => {
    if (await copyOrShow(code.textContent ?? "")) copy.textContent = "Copied";
  });
  // Without them, the code can be read too.
  void import("./code-colours.ts").then(
    ({ colourCode }) => colourCode(code, language),
    () => undefined,
  );
  return element("div", {}, copy, code);
}

function nodesTable(nodes: readonly OnnxNode[], links: Links, places: LineRanges): HTMLElement {
  const rows = nodes.map(({ op, inputs, outputs, lines }) =>
    links.tie(
      row(
        element("th", { scope: "row" }, op),
        element("td", {}, inputs.join(", ")),
        element("td", {}, outputs.map(({ name }) => name).join(", ")),
        element("td", {}, outputs.map(({ shape }) => shape).join(", ")),
      ),
      places(lines),
    ),
  );
  return table(["node", "reads", "makes", "shape"], rows);
}

/** A button for each file, which saves it. */
function downloads(files: ReadonlyMap<string, string | Uint8Array>): HTMLElement {
  const buttons = [...files].map(([name, content]) => {
    const button = element(
      "button",
      { type: "button" },
      `${name}, ${(content.length / 1024).toFixed(1)} KiB`,
    );
    button.addEventListener("click", () => save(name, content));
    return button;
  });
  return element(
    "details",
    {},
    element("summary", {}, "Files to download"),
    element("p", { class: "files" }, ...buttons),
  );
}

export function save(name: string, content: string | Uint8Array): void {
  const address = URL.createObjectURL(
    new Blob([typeof content === "string" ? content : Uint8Array.from(content)]),
  );
  const link = element("a", { href: address, download: name.split("/").at(-1) ?? name });
  link.click();
  URL.revokeObjectURL(address);
}
