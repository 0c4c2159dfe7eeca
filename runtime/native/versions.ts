// The components of a native build: the pinned versions, the hashes of TensorFlow's wheels, and the supported
// platforms. A change here gives the cache folder another name, so old builds are never reused.

export const versions = {
  tfjsNode: "4.22.0",
  tensorflow: "2.21.0",
  nodeApiHeaders: "1.9.0",
  /** The binding is compiled against this Node-API version, whose ABI every Node from 20 on keeps. */
  nodeApi: 8,
} as const;

/** One fixed wheel serves every Python: only its C++ libraries and headers are used, never its Python code. */
export const wheel = {
  pythonVersion: "3.11",
  pythonTag: "cp311",
  platform: "manylinux_2_27_x86_64",
  megabytes: 274,
} as const;

/** SHA-256 of tensorflow-cpu 2.21.0's wheels, by `<python tag>-<platform tag>`. */
const wheelHashes: Readonly<Record<string, string>> = {
  "cp310-manylinux_2_27_x86_64": "d143e92f5c0661cdfa26eaca8f73cd2efd0ec53a68af8dec82f584ba8eb14b83",
  "cp311-manylinux_2_27_x86_64": "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
  "cp312-manylinux_2_27_x86_64": "dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb",
  "cp313-manylinux_2_27_x86_64": "05af7c26d35f4de910b5598c7b507e3981831a7b0f47fed9a405d995d51d7793",
};

/** The expected SHA-256 of the wheel file `name`; null for a wheel that is not pinned. */
export function expectedHash(name: string): string | null {
  const tags = /^tensorflow_cpu-([\d.]+)-(cp\d+)-cp\d+-(\w+)\.whl$/.exec(name);
  if (tags === null || tags[1] !== versions.tensorflow) return null;
  return wheelHashes[`${tags[2]}-${tags[3]}`] ?? null;
}

/** Null if a native build is possible, otherwise a sentence with the reason. */
export function unsupportedPlatform(
  platform: string = process.platform,
  arch: string = process.arch,
  glibc: string | null = glibcVersion(),
): string | null {
  if (platform !== "linux" || arch !== "x64")
    return `native training is built for Linux on x64 and this is ${platform} on ${arch}; --backend wasm needs no installation`;
  const [major = 0, minor = 0] = (glibc ?? "").split(".").map(Number);
  if (glibc === null || major < 2 || (major === 2 && minor < 27))
    return `TensorFlow needs glibc 2.27 or newer and this system has ${glibc ?? "another C library"}; --backend wasm needs no installation`;
  return null;
}

function glibcVersion(): string | null {
  const report = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined;
  return report?.header?.glibcVersionRuntime ?? null;
}
