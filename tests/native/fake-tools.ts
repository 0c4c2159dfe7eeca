// Stands in for the programs an installation runs: shell scripts in a folder that is the whole PATH. By default each
// does what the real one would leave behind, in a few bytes.

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export interface FakeTools {
  readonly cache: string;
  readonly env: NodeJS.ProcessEnv;
  /** Lines that the fake programs wrote about their calls. */
  readonly calls: string;
}

export type Scripts = Partial<Record<"python3" | "g++" | "npm" | "cc" | "readelf" | "nm", string | null>>;

const TFJS_NODE = "node_modules/@tensorflow/tfjs-node";

/** Makes what `npm install` would: tfjs-node, whose main module computes the matrix product that is asked for. */
const NPM = `
case "$1" in --version) echo 10; exit 0 ;; esac
echo "npm $*" >> "$CALLS"
case "$*" in
  *tfjs-node@*)
    mkdir -p ${TFJS_NODE}/binding
    echo '{"name":"@tensorflow/tfjs-node","version":"4.22.0","main":"index.js"}' > ${TFJS_NODE}/package.json
    cat > ${TFJS_NODE}/index.js <<'END'
exports.getBackend = () => "tensorflow";
exports.tensor2d = (values) => values;
exports.matMul = ([a, b, c, d], [e, f, g, h]) =>
  ({ dataSync: () => [a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h] });
END
    ;;
esac
`;

/** `pip download` writes a wheel of the right name; its content is not what dinc expects. */
const PYTHON = `
case "$*" in --version|"-m pip --version") exit 0 ;; esac
echo "python3 $1 $2 $3" >> "$CALLS"
while [ $# -gt 0 ]; do
  if [ "$1" = --dest ]; then
    mkdir -p "$2"
    printf wheel > "$2/tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl"
  fi
  shift
done
`;

const COMPILER = `
echo "g++" >> "$CALLS"
case "$1" in --version) echo "g++ (fake) 12.2.0" ;; esac
`;

const defaults: Readonly<Record<"python3" | "g++" | "npm", string>> = {
  python3: PYTHON,
  "g++": COMPILER,
  npm: NPM,
};

/** A fresh cache and the fake programs, gone after the test; null leaves a program out. */
export function fakeTools(scripts: Scripts = {}): FakeTools {
  const folder = mkdtempSync(join(tmpdir(), "dinc-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const calls = join(folder, "calls");
  writeFileSync(calls, "");
  for (const [name, script] of Object.entries({ ...defaults, ...scripts })) {
    if (script === null) continue;
    const path = join(bin, name);
    // The scripts themselves need mkdir and cat, which the installation never looks for.
    writeFileSync(path, `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`);
    chmodSync(path, 0o755);
  }
  return { cache: join(folder, "cache"), env: { PATH: bin, CALLS: calls }, calls };
}
