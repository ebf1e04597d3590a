// @simulacrum/auth0-simulator on a port that is given, without TLS, which the fake is measured without as well:
// `node auth0_simulator.mjs PORT`, with a home directory of its own.
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

// It looks for a certificate in the home directory, and offers no way to do without.
const certificates = path.join(os.homedir(), '.simulacrum', 'certs');
fs.mkdirSync(certificates, { recursive: true });
for (const file of ['localhost.pem', 'localhost-key.pem']) {
  fs.writeFileSync(path.join(certificates, file), '');
}
https.createServer = (_options, handle) =>
  http.createServer((request, response) => {
    // Its session cookie is for secure connections alone.
    request.socket.encrypted = true;
    handle(request, response);
  });

// Its own command takes this form of it, too: the other can't sign tokens.
const { simulation } = createRequire(import.meta.url)('@simulacrum/auth0-simulator');
const port = Number(process.argv[2]);
simulation().listen(port, () => {});
