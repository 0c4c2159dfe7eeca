// The columns of a product, cut into vectors of the machine, and these into panels whose sums stay in registers.

import { type LaneCount, type Machine, tileOf, widthsOf } from "../machine.ts";
import { BYTES, widthFor } from "../vectors.ts";

/** Columns of a panel that one vector holds. */
export interface PanelVector {
  /** Bytes from the panel's first column. */
  readonly offset: number;
  /** The columns: as many as lanes, or up to three. */
  readonly lanes: number;
  /** The lanes of the vector. */
  readonly width: LaneCount;
}

export type Panel = readonly PanelVector[];

/** Panels of equal vectors follow one another `times` times. */
export interface Panels {
  readonly panel: Panel;
  readonly times: number;
}

/** The vectors of `width` numbers: as wide as possible, then one for the last three or fewer. */
export function vectorsOf(width: number, most: LaneCount): Panel {
  const vectors: PanelVector[] = [];
  let at = 0;
  for (const lanes of widthsOf(most))
    for (; width - at >= lanes; at += lanes) vectors.push({ offset: BYTES * at, lanes, width: lanes });
  if (width > at) vectors.push({ offset: BYTES * at, lanes: width - at, width: widthFor(width - at) });
  return vectors;
}

/** Panels of up to `most` vectors, and of about the same number. */
export function panelsOf(vectors: Panel, most: number): readonly Panel[] {
  const all = vectors.length;
  const panels: Panel[] = [];
  let from = 0;
  for (let left = Math.ceil(all / most); left > 0; left--) {
    const to = from + Math.ceil((all - from) / left);
    const panel = vectors.slice(from, to);
    panels.push(panel.map((vector) => ({ ...vector, offset: vector.offset - panel[0]!.offset })));
    from = to;
  }
  return panels;
}

/** The panels of a product for the tile of a machine. */
export function panelsOfTile(width: number, machine: Machine): readonly Panels[] {
  return panelsInTurn(width, machine.lanes, tileOf(machine).vectors);
}

/** Panels of up to `most` vectors that cover `width` numbers. */
export function panelsInTurn(width: number, lanes: LaneCount, most: number): readonly Panels[] {
  const found: { panel: Panel; times: number }[] = [];
  for (const panel of panelsOf(vectorsOf(width, lanes), most)) {
    const last = found.at(-1);
    if (last !== undefined && isSamePanel(last.panel, panel)) last.times += 1;
    else found.push({ panel, times: 1 });
  }
  return found;
}

function isSamePanel(a: Panel, b: Panel): boolean {
  return a.length === b.length && a.every(({ lanes }, i) => lanes === b[i]!.lanes);
}

export function bytesOfPanel(panel: Panel): number {
  return panel.reduce((sum, { lanes }) => sum + BYTES * lanes, 0);
}
