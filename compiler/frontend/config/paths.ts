// Joins the paths in dinc.yaml, with forward slashes, which every system accepts.

export function isAbsolute(path: string): boolean {
  return /^(?:[A-Za-z]:)?[/\\]/.test(path);
}

/** `.` if the path has no folder. */
export function folderOf(path: string): string {
  const end = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  return end < 0 ? "." : end === 0 ? path.slice(0, 1) : path.slice(0, end);
}

/** Resolves `path` from `folder`, without `.` and without folders that `..` leaves again. */
export function under(folder: string, path: string): string {
  if (isAbsolute(path)) return path;
  const whole = `${folder}/${path}`;
  const parts: string[] = [];
  for (const part of whole.split("/")) {
    if (part === "" || part === ".") continue;
    const above = parts.at(-1);
    if (part === ".." && above !== undefined && above !== "..") parts.pop();
    else if (part !== ".." || !whole.startsWith("/")) parts.push(part);
  }
  const joined = parts.join("/");
  return whole.startsWith("/") ? `/${joined}` : joined === "" ? "." : joined;
}
