// Matches the arguments of a block's call with its signature: kinds, axes, and width patterns.

import { textOf } from "../../common/source-file.ts";
import {
  axisMismatch,
  cannotLift,
  probabilityAsVector,
  wrongType,
} from "../../diagnostics/catalog/expressions.ts";
import { listLengths, needsList } from "../../diagnostics/catalog/lists.ts";
import type { Details, Help } from "../../diagnostics/diagnostic.ts";
import { referencesOfBody } from "../syntax/references.ts";
import { at } from "../syntax/reporter.ts";
import { constantOf, type Dim, printDim, subtractDims, variableDim, variablesOf } from "../values/dims.ts";
import { joinAxes, stacked } from "../values/leading-axes.ts";
import { liftAlong } from "../values/lift.ts";
import {
  axisLength,
  ERROR,
  featuresIn,
  isError,
  isTensor,
  NO_AXES,
  printType,
  sameAxes,
  shiftAxis,
} from "../values/types.ts";
import type {
  ArgumentValue,
  Axis,
  Elaboration,
  LeadingAxes,
  TensorArgument,
  VectorType,
} from "../values/values.ts";
import { dimsOf, type Pattern, printPattern, type Signature, type SignatureParameter } from "./signatures.ts";
import { WidthSolver } from "./solve-widths.ts";

export interface Match {
  /** See `WidthSolver`. */
  readonly solution: ReadonlyMap<string, Dim>;
  readonly axes: ReadonlyMap<string, LeadingAxes>;
  /** The axes along which the block is applied step by step or element by element. */
  readonly lift: LeadingAxes;
  readonly argumentValues: readonly ArgumentValue[];
}

/** Null if a mistake was reported. */
export function matchArguments(
  elaboration: Elaboration,
  signature: Signature,
  argumentValues: readonly ArgumentValue[],
): Match | null {
  return new Matcher(elaboration, signature, argumentValues).match();
}

/** The axis of `Seq[h + 1, d]` in a result, if h is a history; undefined for other patterns. */
export function shiftedAxes(
  { list }: VectorType,
  axes: ReadonlyMap<string, LeadingAxes>,
): LeadingAxes | undefined {
  const [variable, ...more] = list === null ? [] : variablesOf(list);
  const axis = variable === undefined || more.length > 0 ? null : (axes.get(variable)?.axis ?? null);
  const shift = axis === null ? null : constantOf(subtractDims(list!, variableDim(variable!)));
  return shift === null ? undefined : { axis: shiftAxis(axis!, shift), list: null };
}

class Matcher {
  private readonly elaboration: Elaboration;
  private readonly signature: Signature;
  private readonly argumentValues: readonly ArgumentValue[];
  private readonly solver: WidthSolver;
  private readonly axes = new Map<string, LeadingAxes>();
  private readonly axisFrom = new Map<string, ArgumentValue>();
  private readonly lifted: { parameter: SignatureParameter; argument: TensorArgument }[] = [];

  constructor(elaboration: Elaboration, signature: Signature, argumentValues: readonly ArgumentValue[]) {
    this.elaboration = elaboration;
    this.signature = signature;
    this.solver = new WidthSolver(elaboration, signature);
    this.argumentValues = argumentValues.map((argument, i) => {
      const parameter = signature.parameters[i]!;
      const { value: given, span } = argument;
      if (parameter.pattern?.kind === "list" && parameter.pattern.of === "Feature") {
        const features = featuresIn(given);
        return features === null ? argument : { ...argument, value: elaboration.group(features, span) };
      }
      const { pattern } = parameter;
      if (pattern?.kind !== "tensor") return argument;
      if (given.type.kind === "feature" || given.type.kind === "every")
        return { ...argument, value: elaboration.vectorOf(given, span) };
      if (given.type.kind !== "list") return argument;
      const value = stacked(elaboration, given, span, this.called(parameter), pattern.probability);
      return { ...argument, value: value ?? ERROR };
    });
  }

