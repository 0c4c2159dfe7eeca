// dinc's language server in a worker: like `dinc lsp --stdio`, but without a disk and without threads.

import { BrowserMessageReader, BrowserMessageWriter, createConnection } from "vscode-languageserver/browser";
import { catalog } from "../../compiler/diagnostics/catalog/index.ts";
import { languageFunctions } from "../../compiler/frontend/functions/registry.ts";
import { inWorker } from "../../runtime/lsp/in-worker.ts";
import type { EditorDisk } from "../../runtime/lsp/language-services.ts";
import { serve } from "../../runtime/lsp/server.ts";

type Texts = Readonly<Record<string, string>>;

/** The only files of a page are open ones. Documents are named `file:///model.din`. */
class NoDisk implements EditorDisk {
  mayAnalyse: EditorDisk["mayAnalyse"] = () => true;
  readonly read = () => null;
  readonly specs = () => [];
  readonly uriOf = (path: string) => `file:///${path}`;

  folders(): readonly string[] {
    return [];
  }

  open(): void {}

  forget(): void {}

  pathOf(uri: string): string {
    return uri.replace(/^file:\/\/\//, "");
  }

  folderAt(): null {
    return null;
  }
}

const scope = globalThis as unknown as ConstructorParameters<typeof BrowserMessageReader>[0];
serve(
  createConnection(new BrowserMessageReader(scope), new BrowserMessageWriter(scope)),
  "",
  inWorker(new NoDisk()),
);

// build.mjs takes explanations out of the catalogue and of functions. Until they are here, a hover shows none.
fetch(new URL("./explanations.json", import.meta.url))
  .then((answer) => answer.json())
  .then(({ messages, functions }: Readonly<Record<"messages" | "functions", Texts>>) => {
    for (const entry of catalog)
      Object.assign(entry, { explanation: messages[entry.code] ?? entry.explanation });
    for (const definition of languageFunctions.values())
      Object.assign(definition, { doc: definition.doc + (functions[definition.name] ?? "") });
  })
  .catch(() => undefined);
