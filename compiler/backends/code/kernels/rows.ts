// Twins of the kernels that move numbers between rows and sum them: compiler/serve/kernels/{rows,positions}.ts.

import { invariant } from "../../../common/internal-error.ts";
import type { FunctionBuilder } from "../builder.ts";
import type { I32, LocalVariable, Vector } from "../code.ts";
import { f32, i32, isSame, vector } from "../expressions.ts";
import type { KernelTwin } from "../kernel.ts";
import { exp } from "../math.ts";
import {
  acrossLanes,
  addressAt,
  bytes,
  copy,
  eachRow,
  eachVector,
  eachVectorOfFour,
  equalSteps,
  fill,
  load,
  type Steps,
  save,
  stepsEach,
  widthFor,
} from "../vectors.ts";
import { firstLanes } from "./products.ts";

/** A width, known at compile time. */
export function constantWidth(size: I32): number {
  invariant(size.constant !== null, "a width that is not known when compiling");
  return size.constant;
}

/** A kernel over rows and their steps. x and out are addresses. */
export interface StepsKernel {
  readonly out: I32;
  readonly x: I32;
  readonly rows: I32;
  readonly steps: Steps;
  readonly width: number;
}

const ofEqual = (f: FunctionBuilder, out: I32, x: I32, rows: I32, steps: I32, width: I32): StepsKernel => ({
  ...{ out, x, rows, width: constantWidth(width) },
  steps: equalSteps(f, rows, steps),
});

export const repeatRows: KernelTwin<"repeatRows"> = (f, ...given) => repeatSteps(f, ofEqual(f, ...given));

export function repeatSteps(f: FunctionBuilder, { out, x, rows, steps, width }: StepsKernel): void {
  const [to, from] = [f.local(out), f.local(x)];
  eachRow(f, rows, [steps], ([each]) => {
    f.repeat(each!, () => {
      copy(f, to, from, width);
      f.advance(to, 4 * width);
    });
    f.advance(from, 4 * width);
  });
}

export const repeatCandidates: KernelTwin<"repeatCandidates"> = (f, out, x, candidates, rows, width) => {
  const size = constantWidth(width);
  const to = f.local(out);
  f.repeat(candidates, () => {
    const from = f.local(x);
    f.repeat(rows, () => {
      copy(f, to, from, size);
      f.advance(to, 4 * size);
      f.advance(from, 4 * size);
    });
  });
};

export const lookup: KernelTwin<"lookup"> = (f, out, table, ids, rows, width) => {
  const size = constantWidth(width);
  const [to, id] = [f.local(out), f.local(ids)];
  f.repeat(rows, () => {
    const from = f.local(i32.add(table, i32.mul(i32.load(id), i32.const(4 * size))));
    copy(f, to, from, size);
    f.advance(to, 4 * size);
    f.advance(id, 4);
  });
};

/** For each row, reduces its steps to one, column by column, starting from `first`. */
function joinSteps(
  f: FunctionBuilder,
  { out, x, rows, steps, width }: StepsKernel,
  join: (sum: Vector, value: Vector) => Vector,
  first: number,
  ofNone: (to: I32, each: I32, joined: () => void) => void,
): void {
  const [to, from] = [f.local(out), f.local(x)];
  const stride = 4 * width;
  eachRow(f, rows, [steps], ([each]) => {
    ofNone(to, each!, () =>
      eachVector(f, width, (offset, lanes) => {
        const sum = f.vector(f.constant(first), widthFor(lanes));
        const step = f.local(i32.add(from, offset));
        f.repeat(each!, () => {
          f.set(sum, join(sum, load(addressAt(step), lanes)));
          f.advance(step, stride);
        });
        save(f, addressAt(to, offset), sum, lanes);
      }),
    );
    f.advance(from, i32.mul(each!, i32.const(stride)));
    f.advance(to, stride);
  });
}

export const sumSteps: KernelTwin<"sumSteps"> = (f, ...given) => sumOfSteps(f, ofEqual(f, ...given));

export function sumOfSteps(f: FunctionBuilder, kernel: StepsKernel): void {
  joinSteps(f, kernel, vector.add, 0, (_to, _each, joined) => joined());
}

