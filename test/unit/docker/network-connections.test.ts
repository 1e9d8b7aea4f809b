/** What of a connection fits another network, and in which order a replacement moves containers. */
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../core/value/json.ts';
import { decide } from '../../../providers/docker/network.ts';
import {
  type Connection,
  type Connections,
  moveNote,
  movedTo,
  overlaps,
} from '../../../providers/docker/network-connections.ts';
import { networkSchema } from '../../../providers/docker/schema/network.ts';
import { decode } from './recorded.ts';

const POOL = { gateway: '', ip_range: '', aux_address: {} };
const network = (name: string, ...pools: readonly JsonObject[]) =>
  decode(networkSchema, { id: 'old-1', name, labels: [], ipam_config: pools.map((pool) => ({ ...POOL, ...pool })) });

function connection(name: string, more: Partial<Connection['endpoint']> = {}, byId = false): Connection {
  const bare = { aliases: [], ipv4: '', ipv6: '', linkLocal: [], driverOptions: {}, mac: '', priority: 0 };
  return {
    container: `id-${name}`,
    name,
    running: true,
    endpoint: { network: 'a', ...bare, ...more },
    links: [],
    byId,
  };
}

function connections(...items: readonly Connection[]): Connections {
  return { apiVersion: '1.41', items };
}

test.each([
  ['10.1.0.0/16', '10.1.2.0/24', true],
  ['10.1.2.0/24', '10.1.0.0/16', true],
  ['10.1.2.7/24', '10.1.2.0/25', true],
  ['10.1.2.0/24', '10.1.3.0/24', false],
  ['fd00:1::/32', 'fd00:1:2::/64', true],
  ['fd00:1::/64', '10.1.2.0/24', false],
  ['', '10.1.2.0/24', false],
  ['no subnet', '10.1.2.0/24', false],
])('%s and %s overlap: %s', (a, b, expected) => {
  expect(overlaps(a, b)).toBe(expected);
});

describe('a fixed address', () => {
  test.each([
    ['inside of the subnet', '10.1.2.9', [{ subnet: '10.1.2.0/24' }], true],
    ['inside of the second subnet', '10.1.2.9', [{ subnet: '10.9.0.0/24' }, { subnet: '10.1.2.0/24' }], true],
    ['outside', '10.1.3.9', [{ subnet: '10.1.2.0/24' }], false],
    ['of the gateway', '10.1.2.1', [{ subnet: '10.1.2.0/24', gateway: '10.1.2.1' }], false],
    [
      'set aside for something else',
      '10.1.2.5',
      [{ subnet: '10.1.2.0/24', aux_address: { router: '10.1.2.5' } }],
      false,
    ],
    ['on a network without configured subnets', '10.1.2.9', [], false],
  ] as const)('%s', (_title, ipv4, pools, kept) => {
    const [moved] = movedTo(network('a', ...pools), connections(connection('web', { ipv4 })));
    expect([moved?.endpoint.ipv4, moved?.dropped]).toEqual(kept ? [ipv4, []] : ['', [ipv4]]);
  });

  test('of the other family is judged by its own subnet', () => {
    const pools = [{ subnet: '10.1.2.0/24' }, { subnet: 'fd00:5::/64' }];
    const [moved] = movedTo(
      network('a', ...pools),
      connections(connection('web', { ipv4: '10.9.9.9', ipv6: 'fd00:5::9' })),
    );
    expect([moved?.endpoint.ipv6, moved?.dropped]).toEqual(['fd00:5::9', ['10.9.9.9']]);
  });
});

describe('the steps', () => {
  const prior = { value: network('a', { subnet: '10.1.2.0/24' }), private: undefined, tainted: false };
  const on = connections(connection('web', { aliases: ['db'] }), connection('never', {}, true));
  const planned = (name: string, subnet: string, createBeforeDestroy: boolean) => {
    const config = network(name, { subnet });
    const ask = { address: 'x', prior, config, proposed: config, mode: 'replace', createBeforeDestroy } as const;
    const { value, diagnostics } = decide(ask, on);
    const items = value?.steps.items ?? [];
    return { items, shown: items.map(({ phase, id }) => `${phase} ${id}`), diagnostics };
  };

  test('old first: whoever knew the old network by its ID forgets it once it is gone', () => {
    const { shown, items, diagnostics } = planned('a', '10.1.3.0/24', false);
    expect(shown).toEqual([
      'retire disconnect web',
      'retire disconnect never',
      'retire remove',
      'make create',
      'make forget never',
      'make connect web',
      'make connect never',
    ]);
    expect(diagnostics).toEqual([]);
    expect(items[0]).toEqual({
      id: 'disconnect web',
      kind: 'network.disconnect',
      phase: 'retire',
      target: { id: 'old-1' },
      arguments: { Container: 'id-web', container: 'web', network: 'a' },
      undo: {
        id: 'undo-disconnect web',
        kind: 'network.connect',
        phase: 'retire',
        target: { id: 'old-1' },
        arguments: { Container: 'id-web', container: 'web', network: 'a', EndpointConfig: { Aliases: ['db'] } },
      },
    });
  });

  test('new first: one container after the other is moved', () => {
    expect(planned('b', '10.1.3.0/24', true).shown).toEqual([
      'make create',
      'make disconnect web',
      'make connect web',
      'make disconnect never',
      'make connect never',
      'retire remove',
      'retire forget never',
    ]);
  });

  test('new first, where both cannot be there: all in the first half, with a warning', () => {
    const { shown, diagnostics } = planned('b', '10.1.0.0/16', true);
    expect(shown.map((text) => text.split(' ')[0])).toEqual(Array(7).fill('make'));
    expect(shown.indexOf('make remove')).toBeLessThan(shown.indexOf('make create'));
    expect(diagnostics.map(({ severity, summary }) => [severity, summary])).toEqual([
      ['warning', 'Network cannot be created before the old one is destroyed'],
    ]);
  });
});

test('the note of a plan names those who run and those who do not', () => {
  const stopped = { ...connection('old'), running: false };
  expect(moveNote(connections(connection('b'), stopped, connection('a')))).toBe(
    'containers a, b will lose this network for a moment; container old, not running, will be connected to the new one',
  );
  expect(moveNote(connections())).toBeUndefined();
});
