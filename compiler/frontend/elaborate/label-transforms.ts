// The transforms of a label as nodes: those of its values, which losses compare predictions with, and back from
// a prediction to the label's own unit. Learned numbers are parameters, computed from the training rows before
// the first step.

import { unreachable } from "../../common/internal-error.ts";
import type { Span } from "../../common/source-file.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { transformOf } from "../kinds/transforms.ts";
import type { Label, NumberTransform } from "../model/model.ts";
import type { Elaboration } from "../values/values.ts";

type Named = Pick<Label, "name" | "type">;

/** The label after its transforms. */
export function transformedLabel(
  elaboration: Elaboration,
  label: Named,
  node: NodeId | null,
  at: Span,
): NodeId | null {
  return transformsOf(label).reduce(
    (x, transform, place) => new Step(elaboration, label, transform, place, at).of(x),
    node,
  );
}

/** A prediction of the transformed label in the label's own unit. */
export function inUnitOfLabel(
  elaboration: Elaboration,
  label: Named,
  node: NodeId | null,
  at: Span,
): NodeId | null {
  return transformsOf(label).reduceRight(
    (x, transform, place) => new Step(elaboration, label, transform, place, at).back(x),
    node,
  );
}

function transformsOf({ type }: Named): readonly NumberTransform[] {
  return type.kind === "number" ? type.transforms : [];
}

/** The names of the numbers that a transform learns. */
const LEARNED = { standardize: ["mean", "deviation"], min_max: ["least", "range"] } as const;

class Step {
  private readonly elaboration: Elaboration;
  private readonly label: Named;
  private readonly transform: NumberTransform;
  private readonly place: number;
  private readonly at: Span;

  constructor(elaboration: Elaboration, label: Named, transform: NumberTransform, place: number, at: Span) {
    this.elaboration = elaboration;
    this.label = label;
    this.transform = transform;
    this.place = place;
    this.at = at;
  }

  of(x: NodeId | null): NodeId | null {
    const { transform } = this;
    switch (transform.kind) {
      case "log1p":
        return this.node("log", this.both("add", x, this.constant(1)));
      case "standardize":
      case "min_max":
        return this.both(
          "divide",
          this.both("subtract", x, this.learned(transform, 0)),
          this.learned(transform, 1),
        );
      case "clip": {
        const above = this.both("maximum", x, this.constant(transform.low));
        const negated = this.both("maximum", this.node("negate", above), this.constant(-transform.high));
        return this.node("negate", negated);
      }
      default:
        return unreachable(transform, "transform");
    }
  }

  back(x: NodeId | null): NodeId | null {
    const { transform } = this;
    switch (transform.kind) {
      case "log1p":
        return this.both("subtract", this.node("exp", x), this.constant(1));
      case "standardize":
      case "min_max":
        return this.both(
          "add",
          this.both("multiply", x, this.learned(transform, 1)),
          this.learned(transform, 0),
        );
      case "clip":
        return x;
      default:
        return unreachable(transform, "transform");
    }
  }

  private learned(
    transform: NumberTransform & { readonly kind: keyof typeof LEARNED },
    number: 0 | 1,
  ): NodeId | null {
    const { kind } = transform;
    const label = this.label.name;
    return this.elaboration.sharedParameter(
      {
        name: `label.${label}.${kind}.${LEARNED[kind][number]}`,
        dims: [1],
        init: {
          ...{ kind: "label", label, transform: this.place, number },
          untrained: transformOf(transform).untrained(transform)[number]!,
        },
        role: "statistic",
      },
      this.at,
    );
  }

  private constant(value: number): NodeId | null {
    return this.elaboration.constant(value, this.at);
  }

  private node(op: "log" | "exp" | "negate", x: NodeId | null): NodeId | null {
    return this.elaboration.emit(op, [x], {}, this.at);
  }

  private both(
    op: "add" | "subtract" | "multiply" | "divide" | "maximum",
    x: NodeId | null,
    y: NodeId | null,
  ): NodeId | null {
    return this.elaboration.emit(op, [x, y], {}, this.at);
  }
}
