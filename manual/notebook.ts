// A Jupyter notebook as Markdown: its texts as they are, its code as blocks of Python, and its outputs as texts. Pure.

interface Output {
  readonly text?: Source;
  readonly data?: { readonly "text/plain"?: Source };
  /** The lines of an error. */
  readonly traceback?: readonly string[];
}

interface Cell {
  readonly cell_type: "markdown" | "code" | "raw";
  readonly source: Source;
  readonly outputs?: readonly Output[];
}

/** Lines with their ends, or all of them as one text. */
type Source = string | readonly string[];

export function markdownOf(notebook: string): string {
  const { cells }: { readonly cells: readonly Cell[] } = JSON.parse(notebook);
  return cells
    .flatMap(({ cell_type: type, source, outputs = [] }) => {
      if (type !== "code") return [textOf(source)];
      const shown = outputs.map(({ text, data, traceback }) =>
        textOf(text ?? data?.["text/plain"] ?? traceback?.join("\n") ?? "").trimEnd(),
      );
      return [
        block("python", textOf(source)),
        ...shown.filter((text) => text !== "").map((text) => block("text", text)),
      ];
    })
    .map((part) => `${part}\n\n`)
    .join("");
}

function textOf(source: Source): string {
  return typeof source === "string" ? source : source.join("");
}

function block(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}
