// `dinc torch install`: PyTorch's environment is complete or absent, and what is missing is said in one line.
// pip and the compiler are stood in for; the real ones are run by CI.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { INSTALLED } from "../../compiler/backends/torchrec/versions.ts";
import { torchInstall } from "../../runtime/cli/commands/torch.ts";
import { installedTorch, torchFolders, unsupportedByTorch } from "../../runtime/native/torch-folder.ts";
import { installTorch } from "../../runtime/native/torch-install.ts";
import { fakeTools, type Scripts } from "./fake-tools.ts";
import { recording } from "./recording.ts";

/** An environment whose Python is this script too, with a program that says where it is; `pip` runs instead of pip. */
const python = (pip: string) => `
echo "python3 $1 $2 $3" >> "$CALLS"
case "$1 $2" in
  "-m venv")
    mkdir -p "$3/bin" "$3/lib/python3.12/site-packages"
    cp "$0" "$3/bin/python"
    printf '#!%s/bin/python\\n' "$3" > "$3/bin/torchrun" ;;
  "-m pip") ${pip} ;;
  "-c "*"print(platform"*)
    echo "tested, bytecode '$PYTHONDONTWRITEBYTECODE'" >> "$CALLS"
    echo 3.12.1 ;;
esac
`;
const tools = (scripts: Scripts = {}, pip = "exit 0") =>
  fakeTools({ python3: python(pip), cc: "exit 0", readelf: "exit 0", nm: "exit 0", ...scripts });

const install = ({ cache, env }: ReturnType<typeof tools>) => installTorch({ cache, env }, () => {});
const left = (cache: string) =>
  existsSync(torchFolders(cache).root) ? readdirSync(torchFolders(cache).root) : [];

describe.skipIf(unsupportedByTorch() !== null)("dinc torch install", () => {
  it("leaves an environment that says where it is and what it is made of", async () => {
    const { cache, env, calls } = tools();
    const folders = torchFolders(cache);
    expect(await install({ cache, env, calls })).toMatchObject({ kind: "installed", folder: folders.build });
    expect(left(cache)).toEqual([folders.build.split("/").at(-1)]);
    expect(readFileSync(folders.torchrun, "utf8")).toBe(`#!${folders.python}\n`);
    expect(JSON.parse(readFileSync(folders.facts, "utf8"))).toMatchObject({
      python: "3.12.1",
      packages: INSTALLED,
    });
    expect(installedTorch(cache)?.python).toBe(folders.python);
    expect(await install({ cache, env, calls })).toMatchObject({ kind: "present" });
    expect(readFileSync(calls, "utf8").match(/-m pip/g)).toHaveLength(1);
  });

  it("lets Python keep what it compiles, where the user's environment says that it may not", async () => {
    const { cache, env, calls } = tools();
    await install({ cache, env: { ...env, PYTHONDONTWRITEBYTECODE: "1" }, calls });
    expect(readFileSync(calls, "utf8")).toContain("tested, bytecode ''\n");
  });

  it.each([
    ["python3", "Python 3.11 or newer is needed"],
    ["cc", "cc is needed to stand in for CUDA's libraries"],
    ["nm", "nm is needed to stand in for CUDA's libraries"],
  ] as const)("says that %s is missing before anything is downloaded", async (program, said) => {
    const missing = tools({ [program]: null });
    expect(await install(missing)).toMatchObject({ kind: "failed", reason: expect.stringContaining(said) });
    expect(left(missing.cache)).toEqual([]);
  });

  it("leaves nothing where pip fails, and says why", async () => {
    const failing = tools({}, "echo 'ERROR: No matching distribution found for torch' >&2; exit 1");
    const { terminal, said } = recording();
    expect(await torchInstall(terminal, failing)).toBe(1);
    expect(said.at(-1)).toBe(
      "error: pip could not install; check the network and pip's settings (python3 -m pip config list) (ERROR: No matching distribution found for torch); run dinc torch install again",
    );
    expect(left(failing.cache)).toEqual([]);
    expect(installedTorch(failing.cache)).toBeNull();
  });

  it("says that the disk is full where pip does", async () => {
    const full = tools({}, "echo 'OSError: [Errno 28] No space left on device' >&2; exit 1");
    expect(await install(full)).toMatchObject({
      kind: "failed",
      reason: expect.stringContaining("1.6 GB after"),
    });
  });
});

it("is refused where there are no libraries for it", () => {
  expect(unsupportedByTorch("darwin", "arm64")).toContain("requirements.txt");
  expect(unsupportedByTorch("linux", "x64")).toBeNull();
});
