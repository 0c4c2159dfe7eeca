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
  /** A block where it is declared; what is called, or stands after `|>`. */
  function: role("entity.name.function", "function"),
  /** A block's name at its declaration; a callee, or a name after `|>`. */
  parameter: role("variable.parameter", "parameter"),
  /** A parameter of a block or a lambda at its declaration; the name of an argument. */
  property: role("variable.other.property", "property"),
  /**
   * A member of a history after `.`, a field that belongs to the history itself, the column of a binding, the
   * key of a setting.
   */
  constant: role("variable.other.constant", "variable", "readonly"),
  /** `mean` of `pool: mean`, where a server knows it as a word of the language. */
  choice: role("variable.other.enummember", "enumMember", "defaultLibrary"),
  /** `mean` of `pool: mean`, if a server knows it as a word of the language. */
  plain: role("variable.other", "variable"),
} satisfies Readonly<Record<string, NameRole>>;

export type RoleName = keyof typeof nameRoles;
