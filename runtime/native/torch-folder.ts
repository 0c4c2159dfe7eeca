// The location of PyTorch and TorchRec in the user's cache: a Python environment for each combination of
// versions.

import { join } from "node:path";
import { FBGEMM, REQUIREMENTS, REQUIREMENTS_ALONE } from "../../compiler/backends/torchrec/versions.ts";
import { type BuildFolder, buildFolderIn, hasFacts } from "./build-folder.ts";
import { cacheRoot } from "./cache-folder.ts";

export interface TorchFolders extends BuildFolder {
  readonly python: string;
  readonly torchrun: string;
}

export function torchFolders(cache: string = cacheRoot()): TorchFolders {
  const versions = `torch-${REQUIREMENTS["torch"]}-torchrec-${REQUIREMENTS_ALONE["torchrec"]}-fbgemm-${FBGEMM.version}`;
  const place = buildFolderIn(join(cache, "torch"), `${versions}-${process.platform}-${process.arch}`);
  const program = (name: string) => join(place.build, "bin", name);
  return { ...place, python: program("python"), torchrun: program("torchrun") };
}

/** The folders of a complete PyTorch installation; null if there is none. */
export function installedTorch(cache: string = cacheRoot()): TorchFolders | null {
  const folders = torchFolders(cache);
  return hasFacts(folders) ? folders : null;
}

/** Null if it can be installed, otherwise a sentence with the reason. */
export function unsupportedByTorch(
  platform: string = process.platform,
  arch: string = process.arch,
): string | null {
  if (platform === "linux" && arch === "x64") return null;
  return `dinc installs PyTorch and TorchRec on Linux on x64 and this is ${platform} on ${arch}; a package's requirements.txt says what it needs`;
}
