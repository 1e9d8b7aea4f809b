/**
 * docker_network on the real engine, replaced while containers are connected: they are connected to the new one, and to
 * the old one again when there is none. By the whole engine of plans, on a state in memory.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Plan } from '../../core/plan/plan.ts';
import type { Runner, Writer } from '../../core/provider.ts';
import { fieldOf, recordOf, textOf, textsOf } from '../../providers/docker/inspect.ts';
import { busyboxImage, ensureBusyboxImage, ensureEngine } from '../support/docker-engine.mjs';
import { engine, inspect, objectsOf, sweep } from '../support/engine-api.mjs';
import { Workbench, summaries } from '../support/workbench.ts';
import { jsonOf, openHarness } from '../unit/docker/harness.ts';

const PREFIX = 'stn-replace-';
const NET = `${PREFIX}net`;
const WEB = `${PREFIX}web`;
const SUBNETS = ['10.236.1.0/24', '10.236.2.0/24'] as const;

beforeAll(async () => {
  await ensureEngine();
  await ensureBusyboxImage();
});
beforeEach(() => sweep(PREFIX));
afterAll(() => sweep(PREFIX));

const HEAD = 'terraform {\n  required_providers {\n    docker = { source = "kreuzwerker/docker" }\n  }\n}\n';

interface Network {
  readonly block?: string;
  readonly name?: string;
  readonly subnet?: string;
  readonly more?: string;
}

function network({ block = 'net', name = NET, subnet = SUBNETS[0], more = '' }: Network = {}): string {
  return `resource "docker_network" "${block}" {\n  name = "${name}"\n  ipam_config { subnet = "${subnet}" }\n${more}}\n`;
}

function container(network: string, more = ''): string {
  return `resource "docker_container" "web" {
  name    = "${WEB}"
  image   = "${busyboxImage}"
  command = ["sleep", "3600"]
  destroy_grace_seconds = 0
  networks_advanced {
    name = ${network}
    ${more}
  }
}
`;
}

interface Foreign {
  readonly endpoint?: object;
  readonly start?: boolean;
}

/** A container that is in no configuration. */
async function foreign(name: string, { endpoint = {}, start = true }: Foreign = {}): Promise<void> {
  const body = {
    Image: busyboxImage,
    Cmd: ['sleep', '3600'],
    StopSignal: 'KILL',
    HostConfig: { NetworkMode: NET },
    NetworkingConfig: { EndpointsConfig: { [NET]: endpoint } },
  };
  expect(await engine('POST', `/containers/create?name=${PREFIX}${name}`, body)).toMatchObject({ status: 201 });
  if (start) expect((await engine('POST', `/containers/${PREFIX}${name}/start`)).status).toBe(204);
}

async function endpointOf(name: string, network = NET): Promise<Record<string, unknown>> {
  return recordOf(fieldOf(await inspect('container', name), 'NetworkSettings', 'Networks', network));
}

async function networkId(name = NET): Promise<string> {
  return textOf(await inspect('network', name), 'Id');
}

/** Applies `before`, lets `between` happen, applies `after`; errors of the second are returned. */
async function replaced(before: string, after: string, between: () => Promise<void> = async () => undefined) {
  const bench = new Workbench({ 'main.tf': HEAD + before });
  const made = await bench.apply();
  expect(summaries(made.diagnostics)).toEqual([]);
  await between();
  bench.write({ 'main.tf': HEAD + after });
  const { plan, diagnostics } = await bench.plan();
  if (plan === undefined) throw new Error(summaries(diagnostics).join());
  return { bench, plan, warnings: summaries(diagnostics) };
}

async function applied(bench: Workbench, plan: Plan): Promise<readonly string[]> {
  return summaries((await bench.applyPlan(plan)).diagnostics);
}

async function nothingLeft(bench: Workbench): Promise<void> {
  const { plan, diagnostics } = await bench.plan();
  expect(summaries(diagnostics)).toEqual([]);
  expect(plan?.changes.filter(({ action }) => action !== 'no-op').map(({ text }) => text)).toEqual([]);
}

