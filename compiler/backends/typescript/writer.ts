// Prints a tree of declarations as TypeScript or as JavaScript. Types are in separate fields, or inside code
// marked by `typed`, so that JavaScript can omit them.

import { unreachable } from "../../common/internal-error.ts";
import { inForm, type NameForm, typedFrom, typedTo } from "../../common/quoting.ts";
import { brokenLine, LINE_WIDTH, wrappedWords } from "./line-breaks.ts";

/** Lines of code without indentation. A text may have several. */
export type Code = readonly string[];

export interface CodeParameter {
  readonly name: string;
  readonly type: string;
  readonly isOptional?: boolean;
}

export interface Property {
  readonly name: string;
  readonly doc?: string;
  /** Omitted if `value` shows it. */
  readonly type?: string;
  readonly isReadonly?: boolean;
  readonly isPrivate?: boolean;
  readonly isOptional?: boolean;
  readonly value?: string;
}

export interface Constructor {
  readonly doc?: string;
  readonly parameters: readonly CodeParameter[];
  readonly code: Code;
}

export interface Method extends Constructor {
  readonly name: string;
  readonly returns: string;
  readonly isGetter?: boolean;
}

interface Named {
  readonly name: string;
  readonly doc?: string;
  readonly isExported?: boolean;
}

export interface InterfaceDeclaration extends Named {
  readonly kind: "interface";
  readonly extends?: string;
  readonly properties: readonly Property[];
}

export interface TypeDeclaration extends Named {
  readonly kind: "type";
  readonly type: string;
}

export interface ConstantDeclaration extends Named {
  readonly kind: "constant";
  readonly type?: string;
  readonly value: string;
}

export interface FunctionDeclaration extends Named, Method {
  readonly kind: "function";
  readonly isAsync?: boolean;
}

export interface ClassDeclaration extends Named {
  readonly kind: "class";
  readonly extends?: string;
  readonly properties: readonly Property[];
  readonly constructs?: Constructor;
  readonly methods: readonly Method[];
}

/** A declaration as text. A type has no JavaScript. */
export interface BundledDeclaration extends Named {
  readonly kind: "carried";
  readonly typescript: string;
  readonly javascript: string;
  /** The other declarations of the library that it refers to. */
  readonly uses: readonly string[];
}

export type Declaration =
  | InterfaceDeclaration
  | TypeDeclaration
  | ConstantDeclaration
  | FunctionDeclaration
  | ClassDeclaration
  | BundledDeclaration;

export interface Form {
  readonly language: "typescript" | "javascript";
  /** JavaScript has none in any form. */
  readonly comments: boolean;
  /** Whether lines inside brackets are indented. */
  readonly nested: boolean;
  /** Whether values have the names of the spec, or short ones. */
  readonly names: NameForm;
  /** The most columns of a line; null for no limit. */
  readonly width: number | null;
}

export const typescript: Form = {
  ...{ language: "typescript", comments: true, nested: true },
  ...{ names: "documented", width: LINE_WIDTH },
};
/** The same for every layout and every name of a value. */
export const plainTypescript: Form = { ...typescript, nested: false, names: "short", width: null };
export const javascript: Form = {
  ...{ language: "javascript", comments: false, nested: true },
  ...{ names: "short", width: null },
};

const marks = new RegExp(`[${typedFrom}${typedTo}]`, "g");
const markedCode = new RegExp(`${typedFrom}[^${typedTo}]*${typedTo}`, "g");

/** Code in one form. */
export function codeIn(code: string, { language, names }: Form): string {
  return inForm(code, names).replace(language === "typescript" ? marks : markedCode, "");
}

/** Prints declarations without a final line break. */
export function written(declarations: readonly Declaration[], form: Form): string {
  let text = "";
  let previous: Declaration | null = null;
  for (const declaration of declarations) {
    const own = declarationText(declaration, form);
    if (own === "") continue;
    text += previous === null ? own : `${gap(previous, declaration, form)}${own}`;
    previous = declaration;
  }
  return text;
}

/** The line breaks between two declarations. */
function gap(before: Declaration, after: Declaration, { language }: Form): string {
  if (language === "javascript") return "\n";
  if (after.kind === "carried") return "\n\n";
  return hasBraces(before) || hasBraces(after) ? "\n\n" : "\n";
}

function hasBraces({ kind }: Declaration): boolean {
  return kind === "interface" || kind === "function" || kind === "class";
}

