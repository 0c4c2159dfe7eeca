// Whatever stands in a spec is text in what is drawn of it: SVG is read by a strict XML parser, the report by an HTML parser
// as browsers have it, and both find the words where they belong, and no element or attribute that dinc did not write.

import { type DefaultTreeAdapterTypes, parse as parseHtml } from "parse5";
import { type SaxesAttributePlain, SaxesParser } from "saxes";
import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { printable } from "../../compiler/diagnostics/render/display.ts";
import { analyse } from "../../compiler/frontend/check/check.ts";
import { drawingOf } from "../../compiler/tools/views/drawing.ts";
import { mermaidOf } from "../../compiler/tools/views/mermaid.ts";
import { svgOf } from "../../compiler/tools/views/svg.ts";
import { reportHtml } from "../../runtime/report/report.ts";
import { reportInput } from "../report/sample.ts";

const texts = [
  "</text><script>alert(1)</script>",
  "]]>",
  "<!-- ",
  "--> <![CDATA[",
  "&lt;&amp;&#0;&nosuch;",
  "' onload='alert(1)",
  '" onload="alert(1)',
  "</title></style></svg><img src=x onerror=alert(1)>",
  "\u202e turned \u2028 broken \u2066",
  "\u0000\u0001\u001b[31m\u0085",
  "\ud800 half \udfff",
  "\ufffe\uffff",
  "日本 \u{1F600} e\u0301",
  '*/ ${ `x` %% "]; click n1 call(alert)',
  "#quot;#93;<br>",
];

function drawingWith(text: string) {
  const escaped = text
    .replace(/["\\]/g, "\\$&")
    .replace(/\p{Cc}/gu, (sign) => `\\u{${sign.charCodeAt(0).toString(16)}}`);
  const file = sourceFile(
    "m.din",
    `/// ${text}
model m
features item {
  /// ${text}
  mood : enum("${escaped}", "b")  embed 4
}
/// ${text}
label click : binary
net { predict click = dense(mood, 1) |> sigmoid }
`,
  );
  const analysis = analyse(file);
  expect(analysis.diagnostics).toEqual([]);
  return drawingOf(analysis.value!, analysis);
}

/** The report of a run with `text` wherever one may stand. */
const reportWith = (text: string) => reportHtml(reportInput(text));

interface Markup {
  readonly elements: ReadonlySet<string>;
  readonly attributes: ReadonlySet<string>;
  readonly text: string;
}

/** Throws where the text is not well-formed. */
function readXml(xml: string): Markup {
  const [elements, attributes] = [new Set<string>(), new Set<string>()];
  let text = "";
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes: written }) => {
    elements.add(name);
    for (const key of Object.keys(written as Record<string, SaxesAttributePlain | string>))
      attributes.add(key);
  });
  parser.on("text", (part) => {
    text += part;
  });
  for (const odd of ["cdata", "comment", "processinginstruction", "doctype"] as const)
    parser.on(odd, (part: unknown) => {
      throw new Error(`${odd}: ${JSON.stringify(part)}`);
    });
  // As a file has it: halves of pairs are no UTF-8.
  parser.write(new TextDecoder().decode(new TextEncoder().encode(xml))).close();
  return { elements, attributes, text };
}

function readHtml(html: string): Markup {
  const [elements, attributes] = [new Set<string>(), new Set<string>()];
  let text = "";
  const visit = (node: DefaultTreeAdapterTypes.Node): void => {
    if (node.nodeName === "#text") text += (node as DefaultTreeAdapterTypes.TextNode).value;
    if (node.nodeName === "#comment") throw new Error("a comment");
    if ("tagName" in node) {
      elements.add(node.tagName);
      for (const { name } of node.attrs) attributes.add(name);
    }
    if ("tagName" in node && /^(script|iframe|object|embed|link|img)$/.test(node.tagName))
      throw new Error(`an element ${node.tagName}`);
    if ("childNodes" in node) for (const child of node.childNodes) visit(child);
  };
  visit(parseHtml(html));
  return { elements, attributes, text };
}

const plain = readXml(svgOf(drawingWith("plain")));
const plainReport = readHtml(reportWith("plain"));

describe.each(texts.map((text) => [JSON.stringify(text), text] as const))("%s", (_, text) => {
  test("is text in an SVG", () => {
    const read = readXml(svgOf(drawingWith(text)));
    expect(read.elements).toEqual(plain.elements);
    expect(read.attributes).toEqual(plain.attributes);
    const shown = printable(text).replace(/\p{Cs}|\ufffe|\uffff/gu, "\ufffd");
    expect(read.text).toContain(shown.trim().slice(0, 20).trim());
  });

  test("is text in a report", () => {
    const read = readHtml(reportWith(text));
    expect(read.elements).toEqual(plainReport.elements);
    expect(read.attributes).toEqual(plainReport.attributes);
    expect(read.text).toContain(
      printable(text)
        .replace(/\p{Cs}|\ufffe|\uffff/gu, "\ufffd")
        .trim()
        .slice(0, 12)
        .trim(),
    );
  });

  test("is text in a mermaid diagram", () => {
    const lines = mermaidOf(drawingWith(text)).split("\n");
    expect(lines).toHaveLength(mermaidOf(drawingWith("plain")).split("\n").length);
    // Within quotes stand letters, entities and dinc's own line breaks.
    for (const [, label] of lines.join("\n").matchAll(/"([^"]*)"/g))
      expect(label!.replaceAll("<br>", "")).not.toMatch(/[<>&"`{}[\]|\p{Cc}\p{Cs}\u202e\u2028]/u);
  });
});