describe('a changed subnet', () => {
  test('a container that names the network keeps running, with its alias, on the new one', async () => {
    const web = container('docker_network.net.name', 'aliases = ["db"]');
    const { bench, plan, warnings } = await replaced(network() + web, network({ subnet: SUBNETS[1] }) + web);
    using _ = bench;
    expect(warnings).toEqual([]);
    const before = await inspect('container', WEB);
    const change = plan.changes.find(({ text }) => text === 'docker_network.net');
    expect(change?.causes[0]?.note).toBe(`container ${WEB} will lose this network for a moment`);
    expect(change?.impact).toBe('recreate');
    expect(await applied(bench, plan)).toEqual([]);
    const after = await inspect('container', WEB);
    expect([textOf(after, 'Id'), fieldOf(after, 'State', 'Pid')]).toEqual([
      textOf(before, 'Id'),
      fieldOf(before, 'State', 'Pid'),
    ]);
    const endpoint = await endpointOf(WEB);
    expect(textOf(endpoint, 'IPAddress')).toMatch(/^10\.236\.2\./);
    expect(textOf(endpoint, 'NetworkID')).toBe(await networkId());
    expect(textsOf(endpoint, 'Aliases')).toContain('db');
    await nothingLeft(bench);
  });

  test('a container that refers to the ID is replaced along with it, one beside it is moved', async () => {
    const web = container('docker_network.net.id', 'aliases = ["db"]');
    const { bench, plan } = await replaced(network() + web, network({ subnet: SUBNETS[1] }) + web, () =>
      foreign('other', { endpoint: { Aliases: ['cache'] } }),
    );
    using _ = bench;
    expect(plan.changes.map(({ text, action }) => [text, action]).sort()).toEqual([
      ['docker_container.web', 'replace'],
      ['docker_network.net', 'replace'],
    ]);
    expect(await applied(bench, plan)).toEqual([]);
    for (const [name, alias] of [
      [WEB, 'db'],
      [`${PREFIX}other`, 'cache'],
    ] as const) {
      expect(textOf(await endpointOf(name), 'NetworkID')).toBe(await networkId());
      expect(textsOf(await endpointOf(name), 'Aliases')).toContain(alias);
    }
    await nothingLeft(bench);
  });

  test('two networks are replaced at once, and the container is on both', async () => {
    const two = (subnets: readonly [string, string]) =>
      network({ subnet: subnets[0] }) + network({ block: 'two', name: `${NET}-two`, subnet: subnets[1] });
    const { bench, plan } = await replaced(
      two(['10.236.1.0/24', '10.236.3.0/24']),
      two(['10.236.2.0/24', '10.236.4.0/24']),
      async () => {
        await foreign('both', { endpoint: { Aliases: ['one'] } });
        const body = { Container: `${PREFIX}both`, EndpointConfig: { Aliases: ['two'] } };
        expect((await engine('POST', `/networks/${NET}-two/connect`, body)).status).toBe(200);
      },
    );
    using _ = bench;
    expect(await applied(bench, plan)).toEqual([]);
    const ends = [await endpointOf(`${PREFIX}both`), await endpointOf(`${PREFIX}both`, `${NET}-two`)];
    expect(ends.map((end) => textOf(end, 'IPAddress').replace(/\d+$/, ''))).toEqual(['10.236.2.', '10.236.4.']);
    expect(ends.map((end) => textsOf(end, 'Aliases')[0])).toEqual(['one', 'two']);
  });

  test('stopped containers, and such as never ran, start on the new one', async () => {
    const { bench, plan } = await replaced(network(), network({ subnet: SUBNETS[1] }), async () => {
      await foreign('stopped', { endpoint: { Aliases: ['db'] } });
      await engine('POST', `/containers/${PREFIX}stopped/stop?t=0`);
      await foreign('never', { start: false });
    });
    using _ = bench;
    expect(plan.changes[0]?.causes[0]?.note).toBe(
      `containers ${PREFIX}never, ${PREFIX}stopped, not running, will be connected to the new one`,
    );
    expect(await applied(bench, plan)).toEqual([]);
    for (const name of ['stopped', 'never']) {
      expect(await engine('POST', `/containers/${PREFIX}${name}/start`)).toMatchObject({ status: 204 });
      expect(textOf(await endpointOf(`${PREFIX}${name}`), 'IPAddress')).toMatch(/^10\.236\.2\./);
    }
    expect(textsOf(await endpointOf(`${PREFIX}stopped`), 'Aliases')).toContain('db');
  });

  test('a fixed address inside of the new subnet is kept, one outside is left to the engine with a warning', async () => {
    const fixed = (IPv4Address: string) => ({ endpoint: { IPAMConfig: { IPv4Address } } });
    const { bench, plan, warnings } = await replaced(
      network({ subnet: '10.236.0.0/16' }),
      network({ subnet: SUBNETS[1] }),
      async () => {
        await foreign('inside', fixed('10.236.2.77'));
        await foreign('outside', fixed('10.236.3.77'));
        await foreign('any');
      },
    );
    using _ = bench;
    expect(warnings.filter((text) => /Fixed address/.test(text))).toHaveLength(1);
    expect(warnings.join()).toMatch(new RegExp(`${PREFIX}outside: 10.236.3.77`));
    expect(warnings.join()).not.toMatch(/inside: /);
    expect(await applied(bench, plan)).toEqual([]);
    expect(textOf(await endpointOf(`${PREFIX}inside`), 'IPAddress')).toBe('10.236.2.77');
    expect(textOf(await endpointOf(`${PREFIX}inside`), 'IPAMConfig', 'IPv4Address')).toBe('10.236.2.77');
    const outside = await endpointOf(`${PREFIX}outside`);
    expect(textOf(outside, 'IPAddress')).toMatch(/^10\.236\.2\./);
    expect(textOf(outside, 'IPAMConfig', 'IPv4Address')).toBe('');
    expect(textOf(await endpointOf(`${PREFIX}any`), 'IPAddress')).toMatch(/^10\.236\.2\./);
  });

  test('a container that the same plan joins in another way is joined in that way', async () => {
    const web = (alias: string, ip: string) =>
      container('docker_network.net.name', `aliases = ["${alias}"]\n    ipv4_address = "${ip}"`);
    const after = network({ subnet: SUBNETS[1] }) + web('new', '10.236.2.9');
    const { bench, plan } = await replaced(network() + web('old', '10.236.1.9'), after);
    using _ = bench;
    expect(plan.changes.map(({ text, action }) => [text, action])).toContainEqual(['docker_container.web', 'update']);
    expect(await applied(bench, plan)).toEqual([]);
    const endpoint = await endpointOf(WEB);
    expect(textOf(endpoint, 'IPAddress')).toBe('10.236.2.9');
    expect(textsOf(endpoint, 'Aliases').filter((alias) => /^(old|new)$/.test(alias))).toEqual(['new']);
    await nothingLeft(bench);
  });

  test('a container that went away after the plan is no error', async () => {
    const { bench, plan } = await replaced(network(), network({ subnet: SUBNETS[1] }), () => foreign('brief'));
    using _ = bench;
    await engine('DELETE', `/containers/${PREFIX}brief?force=1`);
    expect(await applied(bench, plan)).toEqual([]);
    await nothingLeft(bench);
  });

  test('a replacement that somebody asks for says who loses the network', async () => {
    const { bench } = await replaced(network(), network(), () => foreign('other'));
    using _ = bench;
    const { plan, diagnostics } = await bench.plan({ replace: ['docker_network.net'] });
    expect(plan?.changes.map(({ action }) => action)).toEqual(['replace']);
    expect(summaries(diagnostics).join()).toMatch(new RegExp(`for a moment: .*${PREFIX}other`));
    expect(await applied(bench, plan as Plan)).toEqual([]);
    expect(textOf(await endpointOf(`${PREFIX}other`), 'NetworkID')).toBe(await networkId());
  });
});

