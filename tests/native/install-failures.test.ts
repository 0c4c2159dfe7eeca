// Whatever stops `dinc native install`, the person reads one sentence with what to do, and nothing is left behind. The
// programs it runs are faked: each test breaks one of them.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildSteps } from "../../runtime/native/build-steps.ts";
import { nativeFolders, packageIn } from "../../runtime/native/cache-folder.ts";
import { InstallFailure } from "../../runtime/native/failure.ts";
import { installNative } from "../../runtime/native/install.ts";
import { unsupportedPlatform } from "../../runtime/native/versions.ts";
import { fakeTools, type Scripts } from "./fake-tools.ts";

const quiet = () => {};

async function failureWith(scripts: Scripts): Promise<string> {
  const { cache, env } = fakeTools(scripts);
  const result = await installNative({ cache, env }, quiet);
  expect(result.kind).toBe("failed");
  const root = join(cache, "native");
  expect(existsSync(root) ? readdirSync(root) : []).toEqual([]);
  const reason = result.kind === "failed" ? result.reason : "";
  expect(reason).not.toContain("\n");
  return reason;
}

describe("a missing program", () => {
  it.each([
    ["python3", "python3 is needed to download TensorFlow and was not found; install it"],
    ["g++", "g++ was not found; install it (Debian: apt install g++)"],
    ["npm", "npm is needed to download tfjs-node and was not found; install it"],
  ] as const)("%s", async (program, sentence) => {
    expect(await failureWith({ [program]: null })).toContain(sentence);
  });

  it("pip", async () => {
    const python3 = 'case "$*" in "-m pip"*) echo "No module named pip" >&2; exit 1 ;; esac';
    expect(await failureWith({ python3 })).toContain("python3 has no pip");
  });

  it("is found before anything is downloaded", async () => {
    const { cache, env, calls } = fakeTools({ "g++": null });
    await installNative({ cache, env }, quiet);
    expect(readFileSync(calls, "utf8")).toBe("");
  });
});

/** A program that answers `--version` and `-m pip --version`, and otherwise says this and fails. */
function failing(message: string): string {
  return `case "$*" in --version|"-m pip --version") exit 0 ;; esac\necho '${message}' >&2\nexit 1`;
}

describe("a download that fails", () => {
  it("npm without a network", async () => {
    const reason = await failureWith({ npm: failing("npm error code ENOTFOUND") });
    expect(reason).toContain(
      "npm could not download @tensorflow/tfjs-node@4.22.0 (npm error code ENOTFOUND)",
    );
    expect(reason).toContain("check the network and npm's settings (npm config list)");
  });

  it("pip without a network", async () => {
    const reason = await failureWith({
      python3: failing("WARNING: Retrying\nERROR: No matching distribution found for tensorflow-cpu==2.21.0"),
    });
    expect(reason).toContain(
      "pip could not download tensorflow-cpu==2.21.0 (ERROR: No matching distribution",
    );
    expect(reason).toContain("python3 -m pip config list");
  });

  it("pip with a file that its index does not vouch for", async () => {
    const reason = await failureWith({
      python3: failing("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."),
    });
    expect(reason).toContain("pip received a damaged tensorflow-cpu==2.21.0");
  });

  it("a wheel other than the pinned one", async () => {
    expect(await failureWith({})).toContain(
      "tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl is not the file that dinc expects (its SHA-256 differs)",
    );
  });

  it.each([
    ["npm", "npm error code ENOSPC"],
    ["python3", "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"],
  ] as const)("%s on a full disk", async (program, message) => {
    const reason = await failureWith({ [program]: failing(message) });
    expect(reason).toContain("is full");
    expect(reason).toContain("set DINC_CACHE to a folder on another disk");
  });
});

it("a cache folder that cannot be written", async () => {
  const { cache, env } = fakeTools();
  writeFileSync(cache, "a file where the folder should be");
  const result = await installNative({ cache, env }, quiet);
  expect(result).toMatchObject({
    kind: "failed",
    reason: expect.stringContaining("cannot be written; set DINC_CACHE"),
  });
});

