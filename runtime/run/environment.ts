// The environment of a training: the remaining causes of differences between two runs with the same spec, data and seed.

import { arch, availableParallelism, cpus, platform } from "node:os";

export interface RunEnvironment {
  /** `v22.1.0` */
  readonly node: string;
  /** `linux x64` */
  readonly platform: string;
  /** The model of the CPU. */
  readonly cpu: string;
  /** The number of cores that the process may use. */
  readonly cores: number;
  /**
   * The engine of the steps with its versions, such as `tfjs-node 4.22.0, TensorFlow 2.21.0, one graph a
   * step`.
   */
  readonly backend: string;
  /** The set variables among those by which TensorFlow chooses threads and kernels. */
  readonly variables: Readonly<Record<string, string>>;
}

const VARIABLES =
  /^(OMP_NUM_THREADS|TF_NUM_INTRAOP_THREADS|TF_NUM_INTEROP_THREADS|TF_ENABLE_ONEDNN_OPTS|TF_XLA_FLAGS|XLA_FLAGS|TF_DISABLE_MKL)$/;

/** `backend` is the description of the engine. */
export function environmentOf(backend: string): RunEnvironment {
  const variables = Object.entries(process.env).filter(([name]) => VARIABLES.test(name));
  return {
    node: process.version,
    platform: `${platform()} ${arch()}`,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    backend,
    variables: Object.fromEntries(variables.sort().map(([name, value]) => [name, value ?? ""])),
  };
}

/** The peak memory of the process so far, in bytes. */
export function peakMemory(): number {
  return 1024 * process.resourceUsage().maxRSS;
}
