// The steps of each row as a list, the latest first, and back. A list is as long as a history may be.

import type { FunctionBuilder } from "../builder.ts";
import type { I32 } from "../code.ts";
import { f32, i32, vector } from "../expressions.ts";
import type { KernelTwin } from "../kernel.ts";
import {
  addressAt,
  BYTES,
  copy,
  eachRow,
  eachVector,
  equalSteps,
  load,
  type Steps,
  save,
} from "../vectors.ts";
import { unless } from "./gemm.ts";
import { constantWidth } from "./rows.ts";

export interface FacingCall {
  /** The address of the list, or, on the way back, of the steps. */
  readonly out: I32;
  readonly x: I32;
  readonly rows: I32;
  readonly steps: Steps;
  readonly places: number;
  readonly width: number;
}

export const facedSteps: KernelTwin<"facedSteps"> = (f, out, x, rows, steps, places, width) =>
  faced(f, {
    ...{ out, x, rows, steps: equalSteps(f, rows, steps) },
    ...{ places: constantWidth(places), width: constantWidth(width) },
  });

/** out [places, width] by row: its steps, the latest first, then their mean; 0 if there are none. */
export function faced(f: FunctionBuilder, { out, x, rows, steps, places, width }: FacingCall): void {
  const [to, from] = [f.local(out), f.local(x)];
  eachRow(f, rows, [steps], ([count]) => {
    const end = f.local(i32.add(to, i32.mul(count!, i32.const(BYTES * width))));
    const at = f.local<"i32">(end);
    const step = f.local<"i32">(from);
    f.repeat(count!, () => {
      f.advance(at, -BYTES * width);
      copy(f, at, step, width);
      f.advance(step, BYTES * width);
    });
    f.if(i32.gt(i32.const(places), count!), () => {
      const inverse = f.local(vector.div(f.constant(1), vector.splat(f32.fromI32(count!))));
      const isNone = f.local(unless(f, count!));
      const rest = f.local(i32.sub(i32.const(places), count!));
      eachVector(f, width, (offset, lanes) => {
        const sum = f.vector(f.constant(0), lanes > 8 ? 16 : lanes > 4 ? 8 : 4);
        f.set(step, i32.add(from, offset));
        f.repeat(count!, () => {
          f.set(sum, vector.add(sum, load(addressAt(step), lanes)));
          f.advance(step, BYTES * width);
        });
        const mean = f.local(vector.select(f.constant(0), vector.mul(sum, inverse), isNone));
        f.set(at, i32.add(end, offset));
        f.repeat(rest, () => {
          save(f, addressAt(at), mean, lanes);
          f.advance(at, BYTES * width);
        });
      });
    });
    f.advance(from, i32.mul(count!, i32.const(BYTES * width)));
    f.advance(to, BYTES * places * width);
  });
}

/** out [width] by step: the element of its row's list x [places, width]. Elements without a step have no gradient. */
export function facedBack(f: FunctionBuilder, { out, x, rows, steps, places, width }: FacingCall): void {
  const [to, from] = [f.local(out), f.local(x)];
  eachRow(f, rows, [steps], ([count]) => {
    const at = f.local(i32.add(from, i32.mul(count!, i32.const(BYTES * width))));
    f.repeat(count!, () => {
      f.advance(at, -BYTES * width);
      copy(f, to, at, width);
      f.advance(to, BYTES * width);
    });
    f.advance(from, BYTES * places * width);
  });
}