export const maxSteps: KernelTwin<"maxSteps"> = (f, ...given) => maxOfSteps(f, ofEqual(f, ...given));

export function maxOfSteps(f: FunctionBuilder, kernel: StepsKernel): void {
  joinSteps(f, kernel, vector.max, Number.NEGATIVE_INFINITY, (to, each, joined) =>
    f.if(i32.gt(each, i32.const(0)), joined, () => fill(f, to, 0, kernel.width)),
  );
}

export const softmaxSteps: KernelTwin<"softmaxSteps"> = (f, ...given) =>
  softmaxOfSteps(f, ofEqual(f, ...given));

export function softmaxOfSteps(f: FunctionBuilder, { out, x, rows, steps, width }: StepsKernel): void {
  const [to, from] = [f.local(out), f.local(x)];
  eachRow(f, rows, [steps], ([each]) => {
    if (width === 1) softmaxOfLine(f, to, from, each!);
    else softmaxOfColumns(f, to, from, each!, width);
    const bytes = f.local(i32.mul(each!, i32.const(4 * width)));
    f.advance(to, bytes);
    f.advance(from, bytes);
  });
}

/** Softmax of `count` contiguous numbers. `to` may be `from`. */
export function softmaxOfLine(f: FunctionBuilder, to: I32, from: I32, count: I32): void {
  const full = f.local(i32.shr(count, 2));
  const rest = f.local(i32.and(count, i32.const(3)));
  const at = f.local(i32.const(0));
  const largest = f.vector(f.constant(Number.NEGATIVE_INFINITY));
  /** Runs `some` for each four numbers, then `one` for each of the rest. */
  const go = (some: () => void, one: () => void) => {
    f.set(at, i32.const(0));
    f.repeat(full, () => {
      some();
      f.advance(at, 16);
    });
    f.repeat(rest, () => {
      one();
      f.advance(at, 4);
    });
  };
  const lane = () => vector.splat(f32.load(i32.add(from, at)));
  const result = () => vector.splat(f32.load(i32.add(to, at)));
  go(
    () => f.set(largest, vector.pmax(largest, load(addressAt(from, at)))),
    () => f.set(largest, vector.pmax(largest, lane())),
  );
  const top = f.local(acrossLanes(f, largest, vector.pmax));
  const sum = f.vector(f.constant(0));
  const single = f.vector(f.constant(0));
  const grown = f.vector(f.constant(0));
  go(
    () => {
      f.set(grown, exp(f, vector.sub(load(addressAt(from, at)), top)));
      save(f, addressAt(to, at), grown, 4);
      f.set(sum, vector.add(sum, grown));
    },
    () => {
      f.set(grown, exp(f, vector.sub(lane(), top)));
      save(f, addressAt(to, at), grown, 1);
      f.set(single, vector.add(single, grown));
    },
  );
  const total = f.local(vector.add(acrossLanes(f, sum, vector.add), single));
  go(
    () => save(f, addressAt(to, at), vector.div(load(addressAt(to, at)), total), 4),
    () => save(f, addressAt(to, at), vector.div(result(), total), 1),
  );
}

/** Softmax over `each` rows of `width` numbers, column by column. */
function softmaxOfColumns(f: FunctionBuilder, to: I32, from: I32, each: I32, width: number): void {
  eachVector(f, width, (offset, lanes) => {
    const source = f.local(i32.add(from, offset));
    const target = f.local(i32.add(to, offset));
    const along = (body: () => void) => {
      f.set(source, i32.add(from, offset));
      f.set(target, i32.add(to, offset));
      f.repeat(each, () => {
        body();
        f.advance(source, 4 * width);
        f.advance(target, 4 * width);
      });
    };
    const top = f.vector(f.constant(Number.NEGATIVE_INFINITY), widthFor(lanes));
    along(() => f.set(top, vector.pmax(top, load(addressAt(source), lanes))));
    const sum = f.vector(f.constant(0), widthFor(lanes));
    along(() => {
      const grown = f.local(exp(f, vector.sub(load(addressAt(source), lanes), top)));
      save(f, addressAt(target), grown, lanes);
      f.set(sum, vector.add(sum, grown));
    });
    along(() => save(f, addressAt(target), vector.div(load(addressAt(target), lanes), sum), lanes));
  });
}

