// Every back end, one line each. All lists of back ends, engines and targets come from here.

import { c } from "./c-library/backend.ts";
import type { BackendDefinition } from "./contract/backend.ts";
import { onnx } from "./onnx/backend.ts";
import { page } from "./page/backend.ts";
import { server } from "./server/backend.ts";
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
  c,
  onnx,
  torchrec,
  server,
  page,
} as const satisfies Readonly<Record<string, BackendDefinition>>;

export type BackendName = keyof typeof backends;
