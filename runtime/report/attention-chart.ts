// Draws attention: for each user a line for each past item, oldest first, with a dot for each candidate's
// weight.

import type { AttendingCandidate, AttendingUser, AttentionFigure } from "./attended.ts";
import { html, type Markup, shownText } from "./markup.ts";
import { panel } from "./page.ts";
import { around, chart, colour, fitting, Plot } from "./plot.ts";

/** For longer histories, only the steps with the largest weights are drawn. */
const MOST_STEPS = 14;
const ROW = 17;
/** The number of characters in a step's name. */
const NAME_SIGNS = 19;

export function attentionPanels({ users, history }: AttentionFigure): readonly Markup[] {
  return users.map((user, i) => userPanel(user, i, history));
}

interface Step {
  readonly name: string;
  readonly place: number;
}

function userPanel(user: AttendingUser, index: number, history: string): Markup {
  const steps = largest(user);
  const places = steps.map(({ place }) => place);
  const values = user.candidates.flatMap(({ weights }) => places.map((place) => weights[place]!));
  const [low, high] = around([0, ...values]);
  const dots = user.candidates.map((candidate, i) =>
    Plot.dot(steps, {
      x: ({ place }: Step) => candidate.weights[place]!,
      y: "place",
      r: i === 0 ? 3.4 : 3,
      ...(i === 0 ? { fill: colour.first } : { stroke: colour.second, strokeWidth: 1.7, fill: "none" }),
    }),
  );
  const svg = chart(`Weights over ${history}: ${user.candidates.map(({ name }) => name).join(", ")}`, {
    height: steps.length * ROW + 44,
    marginLeft: 136,
    marginBottom: 34,
    marginTop: 6,
    x: { domain: [Math.min(low, 0), high] },
    y: { domain: places, type: "point", padding: 0.6, axis: null },
    marks: [
      Plot.ruleY(places, { stroke: colour.rule }),
      Plot.ruleX([0], { stroke: colour.quiet }),
      Plot.axisX({ ticks: 4, tickSize: 0, label: "weight", labelAnchor: "center", labelArrow: "none" }),
      Plot.text(steps, {
        y: "place",
        frameAnchor: "left",
        textAnchor: "end",
        dx: -8,
        text: ({ name }: Step) => fitting(name, NAME_SIGNS),
        // Hovering shows the full name.
        title: ({ name }: Step) => (fitting(name, NAME_SIGNS) === name ? undefined : shownText(name)),
      }),
      ...dots,
    ],
  });
  const name = user.name === null ? `User ${index + 1}` : `User ${user.name}`;
  const all = user.steps.length;
  const shown = all === steps.length ? `${all} steps` : `the ${steps.length} largest of ${all} steps`;
  const keys = user.candidates.map(
    (candidate, i) => html`<span class="key ${i === 0 ? "first" : "second"}">${described(candidate)}</span>`,
  );
  return panel(`${name}: ${shown}`, html`<p class="keys">${keys}</p>${svg}`);
}

function largest({ steps, candidates }: AttendingUser): readonly Step[] {
  const size = (place: number) => Math.max(...candidates.map(({ weights }) => Math.abs(weights[place]!)));
  return steps
    .map((name, place) => ({ name, place }))
    .sort((a, b) => size(b.place) - size(a.place))
    .slice(0, MOST_STEPS)
    .sort((a, b) => a.place - b.place);
}

/** `4711: click 0.73 predicted, 1 observed` */
function described({ name, predictions }: AttendingCandidate): string {
  const parts = predictions.map(({ label, probability, happened }) => {
    const outcome = happened === null ? "" : `, ${happened ? 1 : 0} observed`;
    return `${label} ${probability.toFixed(2)} predicted${outcome}`;
  });
  return `${fitting(name, 30)}: ${parts.join("; ")}`;
}
