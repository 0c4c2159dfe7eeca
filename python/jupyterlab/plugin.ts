// The plugin of JupyterLab: the language of `.din` files, their type, and colours of cells that begin with `%%din`. Every
// package is one of JupyterLab's own, which the container passes: a second copy of CodeMirror would not see the editor's state.

import type { EditorState, Extension } from "@codemirror/state";
import type { MatchRule, TextMateGrammar } from "../../grammar/editors/textmate.ts";
import { textMateMode } from "./textmate-mode.ts";

/** JupyterLab's packages, by name. Of its own ones, the parts that this plugin uses. */
export interface Packages {
  readonly "@codemirror/language": typeof import("@codemirror/language");
  readonly "@codemirror/state": typeof import("@codemirror/state");
  readonly "@jupyterlab/codemirror": {
    /** Tokens, by which JupyterLab finds the services that `activate` gets. */
    readonly IEditorLanguageRegistry: object;
    readonly IEditorExtensionRegistry: object;
    readonly EditorExtensionRegistry: { createImmutableExtension(extension: Extension): object };
  };
  readonly "@jupyterlab/ui-components": {
    readonly LabIcon: new (options: { readonly name: string; readonly svgstr: string }) => object;
  };
}

interface LanguageRegistry {
  addLanguage(language: object): void;
}

interface ExtensionRegistry {
  addExtension(factory: { readonly name: string; readonly factory: () => object }): void;
}

interface Application {
  readonly docRegistry: { addFileType(type: object): void };
}

interface Plugin {
  readonly id: string;
  readonly description: string;
  readonly autoStart: true;
  readonly requires: readonly object[];
  activate(app: Application, languages: LanguageRegistry, extensions: ExtensionRegistry): void;
}

/** The texts that the plugin needs. */
interface Texts {
  /** The grammar of a spec. */
  readonly spec: TextMateGrammar;
  /** The first line of a cell. */
  readonly magic: MatchRule;
  /** An SVG. */
  readonly icon: string;
}

const MIME = "text/x-din";

export function pluginOf(packages: Packages, texts: Texts): Plugin {
  const { LanguageSupport, StreamLanguage } = packages["@codemirror/language"];
  const { EditorExtensionRegistry, IEditorExtensionRegistry, IEditorLanguageRegistry } =
    packages["@jupyterlab/codemirror"];
  const { LabIcon } = packages["@jupyterlab/ui-components"];
  return {
    id: "dinc:plugin",
    description: "Colours of dinc's specs, in files and in cells that begin with %%din.",
    autoStart: true,
    requires: [IEditorLanguageRegistry, IEditorExtensionRegistry],
    activate(app, languages, extensions) {
      languages.addLanguage({
        name: "din",
        displayName: "dinc",
        mime: MIME,
        extensions: ["din"],
        support: new LanguageSupport(StreamLanguage.define(textMateMode("din", texts.spec))),
      });
      app.docRegistry.addFileType({
        name: "din",
        displayName: "dinc spec",
        extensions: [".din"],
        mimeTypes: [MIME],
        fileFormat: "text",
        icon: new LabIcon({ name: "dinc:din", svgstr: texts.icon }),
      });
      const cells = coloursOfCells(packages, texts);
      extensions.addExtension({
        name: "dinc:cells",
        factory: () => EditorExtensionRegistry.createImmutableExtension(cells),
      });
    },
  };
}

/** Gives an editor the language of a spec, instead of Python, as long as its text begins with the magic. */
function coloursOfCells(
  { "@codemirror/language": { language, StreamLanguage }, "@codemirror/state": { Prec } }: Packages,
  { spec, magic }: Texts,
): Extension {
  const cell = StreamLanguage.define(textMateMode("din", { ...spec, patterns: [magic, ...spec.patterns] }));
  // CodeMirror expects that an editor in which something may name a language always has one.
  const plain = StreamLanguage.define({
    token(stream) {
      stream.skipToEnd();
      return null;
    },
  });
  const first = new RegExp(magic.match);
  // IPython, too, skips empty lines before a magic.
  const begins = ({ doc }: EditorState): boolean =>
    first.test(doc.sliceString(0, 1000).trimStart().split("\n")[0]!);
  return [
    Prec.highest(language.computeN(["doc"], (state) => (begins(state) ? [cell] : []))),
    Prec.lowest(language.of(plain)),
  ];
}
