// Writes the classes of a network: a `nn.Module` for each part that has weights or is large; everything else
// is written where it is used. All computation comes from the typed Graph; parts, names and locations in the
// spec only arrange it.

import { invariant } from "../../common/internal-error.ts";
import { fileAndLine, oneLine, type Span } from "../../common/source-file.ts";
import { lengthOf } from "../../middle/graph/derived-axes.ts";
import type { Node, NodeId } from "../../middle/graph/graph.ts";
import { expectOp, nameOfSource } from "../../middle/graph/narrow.ts";
import type { TensorType } from "../../middle/graph/types.ts";
import { isLookup } from "../../middle/ops/support/elements.ts";
import { clipped, describedIn } from "./docs.ts";
import { FunctionWriter } from "./function-writer.ts";
import { heldBy, isDictionary, isPlain, isPlainPart } from "./holders.ts";
import type { Imports } from "./imports.ts";
import { knownModules } from "./known-layers.ts";
import { PythonNames } from "./names.ts";
import {
  atom,
  call,
  className,
  identifier,
  laidOut,
  laidOutTuple,
  type Python,
  type PythonPiece,
  quoted,
  textOf,
} from "./python.ts";
import type { ModuleScope, ModuleTree } from "./scopes.ts";
import { untangle } from "./untangle.ts";

/** A signature does not list more results than this. */
const MANY = 8;

/** A written class: the inputs and outputs of its forward. */
interface Written {
  readonly name: string;
  readonly inputs: readonly NodeId[];
  readonly outputs: readonly NodeId[];
  /** Histories and axes whose steps it takes. */
  readonly axes: readonly string[];
  /** The parameter names of the inputs and of the axes' steps. */
  readonly names: readonly string[];
}

/** A unit that a class computes in one go: a node, or a part by its class or module. */
type Unit =
  | { readonly key: number; readonly node: Node; readonly scope: null }
  | { readonly key: number; readonly node: null; readonly scope: ModuleScope };

export interface NetworkText {
  /** The lines of each class; a class comes before its users. */
  readonly classes: readonly (readonly string[])[];
  /** Parameters of `Net.forward`: values, and the steps of histories. */
  readonly inputs: readonly { readonly id: NodeId; readonly name: string }[];
  readonly axes: readonly { readonly axis: string; readonly name: string }[];
}

export function writeNetwork(network: ModuleTree, imports: Imports): NetworkText {
  untangle(network);
  return new NetworkWriter(network, imports).write();
}

class NetworkWriter {
  private readonly network: ModuleTree;
  private readonly imports: Imports;
  private readonly classes: string[][] = [];
  private readonly written = new Map<ModuleScope, Written>();
  /** Names of classes, by their content without name and documentation. */
  private readonly known = new Map<string, string>();
  private readonly taken = new PythonNames(["Model", "Batch", "Outputs", "Lookup", "Tables", "TableSpec"]);

  constructor(network: ModuleTree, imports: Imports) {
    this.network = network;
    this.imports = imports;
    imports.line("from torch import Tensor, nn");
  }

  write(): NetworkText {
    // Inner classes first: the inputs of a class depend on the classes that it calls.
    const order: ModuleScope[] = [];
    for (const open = [this.network.root]; open.length > 0; ) {
      const next = open.pop()!;
      order.push(next);
      // A part that a module of the package computes has no class.
      if (next.form !== "call") open.push(...next.children);
    }
    for (const scope of order.reverse()) if (scope.form === "class") this.writeClass(scope);
    const { inputs, axes, names } = this.written.get(this.network.root)!;
    return {
      classes: this.classes,
      inputs: inputs.map((id, i) => ({ id, name: names[i]! })),
      axes: axes.map((axis, i) => ({ axis, name: names[inputs.length + i]! })),
    };
  }

  // ---- Classes

