import { describe, expect, test } from 'vitest';
import {
  capability,
  cleanPath,
  cpuList,
  formatCpus,
  hostIp,
  ipAddress,
  macAddress,
  nanoCpus,
  parseGpus,
  permissionLetters,
  platform,
  securityOption,
} from '../../../providers/docker/container-notation.ts';

const SAME: readonly (readonly [string, (text: string) => unknown, readonly string[]])[] = [
  ['cpus', nanoCpus, ['1', '1.0', '1.', '01.000']],
  ['cpus', nanoCpus, ['0.5', '.5', '0.500000000']],
  ['cpu list', cpuList, ['0-2,4', '0,1,2,4', '4,0-2']],
  ['capability', capability, ['net_admin', 'NET_ADMIN', 'CAP_NET_ADMIN', 'cap_net_admin']],
  ['MAC', macAddress, ['02:42:AC:11:65:43', '02-42-ac-11-65-43']],
  ['IPv6', ipAddress, ['fe80::1', 'FE80:0:0:0::1', '[fe80::1]']],
  ['host address', hostIp, ['', '0.0.0.0']],
  ['path', cleanPath, ['/a/b', '/a//b/', '/a/./b']],
  ['security option', securityOption, ['no-new-privileges', 'no-new-privileges:true', 'no-new-privileges=true']],
  ['security option', securityOption, ['seccomp:unconfined', 'seccomp=unconfined']],
  ['platform', platform, ['linux/amd64', 'linux/x86_64', 'Linux/amd64/v2']],
  ['device permissions', permissionLetters, ['rwm', 'mrw', 'RWM']],
  ['gpus', parseGpus, ['all', 'count=all', '"all"', '-1']],
];

describe('notations that mean the same', () => {
  for (const [what, form, texts] of SAME) {
    test(`${what}: ${texts.join(' ')}`, () => {
      const [first, ...rest] = texts.map(form);
      for (const other of rest) expect(other).toEqual(first);
    });
  }
});

describe('notations that do not', () => {
  test('processors: no number, or finer than the engine counts', () => {
    expect(['', 'x', '-1', '1e3', '0.0000000001'].map(nanoCpus)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('gpus: what is wrong is said', () => {
    expect(parseGpus('count=x')).toBe('"x" is no number of GPUs');
    expect(parseGpus('speed=9')).toBe('"speed" is not known');
  });

  test('gpus: devices and capabilities', () => {
    expect(parseGpus('"device=0,1",capabilities=utility')).toEqual({
      driver: '',
      count: 0,
      deviceIds: ['0', '1'],
      capabilities: ['utility', 'gpu'],
      options: {},
    });
  });

  test('processors as they are stored', () => {
    expect([1e9, 5e8, 125e6, 1e10].map(formatCpus)).toEqual(['1.0', '0.5', '0.125', '10.0']);
  });
});
