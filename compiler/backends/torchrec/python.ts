// Builds Python text: expressions with their precedence, and lines in ruff's layout, so that ruff changes
// nothing.

/** The longest line; runtime/torchrec/ruff.toml has it too. */
export const LINE = 120;

/** The precedence of an expression. An expression is put in brackets if a higher precedence is needed. */
export const binding = { condition: 0, sum: 1, product: 2, sign: 3, atom: 4 } as const;
export type Precedence = (typeof binding)[keyof typeof binding];

/** Text between brackets, which may be split over several lines. */
export interface Bracketed {
  readonly open: string;
  readonly items: readonly PythonPiece[];
  readonly close: string;
  /** A tuple of one has a trailing comma. */
  readonly isTuple?: true;
}

export type PythonPiece = string | Bracketed;

export interface Python {
  readonly piece: PythonPiece;
  readonly binds: Precedence;
}

export function textOf(piece: PythonPiece): string {
  if (typeof piece === "string") return piece;
  const comma = piece.isTuple === true && piece.items.length === 1 ? "," : "";
  return `${piece.open}${piece.items.map(textOf).join(", ")}${comma}${piece.close}`;
}

export function atom(text: string): Python {
  return { piece: text, binds: binding.atom };
}

export function call(name: string, ...items: readonly (PythonPiece | Python)[]): Python {
  return { piece: { open: `${name}(`, items: items.map(pieceOf), close: ")" }, binds: binding.atom };
}

/** `x.method(…)`. */
export function method(x: Python, name: string, ...items: readonly PythonPiece[]): Python {
  const inner = within(x, binding.atom);
  return items.length === 0 ? atom(`${inner}.${name}()`) : call(`${inner}.${name}`, ...items);
}

export function list(...items: readonly (PythonPiece | Python)[]): Bracketed {
  return { open: "[", items: items.map(pieceOf), close: "]" };
}

/**
 * `x + y`. The right operand needs a higher precedence, so that differences and quotients keep their order.
 */
export function infix(x: Python, sign: string, y: Python, binds: Precedence): Python {
  const right = Math.min(binds + 1, binding.atom) as Precedence;
  return { piece: `${within(x, binds)} ${sign} ${within(y, right)}`, binds };
}

/** The text, in brackets if its precedence is lower than `least`. */
export function within({ piece, binds }: Python, least: Precedence): string {
  const text = textOf(piece);
  return binds < least ? `(${text})` : text;
}

function pieceOf(item: PythonPiece | Python): PythonPiece {
  return typeof item === "object" && "piece" in item ? item.piece : item;
}

/** A float in Python's notation: `0.5`, `1.0`, `1e-08`. */
export function float(value: number): string {
  const text = String(value);
  if (/^-?\d+$/.test(text)) return `${text}.0`;
  return text.replace(/e([+-])(\d)$/, "e$10$2").replace("e+", "e");
}

/** `(a,)`, `(a, b)`, after `before`. */
export function tupleOf(items: readonly (PythonPiece | Python)[], before = ""): Bracketed {
  return { open: `${before}(`, items: items.map(pieceOf), close: ")", isTuple: true };
}

/** `(3,)`, `(3, 4)`. */
export function tuple(dims: readonly (number | string)[]): string {
  return dims.length === 1 ? `(${dims[0]},)` : `(${dims.join(", ")})`;
}

/** A Python text in quotes. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(/\\u([0-9a-f]{4})/g, "\\u$1");
}

/** `before` and the piece after it, indented: on one line if it fits, else each item on its own line. */
export function laidOut(before: string, piece: PythonPiece, indent: number, after = ""): string[] {
  const space = " ".repeat(indent);
  const line = `${space}${before}${textOf(piece)}${after}`;
  if (typeof piece === "string" || line.length <= LINE || piece.items.length === 0) return [line];
  return bracketed(before, piece, indent, after);
}

function bracketed(before: string, piece: Bracketed, indent: number, after = ""): string[] {
  const space = " ".repeat(indent);
  return [
    `${space}${before}${piece.open}`,
    ...piece.items.flatMap((item) => laidOut("", item, indent + 4, ",")),
    `${space}${piece.close}${after}`,
  ];
}

/** `a, b`; if that line is too long, in brackets with each item on its own line. */
export function laidOutTuple(before: string, items: readonly string[], indent: number): string[] {
  const line = `${" ".repeat(indent)}${before}${items.join(", ")}`;
  return line.length <= LINE ? [line] : bracketed(before, { open: "(", items, close: ")" }, indent);
}

/** `a, b = f(x)`; in brackets if the names and the function are too long for a line. */
export function unpacked(names: readonly string[], piece: PythonPiece, indent: number): string[] {
  const before = `${names.join(", ")} = `;
  const head = typeof piece === "string" ? piece : piece.open;
  if (indent + before.length + head.length <= LINE) return laidOut(before, piece, indent);
  const targets = bracketed("", { open: "(", items: names, close: ")" }, indent);
  return [...targets.slice(0, -1), ...laidOut(`${targets.at(-1)!.trimStart()} = `, piece, indent)];
}

const keywords = new Set(
  "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield".split(
    " ",
  ),
);

/**
 * The members of every `nn.Module`, except those beginning with two `_`; a test compares them with PyTorch's.
 */
export const moduleMembers: ReadonlySet<string> = new Set(
  [
    "T_destination _apply _backward_hooks _backward_pre_hooks _buffers _call_impl _compiled_call_impl _forward_hooks",
    "_forward_hooks_always_called _forward_hooks_with_kwargs _forward_pre_hooks _forward_pre_hooks_with_kwargs",
    "_get_backward_hooks _get_backward_pre_hooks _get_name _is_full_backward_hook _load_from_state_dict",
    "_load_state_dict_post_hooks _load_state_dict_pre_hooks _maybe_warn_non_full_backward_hook _modules _named_members",
    "_non_persistent_buffers_set _parameters _register_load_state_dict_pre_hook _register_state_dict_hook",
    "_replicate_for_data_parallel _save_to_state_dict _slow_forward _state_dict_hooks _state_dict_pre_hooks _version",
    "_wrapped_call_impl add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches eval",
    "extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict modules mtia",
    "named_buffers named_children named_modules named_parameters parameters register_backward_hook register_buffer",
    "register_forward_hook register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook",
    "register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module register_parameter",
    "register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory",
    "state_dict to to_empty train training type xpu zero_grad",
  ].flatMap((line) => line.split(" ")),
);

/** The additional members of an `nn.ParameterDict`. */
export const dictionaryMembers: ReadonlySet<string> = new Set(
  "_key_to_attr _keys clear copy fromkeys get items keys pop popitem setdefault update values".split(" "),
);

/**
 * Tells whether a module can have an attribute of that name. Python would add the class's name to one that
 * begins with two `_`.
 */
export function isAttribute(name: string): boolean {
  return !keywords.has(name) && !name.startsWith("__") && !moduleMembers.has(name);
}

/** A Python name made from any text. */
export function identifier(text: string): string {
  const name = text
    .replace(/ \+ /g, "_plus_")
    .replace(/ - /g, "_minus_")
    .replace(/ \/ /g, "_every_")
    .replace(/[^A-Za-z0-9_]/g, "_");
  const whole = /^[0-9]/.test(name) || name === "" ? `_${name}` : name;
  return keywords.has(whole) ? `${whole}_` : whole;
}

/** `activation_unit` as `ActivationUnit`. */
export function className(name: string): string {
  const parts = identifier(name)
    .split("_")
    .filter((part) => part !== "");
  return parts.map((part) => part[0]!.toUpperCase() + part.slice(1)).join("") || "Part";
}
