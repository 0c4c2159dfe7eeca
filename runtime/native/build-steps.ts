// The stages of a native build. Each gets the unfinished folder and a temporary workshop inside it, and fails
// with one sentence.

import { createHash } from "node:crypto";
import { createReadStream, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ReportProgress } from "./build-folder.ts";
import { packageIn } from "./cache-folder.ts";
import { type DiskNeeds, diskFull, InstallFailure } from "./failure.ts";
import { RESTORE, SILENCE } from "./quiet.ts";
import { type CommandResult, reasonLine, runCommand } from "./run-command.ts";
import { SELF_TEST, SELF_TEST_PASSED } from "./self-test.ts";
import { expectedHash, versions, wheel } from "./versions.ts";

export const DISK: DiskNeeds = {
  neededBytes: 3e9,
  words: "the build needs 3 GB while it runs and 1.1 GB after",
};

export interface BuildSteps {
  readonly installPackages: typeof installPackages;
  readonly unpackTensorflow: typeof unpackTensorflow;
  readonly compileBinding: typeof compileBinding;
  readonly selfTest: typeof selfTest;
}

/**
 * Installs tfjs-node's JavaScript and its dependencies into node_modules of `folder`: one consistent set of
 * tfjs packages.
 */
export async function installPackages(
  folder: string,
  workshop: string,
  env: NodeJS.ProcessEnv,
  report: ReportProgress,
): Promise<void> {
  report(`installing @tensorflow/tfjs-node ${versions.tfjsNode} without its own download`);
  const common = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--no-package-lock"];
  const wanted = [
    [folder, `@tensorflow/tfjs-node@${versions.tfjsNode}`],
    [workshop, `node-api-headers@${versions.nodeApiHeaders}`],
  ] as const;
  for (const [prefix, name] of wanted) {
    const result = await runCommand("npm", ["install", "--prefix", prefix, ...common, name], {
      cwd: prefix,
      env,
      waiting: (seconds) => report(`  npm is still installing (${seconds} s)`),
    });
    if (result.code !== 0) throw downloadFailure("npm", name, result, folder);
  }
}

/** Unpacks TensorFlow's libraries into tfjs-node's deps/lib, and its headers into the workshop. */
export async function unpackTensorflow(
  folder: string,
  workshop: string,
  env: NodeJS.ProcessEnv,
  report: ReportProgress,
): Promise<void> {
  const name = `tensorflow-cpu==${versions.tensorflow}`;
  report(`downloading TensorFlow ${versions.tensorflow} with pip (${wheel.megabytes} MB)`);
  const wheels = join(workshop, "wheels");
  const args = ["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-cache-dir"];
  args.push("--python-version", wheel.pythonVersion, "--platform", wheel.platform, "--dest", wheels, name);
  const result = await runCommand("python3", args, {
    // pip unpacks next to its target, so a small /tmp does not matter.
    env: { ...env, TMPDIR: workshop },
    waiting: (seconds) => report(`  pip is still downloading (${seconds} s)`),
  });
  if (result.code !== 0) throw downloadFailure("pip", name, result, folder);
  const file = readdirSync(wheels).find((entry) => entry.endsWith(".whl"));
  if (file === undefined) throw downloadFailure("pip", name, result, folder);
  await checkHash(join(wheels, file), file);

  report("unpacking TensorFlow's libraries and headers");
  const libraries = join(packageIn(folder), "deps", "lib");
  mkdirSync(libraries, { recursive: true });
  const headers = join(workshop, "include");
  const unpacked = await runCommand("python3", ["-c", UNPACK, join(wheels, file), libraries, headers], {
    env,
  });
  if (unpacked.code !== 0) {
    if (/No space left/i.test(unpacked.stderr)) throw diskFull(folder, DISK);
    throw new InstallFailure(
      `the TensorFlow wheel cannot be unpacked (${reasonLine(unpacked)}); run dinc native install again`,
    );
  }
  rmSync(wheels, { recursive: true });
}

/** zipfile checks every member's CRC as it is read. */
const UNPACK = `
import os, shutil, sys, zipfile
wheel, libraries, headers = sys.argv[1:]
wanted = ("tensorflow/c/", "tensorflow/core/platform/", "tensorflow/tsl/", "tsl/", "xla/tsl/", "absl/")
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name in ("tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2"):
            target = os.path.join(libraries, os.path.basename(name))
        elif name.startswith("tensorflow/include/") and name[19:].startswith(wanted) and not name.endswith("/"):
            target = os.path.join(headers, name[19:])
            if not os.path.realpath(target).startswith(os.path.realpath(headers) + os.sep):
                sys.exit("error: the archive has a path outside of itself")
        else:
            continue
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with archive.open(name) as source, open(target, "wb") as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
`;

