// A drawing as a mermaid flowchart, for rendered Markdown.

import { printable } from "../../diagnostics/render/display.ts";
import type { Drawing, DrawnNode, ValueTime } from "./drawing.ts";
import { clipped, knownWords, shapeWords } from "./words.ts";

const COLOURS: Readonly<Record<ValueTime, string>> = {
  request: "fill:#e6effd,stroke:#3f74d1,color:#14284b",
  history: "fill:#efe7fc,stroke:#8250d6,color:#2d1655",
  candidate: "fill:#dff4e7,stroke:#2b8f57,color:#0f3520",
  candidate_history: "fill:#fdeeda,stroke:#cf7a12,color:#472703",
};

export function mermaidOf({ model, nodes, edges }: Drawing): string {
  const used = (Object.keys(COLOURS) as ValueTime[]).filter((known) =>
    nodes.some((node) => node.known === known),
  );
  return [
    `%% ${model}: ${used.map((known) => `${known} is ${knownWords[known]}`).join("; ")}`,
    "flowchart TB",
    ...nodes.map((node) => `  ${node.id}${shapeOf(node)}:::${node.known}`),
    ...edges.map(({ from, to }) => `  ${from} --> ${to}`),
    ...used.map((known) => `  classDef ${known} ${COLOURS[known]}`),
    "",
  ].join("\n");
}

function shapeOf(node: DrawnNode): string {
  const { name, code, type, shape } = node;
  const lines = [...(name === null ? [] : [name]), clipped(code), `${type} · ${shapeWords(shape)}`];
  const text = `"${lines.map(quoted).join("<br>")}"`;
  switch (node.kind) {
    case "feature":
    case "history":
    case "label":
      return `([${text}])`;
    case "parameter":
    case "call":
    case "operator":
      return `[${text}]`;
    case "prediction":
    case "output":
    case "loss":
      return `[[${text}]]`;
  }
}

/** Replaces signs with a meaning in mermaid or HTML by entities in mermaid's notation: `#93;`. */
function quoted(text: string): string {
  return printable(text).replace(/[^\p{L}\p{N} ·×÷−…_.,()+-]/gu, (sign) => `#${sign.codePointAt(0)};`);
}
