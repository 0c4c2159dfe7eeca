// Every back end. One line each, and its folder: all that lists back ends, engines or targets reads them here.

import type { Backend } from "./contract/backend.ts";
import { onnx } from "./onnx/backend.ts";
import { tensorflow } from "./tensorflow/backend.ts";
import { torchrec } from "./torchrec/backend.ts";
import { twoTower } from "./two-tower/backend.ts";
import { typescript } from "./typescript/backend.ts";
import { wasm } from "./wasm/backend.ts";

export const backends = {
  tensorflow,
  wasm,
  typescript,
  two_tower: twoTower,
  onnx,
  torchrec,
} as const satisfies Readonly<Record<string, Backend>>;

export type BackendName = keyof typeof backends;
