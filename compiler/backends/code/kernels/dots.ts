// Twin of `dots` (compiler/serve/kernels/products.ts): four queries, then single ones, against four keys at a
// time.

import type { FunctionBuilder } from "../builder.ts";
import type { I32 } from "../code.ts";
import { i32 } from "../expressions.ts";
import type { KernelTwin } from "../kernel.ts";
import { addressAt, BYTES, eachRow, equalSteps, save } from "../vectors.ts";
import { dots as products } from "./row-products.ts";
import { constantWidth } from "./rows.ts";

export const dots: KernelTwin<"dots"> = (f, out, q, k, groups, queries, keys, width) => {
  const size = constantWidth(width);
  const shared = f.module.sharedFunction(`dots ${size}`, 6, (g) => {
    const [to, asking, told, all, asked, answered] = [0, 1, 2, 3, 4, 5].map((i) => g.parameter(i));
    meet(g, { to: to!, q: asking!, k: told!, groups: all!, queries: asked!, keys: answered!, size });
  });
  f.call(shared, out, q, k, groups, queries, keys);
};

interface Meeting {
  readonly to: I32;
  readonly q: I32;
  readonly k: I32;
  readonly groups: I32;
  readonly queries: I32;
  readonly keys: I32;
  readonly size: number;
}

function meet(f: FunctionBuilder, { to, q, k, groups, queries, keys, size }: Meeting): void {
  const bytes = BYTES * size;
  const [line, query, first] = [f.local(to), f.local(q), f.local(k)];
  eachRow(f, groups, [equalSteps(f, groups, queries), equalSteps(f, groups, keys)], ([asked, told]) => {
    const lineBytes = f.local(i32.mul(told!, i32.const(BYTES)));
    const some = (count: number) => {
      const few = Array.from({ length: count }, (_, i) => f.local(i32.add(query, i32.const(bytes * i))));
      const lines = few.map((_, i) => f.local(i32.add(line, i32.mul(lineBytes, i32.const(i)))));
      const key = f.local<"i32">(first);
      const keysAtOnce = (four: readonly I32[], lanes: number) => {
        for (const [i, sums] of products(f, few, four, size).entries()) {
          save(f, addressAt(lines[i]!), sums, lanes);
          f.advance(lines[i]!, BYTES * lanes);
        }
        f.advance(key, bytes * lanes);
      };
      f.repeat(i32.shr(told!, 2), () =>
        keysAtOnce(
          [0, 1, 2, 3].map((i) => f.local(i32.add(key, i32.const(bytes * i)))),
          4,
        ),
      );
      f.repeat(i32.and(told!, i32.const(3)), () => keysAtOnce([key, key, key, key], 1));
      f.advance(query, bytes * count);
      f.advance(line, i32.mul(lineBytes, i32.const(count)));
    };
    f.repeat(i32.shr(asked!, 2), () => some(4));
    f.repeat(i32.and(asked!, i32.const(3)), () => some(1));
    f.advance(first, i32.mul(told!, i32.const(bytes)));
  });
}
