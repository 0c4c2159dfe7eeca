// The page at `/`: the routes and schemas of openapi.json, and an example that can be sent. It loads nothing from
// elsewhere.

export const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>dinc serve</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }
textarea { box-sizing: border-box; width: 100%; height: 18rem } textarea, pre { font: 13px/1.4 ui-monospace, monospace }
pre { overflow: auto; max-height: 24rem } td { padding-right: 1rem; vertical-align: top }
</style>
<h1 id="title"></h1>
<p id="description"></p>
<table id="routes"></table>
<h2><label for="request">A request</label></h2>
<textarea id="request" spellcheck="false"></textarea>
<p id="send"></p>
<pre id="answer" aria-live="polite"></pre>
<h2>Schemas</h2>
<div id="schemas"></div>
<p><a href="openapi.json">openapi.json</a></p>
<script type="module">
const element = (id) => document.getElementById(id);
const made = (name, text, ...children) => {
  const node = document.createElement(name);
  node.textContent = text;
  node.append(...children);
  return node;
};
const { info, paths, components } = await (await fetch("openapi.json")).json();
document.title = element("title").textContent = info.title;
element("description").textContent = info.description + " Run: " + info.version + ".";
for (const [path, methods] of Object.entries(paths))
  for (const [method, { summary, requestBody }] of Object.entries(methods)) {
    element("routes").append(made("tr", "", made("td", method.toUpperCase() + " " + path), made("td", summary)));
    const example = requestBody?.content["application/json"]?.examples?.request.value;
    if (example === undefined) continue;
    element("request").value ||= JSON.stringify(example, null, 1);
    const button = made("button", method.toUpperCase() + " " + path);
    button.onclick = async () => {
      const headers = { "content-type": "application/json" };
      const answer = await fetch(path.slice(1), { method, headers, body: element("request").value });
      element("answer").textContent = answer.status + " " + JSON.stringify(await answer.json(), null, 1);
    };
    element("send").append(button, " ");
  }
for (const [name, schema] of Object.entries(components.schemas))
  element("schemas").append(made("details", "", made("summary", name), made("pre", JSON.stringify(schema, null, 1))));
</script>
`;