/** Lines that import names from a file, or export names: those of the file, or the module's own. */
export function importOf(
  keyword: "import" | "export",
  names: readonly string[],
  from: string | null,
): string[] {
  const source = from === null ? "" : ` from "${from}"`;
  return block([`${keyword} { ${names.join(", ")} }${source};`], "", typescript);
}

/** Empty for a type in JavaScript. */
function declarationText(declaration: Declaration, form: Form): string {
  if (declaration.kind === "carried")
    return form.language === "typescript" ? declaration.typescript : declaration.javascript;
  const lines = linesOf(declaration, form);
  return lines.length === 0 ? "" : [...docLines(declaration, "", form), ...lines].join("\n");
}

function linesOf(declaration: Exclude<Declaration, BundledDeclaration>, form: Form): readonly string[] {
  const { name } = declaration;
  const isTypescript = form.language === "typescript";
  const modifier = declaration.isExported === true ? "export " : "";
  switch (declaration.kind) {
    case "interface": {
      if (!isTypescript) return [];
      const parent = declaration.extends === undefined ? "" : ` extends ${declaration.extends}`;
      if (declaration.properties.length === 0) return [`${modifier}interface ${name}${parent} {}`];
      return [`${modifier}interface ${name}${parent} {`, ...properties(declaration.properties, form), "}"];
    }
    case "type":
      return isTypescript ? block([`${modifier}type ${name} = ${declaration.type};`], "", form) : [];
    case "constant":
      return block(
        [`${modifier}const ${name}${annotation(declaration.type, form)} = ${declaration.value};`],
        "",
        form,
      );
    case "function": {
      const async = declaration.isAsync === true ? "async " : "";
      return callable(`${modifier}${async}function ${name}`, declaration, "", form);
    }
    case "class": {
      const { constructs, methods } = declaration;
      const parts = [
        ...(declaration.properties.length === 0 ? [] : [properties(declaration.properties, form)]),
        ...(constructs === undefined ? [] : [member("constructor", constructs, form)]),
        ...methods.map((method) =>
          member(`${method.isGetter === true ? "get " : ""}${method.name}`, method, form),
        ),
      ];
      const between = isTypescript ? [""] : [];
      const lines = parts.flatMap((part, i) => (i === 0 ? part : [...between, ...part]));
      const base = declaration.extends === undefined ? "" : ` extends ${declaration.extends}`;
      return [`${modifier}class ${name}${base} {`, ...lines, "}"];
    }
    default:
      return unreachable(declaration, "declaration");
  }
}

/** Indents a line. */
const unit = "  ";

function docLines({ doc }: { readonly doc?: string }, indent: string, form: Form): string[] {
  if (doc === undefined || !form.comments) return [];
  const text = codeIn(doc, form);
  const { width } = form;
  const isShort = width === null || `${indent}/** ${text} */`.length <= width;
  if (isShort && !text.includes("\n")) return [`${indent}/** ${text} */`];
  const lines = text.split("\n").flatMap((line) => wrappedWords(line, width, `${indent} * `.length));
  return [
    `${indent}/**`,
    ...lines.map((line) => (line === "" ? `${indent} *` : `${indent} * ${line}`)),
    `${indent} */`,
  ];
}

function annotation(type: string | undefined, { language }: Form): string {
  return type === undefined || language === "javascript" ? "" : `: ${type}`;
}

/** The properties of an interface or a class. */
function properties(all: readonly Property[], form: Form): string[] {
  return all.flatMap((property) => {
    const { name, type, isReadonly, isPrivate, isOptional, value } = property;
    const modifiers =
      form.language === "javascript"
        ? ""
        : `${isPrivate === true ? "private " : ""}${isReadonly === true ? "readonly " : ""}`;
    const mark = isOptional === true ? "?" : "";
    const initial = value === undefined ? "" : ` = ${value}`;
    return [
      ...docLines(property, unit, form),
      ...block([`${modifiers}${name}${mark}${annotation(type, form)}${initial};`], unit, form),
    ];
  });
}

function member(head: string, of: Constructor | Method, form: Form): string[] {
  return [...docLines(of, unit, form), ...callable(head, of, unit, form)];
}

