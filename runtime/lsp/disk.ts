// The disk as the language server sees it: files by path, read again when they have changed, and the specs of a workspace.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type SourceFile, sourceFile } from "../../compiler/common/source-file.ts";
import { isLibrary } from "../../compiler/tools/lsp/snapshot.ts";
import { LONGEST_TEXT } from "../files/read-text.ts";
import type { EditorDisk } from "./language-services.ts";

/** Folders that contain no specs of users. */
const skipped = new Set(["node_modules", "dist", "build", "out", "target", "venv", "__pycache__"]);
/** The most folders to search, because the workspace may be as large as a home folder. */
const mostFolders = 5_000;

interface Read {
  readonly stamp: string;
  readonly file: SourceFile;
}

export class WorkspaceDisk implements EditorDisk {
  private readonly files = new Map<string, Read>();
  readonly library: URL;
  private opened: readonly string[];
  readonly reference: string;
  private found: readonly string[] | null = null;
  mayAnalyse: EditorDisk["mayAnalyse"] = () => true;

  /** `library`: the folder that contains the standard library's `std/`, as a URL with a final slash. */
  constructor(folders: readonly string[], library: URL) {
    this.opened = folders;
    this.library = library;
    this.reference = new URL("../grammar/SPEC.md", library).href;
  }

  read = (path: string): SourceFile | null => {
    try {
      const found = statSync(path);
      // Reading a pipe or a device might never end.
      if (!found.isFile() || found.size > LONGEST_TEXT) return null;
      const { mtimeMs, size, ino } = found;
      const stamp = `${mtimeMs} ${size} ${ino}`;
      const known = this.files.get(path);
      if (known?.stamp === stamp) return known.file;
      const file = sourceFile(path, readFileSync(path, "utf8"));
      this.files.set(path, { stamp, file });
      return file;
    } catch {
      return null;
    }
  };

  specs = (): readonly string[] => {
    this.found ??= this.opened.flatMap(specsBelow);
    return this.found;
  };

  folders(): readonly string[] {
    return this.opened;
  }

  open(folders: readonly string[]): void {
    if (folders.join("\n") !== this.opened.join("\n")) this.forget();
    this.opened = folders;
  }

  forget(): void {
    this.found = null;
  }

  uriOf = (path: string): string => {
    if (isLibrary(path)) return new URL(path, this.library).href;
    return isUri(path) ? path : pathToFileURL(path).href;
  };

  folderAt(uri: string): string | null {
    return fileAt(uri);
  }

  /** The compiler's name of a document: its path, its name in the standard library, or without a file its URI. */
  pathOf(uri: string): string {
    const path = fileAt(uri);
    if (path === null) return uri;
    const library = fileURLToPath(this.library);
    const name = path.startsWith(library) ? path.slice(library.length).replaceAll("\\", "/") : null;
    return name !== null && isLibrary(name) ? name : path;
  }
}

/** The path of a file of this machine; null for a URI of another kind, of another host, or with invalid escapes. */
export function fileAt(uri: string): string | null {
  if (!/^file:/i.test(uri)) return null;
  try {
    const path = fileURLToPath(uri);
    return path.includes("\0") ? null : path;
  } catch (error) {
    if (error instanceof TypeError || error instanceof URIError) return null;
    throw error;
  }
}

/** For example `untitled:Untitled-1`; the letter of a drive is not a scheme. */
function isUri(path: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(path);
}

function specsBelow(folder: string): string[] {
  const specs: string[] = [];
  const waiting = [folder];
  for (let count = 0; count < mostFolders && waiting.length > 0; count++) {
    const next = waiting.pop()!;
    for (const entry of entriesOf(next)) {
      if (entry.isDirectory()) {
        if (!entry.name.startsWith(".") && !skipped.has(entry.name)) waiting.push(join(next, entry.name));
      } else if (entry.name.endsWith(".din")) specs.push(join(next, entry.name));
    }
  }
  return specs;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
