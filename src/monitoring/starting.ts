/** What is answered before the server can: that it lives, and that everything else has to wait for the database. */
import type { RequestListener } from 'node:http';

const RETRY_AFTER_SECONDS = 2;

const LIVE = { status: 'ok' };
const UNREADY = { status: 'unready', starting: true };
const UNAVAILABLE = {
  errors: [{ message: 'The server is starting. Try again in a moment.', extensions: { code: 'UNAVAILABLE' } }],
};

export const answerWhileStarting: RequestListener = ({ url = '/', method }, response) => {
  const [path] = url.split('?');
  const isLive = path === '/health/live';
  response.statusCode = isLive ? 200 : 503;
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('cache-control', 'no-store');
  if (!isLive) response.setHeader('retry-after', RETRY_AFTER_SECONDS);
  // What the client still sends is not read.
  response.setHeader('connection', 'close');
  const body = isLive ? LIVE : path === '/health/ready' ? UNREADY : UNAVAILABLE;
  response.end(method === 'HEAD' ? undefined : JSON.stringify(body));
};
