// Calls of the API: what comes back is JSON, what goes wrong is told apart.

export const words = JSON.parse((document.getElementById("words") || { textContent: "{}" }).textContent);

const PATIENCE_MS = 20000;

/** The server answered that it will not do it; `message` says why in the person's language. */
export class Refused extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The server was not reached, or could not answer; it makes sense to try again. */
export class Unreached extends Error {}

/** Call the API: with a body it is a change, without one a question. */
export async function call(path, body) {
  const stop = new AbortController();
  const clock = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(`/api/v1${path}`, { ...request(body), credentials: "same-origin", signal: stop.signal });
    if (answer.status >= 500) throw new Unreached(String(answer.status));
    const content = await answer.json();
    if (!answer.ok) throw new Refused(answer.status, content.code, content.message);
    return content;
  } catch (error) {
    throw error instanceof Refused ? error : new Unreached(error.message);
  } finally {
    clearTimeout(clock);
  }
}

function request(body) {
  if (body === undefined) return {};
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": document.body.dataset.csrf };
  return { method: "POST", headers, body: JSON.stringify(body) };
}

/** Fill {names} into a text. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** An element with attributes and children. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false && value !== null) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

/** Put these children in the place of those that are there. */
export function replace(parent, ...children) {
  parent.textContent = "";
  parent.append(...children);
}