export const takeStep: KernelTwin<"takeStep"> = (f, out, x, rows, steps, time, width) => {
  const size = constantWidth(width);
  const each = stepsEach(f, rows, steps);
  const to = f.local(out);
  const from = f.local(i32.add(x, i32.mul(time, i32.const(4 * size))));
  f.repeat(rows, () => {
    copy(f, to, from, size);
    f.advance(to, 4 * size);
    f.advance(from, i32.mul(each, i32.const(4 * size)));
  });
};

export const writeStep: KernelTwin<"writeStep"> = (f, out, x, rows, steps, time, width) => {
  const size = constantWidth(width);
  const each = stepsEach(f, rows, steps);
  const from = f.local(x);
  const to = f.local(i32.add(out, i32.mul(time, i32.const(4 * size))));
  f.repeat(rows, () => {
    copy(f, to, from, size);
    f.advance(from, 4 * size);
    f.advance(to, i32.mul(each, i32.const(4 * size)));
  });
};

export const shiftSteps: KernelTwin<"shiftSteps"> = (f, out, x, end, rows, steps, width, endByRow, reverse) =>
  shiftedSteps(f, ofEqual(f, out, x, rows, steps, width), end, endByRow, reverse);

export function shiftedSteps(
  f: FunctionBuilder,
  { out, x, rows, steps, width }: StepsKernel,
  end: I32,
  endByRow: boolean,
  reverse: boolean,
): void {
  const [to, from, last] = [f.local(out), f.local(x), f.local(end)];
  eachRow(f, rows, [steps], ([each]) => {
    const putEnd = () => {
      copy(f, to, last, width);
      f.advance(to, 4 * width);
    };
    const putSteps = () =>
      f.repeat(i32.sub(each!, i32.const(1)), () => {
        copy(f, to, from, width);
        f.advance(to, 4 * width);
        f.advance(from, 4 * width);
      });
    f.if(i32.gt(each!, i32.const(0)), () => {
      if (reverse) {
        f.advance(from, 4 * width);
        putSteps();
        putEnd();
      } else {
        putEnd();
        putSteps();
        f.advance(from, 4 * width);
      }
    });
    if (endByRow) f.advance(last, 4 * width);
  });
}

export const countSteps: KernelTwin<"countSteps"> = (f, out, rows, steps) =>
  countedSteps(f, out, rows, equalSteps(f, rows, steps));

export function countedSteps(f: FunctionBuilder, out: I32, rows: I32, steps: Steps): void {
  const to = f.local(out);
  eachRow(f, rows, [steps], ([each]) => {
    save(f, addressAt(to), vector.splat(f32.fromI32(each!)), 1);
    f.advance(to, 4);
  });
}

export const sumWidth: KernelTwin<"sumWidth"> = (f, out, x, rows, width) => {
  const size = constantWidth(width);
  const [to, from] = [f.local(out), f.local(x)];
  f.repeat(rows, () => {
    const sum = f.vector(f.constant(0));
    eachVectorOfFour(f, size, (offset, lanes) =>
      f.set(sum, vector.add(sum, firstLanes(f, load(addressAt(from, offset)), lanes))),
    );
    save(f, addressAt(to), acrossLanes(f, sum, vector.add), 1);
    f.advance(to, 4);
    f.advance(from, 4 * size);
  });
};

export const concat: KernelTwin<"concat"> = (f, out, x, rows, total, at, width, xRows) => {
  const [all, size] = [constantWidth(total), constantWidth(width)];
  const to = f.local(i32.add(out, bytes(at)));
  const from = f.local(x);
  const put = () => {
    copy(f, to, from, size);
    f.advance(to, 4 * all);
  };
  if (isSame(rows, xRows)) {
    f.repeat(rows, () => {
      put();
      f.advance(from, 4 * size);
    });
    return;
  }
  if (xRows.constant === 1) {
    f.repeat(rows, put);
    return;
  }
  const end = f.local(i32.add(x, i32.mul(xRows, i32.const(4 * size))));
  f.repeat(rows, () => {
    put();
    f.advance(from, 4 * size);
    f.if(i32.eq(from, end), () => f.set(from, x));
  });
};