describe('create_before_destroy', () => {
  const FIRST = 'lifecycle {\n create_before_destroy = true\n}\n';

  test('with another name and other addresses the new one is there first', async () => {
    const after = network({ name: `${NET}-next`, subnet: SUBNETS[1], more: FIRST });
    const { bench, plan, warnings } = await replaced(network({ more: FIRST }), after, () =>
      foreign('other', { endpoint: { Aliases: ['db'] } }),
    );
    using _ = bench;
    expect(warnings).toEqual([]);
    expect(await applied(bench, plan)).toEqual([]);
    expect(textsOf(await endpointOf(`${PREFIX}other`, `${NET}-next`), 'Aliases')).toContain('db');
    expect((await objectsOf(NET)).map(({ name }) => name)).toEqual([`${NET}-next`]);
    await nothingLeft(bench);
  });

  test.each([
    ['the same name', {}, /both have the name/],
    [
      'overlapping addresses',
      { name: `${NET}-next`, subnet: '10.236.0.0/16' },
      /10\.236\.1\.0\/24 and 10\.236\.0\.0\/16 overlap/,
    ],
  ] as const)('with %s the old one goes first, and a warning says so', async (_title, next, why) => {
    const after = network({ subnet: SUBNETS[1], ...next, more: FIRST });
    const { bench, plan, warnings } = await replaced(network({ more: FIRST }), after, () => foreign('other'));
    using _ = bench;
    expect(warnings.join()).toMatch(why);
    expect(await applied(bench, plan)).toEqual([]);
    const name = 'name' in next ? next.name : NET;
    expect(textOf(await endpointOf(`${PREFIX}other`, name), 'NetworkID')).toBe(await networkId(name));
    expect(await objectsOf(NET)).toHaveLength(1);
    await nothingLeft(bench);
  });

  test('when the new one cannot be made the old one is put back', async () => {
    await engine('POST', '/networks/create', { Name: `${PREFIX}rival`, IPAM: { Config: [{ Subnet: SUBNETS[1] }] } });
    const after = network({ subnet: SUBNETS[1], more: FIRST });
    const { bench, plan } = await replaced(network({ more: FIRST }), after, () => foreign('other'));
    using _ = bench;
    expect((await applied(bench, plan)).join()).toMatch(/overlaps/);
    expect(textOf(await endpointOf(`${PREFIX}other`), 'IPAddress')).toMatch(/^10\.236\.1\./);
    bench.write({ 'main.tf': HEAD + network({ more: FIRST }) });
    await nothingLeft(bench);
  });
});

