// Commands that are killed at any moment: what they write is complete or as it was, what they read is
// untouched, nothing is left by a signal that can be heard, and what SIGKILL left is gone after the next run.
// A training ends with the same bits. FUZZ=n kills each command n times.

import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  type FSWatcher,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  watch,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { root, run } from "../cli/spawn.ts";
import { seed } from "../support/how-often.ts";
import { contentsOf } from "./contents.ts";
import { commands, makeProject, type Written } from "./small-project.ts";

const KILLS = Number(process.env["FUZZ"] ?? 1);
const SIGNALS = ["SIGINT", "SIGTERM", "SIGKILL"] as const;

let sound = "";
beforeAll(async () => {
  sound = mkdtempSync(join(tmpdir(), "dinc-kills-"));
  await makeProject(sound);
});
afterAll(() => rmSync(sound, { recursive: true, force: true }));

class Folder {
  readonly path = mkdtempSync(join(tmpdir(), "dinc-killed-"));
  /** The folder for temporary files. */
  readonly temporary = join(this.path, "tmp");
  private readonly written: Written;
  private readonly names: readonly string[];

  constructor(written: Written) {
    this.written = written;
    cpSync(sound, this.path, { recursive: true });
    mkdirSync(this.temporary);
    this.names = readdirSync(this.path);
    this.putBefore();
  }

  putBefore(): void {
    const { place, before } = this.written;
    if (place === null) return;
    rmSync(join(this.path, place), { recursive: true, force: true });
    if (before !== null) writeFileSync(join(this.path, place), before);
  }

  get output() {
    return this.written.place === null ? null : contentsOf(join(this.path, this.written.place));
  }

  /** What else lies there than the project, its output and a checkpoint. */
  get left(): string[] {
    const { place } = this.written;
    const beside = readdirSync(this.path).filter((name) => !this.names.includes(name));
    const mine = beside.filter((name) => name !== place && name !== `${place}.checkpoint`);
    return [...mine, ...readdirSync(this.temporary).map((name) => `tmp/${name}`)];
  }

  get inputs() {
    return Object.fromEntries(
      this.names
        .filter((name) => name !== this.written.place && name !== "tmp")
        .map((name) => [name, contentsOf(join(this.path, name))]),
    );
  }

  get env() {
    return { ...process.env, TMPDIR: this.temporary };
  }

  /** Undisturbed; gives milliseconds. */
  finish(): number {
    const started = performance.now();
    const ran = run(this.written.args, { cwd: this.path, env: { TMPDIR: this.temporary } });
    expect(ran.code, ran.err).toBe(0);
    return performance.now() - started;
  }

  /** Kills the command after a while, or as soon as it writes something. */
  async kill(signal: NodeJS.Signals, after: number, isWatching: boolean): Promise<number | null> {
    const child = spawn(process.execPath, [join(root, "bin/dinc.js"), ...this.written.args], {
      cwd: this.path,
      env: this.env,
      stdio: "ignore",
    });
    const ended = once(child, "exit") as Promise<[number | null]>;
    const watchers: FSWatcher[] = [];
    if (isWatching) {
      const wrote = new Promise<void>((resolve) => {
        for (const folder of [this.path, this.temporary]) watchers.push(watch(folder, () => resolve()));
      });
      await Promise.race([wrote, ended]);
      await sleep(after);
    } else await Promise.race([sleep(after), ended]);
    for (const watcher of watchers) watcher.close();
    child.kill(signal);
    return (await ended)[0];
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

type Output = ReturnType<typeof contentsOf>;

/**
 * Complete, or as before. A draft's folder is made before its files, and SIGKILL leaves unfinished ones in it
 * under their own names until the next draft.
 */
function isSound(output: Output, name: string, signal: string, expected: readonly Output[]): boolean {
  const whole = expected.at(-1)!;
  if (name === "init" && output !== null)
    return Object.entries(output)
      .filter(([file]) => signal !== "SIGKILL" || !/\.partial-\d+$/.test(file))
      .every(([file, hash]) => whole?.[file] === hash);
  return expected.some((each) => isDeepStrictEqual(each, output));
}

const random = Random.of(seed, "kills");
const unit = () => random.integer(1 << 20) / (1 << 20);

const cases = Object.entries(commands).map(([name, written], place) => ({ name, written, place }));

describe.each(cases)("$name", ({ name, written, place }) => {
  test("killed at any moment", { timeout: 60_000 + 20_000 * KILLS }, async () => {
    const folder = new Folder(written);
    const [inputs, before] = [folder.inputs, folder.output];
    const usual = folder.finish();
    const whole = folder.output;
    expect(folder.left).toEqual([]);
    for (let kill = 0; kill < KILLS; kill++) {
      folder.putBefore();
      rmSync(`${join(folder.path, written.place ?? "none")}.checkpoint`, { force: true });
      const signal = SIGNALS[(kill + place) % SIGNALS.length]!;
      const isWatching = random.integer(2) === 0;
      const after = isWatching ? 30 * unit() ** 2 : 1.1 * usual * unit();
      const moment = `kill ${kill}: ${signal} ${after.toFixed(1)} ms ${isWatching ? "after the first write" : "after the start"}`;
      const code = await folder.kill(signal, after, isWatching);
      expect([null, 0, 130, 143], moment).toContain(code);
      // Killed between two renames, a folder that is replaced lies beside its place until the next run.
      expect(
        isSound(folder.output, name, signal, [before, whole]),
        `${moment}: ${JSON.stringify(folder.output)}`,
      ).toBe(true);
      expect(folder.inputs, moment).toEqual(inputs);
      if (signal !== "SIGKILL") expect(folder.left, moment).toEqual([]);
      if (signal !== "SIGKILL" && name !== "train") continue;
      // A draft that is there already is not replaced.
      if (name === "init") folder.putBefore();
      folder.finish();
      expect(folder.output, moment).toEqual(whole);
      expect(folder.left, moment).toEqual([]);
    }
    folder.remove();
    if (KILLS > 1) console.log(`${name}: ${KILLS} kills`);
  });
});
