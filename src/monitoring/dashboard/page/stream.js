/**
 * Server-sent events by fetch: EventSource sends no Authorization header, and a token must not stand in an address. Connects again by itself, and
 * waits longer each time.
 */

const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 15_000;

/** `on`: history, tick, state (`live`, `waiting`, `locked`) with a message. The function that is returned ends it. */
export function listen(token, on) {
  const controller = new AbortController();
  void run(token, on, controller.signal);
  return () => controller.abort();
}

async function run(token, on, signal) {
  let waitMs = FIRST_WAIT_MS;
  while (!signal.aborted) {
    try {
      const response = await fetch('/dashboard/events', {
        signal,
        cache: 'no-store',
        headers: { accept: 'text/event-stream', ...(token && { authorization: `Bearer ${token}` }) },
      });
      if (response.status === 401 || response.status === 403) {
        const { error } = await response.json();
        on.state('locked', error);
        return;
      }
      if (!response.ok) throw new Error(`The server answered ${response.status}.`);
      await read(response.body, (event, data) => {
        waitMs = FIRST_WAIT_MS;
        on.state('live');
        on[event]?.(JSON.parse(data));
      });
    } catch (error) {
      if (signal.aborted) return;
      console.debug(error);
    }
    on.state('waiting');
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    waitMs = Math.min(waitMs * 2, MAX_WAIT_MS);
  }
}

async function read(body, onEvent) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    rest += value;
    const blocks = rest.split('\n\n');
    rest = blocks.pop();
    for (const block of blocks) {
      const event = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (event && data) onEvent(event, data);
    }
  }
}