/** Parameters that the code does not use are named `_name`, so that strict compilers accept them. */
function callable(head: string, of: Constructor | Method, indent: string, form: Form): string[] {
  const mentioned = mentionedIn(of.code.map((line) => codeIn(line, plainTypescript)).join("\n"));
  const parameters = of.parameters.map(({ name, type, isOptional }) => {
    const own = mentioned.has(name) ? name : `_${name}`;
    return form.language === "javascript" ? own : `${own}${isOptional === true ? "?" : ""}: ${type}`;
  });
  const returns = "returns" in of ? annotation(of.returns, form) : "";
  return [
    ...block([`${head}(${parameters.join(", ")})${returns} {`], indent, form),
    ...block(of.code, `${indent}${unit}`, form),
    `${indent}}`,
  ];
}

const strings = /"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`/g;

/** The names to which code without comments refers, without properties and words in strings. */
export function mentionedIn(code: string): ReadonlySet<string> {
  return new Set(code.replace(strings, '""').match(/(?<![.\w$])[A-Za-z_$][\w$]*(?![\w$]|\??:)/g));
}

/** The names to which declarations refer, including types. */
export function mentionedBy(declarations: readonly Declaration[]): ReadonlySet<string> {
  return mentionedIn(written(declarations, { ...plainTypescript, comments: false }));
}

/** The lines of a block, indented by the open brackets. */
function block(code: Code, indent: string, form: Form): string[] {
  const lines = code.flatMap((text) => {
    const own = codeIn(text, form);
    return own === "" && text !== "" ? [] : own.split("\n");
  });
  const written: string[] = [];
  /** The number of levels that each open bracket adds. */
  const open: number[] = [];
  let level = 0;
  const close = () => {
    level -= open.pop() ?? 0;
  };
  /** `deeper` is the line's additional indentation in levels. */
  const add = (line: string, deeper: number) => {
    const column = indent.length + unit.length * (level + deeper);
    if (line.startsWith("//")) {
      const words = wrappedWords(line.slice(3), form.width, column + 3);
      for (const text of words) written.push(`${indent}${unit.repeat(level + deeper)}// ${text}`);
      return;
    }
    const broken = form.width === null ? null : brokenLine(line, form.width - column);
    /** The mark of a union's member moves what is in its brackets. */
    const marked = line.startsWith("| ") ? 1 : 0;
    if (broken !== null) {
      const before = level;
      for (const [i, part] of broken.entries()) {
        // An open bracket covers the line's own indentation.
        const isClosed = /^[)\]}]/.test(part);
        const own = level === before ? deeper + (i > 0 ? marked : 0) : isClosed ? deeper + marked : 0;
        if (part.startsWith(unit)) add(part.slice(unit.length), own + 1);
        else add(part, own);
      }
      return;
    }
    const [first, ...others] = line.replace(strings, "").match(/^[)\]}]|[([{)\]}]/g) ?? [];
    const closesFirst = first !== undefined && first === line[0] && ")]}".includes(first);
    if (closesFirst) close();
    written.push(form.nested ? `${indent}${unit.repeat(level + deeper)}${line}` : `${indent}${line}`);
    let opened = 0;
    for (const bracket of closesFirst ? others : [first, ...others])
      if (bracket !== undefined && "([{".includes(bracket)) {
        open.push(0);
        opened++;
      } else if (bracket !== undefined) {
        close();
        opened = Math.max(0, opened - 1);
      }
    if (opened === 0) return;
    // The last open bracket indents its content; the first one also covers the line's own indentation.
    open[open.length - 1]! += 1;
    open[open.length - opened]! += deeper + marked;
    level += 1 + deeper + marked;
  };
  for (const [i, line] of lines.entries()) {
    if (line === "" && form.language === "javascript") continue;
    const head = form.language === "javascript" ? headOf(line) : null;
    if (head === null) add(line, 0);
    else {
      add(head, 0);
      add(line.slice(head.length + 1), 1);
    }
    if (form.language === "typescript" && line === "}" && i + 1 < lines.length) written.push("");
  }
  return written;
}

/**
 * `if (…)` or `for (…)` before a statement without braces on the same line, which gets its own line in
 * JavaScript; else null.
 */
function headOf(line: string): string | null {
  const start = /^(?:if|for) \(/.exec(line);
  if (start === null) return null;
  const plain = line.replace(strings, (text) => "_".repeat(text.length));
  let depth = 1;
  let end = start[0].length;
  for (; depth > 0; end++) depth += plain[end] === "(" ? 1 : plain[end] === ")" ? -1 : 0;
  return end === line.length || line.slice(end) === " {" ? null : line.slice(0, end);
}
