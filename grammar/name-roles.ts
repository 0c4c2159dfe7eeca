// The role of a name by its position, and its colour in editors: the TextMate scope before a language server runs, and the
// semantic token of a server that knows only the grammar. Both give the same colour in a theme, by VS Code's mapping.

export type SemanticType =
  | "class"
  | "enumMember"
  | "type"
  | "typeParameter"
  | "function"
  | "parameter"
  | "property"
  | "variable";

export type SemanticModifier = "declaration" | "defaultLibrary" | "readonly" | "documentation";

export interface NameRole {
  /** Without the suffix `.din`. */
  readonly scope: string;
  readonly semantic: SemanticType;
  readonly modifiers: readonly SemanticModifier[];
}

function role(scope: string, semantic: SemanticType, ...modifiers: SemanticModifier[]): NameRole {
  return { scope, semantic, modifiers };
}

export const nameRoles = {
  /** `model din`, `variant wide from din` */
  model: role("entity.name.type.class", "class"),
  /** `user` of `features user` */
  scope: role("variable.other.enummember", "enumMember", "defaultLibrary"),
  /** `id` of `item_id : id`, `binary` of `label click : binary` */
  kind: role("support.type", "type", "defaultLibrary"),
  /** `Vec` of `x: Vec[d]` */
  type: role("support.type", "type", "defaultLibrary"),
  /** `d` of `x: Vec[d]` */
  dimension: role("entity.name.type.parameter", "typeParameter"),
  /** A block's name at its declaration; a callee, or a name after `|>`. */
  function: role("entity.name.function", "function"),
  /** A parameter of a block or a lambda at its declaration; the name of an argument. */
  parameter: role("variable.parameter", "parameter"),
  /**
   * A member of a history after `.`, a field that belongs to the history itself, the column of a binding, the
   * key of a setting.
   */
  property: role("variable.other.property", "property"),
  /** `units` of `param units = 80` */
  constant: role("variable.other.constant", "variable", "readonly"),
  /** `mean` of `pool: mean`, if a server knows it as a word of the language. */
  choice: role("variable.other.enummember", "enumMember", "defaultLibrary"),
  /** Every other name: its position doesn't determine a role. */
  plain: role("variable.other", "variable"),
} satisfies Readonly<Record<string, NameRole>>;

export type RoleName = keyof typeof nameRoles;

/** The role of a name by its position, and whether it is declared there. */
export interface NamePosition {
  readonly role: RoleName;
  readonly declares: boolean;
}

const declared = (role: RoleName): NamePosition => ({ role, declares: true });
const used = (role: RoleName): NamePosition => ({ role, declares: false });

/**
 * The names that a parser's rule reads itself, in their order; the last entry applies to all further ones. A
 * rule that isn't here takes plain names. The readers of this table know what else the position of a name in
 * a binding or in an operand means.
 */
export const namePositions: Readonly<Record<string, readonly NamePosition[]>> = {
  model: [declared("model")],
  variant: [declared("model"), used("model")],
  features: [used("scope"), declared("plain")],
  declaration: [declared("plain")],
  history: [declared("plain")],
  label: [declared("plain")],
  let: [declared("plain")],
  names: [declared("plain")],
  kind: [used("kind")],
  labelKind: [used("kind")],
  type: [used("type")],
  transform: [used("function")],
  stage: [used("function")],
  /** A field of its own has one name, which is a property. */
  binding: [used("plain"), used("property")],
  block: [declared("function")],
  layer: [declared("function")],
  parameter: [declared("parameter")],
  lambda: [declared("parameter")],
  argument: [used("parameter")],
  param: [declared("constant")],
  setting: [used("property")],
  range: [used("property")],
  /** The first is a function if it is called; the others follow a dot. */
  operand: [used("plain"), used("property")],
};
