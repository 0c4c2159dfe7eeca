// `<din-play>`: a spec on a page of any site, which becomes a small live editor. One script tag is enough:
//
//   <script type="module" src="https://…/playground/din-play.js"></script>
//   <din-play>model …</din-play>, or <pre><code class="language-din">model …</code></pre>
//
// The element shows its own content until the reader sees it, or with the attribute `lazy` until a button is pressed: only then
// the editor is loaded. It then has the attribute `open`. A child with `slot="open"` stands beside the button.

import { element } from "./elements.ts";

/** Set when the page is built. */
declare const STYLE: string;

class DinPlay extends HTMLElement {
  private seen: IntersectionObserver | null = null;

  connectedCallback(): void {
    if (this.shadowRoot !== null) return;
    const root = this.attachShadow({ mode: "open" });
    const style = new CSSStyleSheet();
    style.replaceSync(STYLE);
    root.adoptedStyleSheets = [style];
    const open = element("button", { type: "button" }, "Edit and train here");
    const bar = element("div", { class: "bar" }, open, element("slot", { name: "open" }));
    const isPlain = this.querySelector("pre") === null;
    root.append(element("div", isPlain ? { class: "plain" } : {}, element("slot")), bar);
    open.addEventListener("click", () => void this.open(root));
    if (this.hasAttribute("lazy")) return;
    this.seen = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) void this.open(root);
    });
    this.seen.observe(this);
  }

  disconnectedCallback(): void {
    this.seen?.disconnect();
  }

  private async open(root: ShadowRoot): Promise<void> {
    this.seen?.disconnect();
    const isAsked = root.activeElement !== null;
    try {
      const { openEditor } = await import("./din-play-editor.ts");
      const focus = openEditor(root, this.spec);
      this.setAttribute("open", "");
      if (isAsked) focus();
    } catch (error) {
      root.append(
        element("p", { class: "score", role: "status" }, `The editor could not be loaded: ${error}`),
      );
    }
  }

  /** The text, without the indentation of the page's markup. */
  private get spec(): string {
    const text = this.querySelector("code, pre")?.textContent ?? this.textContent ?? "";
    const lines = text
      .replace(/^\s*\n/, "")
      .trimEnd()
      .split("\n");
    const filled = lines.filter((line) => line.trim() !== "");
    const indent = Math.min(...filled.map((line) => line.search(/\S/)));
    return lines.map((line) => line.slice(indent)).join("\n");
  }
}

customElements.define("din-play", DinPlay);
for (const code of document.querySelectorAll("pre > code.language-din")) {
  const block = code.parentElement!;
  if (block.closest("din-play") !== null) continue;
  const play = document.createElement("din-play");
  block.replaceWith(play);
  play.append(block);
}