export const slice: KernelTwin<"slice"> = (f, out, x, rows, total, from, width) => {
  const [all, size] = [constantWidth(total), constantWidth(width)];
  const to = f.local(out);
  const source = f.local(i32.add(x, bytes(from)));
  f.repeat(rows, () => {
    copy(f, to, source, size);
    f.advance(to, 4 * size);
    f.advance(source, 4 * all);
  });
};

export const pad: KernelTwin<"pad"> = (f, out, x, rows, before, width, after) => {
  const [front, size, back] = [constantWidth(before), constantWidth(width), constantWidth(after)];
  const [to, from] = [f.local(out), f.local(x)];
  f.repeat(rows, () => {
    if (front > 0) fill(f, to, 0, front);
    f.advance(to, 4 * front);
    copy(f, to, from, size);
    f.advance(to, 4 * size);
    if (back > 0) fill(f, to, 0, back);
    f.advance(to, 4 * back);
    f.advance(from, 4 * size);
  });
};

export const gatherList: KernelTwin<"gatherList"> = (f, out, x, rows, length, indices, width) => {
  const [all, size] = [constantWidth(length), constantWidth(width)];
  const [to, from] = [f.local(out), f.local(x)];
  f.repeat(rows, () => {
    for (const [k, index] of indices.entries())
      copy(f, i32.add(to, i32.const(4 * size * k)), i32.add(from, i32.const(4 * size * index)), size);
    f.advance(to, 4 * size * indices.length);
    f.advance(from, 4 * size * all);
  });
};

export const transpose: KernelTwin<"transpose"> = (f, out, x, rows, a, b) => {
  const [height, width] = [constantWidth(a), constantWidth(b)];
  const to = f.local(out);
  const row = f.local(x);
  f.repeat(rows, () => {
    const column = f.local<"i32">(row);
    f.repeat(i32.const(width), () => {
      const from = f.local<"i32">(column);
      f.repeat(i32.const(height), () => {
        save(f, addressAt(to), vector.splat(f32.load(from)), 1);
        f.advance(to, 4);
        f.advance(from, 4 * width);
      });
      f.advance(column, 4);
    });
    f.advance(row, 4 * height * width);
  });
};

export const resizeSteps: KernelTwin<"resizeSteps"> = (f, out, x, rows, xSteps, steps, width, keepLast) =>
  resizedSteps(f, ofEqual(f, out, x, rows, xSteps, width), equalSteps(f, rows, steps), keepLast);

/** `steps` are those of x, `wanted` those of out. */
export function resizedSteps(
  f: FunctionBuilder,
  { out, x, rows, steps, width }: StepsKernel,
  wanted: Steps,
  keepLast: boolean,
): void {
  const [to, row] = [f.local(out), f.local(x)];
  eachRow(f, rows, [steps, wanted], ([given, asked]) => {
    const copied = f.local(i32.select(i32.gt(given!, asked!), asked!, given!));
    const putMissing = () =>
      f.repeat(i32.sub(asked!, copied), () => {
        fill(f, to, 0, width);
        f.advance(to, 4 * width);
      });
    const skipped = i32.mul(i32.sub(given!, copied), i32.const(4 * width));
    const from = f.local<"i32">(keepLast ? i32.add(row, skipped) : row);
    if (keepLast) putMissing();
    f.repeat(copied, () => {
      copy(f, to, from, width);
      f.advance(to, 4 * width);
      f.advance(from, 4 * width);
    });
    if (!keepLast) putMissing();
    f.advance(row, i32.mul(given!, i32.const(4 * width)));
  });
}

export const sortSteps: KernelTwin<"sortSteps"> = (f, out, x, keys, rows, steps, width, keyWidth, inverse) =>
  sortedSteps(f, ofEqual(f, out, x, rows, steps, width), keys, constantWidth(keyWidth), inverse);

