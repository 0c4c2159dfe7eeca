// Run inside a page: what stands where, and in which colours. Only plain data comes back.
(() => {
  const page = document.documentElement;
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true });
  const plain = ({ left, right, top, bottom }) => ({ left, right, top, bottom });

  /** Every line of text that is shown: of HTML as it was broken, of SVG as it is. */
  const lines = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() === "" || element.closest("title, style, script") !== null || !isShown(element))
      continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects())
      if (rect.width > 0) lines.push({ element, text: node.data.trim(), rect });
  }

  const rgb = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = rgb(colour)
      .slice(0, 3)
      .map((value) =>
        value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
      );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  /** WCAG 2.1, 1.4.3. */
  const contrast = (a, b) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const ground = getComputedStyle(page).backgroundColor;
  const behind = (element) => {
    const box = element.closest("g")?.querySelector(":scope > rect.box");
    // The key of colours stands beside its boxes, not on them.
    return box == null || element.classList.contains("key") ? ground : getComputedStyle(box).fill;
  };

  const overlaps = [];
  const sorted = [...lines].sort((a, b) => a.rect.top - b.rect.top);
  for (const [i, { rect: a, text }] of sorted.entries())
    for (let j = i + 1; j < sorted.length && sorted[j].rect.top < a.bottom; j++) {
      const { rect: b, text: other } = sorted[j];
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      // Texts of a chart keep apart, and boxes of text are higher than its letters.
      const svg = sorted[i].element.closest("svg");
      const gap = svg !== null && svg === sorted[j].element.closest("svg") ? -2 : 1;
      if (across > gap && down > 0.3 * Math.min(a.height, b.height)) overlaps.push([text, other]);
    }

  const outside = [];
  for (const { element, text, rect } of lines) {
    const svg = element.closest("svg");
    const cell = element.closest("g")?.querySelector(":scope > rect.box");
    const isOn = cell != null && !element.classList.contains("key");
    const holder = isOn ? cell : (svg ?? (element.closest(".scroll") === null ? page : null));
    if (holder === null) continue;
    const box = holder.getBoundingClientRect();
    const within = rect.left >= box.left - 1 && rect.right <= box.right + 1;
    const inHeight = holder === page || (rect.top >= box.top - 2 && rect.bottom <= box.bottom + 2);
    if (!within || !inHeight) outside.push({ text, rect: plain(rect), holder: plain(box) });
  }

  return {
    overflow: page.scrollWidth - page.clientWidth,
    sections: [...document.querySelectorAll("section")].map(({ id }) => id),
    lines: lines.length,
    charts: [...document.querySelectorAll("svg.plot")].filter(isShown).length,
    overlaps,
    outside,
    faint: lines
      .map(({ element, text }) => {
        const style = getComputedStyle(element);
        const ink = element.closest("svg") === null ? style.color : style.fill;
        return { text, ink, on: behind(element), contrast: contrast(ink, behind(element)) };
      })
      .filter(({ contrast: found }) => !(found >= 4.5)),
    smallest: Math.min(...lines.map(({ rect }) => rect.height)),
    scripts: document.querySelectorAll("script").length,
  };
})();
