// Disks that fill while a command writes: it says so, ends as with other mistakes of a user's, and leaves
// nothing half-written, what was there as it was. The suite limits the size of files, which refuses to write
// as a full disk does; with FUZZ=1 a disk in memory gets a page or a file more room each time (that takes
// root), so that each write of each command is the one that fails.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runHere } from "../cli/run-here.ts";
import { type Ran, root, STACK_TRACE } from "../cli/spawn.ts";
import { contentsOf } from "./contents.ts";
import { commands, makeProject, type Written } from "./small-project.ts";

const isLong = process.env["FUZZ"] !== undefined;

let folder = "";
const disk = () => join(folder, "disk");
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-full-"));
  await makeProject(folder);
  mkdirSync(disk());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const writing = Object.entries(commands).flatMap(([name, written]) =>
  written.place === null ? [] : [[name, { ...written, place: written.place }] as const],
);
type Placed = Written & { readonly place: string };

/** The same command, with what it writes on the disk. */
const onDisk = ({ args, place }: Placed) =>
  args.map((arg) => (arg === place || arg === "new" ? join("disk", arg) : arg));

function expectTold({ code, err }: Ran, moment: string): void {
  expect(code, `${moment}: ${err}`).toBe(1);
  expect(err, moment).toMatch(/error\[DIN\d{4} [\w-]+\]: .*(EFBIG|ENOSPC|disk is full)/);
  expect(err, moment).not.toMatch(STACK_TRACE);
}

/** Nothing but what lay there before, and a training's last checkpoint. */
function expectAsBefore({ place, before }: Placed, moment: string): void {
  const others = readdirSync(disk()).filter((name) => name !== `${place}.checkpoint`);
  // A draft's folder is made before its files.
  const isEmpty = Object.keys(contentsOf(join(disk(), place)) ?? {}).length === 0;
  expect(isEmpty ? others.filter((name) => name !== place) : others, moment).toEqual(
    before === null ? [] : [place],
  );
  if (before !== null) expect(contentsOf(join(disk(), place)), moment).toEqual(contentsOf(copyOf(before)));
}

function copyOf(text: string): string {
  const path = join(folder, "before");
  writeFileSync(path, text);
  return path;
}

function emptyDisk({ place, before }: Placed): void {
  for (const name of readdirSync(disk())) rmSync(join(disk(), name), { recursive: true });
  if (before !== null) writeFileSync(join(disk(), place), before);
}

if (isLong)
  describe("a disk in memory", () => {
    const PAGE = 4096;

    async function onFilled(written: Placed, options: string): Promise<Ran> {
      const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", disk()], {
        encoding: "utf8",
      });
      expect(mounted.status, mounted.stderr).toBe(0);
      try {
        emptyDisk(written);
        const ran = await runHere(onDisk(written), { cwd: folder });
        if (ran.code !== 0) {
          expectTold(ran, options);
          expectAsBefore(written, options);
        }
        return ran;
      } finally {
        spawnSync("umount", [disk()]);
      }
    }

    test.each(writing)("%s", { timeout: 600_000 }, async (name, written) => {
      let [tried, failed] = [0, 0];
      // What lies there before has a page and a file of its own; without any room there would be no limit.
      const own = written.before === null ? 0 : 1;
      for (const unit of ["page", "file"] as const)
        for (let room = unit === "page" ? 1 - own : 1; ; room += 1) {
          const options = unit === "page" ? `size=${(room + own) * PAGE}` : `nr_inodes=${room + own}`;
          const { code } = await onFilled(written, options);
          tried += 1;
          if (code === 0) break;
          failed += 1;
        }
      console.log(`${name}: ${tried} disks, ${failed} too small`);
      expect(failed).toBeGreaterThan(0);
    });
  });
else
  describe.each(writing)("%s", (name, written) => {
    test("where no file may have a byte", () => {
      emptyDisk(written);
      const script = `trap '' XFSZ; ulimit -f 0; exec "$@"`;
      const args = ["-c", script, "bash", process.execPath, join(root, "bin/dinc.js"), ...onDisk(written)];
      const { status, stdout, stderr } = spawnSync("bash", args, { cwd: folder, encoding: "utf8" });
      expectTold({ code: status, out: stdout, err: stderr }, name);
      expectAsBefore(written, name);
    });
  });
