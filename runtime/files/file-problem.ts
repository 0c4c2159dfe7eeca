// Describes the system's errors about a file in words: the reason and a remedy.

import { writing } from "../../compiler/diagnostics/catalog/system.ts";
import type { Help } from "../../compiler/diagnostics/diagnostic.ts";
/** Whether an error has a code, like those of system calls. */
export function isOfSystem(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === "string";
}

/** A refusal of dinc, as an error with a code; `words` are printed unchanged. */
export function refusal(words: string): Error {
  return Object.assign(new Error(words), { code: REFUSED });
}

const REFUSED = "REFUSED";

/** The reason if nothing is at a path. */
export const MISSING = "there is no such file";

/** The reason why a file cannot be read. */
export function fileProblem(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case REFUSED:
      return message;
    case "ENOENT":
      return MISSING;
    case "EACCES":
    case "EPERM":
      return "you may not read it";
    case "ENOTDIR":
      return "a part of the path isn't a folder";
    case "EISDIR":
      return "it is a folder";
    case "ENXIO":
      return "it is a socket";
    case "ELOOP":
      return "its links lead back to themselves";
    case "ENAMETOOLONG":
      return "its name is longer than the file system takes";
    case "EMFILE":
    case "ENFILE":
      return "too many files are open; allow more with `ulimit -n 1024`";
    case "ERR_INVALID_ARG_VALUE":
      return "its name has a character that no file's name can have";
    case "EIO":
      return "the disk does not give it (EIO)";
    default:
      return code ?? String(error);
  }
}

/** Advice that makes room, or lets a file be written; null if the reason needs none. */
export function writingAdvice(error: NodeJS.ErrnoException): Help | null {
  if (error.syscall === "uv_cwd") return writing.folderGone();
  switch (error.code) {
    case "ENOSPC":
    case "EDQUOT":
    case "EFBIG":
      return writing.full();
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return writing.notAllowed();
    case "ENOENT":
      return writing.noFolder();
    case "ENOTDIR":
    case "EEXIST":
    case "EISDIR":
    case "ENOTEMPTY":
    case "ENAMETOOLONG":
    case "ELOOP":
      return writing.elsewhere();
    case "EMFILE":
    case "ENFILE":
      return writing.openFiles();
    default:
      return null;
  }
}

/** The system's message without the names of temporary files: `ENOSPC: no space left on device`. */
export function systemWords({ code, message }: NodeJS.ErrnoException): string {
  return code === REFUSED ? message : message.replace(/, \w+ '.*$/s, "");
}
