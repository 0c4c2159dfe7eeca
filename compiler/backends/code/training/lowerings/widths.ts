// Ops on widths: products, concatenation and slices.

import type { OpContext } from "../../../../middle/graph/define-op.ts";
import { sizeOf } from "../../../../middle/graph/types.ts";
import { around, splitLast } from "../../../../middle/ops/support/shapes.ts";
import { i32 } from "../../expressions.ts";
import { productOfRows, productOverRows } from "../../kernels/gemm.ts";
import { matmul } from "../../kernels/products.ts";
import * as kernels from "../../kernels/rows.ts";
import type { OpSite, SiteLowerings } from "../lowering.ts";
import { times } from "./counts.ts";

function copied(site: OpSite, { output: { rows, dims } }: OpContext<unknown>): void {
  const size = i32.const(sizeOf(dims));
  kernels.slice(site.f, site.output, site.input(0), site.count(rows), size, i32.const(0), size);
}

export const widths = {
  matmul: (site, { attributes: { transpose }, inputs, output: out }) => {
    const { f } = site;
    const { lead, last: inner } = splitLast(inputs[0]!.dims);
    const outer = splitLast(out.dims).last;
    const rows = times(site.count(out.rows), sizeOf(lead));
    // Weights with one row or one column need no transposed copy.
    const isCopied = transpose && inner > 1 && outer > 1;
    if (outer === 1)
      matmul(f, site.output, site.input(0), site.input(1), rows, i32.const(inner), i32.const(1), false);
    else if (isCopied && out.rows.kind === "once")
      matmul(f, site.output, site.input(0), site.input(1), rows, i32.const(inner), i32.const(outer), true);
    else {
      const weights = isCopied ? site.transposed(1) : site.input(1);
      const product = productOfRows(f.module, inner, outer);
      f.call(product, site.output, site.input(0), weights, rows);
    }
  },
  contract_rows: (site, { inputs: [x], output: out }) => {
    const { f } = site;
    const rows = times(site.count(x!.rows), sizeOf(splitLast(x!.dims).lead));
    const [inner, outer] = out.dims as readonly [number, number];
    const { to, first } = x!.rows.kind === "once" ? { to: site.output, first: i32.const(1) } : site.partial();
    // xᵀ y with one column is yᵀ x with one row.
    const [a, b, p, q] = outer === 1 ? [1, inner, 1, 0] : [inner, outer, 0, 1];
    f.call(productOverRows(f.module, a, b), to, site.input(p), site.input(q), rows, first);
  },
  concat: (site, { attributes: { dim }, inputs, output: out }) => {
    const { before, after } = around(out.dims, dim);
    const [total, rows] = [out.dims[dim]! * after, times(site.count(out.rows), before)];
    let at = 0;
    for (const [i, x] of inputs.entries()) {
      const width = x.dims[dim]! * after;
      const own = times(site.count(x.rows), before);
      kernels.concat(
        site.f,
        site.output,
        site.input(i),
        rows,
        i32.const(total),
        i32.const(at),
        i32.const(width),
        x.rows.kind === out.rows.kind ? rows : own,
      );
      at += width;
    }
  },
  slice: (site, { attributes: { dim, from }, inputs: [x], output: out }) => {
    const { before, after } = around(out.dims, dim);
    kernels.slice(
      site.f,
      site.output,
      site.input(0),
      times(site.count(out.rows), before),
      i32.const(x!.dims[dim]! * after),
      i32.const(from * after),
      i32.const(out.dims[dim]! * after),
    );
  },
  pad: (site, { attributes: { dim, before, after }, inputs: [x], output: out }) => {
    const lines = around(out.dims, dim);
    kernels.pad(
      site.f,
      site.output,
      site.input(0),
      times(site.count(out.rows), lines.before),
      i32.const(before * lines.after),
      i32.const(x!.dims[dim]! * lines.after),
      i32.const(after * lines.after),
    );
  },
  // Only in a step of a scan; elsewhere these are views.
  reshape: copied,
  stop_gradient: copied,
  while_training: copied,
  sum_width: (site, { inputs: [x] }) => {
    const { lead, last } = splitLast(x!.dims);
    const rows = times(site.count(x!.rows), sizeOf(lead));
    kernels.sumWidth(site.f, site.output, site.input(0), rows, i32.const(last));
  },
} satisfies Partial<SiteLowerings>;
