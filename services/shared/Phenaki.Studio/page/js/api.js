// The orchestrator's calls over HTTP: protos/phenaki/story/v1/story.proto as JSON.

const base = "/v1";
const keyName = "phenaki.key";

/** What the server refused, in its words. */
export class ApiError extends Error {
  /**
   * @param {number} status of HTTP; 0 where no answer came
   * @param {object} body google.rpc.Status
   */
  constructor(status, body = {}) {
    super(body.message || (status === 0 ? "The server cannot be reached." : `The server answered ${status}.`));
    this.status = status;
    this.code = body.code ?? 0;
    const details = Array.isArray(body.details) ? body.details : [];

    /** @type {{field: string, description: string}[]} what is wrong with the request, by field */
    this.violations = details.flatMap(detail => detail.fieldViolations ?? []);
    const delay = details.map(detail => detail.retryDelay).find(Boolean);

    /** Seconds after which it may be asked again; 0 where it does not say. */
    this.retryAfter = delay ? Number.parseFloat(delay) || 0 : 0;
  }

  /** True for what passes by itself: no connection, a server that starts or leaves. */
  get passes() {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }

  /** True where a key is asked for, or another one. */
  get wantsKey() {
    return this.status === 401 || (this.status === 403 && /key/i.test(this.message));
  }
}

/** The key that calls are made with; empty for none. */
export const key = {
  get: () => read(sessionStorage) || read(localStorage),
  set(value, isKept) {
    write(sessionStorage, isKept ? "" : value);
    write(localStorage, isKept ? value : "");
  },
};

/** Told when a call is refused for want of a key; answers true when there is another one to try. */
let askForKey = async () => false;
export const onKeyWanted = ask => askForKey = ask;

/** The served models and limits. */
export const getModel = signal => call("GET", "/model", undefined, signal);

/** Has a story made; a directed one takes commands meanwhile. */
export const createStory = (requestId, story, directed) => call("POST", "/stories", { requestId, story, directed }).then(answer => answer.story);

/** A story as it is now, without the pixels of its opening frames unless they are asked for. */
export const getStory = (id, signal, withOpeningFrames = false) =>
  call("GET", `/stories/${encodeURIComponent(id)}${withOpeningFrames ? "?withOpeningFrames=true" : ""}`, undefined, signal).then(answer => answer.story);

/** A page of stories, newest first. */
export function listStories({ pageToken = "", pageSize = 24, states = [] }, signal) {
  const query = new URLSearchParams({ pageSize });
  if (pageToken) {
    query.set("pageToken", pageToken);
  }

  states.forEach(state => query.append("states", state));
  return call("GET", `/stories?${query}`, undefined, signal);
}

/** Stops a story. */
export const cancelStory = id => call("POST", `/stories/${encodeURIComponent(id)}:cancel`).then(answer => answer.story);

/** Forgets a story. */
export const deleteStory = id => call("DELETE", `/stories/${encodeURIComponent(id)}`);

/** Changes the course of a story that is being made. */
export const steerStory = (id, direction) => call("POST", `/stories/${encodeURIComponent(id)}:steer`, direction);

/** The video of a story, as a file. */
export async function fetchVideo(id, format, signal) {
  const answer = await send("GET", `/videos/video_${encodeURIComponent(id)}/content?format=${format}`, undefined, signal);
  return answer.blob();
}

/**
 * The events of a story after one of them; ends when the server ends it.
 * @param {string} id
 * @param {string|number} after number of the last event that is known
 * @param {AbortSignal} signal
 */
export async function* watchStory(id, after, signal) {
  const answer = await send("GET", `/stories/${encodeURIComponent(id)}/events?after=${after}`, undefined, signal);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    while (true) {
      const { done, value } = await receive(reader, signal);
      if (done) {
        return;
      }

      const lines = (rest + value).split("\n");
      rest = lines.pop();
      for (const line of lines.filter(text => text.trim())) {
        const item = JSON.parse(line);

        // What went wrong after the first event cannot be told by a status any more.
        if (item.code !== undefined && item.message !== undefined) {
          throw new ApiError(item.code === 14 ? 503 : item.code === 5 ? 404 : 500, item);
        }

        yield item;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

async function call(method, path, body, signal) {
  const answer = await send(method, path, body, signal);
  return answer.json();
}

async function send(method, path, body, signal) {
  while (true) {
    const used = key.get();
    const headers = {};
    if (body !== undefined) {
      headers["content-type"] = "application/json";
    }

    if (used) {
      headers.authorization = `Bearer ${used}`;
    }

    let answer;
    try {
      answer = await fetch(base + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal, cache: "no-store" });
    } catch (failure) {
      signal?.throwIfAborted();
      throw new ApiError(0);
    }

    if (answer.ok) {
      return answer;
    }

    const refusal = new ApiError(answer.status, await answer.json().catch(() => ({})));
    if (!refusal.wantsKey || !(await askForKey(refusal, used))) {
      throw refusal;
    }
  }
}

async function receive(reader, signal) {
  try {
    return await reader.read();
  } catch (failure) {
    signal?.throwIfAborted();
    throw new ApiError(0);
  }
}

function read(storage) {
  try {
    return storage.getItem(keyName) ?? "";
  } catch {
    return "";
  }
}

function write(storage, value) {
  try {
    if (value) {
      storage.setItem(keyName, value);
    } else {
      storage.removeItem(keyName);
    }
  } catch {
    // Without storage the key is asked for again.
  }
}