/** Carries out every step but one: the call of that number of that kind, and it does so once. */
function failingRunner(writer: Writer, kind: string, calls: number): (phase: Runner['phase']) => Runner {
  let seen = 0;
  const signal = new AbortController().signal;
  return (phase) => ({
    signal,
    phase,
    progress: () => undefined,
    async step(step) {
      if (step.kind === kind && ++seen === calls) {
        return { value: undefined, diagnostics: [{ severity: 'error', summary: 'Made to fail', detail: '' }] };
      }
      return writer.perform(step, { address: 'test', signal, progress: () => undefined });
    },
  });
}

describe('failures', () => {
  test('a new network that cannot be made: the old one is put back with its containers, and the state knows', async () => {
    await engine('POST', '/networks/create', { Name: `${PREFIX}rival`, IPAM: { Config: [{ Subnet: SUBNETS[1] }] } });
    const { bench, plan } = await replaced(network(), network({ subnet: SUBNETS[1] }), () =>
      foreign('other', { endpoint: { Aliases: ['db'], IPAMConfig: { IPv4Address: '10.236.1.77' } } }),
    );
    using _ = bench;
    const problems = (await applied(bench, plan)).join();
    expect(problems).toMatch(/overlaps/);
    expect(problems).toMatch(new RegExp(`Old network put back: .*${PREFIX}other`));
    const endpoint = await endpointOf(`${PREFIX}other`);
    expect(textOf(endpoint, 'IPAddress')).toBe('10.236.1.77');
    expect(textsOf(endpoint, 'Aliases')).toContain('db');
    const [known] = bench.state.resources.flatMap(({ instances }) => instances);
    expect(textOf(known?.attributes, 'id')).toBe(await networkId());
    bench.write({ 'main.tf': HEAD + network() });
    await nothingLeft(bench);
  });

  test('a container that came after the plan: the old network stays, with all that were on it', async () => {
    const { bench, plan } = await replaced(network(), network({ subnet: SUBNETS[1] }), () => foreign('other'));
    using _ = bench;
    const before = await networkId();
    await foreign('late');
    const problems = (await applied(bench, plan)).join();
    expect(problems).toMatch(new RegExp(`active endpoints.*Connected are: ${PREFIX}late`, 's'));
    for (const name of ['other', 'late'])
      expect(textOf(await endpointOf(`${PREFIX}${name}`), 'NetworkID')).toBe(before);
    const [known] = bench.state.resources.flatMap(({ instances }) => instances);
    expect(textOf(known?.attributes, 'id')).toBe(before);
    expect(await applied(bench, (await bench.plan()).plan as Plan)).toEqual([]);
    for (const name of ['other', 'late'])
      expect(textOf(await endpointOf(`${PREFIX}${name}`), 'IPAddress')).toMatch(/^10\.236\.2\./);
  });

  test.each([
    ['connect', 'make', 'network.connect', 3],
    ['disconnect', 'retire', 'network.disconnect', 2],
  ] as const)('a %s that fails half-way: all are on the old network again', async (_title, last, kind, calls) => {
    const harness = await openHarness();
    const docker = harness.of('docker_network');
    const json = (subnet: string) => ({ name: NET, ipam_config: [{ subnet }] });
    const prior = await docker.create(json(SUBNETS[0]));
    for (const name of ['a', 'b', 'c']) await foreign(name, { endpoint: { Aliases: [`the-${name}`] } });
    const planned = await docker.plan(prior, json(SUBNETS[1]), 'replace');
    const run = failingRunner(await harness.provider.openWriter(), kind, calls);
    const resource = await docker.resource();
    const applied = [await resource.apply(planned, run('retire'))];
    if (last === 'make') applied.push(await resource.apply(planned, run('make')));
    const { value, diagnostics, tainted } = applied.at(-1) ?? {};
    expect(diagnostics?.map(({ summary }) => summary)).toContain('Made to fail');
    expect(tainted).toBe(false);
    expect(jsonOf(value).id).toBe(await networkId());
    expect(jsonOf(value).ipam_config).toMatchObject([{ subnet: SUBNETS[0] }]);
    for (const name of ['a', 'b', 'c']) {
      const endpoint = await endpointOf(`${PREFIX}${name}`);
      expect(textOf(endpoint, 'NetworkID')).toBe(await networkId());
      expect(textsOf(endpoint, 'Aliases')).toContain(`the-${name}`);
    }
    await harness.close();
  });

  test('a deletion is refused at once, by the names of those who are connected', async () => {
    const { bench, plan } = await replaced(network(), '', () => foreign('other'));
    using _ = bench;
    const startedAt = Date.now();
    const problems = await applied(bench, plan);
    expect(problems.join()).toMatch(new RegExp(`Connected are: ${PREFIX}other\\.`));
    expect(Date.now() - startedAt).toBeLessThan(6000);
    expect(await objectsOf(NET)).toHaveLength(1);
  });

  test('a deletion waits for a container that goes in the same run, and is not known to use it', async () => {
    const web = container(`"${NET}"`).replace('grace_seconds = 0', 'grace_seconds = 3');
    const { bench, plan } = await replaced(network(), network() + web);
    using _ = bench;
    expect(await applied(bench, plan)).toEqual([]);
    bench.write({ 'main.tf': HEAD });
    expect(await applied(bench, (await bench.plan()).plan as Plan)).toEqual([]);
    expect(await objectsOf(PREFIX)).toEqual([]);
  });
});
