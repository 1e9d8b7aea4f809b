import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../core/plan/plan.ts';
import { STRING, setType } from '../../../core/value/type.ts';
import { unknownValue } from '../../../core/value/value.ts';
import { lineDiff } from '../../../cmd/view/line-diff.ts';
import { planText } from '../../../cmd/view/plan-text.ts';
import { styleFor } from '../../../cmd/view/style.ts';
import {
  change,
  containerSchema,
  labels,
  object,
  output,
  plan,
  ports,
  secret,
  stringMap,
  stringSet,
  strings,
  unknown,
} from './plans.ts';

const unknownSet = unknownValue(setType(STRING));

const cases: Readonly<Record<string, Plan>> = {
  create: plan([
    change({
      name: 'web',
      action: 'create',
      after: {
        id: unknown,
        name: 'web',
        command: strings('httpd', '-f'),
        env: stringSet('A=1', 'B=2'),
        sysctls: stringMap({ 'net.core.somaxconn': '1024' }),
        gone: null,
        labels: labels({ one: '1', two: '2' }),
        ports: ports({ internal: 80, external: unknown }),
      },
    }),
    change({ name: 'more', key: 'a.b', module: 'm', action: 'create', after: { id: unknown, labels: unknownSet } }),
  ]),
  'update-sets-and-blocks': plan([
    change({
      name: 'web',
      action: 'update',
      impact: 'in-place',
      before: {
        id: 'abc',
        name: 'web',
        user: 'nobody',
        env: stringSet('A=1', 'B=2', 'C=3'),
        command: strings('a', 'b', 'c', 'd', 'e'),
        sysctls: stringMap({ x: '1', y: '2', z: '3' }),
        labels: labels({ one: '1', two: '2', three: '3' }),
        ports: ports({ internal: 80, external: 8080 }, { internal: 443, external: 8443 }),
      },
      after: {
        id: 'abc',
        name: 'web',
        user: 'nobody',
        env: stringSet('A=1', 'B=two', 'D=4'),
        command: strings('a', 'b', 'x', 'd', 'e', 'f'),
        sysctls: stringMap({ x: '1', y: 'two', w: '0' }),
        labels: labels({ one: '1', two: 'zwei', four: '4' }),
        ports: ports({ internal: 80, external: 8081 }, { internal: 443, external: 8443 }),
      },
    }),
  ]),
  'replace-with-causes': plan([
    change({
      name: 'web',
      action: 'replace',
      reason: 'replace_because_cannot_update',
      impact: 'recreate',
      replacePaths: [['image'], ['ports', 0, 'internal'], ['env']],
      causes: [
        { path: ['image'], before: undefined, after: unknown, forcesReplacement: true, author: 'configuration' },
        {
          path: ['ports', 0, 'internal'],
          before: object({ a: 1 }).attributes.get('a'),
          after: object({ a: 2 }).attributes.get('a'),
          forcesReplacement: true,
          author: 'drift',
          note: 'somebody moved it',
        },
      ],
      before: { id: 'abc', image: 'sha256:1', env: stringSet('A=1'), ports: ports({ internal: 1, external: 8080 }) },
      after: { id: unknown, image: unknown, env: stringSet('A=2'), ports: ports({ internal: 2, external: 8080 }) },
    }),
    change({
      name: 'old',
      action: 'replace',
      createBeforeDestroy: true,
      reason: 'replace_because_tainted',
      before: { id: '1' },
      after: { id: unknown },
    }),
    change({
      name: 'asked',
      action: 'replace',
      reason: 'replace_by_request',
      before: { id: '1' },
      after: { id: unknown },
    }),
  ]),
  'delete-and-move': plan([
    change({
      name: 'gone',
      action: 'delete',
      reason: 'delete_because_no_resource_config',
      impact: 'data-at-risk',
      before: { id: 'abc', env: stringSet('A=1'), labels: labels({ one: '1' }), command: strings() },
    }),
    change({ name: 'many', key: 3, action: 'delete', reason: 'delete_because_count_index', before: { id: 'x' } }),
    change({ name: 'web', action: 'delete', deposed: '0123abcd', before: { id: 'd' } }),
    change({
      name: 'new',
      action: 'no-op',
      previousAddress: 'docker_container.old',
      before: { id: 'm' },
      after: { id: 'm' },
    }),
    change({
      name: 'found',
      action: 'no-op',
      importing: { id: 'abc' },
      before: { id: 'i', name: 'n' },
      after: { id: 'i', name: 'n' },
    }),
    change({ name: 'left', action: 'forget', before: { id: 'f' } }),
  ]),
  sensitive: plan(
    [
      change({
        name: 'web',
        action: 'update',
        before: { id: 'abc', password: secret('old'), was: secret('x'), nested: { a: secret('1'), b: '2' } },
        after: { id: 'abc', password: secret('new'), was: 'x', nested: { a: secret('2'), b: '2' } },
      }),
    ],
    { outputList: [output('token', 'update', 'a', 'b', true), output('same', 'no-op', 1, 1)] },
  ),
  'lines-of-text': plan([
    change({
      name: 'web',
      action: 'update',
      before: { id: 'abc', script: 'one\ntwo\nthree\n', gone: 'x\ny\n', to_unknown: 'p\nq\n', plain: 'short' },
      after: {
        id: 'abc',
        script: 'one\n2\nthree\nfour\n',
        gone: null,
        to_unknown: unknown,
        plain: 'tab\tand \u001b[31mred',
      },
    }),
  ]),
  'outputs-only': plan([change({ name: 'web', action: 'no-op', before: { id: 'a' }, after: { id: 'a' } })], {
    outputList: [
      output('added', 'create', undefined, { a: [1, true] }),
      output('changed', 'update', ['a', 'b'], ['a', 'c']),
      output('removed', 'delete', 'x', undefined),
      output('later', 'update', 'x', unknown),
    ],
  }),
  'no-changes': plan([change({ name: 'web', action: 'no-op', before: { id: 'a' }, after: { id: 'a' } })]),
  drift: plan([change({ name: 'web', action: 'no-op', before: { id: 'a' }, after: { id: 'a' } })], {
    drift: [
      {
        ...drifted('web'),
        action: 'update',
        before: object({ id: 'a', memory: 64 }),
        after: object({ id: 'a', memory: 32 }),
      },
      { ...drifted('lost'), action: 'delete', before: object({ id: 'b' }), after: null },
    ],
  }),
};

function drifted(name: string) {
  const { address, text, previousAddress, providerSource } = change({ name });
  return { address, text, previousAddress, providerSource };
}

describe('a plan as text', () => {
  it.each(Object.entries(cases))('%s', async (name, made) => {
    const text = planText(made, { style: styleFor(false), lineDiff, schemaOf: () => containerSchema });
    await expect(text).toMatchFileSnapshot(join(import.meta.dirname, '__golden__', `${name}.txt`));
  });

  it('has the same words with colours', () => {
    for (const made of Object.values(cases)) {
      const options = { lineDiff, schemaOf: () => containerSchema };
      const coloured = planText(made, { ...options, style: styleFor(true) });
      expect(coloured.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g'), '')).toBe(
        planText(made, { ...options, style: styleFor(false) }),
      );
    }
  });
});
