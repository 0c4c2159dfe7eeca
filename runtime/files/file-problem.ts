// What the system refuses to do with a file, in words: why, and what to do about it.

/** An error as the system's calls throw them: with a code. */
export function isOfSystem(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === "string";
}

/** What dinc refuses in the system's place, as an error with a code; `words` are said as they are. */
export function refusal(words: string): Error {
  return Object.assign(new Error(words), { code: REFUSED });
}

const REFUSED = "REFUSED";

/** Why a file cannot be read. */
export function fileProblem(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case REFUSED:
      return message;
    case "ENOENT":
      return "there is no such file";
    case "EACCES":
    case "EPERM":
      return "you may not read it";
    case "ENOTDIR":
      return "a part of the path is no folder";
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
      return "too many files are open; allow more with `ulimit -n`";
    case "ERR_INVALID_ARG_VALUE":
      return "its name has a character that no file's name can have";
    case "EIO":
      return "the disk does not give it (EIO)";
    default:
      return code ?? String(error);
  }
}

/** What makes room, or else lets a file be written; null where the reason says all. */
export function writingAdvice(error: NodeJS.ErrnoException): string | null {
  if (error.syscall === "uv_cwd")
    return "the folder that the command was started in is gone: change to another";
  switch (error.code) {
    case "ENOSPC":
    case "EDQUOT":
    case "EFBIG":
      return "make room there, or name a place on another disk";
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return "name a place that you may write";
    case "ENOENT":
      return "make its folder first, or name another place";
    case "ENOTDIR":
    case "EEXIST":
    case "EISDIR":
    case "ENOTEMPTY":
    case "ENAMETOOLONG":
    case "ELOOP":
      return "name another place";
    case "EMFILE":
    case "ENFILE":
      return "allow more open files with `ulimit -n`";
    default:
      return null;
  }
}

/** The system's own words, without the names of our temporary files: `ENOSPC: no space left on device`. */
export function systemWords({ code, message }: NodeJS.ErrnoException): string {
  return code === REFUSED ? message : message.replace(/, \w+ '.*$/s, "");
}
