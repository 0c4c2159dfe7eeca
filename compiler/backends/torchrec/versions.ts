// The versions of the Python packages that a package needs and that dinc's tests run with: the newest that
// work together. FBGEMM's libraries load with one minor version of PyTorch only.

/** The direct requirements of a package; pip resolves the indirect ones. */
export const REQUIREMENTS: Readonly<Record<string, string>> = {
  torch: "2.14.1",
  numpy: "2.4.6",
  pyarrow: "26.0.1",
  safetensors: "0.8.0",
};

/**
 * Installed with `--no-deps`: TorchRec requires FBGEMM with CUDA, which writes the same files as FBGEMM for
 * CPUs.
 */
export const REQUIREMENTS_ALONE: Readonly<Record<string, string>> = {
  torchrec: "1.9.2",
  torchmetrics: "1.0.3",
  tensordict: "0.15.3",
  "pyre-extensions": "0.0.32",
  "lightning-utilities": "0.15.3",
};

export const FBGEMM = { cpu: "fbgemm-gpu-cpu", cuda: "fbgemm-gpu", version: "1.9.0" } as const;

/** The shared requirements of those. */
export const REQUIREMENTS_OF_THOSE: Readonly<Record<string, string>> = {
  "typing-inspect": "0.9.0",
  packaging: "26.4",
  orjson: "3.13.0",
  cloudpickle: "3.1.3",
  psutil: "7.2.2",
  pyvers: "0.2.3",
  importlib_metadata: "10.2.0",
  tqdm: "4.70.1",
};

/** The direct and indirect requirements of PyTorch and pyarrow, without CUDA. */
const OF_TORCH: Readonly<Record<string, string>> = {
  filelock: "4.3.1",
  "typing-extensions": "4.16.0",
  sympy: "1.14.0",
  mpmath: "1.3.0",
  networkx: "3.6.1",
  jinja2: "3.1.6",
  markupsafe: "3.0.4",
  fsspec: "2026.9.0",
  setuptools: "80.10.2",
  mypy_extensions: "1.2.0",
  zipp: "4.1.2",
  "lazy-importer": "0.1.0",
  "nvidia-cuda-runtime": "13.0.96",
};

/** Tools that check a package's Python. */
const CHECKERS: Readonly<Record<string, string>> = { ruff: "0.17.6", pyright: "1.1.414", nodeenv: "1.12.0" };

/** Everything that `dinc torch install` installs, for CPUs. */
export const INSTALLED: Readonly<Record<string, string>> = {
  ...REQUIREMENTS,
  ...REQUIREMENTS_ALONE,
  ...REQUIREMENTS_OF_THOSE,
  [FBGEMM.cpu]: FBGEMM.version,
  ...OF_TORCH,
  ...CHECKERS,
};
