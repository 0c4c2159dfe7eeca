// Sends requests to a server and measures them from the time at which they should have been sent, so that a server that stalls
// is not spared the requests that wait meanwhile.
import { Agent, request } from "node:http";
import { setTimeout as after } from "node:timers/promises";

const CONNECTIONS = 32;

/** Sends bodies in turn, at a fixed rate; resolves with milliseconds by request. Throws if an answer's status is not 200. */
export async function atRate(url, bodies, perSecond, seconds) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const started = performance.now();
  const sent = [];
  for (let i = 0; i < perSecond * seconds; i++) {
    const due = started + (1000 * i) / perSecond;
    const wait = due - performance.now();
    if (wait > 1) await after(wait - 0.5);
    sent.push(post(url, bodies[i % bodies.length], agent).then(() => performance.now() - due));
  }
  const all = await Promise.all(sent);
  agent.destroy();
  return all;
}

/** Sends the next body on each connection when it has an answer: requests a second. */
export async function fullLoad(url, bodies, seconds) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const started = performance.now();
  let done = 0;
  const caller = async (_, first) => {
    for (let i = first; performance.now() - started < 1000 * seconds; i += CONNECTIONS) {
      await post(url, bodies[i % bodies.length], agent);
      done++;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, caller));
  const rate = (1000 * done) / (performance.now() - started);
  agent.destroy();
  return rate;
}

export function percentile(milliseconds, share) {
  const sorted = Float64Array.from(milliseconds).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

function post(url, body, agent) {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": body.length };
    const sent = request(url, { method: "POST", agent, headers }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`status ${answer.statusCode}`));
      answer.resume().on("end", resolve).on("error", reject);
    });
    sent.on("error", reject).end(body);
  });
}