  private writeClass(scope: ModuleScope): void {
    const { network } = this;
    const isRoot = scope === network.root;
    const inputs = this.ordered(scope, network.inputsTo(scope));
    const outputs = network.outputsOf(scope);
    const names = new PythonNames();
    const axes: string[] = [];
    const stepsNames = new Map<string, string>();
    const steps = (axis: string): string => {
      const known = stepsNames.get(axis);
      if (known !== undefined) return known;
      const name = names.fresh(`${identifier(axis)}_steps`);
      stepsNames.set(axis, name);
      axes.push(axis);
      return name;
    };
    const isDense = (path: string) =>
      network.scopes.get(`${scope.path}.${path.slice("self.".length)}`)?.module?.name === "Dense";
    const writer = new FunctionWriter({ imports: this.imports, names, steps, isDense }, 8);
    const given = inputs.map((id) => {
      const name = names.fresh(this.givenName(scope, id));
      writer.define(id, network.node(id).type, atom(name));
      return name;
    });
    const units = this.unitsOf(scope);
    for (const unit of units) writer.expect(this.readsOf(unit));
    writer.expect(outputs);
    if (isRoot) this.writeOutputs(scope, units, writer);
    else {
      this.writeUnits(scope, units, writer, outputs.length === 1 ? outputs[0]! : null);
      const values = outputs.map((id) => this.value(scope, id, writer).piece);
      if (values.length === 1) writer.statement("return ", values[0]!);
      else writer.lines.push(...laidOutTuple("return ", values.map(textOf), 8));
    }
    const own = isRoot ? axes.filter((axis) => !axis.includes(" ")) : axes;
    const shifted = isRoot ? this.shiftedAxes(axes, own, stepsNames, names) : [];
    const held = heldBy(
      scope,
      this.imports,
      (child) => this.written.get(child)?.name ?? null,
      (child) => this.writeHolder(child),
    );
    const result = isRoot
      ? this.imports.from("batch", "Outputs")
      : outputs.length === 1
        ? "Tensor"
        : outputs.length > MANY
          ? "tuple[Tensor, ...]"
          : `tuple[${outputs.map(() => "Tensor").join(", ")}]`;
    const ofSteps = own.map((axis) => `${stepsNames.get(axis)!}: ${this.imports.from("ops", "Steps")}`);
    const parameters = ["self", ...given.map((name, i) => `${name}: ${this.hint(inputs[i]!)}`), ...ofSteps];
    const signature = laidOut(
      "def forward",
      { open: "(", items: parameters, close: ")" },
      4,
      ` -> ${result}:`,
    );
    const init = initLines(held.lines);
    const body = [
      ...held.annotations.map((line) => `    ${line}`),
      ...(held.annotations.length > 0 ? [""] : []),
      ...init,
      "",
      ...signature,
    ];
    const code = [...shifted, ...spaced(writer.lines)];
    const shapes = this.shapes(inputs, given, outputs, isRoot);
    const name = this.named(scope, [...body, ...code], () => describedIn(scope, network, shapes));
    const called = [...given, ...own.map((axis) => stepsNames.get(axis)!)];
    this.written.set(scope, { name, inputs, outputs, axes: own, names: called });
  }

  /** A class only for holding weights, such as those of a scan's cell. */
  private writeHolder(scope: ModuleScope): string {
    const held = heldBy(
      scope,
      this.imports,
      (child) => this.written.get(child)?.name ?? null,
      (child) => this.writeHolder(child),
    );
    const body = [
      ...held.annotations.map((line) => `    ${line}`),
      ...(held.annotations.length > 0 ? [""] : []),
      ...initLines(held.lines),
    ];
    return this.named(scope, body, () => describedIn(scope, this.network, null));
  }