/** Compiles tfjs-node's binding with a plain compiler call; returns the compiler's name and version. */
export async function compileBinding(
  folder: string,
  workshop: string,
  env: NodeJS.ProcessEnv,
  report: ReportProgress,
): Promise<string> {
  report("compiling tfjs-node's binding");
  const root = packageIn(folder);
  const output = join(root, "lib", `napi-v${versions.nodeApi}`);
  mkdirSync(output, { recursive: true });
  const [silence, restore] = [join(workshop, "silence.cc"), join(workshop, "restore.cc")];
  writeFileSync(silence, SILENCE);
  writeFileSync(restore, RESTORE);
  const shared = ["-std=c++17", "-O2", "-fPIC", "-shared", "-w", "-Wl,-rpath,$ORIGIN:$ORIGIN/../../deps/lib"];
  const calls = [
    [...shared, "-Wl,-z,initfirst", silence, "-o", join(output, "libsilence.so")],
    [
      ...shared,
      ...[`-DNAPI_VERSION=${versions.nodeApi}`, "-DBUILDING_NODE_EXTENSION"],
      ...["-I", join(workshop, "node_modules", "node-api-headers", "include")],
      ...["-I", join(workshop, "include")],
      ...[join(root, "binding", "tfjs_backend.cc"), join(root, "binding", "tfjs_binding.cc"), restore],
      ...["-L", output, "-L", join(root, "deps", "lib")],
      ...["-lsilence", "-l:libtensorflow_cc.so.2", "-l:libtensorflow_framework.so.2"],
      // The dependencies of TensorFlow's libraries are resolved when they are loaded.
      "-Wl,--allow-shlib-undefined",
      ...["-o", join(output, "tfjs_binding.node")],
    ],
  ];
  for (const args of calls) {
    // The compiler writes its intermediate files to TMPDIR.
    const result = await runCommand("g++", args, {
      env: { ...env, TMPDIR: workshop },
      waiting: (seconds) => report(`  still compiling (${seconds} s)`),
    });
    if (result.code === 0) continue;
    if (/No space left/i.test(result.stderr)) throw diskFull(folder, DISK);
    throw new InstallFailure(
      `g++ could not compile tfjs-node's binding (${reasonLine(result)}); g++ 9 or newer is needed`,
    );
  }
  const version = await runCommand("g++", ["--version"], { env });
  return version.stdout.split("\n")[0] ?? "g++";
}

/** Multiplies two matrices in a process of its own, so that a crash of the binding does not end dinc. */
export async function selfTest(
  folder: string,
  env: NodeJS.ProcessEnv,
  report: ReportProgress,
): Promise<void> {
  report("testing the build");
  const result = await runCommand(process.execPath, ["-e", SELF_TEST, packageIn(folder)], {
    env: { ...env, TF_CPP_MIN_LOG_LEVEL: "2" },
  });
  if (result.code !== 0 || !result.stdout.includes(SELF_TEST_PASSED))
    throw new InstallFailure(
      `the build does not work on this machine (${reasonLine(result)}); --backend wasm needs no installation`,
    );
}

async function checkHash(path: string, name: string): Promise<void> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  if (hash.digest("hex") === expectedHash(name)) return;
  throw new InstallFailure(
    `${name} is not the file that dinc expects (its SHA-256 differs), so it was deleted; check which package index pip uses (python3 -m pip config list)`,
  );
}

function downloadFailure(
  client: "npm" | "pip",
  name: string,
  result: CommandResult,
  folder: string,
): InstallFailure {
  const said = result.stdout + result.stderr;
  if (/No space left|ENOSPC/i.test(said)) return diskFull(folder, DISK);
  if (client === "pip" && /DO NOT MATCH THE HASHES/.test(said))
    return new InstallFailure(
      `pip received a damaged ${name} (its hash differs from the index's); run dinc native install again`,
    );
  const settings = client === "npm" ? "npm config list" : "python3 -m pip config list";
  return new InstallFailure(
    `${client} could not download ${name} (${reasonLine(result)}); check the network and ${client}'s settings (${settings}) and run dinc native install again`,
  );
}

export const buildSteps: BuildSteps = { installPackages, unpackTensorflow, compileBinding, selfTest };
