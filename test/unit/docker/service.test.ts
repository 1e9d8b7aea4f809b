/** Services without an engine: hostile answers, differences of specifications, older states. */
import { describe, expect, test } from 'vitest';
import { valueToJson } from '../../../core/value/json.ts';
import { serviceResource } from '../../../providers/docker/schema/service.ts';
import { serviceValue, shortDuration } from '../../../providers/docker/service-read.ts';
import { patchedSpec, specDifference } from '../../../providers/docker/service-spec.ts';

describe('answers that are not as they should be', () => {
  const hostile: readonly unknown[] = [
    {},
    { Spec: null, Endpoint: 7 },
    { ID: 5, Spec: { Name: [], Labels: 'x', Mode: 1, TaskTemplate: [] } },
    { Spec: { TaskTemplate: { ContainerSpec: { Env: [1, 'A'], Mounts: [null], Hosts: ['x', 7], Secrets: [{}] } } } },
    {
      Spec: { TaskTemplate: { Networks: [null, {}], Placement: { Platforms: [3] }, Resources: { Reservations: [] } } },
    },
    { Spec: { UpdateConfig: { MaxFailureRatio: 'x', Delay: 1e300 } }, Endpoint: { Ports: [{ TargetPort: 'x' }] } },
  ];
  test.each(hostile.map((answer) => [JSON.stringify(answer), answer]))('%s', (_, answer) => {
    const value = serviceValue(answer as Record<string, unknown>);
    expect(Object.keys(valueToJson(value) as object).sort()).toEqual(
      [...Object.keys(serviceResource.schema.attributes), ...Object.keys(serviceResource.schema.blocks)].sort(),
    );
  });
});

test('durations are shortened as the peer shortens them', () => {
  expect([0, 5e6, 60e9, 90e9, 3600e9, 36000e9, 3660e9].map(shortDuration)).toEqual([
    '0s',
    '5ms',
    '1m',
    '1m30s',
    '1h',
    '10h',
    '1h1m',
  ]);
});

describe('differences', () => {
  const spec = (image: string, label: string) => ({
    Name: 'a',
    Labels: { l: label },
    TaskTemplate: { ContainerSpec: { Image: image, Env: ['A=1'] }, Resources: {}, LogDriver: null },
  });

  test('hold what changed and nothing else', () => {
    expect(specDifference(spec('x', '1'), spec('x', '2'))).toEqual({ Labels: { l: '2' } });
    expect(specDifference(spec('x', '1'), spec('y', '1'))).toEqual({ TaskTemplate: { ContainerSpec: { Image: 'y' } } });
    expect(specDifference(spec('x', '1'), spec('x', '1'))).toEqual({});
  });

  test('are laid over what is there, and take away what is not to be there', () => {
    const live = {
      Labels: { l: '1' },
      TaskTemplate: { ContainerSpec: { Image: 'x@sha256:1', TTY: true }, LogDriver: { Name: 'x' } },
    };
    expect(patchedSpec(live, { Labels: { l: '2' } }).TaskTemplate).toBe(live.TaskTemplate);
    expect(patchedSpec(live, { TaskTemplate: { LogDriver: null, ContainerSpec: { Image: 'y' } } })).toEqual({
      Labels: { l: '1' },
      TaskTemplate: { ContainerSpec: { Image: 'y', TTY: true } },
    });
  });
});

test('a state of version 1 has its maps turned into blocks', () => {
  const old = {
    auth: { server_address: 'x' },
    labels: { a: '1' },
    task_spec: [{ restart_policy: { condition: 'any' }, container_spec: [{ labels: { b: '2' } }] }],
  };
  expect(serviceResource.upgrade?.(old, 1).value).toEqual({
    auth: [{ server_address: 'x' }],
    labels: [{ label: 'a', value: '1' }],
    task_spec: [{ restart_policy: [{ condition: 'any' }], container_spec: [{ labels: [{ label: 'b', value: '2' }] }] }],
  });
  expect(serviceResource.upgrade?.({ task_spec: [{}] }, 1).value).toMatchObject({
    auth: [],
    task_spec: [{ restart_policy: [] }],
  });
});
