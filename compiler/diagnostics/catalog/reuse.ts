// Catalogue: imports, params and variants. Codes DIN0400–DIN0414.

import { defineError, defineWarning, withHelps } from "./define.ts";

// ---- Imports

export const importPath = defineError<{ path: string; reason: string }>({
  code: "DIN0400",
  name: "import-path",
  message: ({ path, reason }) => `\`import\` cannot take ${path}: ${reason}`,
  explanation:
    "An import names a `.din` file by its path from the importing file, with forward slashes: `blocks.din`, `../shared/towers.din`. Absolute paths, addresses and `~` would mean another file on every machine.",
});

export const importMissing = defineError<{ path: string; why: string | null }>({
  code: "DIN0401",
  name: "import-missing",
  message: ({ path, why }) =>
    why === null ? `there is no file \`${path}\` to import` : `\`${path}\` cannot be imported: ${why}`,
  explanation: "The path of an import begins at the folder of the importing file.",
});

export const importCycle = defineError<{ path: string }>({
  code: "DIN0402",
  name: "import-cycle",
  message: ({ path }) => `\`${path}\` imports itself`,
  help: () => "move the blocks that both need to a third file",
  explanation:
    "Files that import one another, directly or through others, depend on each other in a circle. Move the shared parts to a third file that both import.",
});

export const importHoldsModel = defineError<{ path: string; item: string }>({
  code: "DIN0403",
  name: "import-holds-model",
  message: ({ path, item }) =>
    `\`${path}\` cannot be imported: it contains \`${item}\`, and only blocks and params can be imported`,
  help: () => "move the shared parts to a file of their own",
  explanation:
    "An imported file may contain only `block`, `param` and its own imports. Features, labels, a network and settings belong to one model, and leaving them out silently would be a guess. Move the blocks that several models share to a file of their own. A model that differs in a few places is a `variant`.",
});

export const importTwice = defineWarning<{ path: string }>({
  code: "DIN0404",
  name: "import-twice",
  message: ({ path }) => `\`${path}\` is imported twice`,
  help: () => "remove one of them",
  explanation: "One import brings everything in the file.",
});

export const unusedImport = defineWarning<{ path: string }>({
  code: "DIN0405",
  name: "unused-import",
  message: ({ path }) => `nothing from \`${path}\` is used`,
  help: () => "remove it",
  explanation:
    "No block or param of the imported file is used here, in the model or in a variant. Imports are not passed on: a file sees only the files that it imports itself.",
});

export const notImported = defineError<{
  name: string;
  what: string;
  path: string;
  from: string;
  /** Whether the importing file declares it. */
  isOfMain: boolean;
}>({
  code: "DIN0406",
  name: "not-imported",
  message: ({ name, what, path, from }) =>
    `\`${name}\` is a ${what} of \`${from}\`, which \`${path}\` does not import`,
  help: ({ from, isOfMain }) =>
    isOfMain
      ? "move it to a file that both import, or give the block a parameter"
      : `add an import of \`${from}\``,
  explanation:
    "A file sees its own declarations and those of the files that it imports, so that it means the same wherever it is imported. Imports of an imported file are not passed on, and an imported file never sees the declarations of the importing one.",
});

// ---- Params

export const paramNotConstant = defineError<{
  name: string;
  got: string;
  /** A param that it reads and that is declared later. */
  below: string | null;
}>({
  code: "DIN0407",
  name: "param-not-constant",
  message: ({ name, got }) => `the default of \`${name}\` must be a constant, not ${got}`,
  help: ({ below }) =>
    below === null
      ? "write a number, a string, a list of numbers or a name"
      : `a default may use the params above it, but \`${below}\` is below`,
  explanation:
    "A param is a number, a string, a list of numbers or a name such as `dice`. Numbers may be computed from numbers and from params above. Values of the network are named with `let`.",
});

export const unusedParam = defineWarning<{ name: string }>({
  code: "DIN0408",
  name: "unused-param",
  message: ({ name }) => `the param \`${name}\` is never used`,
  help: () => "use it, or remove it",
  explanation:
    "Neither the model nor a variant reads it. An override would change nothing, which is hard to see in the results of an experiment.",
});

export const paramShadowed = defineError<{ param: string; name: string }>({
  code: "DIN0409",
  name: "param-shadowed",
  message: ({ param, name }) => `\`${param}\` stands for \`${name}\`, which means something else here`,
  help: () => "give it another name",
  explanation:
    "A param whose value is a name refers to the meaning of that name in the whole spec. Here a parameter or a `let` has the same name, and the param would refer to that one without a message.",
});

// ---- Variants

export const unknownParent = withHelps(
  defineError<{ variant: string; parent: string }>({
    code: "DIN0410",
    name: "unknown-parent",
    message: ({ variant, parent }) =>
      `\`${variant}\` is a variant of \`${parent}\`, but this file has no such model`,
    explanation: "A variant is derived from the model of the file or from another variant of it.",
  }),
  {
    model: (name: string) => `the model is \`${name}\``,
  },
);

export const variantCycle = defineError<{ name: string }>({
  code: "DIN0411",
  name: "variant-cycle",
  message: ({ name }) => `\`${name}\` is a variant of itself`,
  help: () => "let one of them be a variant of the model",
  explanation: "A chain of variants must begin with the model of the file.",
});

export const overridesNothing = defineError<{ what: string; name: string; parent: string }>({
  code: "DIN0412",
  name: "overrides-nothing",
  message: ({ what, name, parent }) =>
    `the ${what} \`${name}\` replaces nothing in \`${parent}\`, and nothing uses it`,
  help: () => "use it, or remove it",
  explanation:
    "A declaration of a variant replaces the parent's declaration with the same name, or it is new. If nothing uses a new one, its name is usually misspelt. The variant would then be the same model as its parent: an ablation without an effect.",
});

export const emptyVariant = defineWarning<{ name: string; parent: string }>({
  code: "DIN0413",
  name: "empty-variant",
  message: ({ name, parent }) => `\`${name}\` changes nothing in \`${parent}\``,
  help: () => "state a difference, or remove it",
  explanation:
    "It would differ only in its name. Another seed or learning rate is a setting of the run, not a model.",
});

export const misplacedInVariant = defineError<{ item: string; variant: string }>({
  code: "DIN0414",
  name: "misplaced-in-variant",
  message: ({ item, variant }) => `\`${item}\` cannot be part of the variant \`${variant}\``,
  help: ({ item }) =>
    item === "import"
      ? "move it above the variant: all variants see what it imports"
      : "remove it: the variant has its name already",
  explanation:
    "A variant contains differences: features, histories, labels, blocks, params, `net` and `train`. Its name is the name of its model, and imports belong to the file.",
});