  /** Writes a class, or returns an existing equal one. */
  private named(scope: ModuleScope, body: readonly string[], doc: () => readonly string[]): string {
    const wanted = scope === this.network.root ? "Net" : className(scope.part?.name ?? scope.name);
    const key = `${wanted}\n${body.join("\n")}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const name = this.className(wanted);
    this.known.set(key, name);
    this.classes.push([`class ${name}(nn.Module):`, ...doc(), "", ...body]);
    return name;
  }

  private className(wanted: string): string {
    // A module of the package may be imported later.
    const isOther = this.imports.has(wanted) || knownModules.has(wanted);
    return this.taken.fresh(isOther ? `${wanted}Part` : wanted).replace(/_(\d+)$/, "$1");
  }

  /** Axes derived from a history's, made at the top of `Net.forward`. */
  private shiftedAxes(
    axes: readonly string[],
    own: string[],
    stepsNames: Map<string, string>,
    names: PythonNames,
  ): string[] {
    return axes.flatMap((axis) => {
      if (own.includes(axis)) return [];
      const steps = lengthOf<Python>(axis, {
        history: (name) => {
          if (!own.includes(name)) {
            own.push(name);
            stepsNames.set(name, stepsNames.get(name) ?? names.fresh(`${identifier(name)}_steps`));
          }
          return atom(stepsNames.get(name)!);
        },
        sum: (parts, more) => {
          const all =
            parts.length === 1 ? parts[0]! : call(this.imports.from("ops", "joined_steps"), ...parts);
          return more === 0 ? all : call(this.imports.from("ops", "shifted"), all, String(more));
        },
        every: (of, count) => call(this.imports.from("ops", "every_steps"), of, String(count)),
        share: (of, part) =>
          call(this.imports.from("ops", "cropped_steps"), of, String(part), "self.training"),
      });
      return laidOut(`${stepsNames.get(axis)!} = `, steps.piece, 8);
    });
  }

  // ---- Forward

  private unitsOf(scope: ModuleScope): Unit[] {
    const units: Unit[] = [];
    for (const open = [scope]; open.length > 0; ) {
      const next = open.pop()!;
      for (const node of next.nodes) units.push({ key: node.id, node, scope: null });
      for (const child of next.children) {
        if (child.form === "flat") open.push(child);
        else units.push({ key: this.network.within(child).at(-1)!.id, node: null, scope: child });
      }
    }
    return units.sort((a, b) => a.key - b.key);
  }

  private takes({ node, scope }: Unit): readonly NodeId[] {
    if (node !== null) return this.network.inputsOf(node);
    return this.written.get(scope)?.inputs ?? this.network.inputsTo(scope);
  }

  private gives({ node, scope }: Unit): readonly NodeId[] {
    return node === null ? this.network.outputsOf(scope) : [node.id];
  }

  /**
   * A scan reads its weights in each step. Values that do not change from step to step are assigned to a name
   * first.
   */
  private readsOf(unit: Unit): readonly NodeId[] {
    const takes = this.takes(unit);
    if (unit.node?.op !== "scan") return takes;
    return [...takes, ...takes.slice(1).filter((id) => this.network.node(id).type.rows.kind === "once")];
  }

  private writeOutputs(scope: ModuleScope, units: readonly Unit[], writer: FunctionWriter): void {
    const { logits, losses } = this.network;
    const first = this.neededBy(
      units,
      logits.map(([, id]) => id),
    );
    this.writeUnits(
      scope,
      units.filter((unit) => first.has(unit)),
      writer,
      null,
    );
    const dictionary = (of: readonly (readonly [string, NodeId])[]): PythonPiece => ({
      ...{ open: "{", close: "}" },
      items: of.map(([name, id]) => `${quoted(name)}: ${textOf(this.value(scope, id, writer).piece)}`),
    });
    const outputsOf = (auxiliary: PythonPiece) => call("Outputs", dictionary(logits), auxiliary).piece;
    if (losses.length === 0) {
      writer.statement("return ", outputsOf("{}"));
      return;
    }
    writer.lines.push("        if not self.training:");
    writer.lines.push(...laidOut("return ", outputsOf("{}"), 12));
    this.writeUnits(
      scope,
      units.filter((unit) => !first.has(unit)),
      writer,
      null,
    );
    writer.statement("return ", outputsOf(dictionary(losses)));
  }

  private neededBy(units: readonly Unit[], results: readonly NodeId[]): Set<Unit> {
    const wanted = new Set(results);
    const needed = new Set<Unit>();
    for (const unit of units.toReversed())
      if (this.gives(unit).some((id) => wanted.has(id))) {
        needed.add(unit);
        for (const id of this.takes(unit)) wanted.add(id);
      }
    return needed;
  }

  /** `last` is the result of the function, which needs no name. */
  private writeUnits(
    scope: ModuleScope,
    units: readonly Unit[],
    writer: FunctionWriter,
    last: NodeId | null,
  ): void {
    let said = scope.part === null ? "" : fileAndLine(scope.part.span);
    for (const unit of units) {
      for (const id of this.takes(unit)) this.value(scope, id, writer);
      const before = writer.lines.length;
      if (unit.node !== null) this.writeNode(unit.node, writer, last);
      else this.writeCall(scope, unit.scope, writer, last);
      if (writer.lines.length === before) continue;
      const span = unit.node === null ? unit.scope.part?.span : unit.node.origin;
      const place = span == null ? "" : fileAndLine(span);
      if (place === "" || place === said) continue;
      said = place;
      writer.lines.splice(writer.lines[before] === "" ? before + 1 : before, 0, comment(span!, place));
    }
  }

  /** A value that an expression may read: weights and constants are inlined. */
  private value(scope: ModuleScope, id: NodeId, writer: FunctionWriter): Python {
    if (writer.has(id)) return writer.operand(id);
    const node = this.network.node(id);
    const parameter = this.network.parameterOf(id);
    if (parameter !== null) writer.define(id, node.type, this.attribute(scope, parameter));
    else {
      invariant(this.network.isConstant(id), `${node.op} ${id} is read before it is computed`);
      for (const input of node.inputs) this.value(scope, input, writer);
      writer.compute(node, null, "short");
    }
    return writer.operand(id);
  }

  private writeNode(node: Node, writer: FunctionWriter, last: NodeId | null): void {
    const wanted = node.id === last ? null : (this.network.parts.nameOf(node.id) ?? null);
    const inputs = this.network.inputsOf(node);
    const inline = node.id === last ? "always" : "short";
    if (node.op === "lookup") {
      const order = expectOp(this.network.node(node.inputs[1]!), "input");
      const { role } = order.attributes;
      invariant(
        role.kind === "permutation" || role.kind === "batch",
        "values of the network are read in an order, or at rows of the batch",
      );
      const from = (name: string) => this.imports.from("ops", name);
      const [x, ...rows] = inputs.map((id) => writer.operand(id));
      const read =
        role.kind === "batch"
          ? call(from("along"), x!, ...rows)
          : role.share === undefined || node.type.rows.kind !== "steps"
            ? call(from("shuffled"), x!, quoted(role.of))
            : call(from("reordered"), x!, writer.steps(node.type.rows.history), String(role.share));
      writer.called(node.id, node.type, inputs, read, wanted, inline);
      return;
    }
    const given = this.network.ofStep(node);
    if (given === null) {
      writer.compute({ ...node, inputs }, wanted, inline);
      return;
    }
    const read =
      given.kind === "random"
        ? call(
            this.imports.from("ops", "drawn"),
            writer.operand(inputs[0]!),
            quoted(given.distribution),
            writer.training,
          )
        : call(this.imports.from("ops", "progress"), writer.training);
    writer.called(node.id, node.type, inputs, read, wanted, inline);
  }

  private writeCall(
    scope: ModuleScope,
    child: ModuleScope,
    writer: FunctionWriter,
    last: NodeId | null,
  ): void {
    const unit: Unit = { key: 0, node: null, scope: child };
    const takes = this.takes(unit);
    const gives = this.gives(unit);
    const axes = this.written.get(child)?.axes ?? child.module?.axes ?? [];
    const args = [...takes.map((id) => writer.operand(id).piece), ...axes.map((axis) => writer.steps(axis))];
    const made = call(this.pathTo(scope, child), ...args);
    if (gives.length !== 1) {
      const values = gives.map((id) => ({
        id,
        type: this.network.node(id).type,
        name: this.resultName(child, id) ?? "x",
      }));
      writer.calledForAll(values, takes, made.piece);
      return;
    }
    const [id] = gives as [NodeId];
    const wanted = id === last ? null : this.resultName(child, id);
    writer.called(id, this.network.node(id).type, takes, made, wanted, id === last ? "always" : "short");
  }

  /**
   * The name of the value in the spec; else the name of its class; for an input of a scan, that of the scan's
   * statement.
   */
  private resultName(child: ModuleScope, id: NodeId): string | null {
    const own = this.network.parts.nameOf(id) ?? (child.form === "class" ? child.name : null);
    if (own !== null) return own;
    const forScan = this.network.usersOf(id).some(({ op }) => op === "scan");
    return forScan ? (child.parent?.part?.kind === "statement" ? child.parent.name : child.name) : null;
  }

  // ---- PythonNames

  /** `self.mlp.dense_1`; parts whose names cannot be attributes are looked up. */
  private pathTo(from: ModuleScope, to: ModuleScope): string {
    const segments = to.path.slice(from.path.length + 1).split(".");
    let isPlainPath = true;
    for (let at = to; at !== from; at = at.parent!) isPlainPath &&= isPlainPart(at);
    if (isPlainPath) return `self.${segments.join(".")}`;
    return `${this.imports.from("ops", "part")}(self, ${quoted(segments.join("."))})`;
  }

  private attribute(from: ModuleScope, parameter: string): Python {
    const { scope: owner, own: name } = this.network.ownerOf(parameter);
    if (!isPlain(owner, name)) {
      const inside = parameter.slice(from.path.length + 1);
      return atom(`${this.imports.from("ops", "weight")}(self, ${quoted(inside)})`);
    }
    if (owner === from) return atom(`self.${name}`);
    const path = this.pathTo(from, owner);
    return atom(isDictionary(owner) ? `${path}[${quoted(name)}]` : `${path}.${name}`);
  }

  /** The block's name for its input; else the name in the spec, or that of the feature. */
  private givenName(scope: ModuleScope, id: NodeId): string {
    for (const [name, given] of scope.part?.given ?? []) if (given === id) return name;
    return this.network.parts.nameOf(id) ?? sourceName(this.network, id) ?? "x";
  }

  /** The arguments of a block in its order, then the others. */
  private ordered(scope: ModuleScope, inputs: readonly NodeId[]): NodeId[] {
    const given = [...(scope.part?.given.values() ?? [])];
    const rank = (id: NodeId) => (given.includes(id) ? given.indexOf(id) : given.length + id);
    return [...inputs].sort((a, b) => rank(a) - rank(b));
  }

  private hint(id: NodeId): string {
    const { op, attributes } = this.network.node(id);
    const isOwner = op === "input" && attributes.role.kind === "owner";
    return isOwner ? this.imports.from("ops", "Steps") : "Tensor";
  }

  private shapes(
    inputs: readonly NodeId[],
    names: readonly string[],
    outputs: readonly NodeId[],
    isRoot: boolean,
  ) {
    const shape = (id: NodeId) => shapeText(this.network.node(id).type);
    return {
      inputs: inputs.flatMap((id, i) => (this.hint(id) === "Tensor" ? [`${names[i]!} ${shape(id)}`] : [])),
      outputs: isRoot ? [] : outputs.map(shape),
    };
  }
}

/** `[rows, 16]`, `[steps of clicks, 16]`. */
export function shapeText({ rows, dims }: TensorType): string {
  if (rows.kind === "table") return `[rows of ${rows.table}, ${dims.join(", ")}]`;
  const first = rows.kind === "each" ? ["rows"] : rows.kind === "steps" ? [`steps of ${rows.history}`] : [];
  return `[${[...first, ...dims].join(", ")}]`;
}

/** An input has the name of its feature, and also of its table if that differs. */
export function sourceName(network: ModuleTree, id: NodeId): string | null {
  const node = network.node(id);
  if (node.op === "input") {
    const { role, name } = node.attributes;
    return role.kind === "owner" ? `${identifier(role.of)}_values` : identifier(name);
  }
  const parameter = network.parameterOf(id);
  if (parameter !== null) return identifier(parameter.slice(parameter.indexOf(".") + 1));
  if (node.op === "table") return identifier(`all_${nameOfSource(node).replaceAll(".", "_")}`);
  if (!isLookup(node.op)) return null;
  const [table, ids] = node.inputs.map((input) => network.node(input)) as [Node, Node];
  if (table.op !== "table") return null;
  const [, ...use] = nameOfSource(table).split(".");
  const own = nameOfSource(ids);
  const isField = nameOfSource(table).startsWith(`${own.split(".")[0]!}.`) && own.includes(".");
  const suffix = isField ? use.slice(1) : use;
  return identifier([own, ...suffix].join("_"));
}

/** The location in the spec, with its text. */
function comment(span: Span, place: string): string {
  return `        # ${place}: ${clipped(oneLine(span), 90)}`;
}

function initLines(held: readonly string[]): string[] {
  return ["    def __init__(self) -> None:", "        super().__init__()", ...held];
}

/** Single blank lines around inner functions, and none at the edges. */
function spaced(lines: readonly string[]): string[] {
  return lines.filter((line, i) => line !== "" || (i > 0 && lines[i - 1] !== ""));
}
