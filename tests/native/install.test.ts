// An installation is complete or absent, whoever else installs, is killed, or comes again. The stages of a build are
// stood in for: what counts here is what happens around them.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { BuildSteps } from "../../runtime/native/build-steps.ts";
import { cacheRoot, nativeFolders, packageIn } from "../../runtime/native/cache-folder.ts";
import { InstallFailure } from "../../runtime/native/failure.ts";
import { installNative } from "../../runtime/native/install.ts";
import { expectedHash, versions } from "../../runtime/native/versions.ts";
import { fakeTools } from "./fake-tools.ts";

/** No process has this number: it is above the largest that Linux gives. */
const DEAD = `4194305@${hostname()}`;

function steps(overrides: Partial<BuildSteps> = {}): BuildSteps & { runs: number } {
  const made = {
    runs: 0,
    installPackages: async (folder: string) => {
      made.runs++;
      mkdirSync(packageIn(folder), { recursive: true });
    },
    unpackTensorflow: async () => {},
    compileBinding: async () => "g++ (fake)",
    selfTest: async () => {},
    ...overrides,
  };
  return made;
}

function setUp() {
  const { cache, env } = fakeTools();
  const folders = nativeFolders(cache);
  const lines: string[] = [];
  const install = (build: BuildSteps) => installNative({ cache, env }, (line) => lines.push(line), build);
  return { folders, install, lines, left: () => (existsSync(folders.root) ? readdirSync(folders.root) : []) };
}

describe("dinc native install", () => {
  it("leaves the finished build and nothing else", async () => {
    const { folders, install, left } = setUp();
    expect(await install(steps())).toMatchObject({ kind: "installed", folder: folders.build });
    expect(left()).toEqual([basename(folders.build)]);
    expect(readdirSync(folders.build).sort()).toEqual(["build.json", "node_modules"]);
    expect(JSON.parse(readFileSync(folders.facts, "utf8"))).toMatchObject({
      tfjsNode: versions.tfjsNode,
      tensorflow: versions.tensorflow,
      compiler: "g++ (fake)",
    });
  });

  it("does nothing the second time", async () => {
    const { folders, install } = setUp();
    await install(steps());
    const again = steps();
    expect(await install(again)).toEqual({ kind: "present", folder: folders.build });
    expect(again.runs).toBe(0);
  });

  it.each(["installPackages", "unpackTensorflow", "compileBinding", "selfTest"] as const)(
    "leaves nothing where %s fails, and then works",
    async (stage) => {
      const { install, left } = setUp();
      const broken = async () => {
        throw new InstallFailure("this stage failed");
      };
      expect(await install(steps({ [stage]: broken }))).toEqual({
        kind: "failed",
        reason: "this stage failed",
      });
      expect(left()).toEqual([]);
      expect(await install(steps())).toMatchObject({ kind: "installed" });
    },
  );

  it("builds once where two are at it", async () => {
    const { install, lines } = setUp();
    const build = steps({
      // Until the other one waits.
      unpackTensorflow: () => vi.waitUntil(() => lines.length > 0, { timeout: 20_000 }).then(() => {}),
    });
    const results = await Promise.all([install(build), install(build)]);
    expect(results.map(({ kind }) => kind).sort()).toEqual(["installed", "present"]);
    expect(build.runs).toBe(1);
    expect(lines.join("\n")).toContain(`another dinc (process ${process.pid}@${hostname()}) is installing`);
  });

  it("takes a build that another finished meanwhile", async () => {
    const { folders, install, left } = setUp();
    const selfTest = async () => {
      mkdirSync(folders.build);
      writeFileSync(folders.facts, "{}");
    };
    expect(await install(steps({ selfTest }))).toMatchObject({ kind: "installed" });
    expect(left()).toEqual([basename(folders.build)]);
  });

  it("removes what killed installations left, and not what a running one makes", async () => {
    const { folders, install, left } = setUp();
    const dead = `${folders.unfinished}${DEAD}`;
    const live = `${folders.unfinished}${process.ppid}@${hostname()}`;
    for (const name of [dead, live]) mkdirSync(join(folders.root, name, "workshop"), { recursive: true });
    writeFileSync(folders.lock, DEAD);
    expect(await install(steps())).toMatchObject({ kind: "installed" });
    expect(left().sort()).toEqual([basename(folders.build), live].sort());
  });

  it("replaces a build that was taken apart", async () => {
    const { folders, install } = setUp();
    mkdirSync(packageIn(folders.build), { recursive: true });
    expect(await install(steps())).toMatchObject({ kind: "installed" });
    expect(existsSync(folders.facts)).toBe(true);
  });
});

describe("the cache folder", () => {
  it.each([
    [{ DINC_CACHE: "/big/disk", XDG_CACHE_HOME: "/xdg" }, "/big/disk"],
    [{ DINC_CACHE: "here" }, join(process.cwd(), "here")],
    [{ XDG_CACHE_HOME: "/xdg" }, "/xdg/dinc"],
  ])("of %o", (env, folder) => {
    expect(cacheRoot(env)).toBe(folder);
  });

  it("ignores a relative XDG_CACHE_HOME", () => {
    expect(cacheRoot({ XDG_CACHE_HOME: "here" })).toMatch(/^\/.*\/\.cache\/dinc$/);
  });

  it("has another name for other versions", () => {
    expect(basename(nativeFolders("/c").build)).toBe(
      `tfjs-node-${versions.tfjsNode}-tensorflow-${versions.tensorflow}-napi-v8-${process.platform}-${process.arch}`,
    );
  });
});

it("knows the hash of each pinned wheel and of no other", () => {
  expect(expectedHash("tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl")).toMatch(/^2b847d21/);
  expect(expectedHash("tensorflow_cpu-2.20.0-cp311-cp311-manylinux_2_27_x86_64.whl")).toBeNull();
  expect(expectedHash("tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl")).toBeNull();
});