  private called(parameter: SignatureParameter): string {
    return `\`${parameter.name}\` of \`${this.signature.block.name.name}\``;
  }

  match(): Match | null {
    // A missing or extra argument shifts the ones after it, so only the first misfit is reported.
    const fits = this.signature.parameters.every((parameter, i) => {
      const argument = this.argumentValues[i]!;
      return (
        isError(argument.value) ||
        parameter.pattern === null ||
        this.kind(parameter, parameter.pattern, argument)
      );
    });
    const isKnown = this.argumentValues.every((argument) => !isError(argument.value));
    const lift = fits && isKnown ? this.lift() : null;
    if (lift === null || !this.solver.solve(this.argumentValues) || !this.lengths()) return null;
    return { solution: this.solver.solution, axes: this.axes, lift, argumentValues: this.argumentValues };
  }

  private kind(parameter: SignatureParameter, pattern: Pattern, argument: ArgumentValue): boolean {
    const { type } = argument.value;
    switch (pattern.kind) {
      case "tensor":
        return this.tensor(parameter, pattern, argument);
      case "int":
        if (type.kind !== "int") return this.wrong(parameter, pattern, argument);
        this.solver.set(parameter.name, type.value, argument);
        return true;
      case "float":
        return type.kind === "float" || type.kind === "int" || this.wrong(parameter, pattern, argument);
      case "list": {
        if (pattern.of === "Feature")
          return (
            featuresIn(argument.value) !== null ||
            this.wrong(
              parameter,
              pattern,
              argument,
              type.kind === "feature" ? wrongType.helps.listOfFeatures(textOf(argument.span)) : undefined,
            )
          );
        const fits =
          type.kind === "list" && (type.of === pattern.of || (type.of === "Int" && pattern.of === "Float"));
        const isNumber = type.kind === "int" || type.kind === "float";
        const help = isNumber ? wrongType.helps.listOfNumbers(textOf(argument.span)) : undefined;
        return fits || this.wrong(parameter, pattern, argument, help);
      }
      case "feature":
        return type.kind === "feature" || this.wrong(parameter, pattern, argument, this.oneFeature(argument));
      case "activation":
        return (
          type.kind === "function" ||
          this.wrong(
            parameter,
            pattern,
            argument,
            type.kind === "string"
              ? wrongType.helps.withoutQuotes(textOf(argument.span))
              : wrongType.helps.anActivation(),
          )
        );
      case "block":
        return (
          type.kind === "function" || this.wrong(parameter, pattern, argument, wrongType.helps.aFunction())
        );
    }
  }

  /** The help for an argument that should be a feature. */
  private oneFeature({ value, span }: ArgumentValue): Help {
    if (featuresIn(value) === null) return wrongType.helps.aFeature();
    const { block, parameters } = this.signature;
    const { name } = block.name;
    const others = parameters.slice(1).map(() => ", …");
    return wrongType.helps.eachFeature(
      others.length === 0 ? name : `f => ${name}(f${others.join("")})`,
      textOf(span),
    );
  }

  private wrong(
    parameter: SignatureParameter,
    pattern: Pattern,
    argument: ArgumentValue,
    help?: Help,
  ): false {
    const what = this.called(parameter);
    this.elaboration.report(
      wrongType,
      { what, expected: article(printPattern(pattern)), got: printType(argument.value.type) },
      argument.span,
      {
        related: [at(parameter.span, "the parameter")],
        ...(help === undefined ? this.otherOrder(parameter, pattern) : { help }),
      },
    );
    return false;
  }