describe("a lock", () => {
  it("that nobody could write into counts for nothing", async () => {
    const { cache, env } = fakeTools({ npm: failing("npm error code ENOTFOUND") });
    const { root, lock } = nativeFolders(cache);
    mkdirSync(root, { recursive: true });
    writeFileSync(lock, "");
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(lock, longAgo, longAgo);
    const result = await installNative({ cache, env }, quiet);
    expect(result).toMatchObject({ reason: expect.stringContaining("npm could not download") });
    expect(readdirSync(root)).toEqual([]);
  });

  it("that is a folder is told, and not waited for", async () => {
    const { cache, env } = fakeTools();
    mkdirSync(nativeFolders(cache).lock, { recursive: true });
    const result = await installNative({ cache, env }, quiet);
    expect(result).toMatchObject({ reason: expect.stringContaining("cannot be written; set DINC_CACHE") });
  });
});

it.each(["python3", "g++", "npm"] as const)("a file called %s that is no program", async (program) => {
  const tools = fakeTools();
  chmodSync(join(tools.env["PATH"]!, program), 0o644);
  const result = await installNative(tools, quiet);
  expect(result).toMatchObject({ reason: expect.stringMatching(/was not found; install it/) });
});

it("a cache on a disk that takes no folders", async () => {
  const { env } = fakeTools();
  const result = await installNative({ cache: "/proc/cache", env }, quiet);
  expect(result).toMatchObject({ reason: expect.stringContaining("cannot be written; set DINC_CACHE") });
});

describe("a build that does not come about", () => {
  function unfinished(): { folder: string; workshop: string } {
    const folder = join(fakeTools().cache, "unfinished");
    const workshop = join(folder, "workshop");
    mkdirSync(workshop, { recursive: true });
    return { folder, workshop };
  }

  it("the compiler stops", async () => {
    const { env } = fakeTools({
      "g++": failing("binding.cc:1:10: fatal error: no such file\ncompilation terminated."),
    });
    const { folder, workshop } = unfinished();
    await expect(buildSteps.compileBinding(folder, workshop, env, quiet)).rejects.toThrow(
      "g++ could not compile tfjs-node's binding (binding.cc:1:10: fatal error: no such file); g++ 9 or newer is needed",
    );
  });

  it.each([
    ["gives wrong numbers", "dataSync: () => [1, 2, 3, 4]", "2 x 2 matrices multiply to 1,2,3,4"],
    ["crashes", "dataSync: () => process.kill(process.pid, 'SIGSEGV')", "SIGSEGV"],
  ])("the binding %s", async (_, member, sentence) => {
    const { folder } = unfinished();
    const root = packageIn(folder);
    mkdirSync(root, { recursive: true });
    writeFileSync(
      join(root, "index.js"),
      `exports.getBackend = () => "tensorflow"; exports.tensor2d = () => {}; exports.matMul = () => ({ ${member} });`,
    );
    const test = buildSteps.selfTest(folder, process.env, quiet);
    await expect(test).rejects.toThrow(sentence);
    await expect(test).rejects.toBeInstanceOf(InstallFailure);
  });
});

describe("a platform without builds", () => {
  it.each([
    ["darwin", "arm64", null, "this is darwin on arm64"],
    ["linux", "arm64", "2.36", "this is linux on arm64"],
    ["linux", "x64", null, "this system has another C library"],
    ["linux", "x64", "2.17", "this system has 2.17"],
  ] as const)("%s %s, glibc %s", (platform, arch, glibc, sentence) => {
    const reason = unsupportedPlatform(platform, arch, glibc);
    expect(reason).toContain(sentence);
    expect(reason).toContain("--backend wasm needs no installation");
  });

  it.each(["2.27", "2.36", "3.0"])("none of them is Linux on x64 with glibc %s", (glibc) => {
    expect(unsupportedPlatform("linux", "x64", glibc)).toBeNull();
  });
});
