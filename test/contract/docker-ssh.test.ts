/**
 * An engine behind ssh, with a stand-in for the ssh program: it writes down how it was called and connects to the
 * engine of this machine, as `docker system dial-stdio` on the other side would.
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolveConnection } from '../../providers/docker/connection.ts';
import { DockerReader, DockerWriter } from '../../providers/docker/daemon.ts';
import { STRING } from '../../core/value/type.ts';
import { listValue, objectValue, stringValue } from '../../core/value/value.ts';
import { ensureEngine } from '../support/docker-engine.mjs';

let folder: string;
let environment: Record<string, string | undefined>;

beforeAll(async () => {
  await ensureEngine();
  folder = mkdtempSync(join(tmpdir(), 'stowage-ssh-test-'));
  const script = `#!${process.execPath}
const { appendFileSync } = require('node:fs');
const { connect } = require('node:net');
appendFileSync(${JSON.stringify(join(folder, 'calls'))}, JSON.stringify(process.argv.slice(2)) + '\\n');
if (process.argv.includes('nowhere')) { console.error('ssh: Could not resolve hostname nowhere'); process.exit(255); }
const socket = connect('/var/run/docker.sock');
process.stdin.pipe(socket);
socket.pipe(process.stdout);
`;
  writeFileSync(join(folder, 'ssh'), script);
  chmodSync(join(folder, 'ssh'), 0o755);
  environment = { PATH: `${folder}:${process.env.PATH}`, HOME: folder };
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function readerFor(host: string, options: readonly string[] = []): Promise<DockerReader> {
  const config = objectValue([
    ['host', stringValue(host)],
    [
      'ssh_opts',
      listValue(
        STRING,
        options.map((each) => stringValue(each)),
      ),
    ],
  ]);
  const connection = await resolveConnection(config, environment);
  expect(connection.diagnostics).toEqual([]);
  if (!connection.value) throw new Error('no connection');
  return new DockerReader(connection.value, { environment });
}

function lastCall(): string[] {
  return JSON.parse(readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n').at(-1) ?? '[]');
}

describe('ssh://', () => {
  test('reads and writes through the other side, by the system’s ssh', async () => {
    const reader = await readerFor('ssh://deploy@far.test:2222/run/docker.sock', ['-o', 'IdentitiesOnly=yes']);
    const version = await reader.apiVersion();
    expect(version).toMatchObject({ kind: 'done' });
    const call = lastCall();
    expect(call.slice(0, 2)).toEqual(['-o', 'IdentitiesOnly=yes']);
    expect(call).toEqual(expect.arrayContaining(['BatchMode=yes', 'ControlMaster=auto', '-T']));
    expect(call.slice(-10)).toEqual([
      '-l',
      'deploy',
      '-p',
      '2222',
      '--',
      'far.test',
      'docker',
      '--host=unix:///run/docker.sock',
      'system',
      'dial-stdio',
    ]);
    const name = `sts-ssh-${process.pid}`;
    const writer = new DockerWriter(reader);
    const made = await writer.send((engine) => engine.createVolume({ Name: name }));
    expect(made.kind).toBe('done');
    expect((await reader.inspectVolume(name)).kind).toBe('done');
    await writer.send((engine) => engine.getVolume(name).remove());
    expect((await reader.inspectVolume(name)).kind).toBe('absent');
    await reader.close();
  });

  test('what ssh says is what the user reads', async () => {
    const reader = await readerFor('ssh://nowhere');
    const answer = await reader.apiVersion();
    expect(JSON.stringify(answer)).toContain('Could not resolve hostname nowhere');
    await reader.close();
  });

  test('a host that would be an option of ssh is refused', async () => {
    const config = objectValue([['host', stringValue('ssh://-oProxyCommand=x')]]);
    const { value, diagnostics } = await resolveConnection(config, environment);
    expect(value).toBeUndefined();
    expect(diagnostics.map(({ summary }) => summary)).toEqual(['Invalid Docker host']);
  });
});
