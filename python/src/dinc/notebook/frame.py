"""Shows a page inside a notebook."""

from __future__ import annotations

import html

# The page in the frame can't read the notebook around it, so it tells its height when the notebook asks.
_TELLS_HEIGHT = """<script>
addEventListener("message", () => {
  const page = document.documentElement;
  const tell = () => parent.postMessage(page.getBoundingClientRect().height, "*");
  // The observer of a frame that isn't in view starts only when it comes into view.
  tell();
  new ResizeObserver(tell).observe(page);
}, { once: true });
</script>"""
_ASKS_HEIGHT = """
const frame = this;
window.addEventListener("message", ({ source, data }) => {
  if (source === frame.contentWindow && typeof data === "number") frame.style.height = `${Math.ceil(data)}px`;
});
frame.contentWindow.postMessage("height", "*");
"""


def framed(page: str) -> str:
    """The HTML of a frame with a page in it, as high as the page.

    Where scripts are off, it has 600 pixels, and scrolls.
    """
    content = html.escape(page.replace("</body>", f"{_TELLS_HEIGHT}</body>"))
    style = "width:100%;height:600px;border:0"
    return (
        f'<iframe class="dinc-report" sandbox="allow-scripts" style="{style}" '
        f'onload="{html.escape(_ASKS_HEIGHT)}" srcdoc="{content}"></iframe>'
    )