  /** Where a sequence is given for a parameter before this one, which takes a vector: `attend(clicks, target)`. */
  private otherOrder(parameter: SignatureParameter, pattern: Pattern): Details {
    if (pattern.kind !== "tensor" || sameAxes(pattern, NO_AXES)) return {};
    const { parameters, block } = this.signature;
    const to = parameters.indexOf(parameter);
    const isSequence = ({ value }: ArgumentValue) => isTensor(value) && value.type.axis !== null;
    const from = parameters.findIndex(
      (each, i) => each.pattern?.kind === "tensor" && isSequence(this.argumentValues[i]!) && i < to,
    );
    if (from < 0 || this.argumentValues[to]!.span.start < this.argumentValues[from]!.span.start) return {};
    const [first, second] = [this.argumentValues[from]!.span, this.argumentValues[to]!.span];
    const edits = [
      { span: first, text: textOf(second) },
      { span: second, text: textOf(first) },
    ];
    return {
      help: wrongType.helps.otherOrder(block.name.name, parameters.map(({ name }) => name).join(", ")),
      fixes: [{ title: "swap the two", isGuess: true, edits }],
    };
  }

  private tensor(parameter: SignatureParameter, pattern: VectorType, argument: ArgumentValue): boolean {
    const { elaboration } = this;
    const { value } = argument;
    const block = this.signature.block.name.name;
    if (!isTensor(value)) return this.wrong(parameter, pattern, argument);
    if (value.type.probability && !pattern.probability && !elaboration.mode.chancesAreNumbers) {
      elaboration.report(
        probabilityAsVector,
        { operation: `\`${parameter.name}\` of \`${block}\`` },
        argument.span,
        {
          related: [
            at(parameter.span, "the parameter"),
            ...(value.widthOrigin === null ? [] : [at(value.widthOrigin.span, "becomes a probability here")]),
          ],
        },
      );
      return false;
    }
    if (pattern.probability && !value.type.probability) return this.wrong(parameter, pattern, argument);
    if (pattern.distribution && !value.type.distribution)
      return this.wrong(
        parameter,
        pattern,
        argument,
        value.type.probability ? wrongType.helps.lossOfAYesOrNo() : undefined,
      );
    return this.leadingAxes(parameter, pattern, { value, span: argument.span });
  }

  private leadingAxes(parameter: SignatureParameter, pattern: VectorType, argument: TensorArgument): boolean {
    const { axis, list } = argument.value.type;
    if (pattern.axis === null && pattern.list === null) {
      if (axis !== null || list !== null) this.lifted.push({ parameter, argument });
      return true;
    }
    if (axis === null && list === null)
      return this.wrong(parameter, pattern, argument, listOfNumbers(pattern, argument));
    // For a list at each step of a history, the block takes the list and is applied to each step.
    if (axis !== null && list !== null) this.lifted.push({ parameter, argument });
    if (pattern.list !== null)
      return (list !== null && list.varying === undefined) || this.wrong(parameter, pattern, argument);
    const found: LeadingAxes = list === null ? { axis, list: null } : { axis: null, list };
    const { name, kind } = pattern.axis!;
    const known = kind === "history" ? { axis: pattern.axis, list: null } : this.axes.get(name);
    if (known === undefined) {
      this.axes.set(name, found);
      this.axisFrom.set(name, argument);
      if (list !== null) this.solver.set(name, list, null);
      else if (axis!.kind === "variable") this.solver.set(name, axisLength(axis!), null);
      return true;
    }
    if (sameAxes(known, found)) return true;
    this.differs(pattern.axis!, known, found, argument);
    return false;
  }

  private differs(variable: Axis, known: LeadingAxes, found: LeadingAxes, argument: TensorArgument): void {
    const { elaboration } = this;
    const operation = `\`${this.signature.block.name.name}\``;
    const from = this.axisFrom.get(variable.name);
    const related =
      from === undefined
        ? [at(variable.span, `\`${variable.name}\` is declared here`)]
        : [at(from.span, known.axis === null ? "a list" : `varies along \`${known.axis.name}\``)];
    if (known.list !== null && found.list !== null)
      elaboration.report(
        listLengths,
        { operation, left: printDim(known.list), right: printDim(found.list) },
        argument.span,
        { related },
      );
    else {
      const named = ({ axis }: LeadingAxes) => axis?.name ?? "a list";
      if (found.axis !== null) related.push(at(found.axis.span, `\`${found.axis.name}\` is declared here`));
      elaboration.report(
        axisMismatch,
        { operation, left: named(known), right: named(found), sameHistory: false },
        argument.span,
        {
          related,
        },
      );
    }
  }

