/**
 * An engine behind TLS that asks for a client certificate, and one behind plain tcp: both halves of the client, the
 * reader and the writer, go through. A proxy in this process stands before the real engine.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../core/value/json.ts';
import { ensureEngine } from '../support/docker-engine.mjs';
import { engineHost, sweep } from '../support/engine-api.mjs';
import { changed, openHarness } from '../unit/docker/harness.ts';

const PREFIX = 'sti-tls-';
const onSocket = engineHost().startsWith('unix://');
let folder: string;
let secured: https.Server;
let plain: http.Server;

const pem = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

beforeAll(async () => {
  await ensureEngine();
  await sweep(PREFIX);
  folder = await mkdtemp(join(tmpdir(), 'sti-tls-'));
  const openssl = (...args: readonly string[]): void =>
    void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...key, '-keyout', 'ca-key.pem', '-out', 'ca.pem', '-subj', '/CN=sti-ca');
  for (const [name, file] of [
    ['127.0.0.1', 'server'],
    ['client', ''],
  ] as const) {
    const [keyFile, certFile] = file === '' ? ['key.pem', 'cert.pem'] : [`${file}-key.pem`, `${file}.pem`];
    const names = ['-addext', 'subjectAltName=IP:127.0.0.1'];
    openssl(
      'req',
      '-x509',
      ...key,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca-key.pem',
      '-keyout',
      keyFile,
      '-out',
      certFile,
      '-subj',
      `/CN=${name}`,
      ...names,
    );
  }
  const options = {
    ca: await pem('ca.pem'),
    cert: await pem('server.pem'),
    key: await pem('server-key.pem'),
    requestCert: true,
  };
  secured = https.createServer({ ...options, rejectUnauthorized: true }, forward);
  plain = http.createServer(forward);
  for (const server of [secured, plain]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  for (const server of [secured, plain]) server.closeAllConnections();
  for (const server of [secured, plain]) server.close();
  await rm(folder, { recursive: true, force: true });
  await sweep(PREFIX);
});

function forward(request: http.IncomingMessage, response: http.ServerResponse): void {
  const { method, url, headers } = request;
  const path = url?.replace(/^\/prefix/, '');
  const onward = http.request({ socketPath: engineHost().slice('unix://'.length), method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  });
  request.pipe(onward);
}

const portOf = (server: http.Server | https.Server): number => (server.address() as AddressInfo).port;

async function roundTrip(provider: JsonObject, environment: Record<string, string> = {}): Promise<void> {
  const harness = await openHarness({ provider, environment });
  const network = harness.of('docker_network');
  const prior = await network.create({ name: `${PREFIX}net` });
  expect(changed(await network.plan((await network.refresh(prior)) ?? null, { name: `${PREFIX}net` }))).toEqual([]);
  expect((await network.destroy(prior)).diagnostics).toEqual([]);
  await harness.close();
}

async function refusal(provider: JsonObject): Promise<string> {
  const harness = await openHarness({ provider, environment: {} });
  const { diagnostics } = await harness.of('docker_volume').apply(null, { name: `${PREFIX}never` });
  await harness.close();
  return diagnostics.map((it) => `${it.summary}: ${it.detail}`).join();
}

test.skipIf(!onSocket)('plain tcp, with a path before the API', async () => {
  await roundTrip({ host: `tcp://127.0.0.1:${portOf(plain)}` });
  await roundTrip({ host: `tcp://127.0.0.1:${portOf(plain)}/prefix` });
});

test.skipIf(!onSocket)('TLS with cert_path, with PEM texts and with DOCKER_CERT_PATH', async () => {
  const host = `tcp://127.0.0.1:${portOf(secured)}`;
  await roundTrip({ host, cert_path: folder });
  await roundTrip({
    host,
    ca_material: await pem('ca.pem'),
    cert_material: await pem('cert.pem'),
    key_material: await pem('key.pem'),
  });
  await roundTrip({ host, cert_material: await pem('cert.pem'), key_material: await pem('key.pem') });
  await roundTrip({}, { DOCKER_HOST: host, DOCKER_CERT_PATH: folder, DOCKER_TLS_VERIFY: '1' });
});

test.skipIf(!onSocket)('TLS without the right material says what was tried', async () => {
  const host = `tcp://127.0.0.1:${portOf(secured)}`;
  expect(await refusal({ host })).toMatch(
    new RegExp(`Docker Engine does not answer: .*${host}, the address from the argument "host"`),
  );
  expect(await refusal({ host: host.replace('tcp:', 'https:') })).toMatch(/unable to (verify|get)|self[- ]signed/);
});
