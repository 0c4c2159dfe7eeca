// The files of a workspace that is not on a disk, as the extension in a web editor reads them and passes them
// to its language server.

import { type SourceFile, sourceFile } from "../../../../compiler/common/source-file.ts";
import { isLibrary } from "../../../../compiler/tools/lsp/snapshot.ts";
import type { EditorDisk } from "../../../../runtime/lsp/language-services.ts";
import type { WebFile, WebStart } from "./web-messages.mts";

/** Files by path: `vscode-vfs://github/owner/name/a.din` is `/owner/name/a.din`. */
export class WebFiles implements EditorDisk {
  mayAnalyse: EditorDisk["mayAnalyse"] = () => true;
  private readonly files = new Map<string, SourceFile>();
  private readonly library: string;
  /** Scheme and authority of the workspace's folders. */
  private origin: string | null = null;
  private opened: readonly string[] = [];

  constructor({ files, library }: WebStart) {
    this.library = library;
    this.put(files);
  }

  put(files: readonly WebFile[]): void {
    for (const { uri, text } of files) {
      const path = this.pathOf(uri);
      if (text === null) this.files.delete(path);
      else this.files.set(path, sourceFile(path, text));
    }
  }

  readonly read = (path: string): SourceFile | null => this.files.get(path) ?? null;

  readonly specs = (): readonly string[] => [...this.files.keys()];

  readonly uriOf = (path: string): string => {
    if (isLibrary(path)) return this.library + path;
    if (!path.startsWith("/")) return path;
    return this.origin + path.split("/").map(encodeURIComponent).join("/");
  };

  folders(): readonly string[] {
    return this.opened;
  }

  open(folders: readonly string[]): void {
    this.opened = folders;
  }

  forget(): void {}

  folderAt(uri: string): string | null {
    return this.pathOf(uri);
  }

  pathOf(uri: string): string {
    if (uri.startsWith(this.library)) return uri.slice(this.library.length);
    const [, origin, path] = /^([a-z][\w+.-]*:\/\/[^/]*)(\/.*)$/i.exec(uri) ?? [];
    if (origin === undefined) return uri;
    this.origin ??= origin;
    return origin === this.origin ? decodeURIComponent(path!) : uri;
  }
}
