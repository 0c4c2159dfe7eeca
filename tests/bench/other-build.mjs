// Another build, for `--against`: a folder with one, or a revision, whose files are copied from git and built
// beside the packages of this checkout. No branch, worktree or file of the checkout changes.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** `remove` removes what was built. */
export function otherBuild(root, against) {
  const given = resolve(against);
  if (existsSync(join(given, "bin", "dinc.js"))) return { folder: given, remove: () => {} };
  const git = (...args) => execFileSync("git", args, { cwd: root, maxBuffer: 2 ** 30 });
  const commit = git("rev-parse", "--verify", `${against}^{commit}`).toString().trim();
  const folder = mkdtempSync(join(tmpdir(), `dinc-${commit.slice(0, 8)}-`));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    execFileSync("tar", ["-x", "-C", folder], { input: git("archive", commit) });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    execFileSync("npm", ["run", "--silent", "build"], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
    });
  } catch (error) {
    remove();
    throw error;
  }
  return { folder, remove };
}
