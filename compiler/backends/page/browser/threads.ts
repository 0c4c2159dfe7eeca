// Threads from clicks to candidates, as thick as what a click adds to a score.

const SVG = "http://www.w3.org/2000/svg";
/** The widths of the thickest and of the thinnest thread, in pixels. */
const [THICKEST, THINNEST] = [11, 0.4];

export function threadsElement(): SVGElement {
  const threads = document.createElementNS(SVG, "svg");
  threads.setAttribute("viewBox", "0 0 100 100");
  threads.setAttribute("preserveAspectRatio", "none");
  threads.setAttribute("aria-hidden", "true");
  return threads;
}

/** `added`: by candidate, what each click adds. `order`: the candidates, best first. */
export function drawThreads(
  threads: SVGElement,
  added: readonly (readonly number[])[],
  order: readonly number[],
): void {
  const most = Math.max(1e-9, ...added.flat().map(Math.abs));
  const paths = added.flatMap((each, i) =>
    each.map((value, step) => ({
      from: (100 * (step + 0.5)) / each.length,
      to: (100 * (order.indexOf(i) + 0.5)) / added.length,
      share: Math.abs(value) / most,
      isAgainst: value < 0,
    })),
  );
  // They stay, so that they move to a new place.
  for (let i = threads.childElementCount; i < paths.length; i++)
    threads.append(document.createElementNS(SVG, "path"));
  while (threads.childElementCount > paths.length) threads.lastElementChild!.remove();
  paths.forEach(({ from, to, share, isAgainst }, i) => {
    const path = threads.children[i]!;
    path.setAttribute("d", `M${from} 0C${from} 50 ${to} 50 ${to} 100`);
    path.setAttribute("stroke-width", String(THINNEST + (THICKEST - THINNEST) * share));
    path.setAttribute("class", isAgainst ? "against" : "");
  });
}
