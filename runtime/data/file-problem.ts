// Failed file operations in words.

/** What a failed file operation means, in words. */
export function fileProblem(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  switch (code) {
    case "ENOENT":
      return "there is no such file";
    case "EACCES":
      return "you may not read it";
    case "ENOTDIR":
      return "a part of the path is no folder";
    case "EISDIR":
      return "it is a folder";
    default:
      return code ?? String(error);
  }
}
