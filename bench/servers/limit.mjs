/* The limit: what Node needs to read a request and to write the bytes in the file that the environment names. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tellAddress } from './tell-address.mjs';

const body = readFileSync(process.env.BODY_FILE);
const status = Number(process.env.STATUS ?? 200);
const headers = {
  'content-type': 'application/json; charset=utf-8',
  ...(status === 200 && { 'content-length': body.length }),
};

const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(status, headers).end(status === 200 ? body : undefined));
});
server.listen(0, '127.0.0.1', () => tellAddress(server));
