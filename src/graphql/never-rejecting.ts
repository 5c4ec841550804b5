/** Whatever goes wrong outside of all that is caught ends one request, and not the process. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export const neverRejecting =
  (handle: Handle, logger: Logger): Handle =>
  async (request, response) => {
    try {
      await handle(request, response);
    } catch (error) {
      logger.error({ err: error }, 'a request could not be answered');
      response.destroy();
    }
  };
