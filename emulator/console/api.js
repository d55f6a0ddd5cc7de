// Talks to the emulator's control endpoints.

/** Sends a request below /__emulator and gives back the JSON answer. Throws an Error with the endpoint's own words. */
export async function api(method, path, body) {
  let answer;
  try {
    answer = await fetch(`/__emulator/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
  } catch {
    throw new Error("The emulator does not answer. Is it still running?");
  }
  const text = await answer.text();
  const type = answer.headers.get("content-type") ?? "";
  const parsed = type.includes("json") && text !== "" ? JSON.parse(text) : text;
  if (!answer.ok) throw new Error(parsed?.detail ?? `${answer.status} ${text.slice(0, 200)}`);
  return parsed;
}

export const get = (path) => api("GET", path);
export const inSandbox = (name, path) => `sandboxes/${encodeURIComponent(name)}/${path}`;

/** The stream of news; calls `onTick` with each difference and `onState` with true or false for connected. */
export function listen(onTick, onState) {
  const source = new EventSource("/__emulator/live");
  source.addEventListener("open", () => onState(true));
  source.addEventListener("error", () => onState(false));
  source.addEventListener("tick", (event) => onTick(JSON.parse(event.data)));
}