  /** The axes along which the block is applied; null if that is impossible, which is reported. */
  private lift(): LeadingAxes | null {
    const { elaboration } = this;
    const block = this.signature.block.name.name;
    const whole = (argument: TensorArgument, parameter: SignatureParameter): LeadingAxes => {
      const { axis, list } = argument.value.type;
      const takesSequence = parameter.pattern?.kind === "tensor" && !sameAxes(parameter.pattern, NO_AXES);
      return takesSequence ? { axis, list: null } : { axis, list };
    };
    const operands = this.lifted.map(({ parameter, argument }) => ({
      ...argument,
      value: { ...argument.value, type: { ...argument.value.type, ...whole(argument, parameter) } },
    }));
    const joined = joinAxes(
      elaboration,
      `\`${block}\``,
      operands,
      operands.at(-1)?.span ?? this.signature.block.name.span,
    );
    if (joined === null) return null;
    const lift = liftAlong(joined.visible);
    for (const [i, { pattern, span }] of this.signature.parameters.entries()) {
      const { value } = this.argumentValues[i]!;
      if (pattern?.kind !== "tensor" || !isTensor(value)) continue;
      if (sameAxes(pattern, NO_AXES)) continue;
      const taken = value.type.list !== null ? "list" : "axis";
      if (lift[taken] === null) continue;
      const { parameter, argument } = this.lifted[0]!;
      const along = lift.axis === null ? null : lift.axis;
      elaboration.report(
        cannotLift,
        { block, parameter: parameter.name, axis: along?.name ?? "a list" },
        argument.span,
        {
          related: [
            at(span, "takes a Seq"),
            ...(along === null ? [] : [at(along.span, `\`${along.name}\` is declared here`)]),
          ],
        },
      );
      return null;
    }
    return lift;
  }

  /** A block that needs the length of a sequence, in its widths or its body, takes only lists for it. */
  private lengths(): boolean {
    const { signature, elaboration } = this;
    const { block } = signature;
    /** A list whose number of elements varies counts as a history. */
    const isHistory = ({ axis, list }: LeadingAxes) =>
      axis?.kind === "history" || list?.varying !== undefined;
    if (![...this.axes.values()].some(isHistory)) return true;
    const mentioned = new Set<string>();
    for (const { pattern } of signature.parameters)
      for (const dim of pattern?.kind === "tensor" ? dimsOf(pattern) : [])
        for (const variable of variablesOf(dim)) mentioned.add(variable);
    const { result } = signature;
    if (result?.kind === "tensor")
      for (const dim of shiftedAxes(result, this.axes) === undefined ? dimsOf(result) : [result.width])
        for (const variable of variablesOf(dim)) mentioned.add(variable);
    for (const { name } of referencesOfBody(block)) mentioned.add(name);
    for (const [name, axes] of this.axes) {
      if (!isHistory(axes) || !mentioned.has(name)) continue;
      const from = this.axisFrom.get(name)!;
      const [along, declared] =
        axes.axis === null
          ? [axes.list!.varying!.shown, axes.list!.varying!.span]
          : [axes.axis.name, axes.axis.span];
      elaboration.report(needsList, { operation: `\`${block.name.name}\``, history: along }, from.span, {
        related: [
          at(declared, `\`${along}\` is declared here`),
          at(block.name.span, `uses the length \`${name}\``),
        ],
      });
      return false;
    }
    return true;
  }
}

function article(type: string): string {
  return /^[AEIOU]/.test(type) ? `an ${type}` : `a ${type}`;
}

/** The help for a vector of several numbers where a sequence of single ones is expected. */
function listOfNumbers({ width }: VectorType, { value, span }: TensorArgument): Help | undefined {
  const given = constantOf(value.type.width);
  const isOfNumbers = constantOf(width) === 1 && given !== null && given > 1;
  return isOfNumbers ? wrongType.helps.splitNumbers(textOf(span), given) : undefined;
}
