// `dinc torch install`: installs PyTorch, TorchRec and FBGEMM for CPUs into the user's cache, in a Python
// environment with fixed versions. It is for training packages on this machine's CPU and for dinc's own
// tests; GPUs need the libraries that are left out here.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  FBGEMM,
  INSTALLED,
  REQUIREMENTS,
  REQUIREMENTS_ALONE,
} from "../../compiler/backends/torchrec/versions.ts";
import { buildOnce, hasFacts, type InstallResult, type ReportProgress } from "./build-folder.ts";
import { cacheRoot } from "./cache-folder.ts";
import { type DiskNeeds, diskFull, InstallFailure } from "./failure.ts";
import type { InstallOptions } from "./install.ts";
import { type CommandResult, reasonLine, runCommand } from "./run-command.ts";
import { requireTools, type Tool } from "./tools.ts";
import { torchFolders, unsupportedByTorch } from "./torch-folder.ts";
import { STAND_INS } from "./torch-stand-ins.ts";

const DISK: DiskNeeds = {
  neededBytes: 4e9,
  words: "the installation needs 4 GB while it runs and 1.6 GB after",
};
const AGAIN = "run dinc torch install again";
/** The oldest Python that can run the packages and has all wheels. */
const OLDEST_PYTHON = [3, 11] as const;

const tools: readonly Tool[] = [
  {
    program: "python3",
    args: ["-c", `import sys; sys.exit(sys.version_info < (${OLDEST_PYTHON.join(", ")}))`],
    missing: `Python ${OLDEST_PYTHON.join(".")} or newer is needed and was not found as python3; install it (Debian: apt install python3) and ${AGAIN}`,
  },
  {
    program: "python3",
    args: ["-c", "import venv, ensurepip"],
    missing: `python3 has no venv, which is needed for an environment of its own; install it (Debian: apt install python3-venv) and ${AGAIN}`,
  },
  ...["cc", "readelf", "nm"].map((program) => ({
    program,
    args: ["--version"],
    missing: `${program} is needed to stand in for CUDA's libraries and was not found; install it (Debian: apt install gcc binutils) and ${AGAIN}`,
  })),
];

/** Installs PyTorch and TorchRec into the user's cache. Several processes may call it at any time. */
export async function installTorch(options: InstallOptions, report: ReportProgress): Promise<InstallResult> {
  const env = options.env ?? process.env;
  const folders = torchFolders(options.cache ?? cacheRoot(env));
  const unsupported = unsupportedByTorch();
  if (unsupported !== null && !hasFacts(folders)) return { kind: "failed", reason: unsupported };
  const making = {
    disk: DISK,
    check: () => requireTools(tools, env),
    make: (folder: string) => made(folder, folders.build, env, report),
  };
  return buildOnce(folders, making, report);
}

async function made(
  folder: string,
  place: string,
  env: NodeJS.ProcessEnv,
  report: ReportProgress,
): Promise<object> {
  const workshop = join(folder, "workshop");
  mkdirSync(workshop);
  // pip and the compiler write next to their target, so a small /tmp does not matter. Bytecode that the test
  // below compiles is kept, even if Python is configured to keep none, because each start of a training would
  // compile it again.
  const inside = { ...env, TMPDIR: workshop, PYTHONDONTWRITEBYTECODE: "" };
  const run = async (what: string, program: string, args: readonly string[], waiting: string) => {
    const result = await runCommand(program, args, {
      env: inside,
      waiting: (seconds) => report(`  ${waiting} (${seconds} s)`),
    });
    if (result.code !== 0) throw failure(what, result, folder);
    return result;
  };
  await run(
    "python3 could not make an environment",
    "python3",
    ["-m", "venv", folder],
    "python3 is still at it",
  );
  const python = join(folder, "bin", "python");
  report(
    `installing PyTorch ${REQUIREMENTS["torch"]}, TorchRec ${REQUIREMENTS_ALONE["torchrec"]} and FBGEMM ${FBGEMM.version} with pip (700 MB)`,
  );
  const pip = [
    "-m",
    "pip",
    "install",
    "--no-deps",
    "--only-binary=:all:",
    "--no-cache-dir",
    "--no-compile",
    "--quiet",
  ];
  const packages = Object.entries(INSTALLED).map(([name, version]) => `${name}==${version}`);
  const settings = "check the network and pip's settings (python3 -m pip config list)";
  await run(
    `pip could not install; ${settings}`,
    python,
    [...pip, "--disable-pip-version-check", ...packages],
    "pip is still installing",
  );
  report("standing in for CUDA's libraries");
  const site = join(folder, "lib", pythonIn(folder), "site-packages");
  const [libraries, cuda] = [join(site, "torch", "lib"), join(site, "nvidia", "cu13", "lib")];
  await run(
    "CUDA's libraries could not be stood in for",
    python,
    ["-c", STAND_INS, libraries, cuda, workshop],
    "still compiling",
  );
  report("testing the installation");
  const tested = await run(
    "the installation does not work on this machine",
    python,
    ["-c", SELF_TEST],
    "still testing",
  );
  rmSync(workshop, { recursive: true });
  moved(folder, place);
  return { python: tested.stdout.trim(), packages: INSTALLED, installed: new Date().toISOString() };
}

/** A typical operation of a training: a lookup in a table of TorchRec with FBGEMM's operators. */
const SELF_TEST = `
import platform, torch, fbgemm_gpu
from torchrec import EmbeddingCollection, EmbeddingConfig, KeyedJaggedTensor
tables = [EmbeddingConfig(name="t", embedding_dim=4, num_embeddings=3, feature_names=["f"])]
ids = KeyedJaggedTensor(keys=["f"], values=torch.tensor([1, 2, 2]), lengths=torch.tensor([1, 2]))
EmbeddingCollection(tables=tables)(ids)["f"].values().sum().backward()
assert torch.ops.fbgemm.asynchronous_complete_cumsum(torch.tensor([1, 2])).tolist() == [0, 1, 3]
print(platform.python_version())
`;

/** The name of the folder, such as `python3.11`. */
function pythonIn(folder: string): string {
  return readdirSync(join(folder, "lib")).find((name) => name.startsWith("python"))!;
}

/** Rewrites the programs of the environment, which contain its path, for its final path. */
function moved(folder: string, place: string): void {
  for (const name of readdirSync(join(folder, "bin"))) {
    const path = join(folder, "bin", name);
    const text = name.startsWith("python") ? "" : readFileSync(path, "utf8");
    if (text.includes(folder)) writeFileSync(path, text.replaceAll(folder, place));
  }
}

function failure(what: string, result: CommandResult, folder: string): InstallFailure {
  if (/No space left|ENOSPC/i.test(result.stdout + result.stderr)) return diskFull(folder, DISK);
  return new InstallFailure(`${what} (${reasonLine(result)}); ${AGAIN}`);
}
