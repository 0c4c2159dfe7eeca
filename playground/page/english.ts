// Makes number formatting English, like the page's texts. uPlot reads the browser's language when it is
// loaded, and an invalid one, such as Chromium's `en-US@posix` with LANG=C, would break the whole page. Must
// be imported before uPlot.

Object.defineProperty(navigator, "language", { value: "en" });
