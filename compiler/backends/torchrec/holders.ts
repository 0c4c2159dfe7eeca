// Writes the `__init__` of a class: parameters, statistics, modules. They are nested and named like the paths
// of dinc's parameters, so that a state dict has dinc's names.

import { InternalError } from "../../common/internal-error.ts";
import type { Parameter } from "../../middle/graph/graph.ts";
import type { Imports } from "./imports.ts";
import { ROWS_SUFFIX } from "./lowerings/rows.ts";
import {
  type Bracketed,
  call,
  dictionaryMembers,
  float,
  isAttribute,
  laidOut,
  quoted,
  tuple,
} from "./python.ts";
import type { ModuleScope } from "./scopes.ts";

/** Writes a class that only holds the content of a scope, and returns its name. */
export type WriteHolder = (scope: ModuleScope) => string;

export interface HolderBody {
  /** Annotations of tensor attributes: `mean: Tensor`. */
  readonly annotations: readonly string[];
  readonly lines: readonly string[];
}

/** The statements that make the members of a class. `classOf` gives the classes of its parts. */
export function heldBy(
  scope: ModuleScope,
  imports: Imports,
  classOf: (scope: ModuleScope) => string | null,
  holder: WriteHolder,
): HolderBody {
  const annotations: string[] = [];
  const lines: string[] = [];
  for (const [name, parameter] of scope.parameters) {
    if (parameter.role === "statistic") {
      annotations.push(`${name}: Tensor`);
      lines.push(
        ...laidOut(
          "",
          { open: "self.register_buffer(", items: [quoted(name), initial(parameter, imports)], close: ")" },
          8,
        ),
      );
      const values = scope.followed.get(name);
      if (values === undefined) continue;
      const rows = `${name}${ROWS_SUFFIX}`;
      annotations.push(`${rows}: Tensor`);
      const items = [quoted(rows), `torch.zeros(${values})`, "persistent=False"];
      lines.push(...laidOut("", { open: "self.register_buffer(", items, close: ")" }, 8));
    } else lines.push(...heldAs(isPlain(scope, name), name, weight(parameter, imports), imports));
  }
  for (const child of scope.children) {
    const made = childModule(child, imports, classOf, holder);
    if (made === null) continue;
    lines.push(...heldAs(isPlainPart(child), child.name, made, imports));
  }
  return { annotations, lines };
}

function heldAs(isPlainName: boolean, name: string, made: Bracketed, imports: Imports): string[] {
  if (isPlainName) return laidOut(`self.${name} = `, made, 8);
  return laidOut("", call(imports.from("ops", "hold"), "self", quoted(name), made).piece, 8);
}

/** Tells whether a part can be an attribute of its parent. */
export function isPlainPart({ name, parent }: ModuleScope): boolean {
  return isAttribute(name) && parent?.parameters.has(name) !== true;
}

/**
 * Tells whether a weight can be an attribute: neither a member of a module nor a sibling part may have its
 * name.
 */
export function isPlain({ children }: ModuleScope, name: string): boolean {
  return isAttribute(name) && !children.some((child) => child.name === name && holdsAnything(child));
}

/** A module, a class, or weights by name; null if there is nothing to hold. */
function childModule(
  child: ModuleScope,
  imports: Imports,
  classOf: (scope: ModuleScope) => string | null,
  holder: WriteHolder,
) {
  if (child.module !== null) {
    const { file, name, args } = child.module;
    return { open: `${imports.from(file, name)}(`, items: args.map(String), close: ")" };
  }
  const own = classOf(child);
  if (own !== null) return { open: `${own}(`, items: [], close: ")" };
  if (!holdsAnything(child)) return null;
  if (isDictionary(child)) {
    const items = [...child.parameters].map(([name, parameter]) => {
      const { open, ...rest } = weight(parameter, imports);
      return { open: `${quoted(name)}: ${open}`, ...rest };
    });
    return { open: "nn.ParameterDict(", items: [{ open: "{", items, close: "}" }], close: ")" };
  }
  return { open: `${holder(child)}(`, items: [], close: ")" };
}

export function holdsAnything(scope: ModuleScope): boolean {
  return (
    scope.parameters.size > 0 ||
    scope.module !== null ||
    scope.form === "class" ||
    scope.children.some(holdsAnything)
  );
}

/** Tells whether a scope's weights are in a dictionary of parameters. */
export function isDictionary(scope: ModuleScope): boolean {
  const weights = [...scope.parameters];
  const areKeys = weights.every(
    ([name, { role }]) => role === "weight" && isPlain(scope, name) && !dictionaryMembers.has(name),
  );
  const isAlone = scope.module === null && scope.form !== "class" && !scope.children.some(holdsAnything);
  return isAlone && areKeys && weights.length > 0;
}

function weight(parameter: Parameter, imports: Imports) {
  return { open: "nn.Parameter(", items: [initial(parameter, imports)], close: ")" };
}

function initial({ dims, init }: Parameter, imports: Imports): string {
  const sizes = dims.join(", ");
  switch (init.kind) {
    case "label":
      throw new InternalError("`requireSupported` rejects numbers that are learned from labels");
    case "zeros":
      return `torch.zeros(${sizes})`;
    case "constant":
      return init.value === 1 ? `torch.ones(${sizes})` : `torch.full(${tuple(dims)}, ${float(init.value)})`;
    case "normal":
      return `${float(init.deviation)} * torch.randn(${sizes})`;
    case "uniform":
      return `${float(init.limit)} * (2 * torch.rand(${sizes}) - 1)`;
    case "glorot_normal":
      imports.line("import math");
      return `math.sqrt(2 / (${init.fanIn} + ${init.fanOut})) * torch.randn(${sizes})`;
  }
}