export function sortedSteps(
  f: FunctionBuilder,
  { out, x, rows, steps, width }: StepsKernel,
  keys: I32,
  keyWidth: number,
  inverse: boolean,
): void {
  const bytes = 4 * width;
  const [to, from, first] = [f.local(out), f.local(x), f.local(keys)];
  const [key, other] = [f.local<"i32">(first), f.local<"i32">(first)];
  const place = f.local<"i32">(i32.const(0));
  const number = (at: I32, k: number) => f32.load(i32.add(at, i32.const(4 * k)));
  const oneBefore = () => f.advance(place, 1);
  /** Counts the other step if it comes before this one, from the number `k` of the keys on. */
  const compare = (k: number): void => {
    f.if(f32.gt(number(key, k), number(other, k)), oneBefore, () =>
      f.if(f32.eq(number(key, k), number(other, k)), () => {
        if (k + 1 < keyWidth) compare(k + 1);
        else f.if(i32.gt(key, other), oneBefore);
      }),
    );
  };
  eachRow(f, rows, [steps], ([each]) => {
    const end = f.local(i32.add(first, i32.mul(each!, i32.const(4 * keyWidth))));
    const step = f.local<"i32">(inverse ? to : from);
    f.set(key, first);
    f.while(i32.ne(key, end), () => {
      f.set(place, i32.const(0));
      f.set(other, first);
      f.while(i32.ne(other, end), () => {
        compare(0);
        f.advance(other, 4 * keyWidth);
      });
      const offset = i32.mul(place, i32.const(bytes));
      const sorted = f.local(i32.add(inverse ? from : to, offset));
      if (inverse) copy(f, step, sorted, width);
      else copy(f, sorted, step, width);
      f.advance(step, bytes);
      f.advance(key, 4 * keyWidth);
    });
    const all = i32.mul(each!, i32.const(bytes));
    f.advance(to, all);
    f.advance(from, all);
    f.set(first, end);
  });
}

export const lastStep: KernelTwin<"lastStep"> = (f, ...given) => lastOfSteps(f, ofEqual(f, ...given));

export function lastOfSteps(f: FunctionBuilder, { out, x, rows, steps, width }: StepsKernel): void {
  const [to, from] = [f.local(out), f.local(x)];
  eachRow(f, rows, [steps], ([each]) => {
    f.advance(from, i32.mul(each!, i32.const(4 * width)));
    f.if(
      i32.gt(each!, i32.const(0)),
      () => copy(f, to, i32.sub(from, i32.const(4 * width)), width),
      () => fill(f, to, 0, width),
    );
    f.advance(to, 4 * width);
  });
}

export const scatterLastStep: KernelTwin<"scatterLastStep"> = (f, ...given) =>
  scatterIntoLast(f, ofEqual(f, ...given));

export function scatterIntoLast(f: FunctionBuilder, { out, x, rows, steps, width }: StepsKernel): void {
  const [to, from] = [f.local(out), f.local(x)];
  eachRow(f, rows, [steps], ([each]) => {
    f.if(i32.gt(each!, i32.const(0)), () => {
      f.repeat(i32.sub(each!, i32.const(1)), () => {
        fill(f, to, 0, width);
        f.advance(to, 4 * width);
      });
      copy(f, to, from, width);
      f.advance(to, 4 * width);
    });
    f.advance(from, 4 * width);
  });
}

export const gatherPositions: KernelTwin<"gatherPositions"> = (f, ...given) =>
  positions(f, ofEqual(f, ...given));

/** x has a row for each position; 0 is the position of the last step. */
export function positions(f: FunctionBuilder, { out, x, rows, steps, width }: StepsKernel): void {
  const to = f.local(out);
  eachRow(f, rows, [steps], ([each]) => {
    const from: LocalVariable<"i32"> = f.local(i32.add(x, i32.mul(each!, i32.const(4 * width))));
    f.repeat(each!, () => {
      f.advance(from, -4 * width);
      copy(f, to, from, width);
      f.advance(to, 4 * width);
    });
  });
}
