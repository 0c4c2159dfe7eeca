// Numbers of the page are English, as its texts are. uPlot asks the browser for a language when it is loaded,
// and where that is no valid one, such as Chromium's `en-US@posix` with LANG=C, the whole page would end
// there. To be imported before uPlot.

Object.defineProperty(navigator, "language", { value: "en" });
