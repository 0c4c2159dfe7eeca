// The file that JupyterLab loads: a container of module federation, as webpack makes them, with one module. It has no package
// in it. JupyterLab calls `init` with the packages that it shares, then `get("./extension")` for the module.

import type { MatchRule, TextMateGrammar } from "../../grammar/editors/textmate.ts";
import { type Packages, pluginOf } from "./plugin.ts";

/** Written into the file by `build.mjs`. */
declare const SPEC: TextMateGrammar;
declare const MAGIC: MatchRule;
declare const ICON: string;

/** A version of a shared package. */
interface Shared {
  loaded?: number | boolean;
  get(): Promise<() => unknown>;
}

/** By the name of a package, its versions. */
type SharedPackages = Readonly<Record<string, Readonly<Record<string, Shared>>>>;

interface Container {
  init(shared: SharedPackages): void;
  get(module: string): Promise<() => object>;
}

declare const window: { _JUPYTERLAB?: Record<string, Container> };

let shared: SharedPackages = {};

/**
 * The version that everybody on the page uses, by webpack's rule: the one that is loaded, or the highest. There are several
 * if another extension brings its own.
 */
async function load<Name extends keyof Packages>(name: Name): Promise<Packages[Name]> {
  const versions = Object.entries(shared[name] ?? {})
    .sort(([a], [b]) => b.localeCompare(a, "en", { numeric: true }))
    .map(([, version]) => version);
  const chosen = versions.find(({ loaded }) => Boolean(loaded)) ?? versions[0];
  if (chosen === undefined) throw new Error(`dinc's colours need a JupyterLab that shares ${name}`);
  chosen.loaded = 1;
  return (await chosen.get())() as Packages[Name];
}

window._JUPYTERLAB ??= {};
window._JUPYTERLAB["dinc"] = {
  init(packages) {
    shared = packages;
  },
  async get(module) {
    if (module !== "./extension") throw new Error(`dinc has no module ${module}`);
    const [language, state, codemirror, components] = await Promise.all([
      load("@codemirror/language"),
      load("@codemirror/state"),
      load("@jupyterlab/codemirror"),
      load("@jupyterlab/ui-components"),
    ]);
    const packages: Packages = {
      "@codemirror/language": language,
      "@codemirror/state": state,
      "@jupyterlab/codemirror": codemirror,
      "@jupyterlab/ui-components": components,
    };
    const plugin = pluginOf(packages, { spec: SPEC, magic: MAGIC, icon: ICON });
    return () => ({ __esModule: true, default: plugin });
  },
};
