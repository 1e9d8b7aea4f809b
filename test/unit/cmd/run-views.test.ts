import { describe, expect, it } from 'vitest';
import { elapsedText } from '../../../cmd/view/events.ts';
import { JsonView } from '../../../cmd/view/json-ui.ts';
import { TextView } from '../../../cmd/view/progress-text.ts';
import { styleFor } from '../../../cmd/view/style.ts';
import { SourceFile, rangeOf } from '../../../core/diag/source.ts';
import type { Event } from '../../../core/event.ts';
import { change, output, plan } from './plans.ts';

const address = 'module.m["a.b"].docker_container.web[0]';

const events: readonly Event[] = [
  { kind: 'refresh-start', address, id: 'i' },
  { kind: 'refresh-complete', address, id: 'i' },
  { kind: 'apply-start', address, action: 'create', id: 'old' },
  { kind: 'apply-progress', address, action: 'create', elapsedMs: 5_000, message: 'pulling 12 of 40 MB' },
  { kind: 'apply-progress', address, action: 'create', elapsedMs: 10_000 },
  { kind: 'apply-progress', address, action: 'create', elapsedMs: 12_000 },
  { kind: 'provision-start', address, provisioner: 'local-exec' },
  { kind: 'provision-output', address, provisioner: 'local-exec', output: 'the hunter22 \u001b[2J' },
  { kind: 'apply-complete', address, action: 'create', elapsedMs: 65_400, id: 'new' },
  { kind: 'apply-start', address, action: 'delete', id: 'i' },
  { kind: 'apply-errored', address, action: 'delete', elapsedMs: 1_000 },
  { kind: 'notice', message: 'A lock was taken over.' },
  { kind: 'interrupted', count: 1 },
];

const redact = (text: string) => text.replaceAll('hunter22', '***');

function textView(live?: string[], compactWarnings = false) {
  const written: string[] = [];
  const liveLine = live && { show: (text: string) => void live.push(text), clear: () => {} };
  const view = new TextView({
    style: styleFor(false),
    width: 78,
    out: (text) => void written.push(text),
    error: (text) => void written.push(text),
    redact,
    compactWarnings,
    schemaOf: () => undefined,
    liveLine,
  });
  return { view, written };
}

function jsonView() {
  const written: string[] = [];
  const now = () => new Date('2026-01-02T03:04:05.678Z');
  const view = new JsonView({
    write: (text) => void written.push(text),
    redact,
    now,
    version: '1',
    terraformVersion: '1.11.4',
  });
  return {
    view,
    lines: () =>
      written
        .join('')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

describe('a run as text', () => {
  it('has a line for what begins, lasts and ends', () => {
    const { view, written } = textView();
    for (const event of events) view.event(event);
    expect(written.join('')).toBe(
      [
        `${address}: Refreshing state... [id=i]`,
        `${address}: Creating...`,
        `${address}: Still creating... [10s elapsed]`,
        `${address}: Provisioning with 'local-exec'...`,
        `${address} (local-exec): the *** \\x1b[2J`,
        `${address}: Creation complete after 1m5s [id=new]`,
        `${address}: Destroying... [id=i]`,
        'A lock was taken over.',
        '',
        'Interrupted: nothing new is started, what is under way is finished and recorded. Once more to stop at once.',
        '',
      ].join('\n'),
    );
  });

  it('shows news over one line of a terminal', () => {
    const live: string[] = [];
    const { view } = textView(live);
    for (const event of events) view.event(event);
    expect(live).toEqual([`${address}: Still creating... [5s elapsed]: pulling 12 of 40 MB`]);
  });

  it('shortens warnings when asked, but not beside an error', () => {
    const file = new SourceFile('main.tf', 'a\nb\n');
    const warning = { severity: 'warning', summary: 'Old', detail: 'Very old.', subject: rangeOf(file, 2, 3) } as const;
    const error = { severity: 'error', summary: 'Broken', detail: '' } as const;
    const { view, written } = textView(undefined, true);
    view.diagnostics([]);
    view.diagnostics([warning]);
    view.diagnostics([warning, error]);
    expect(written[0]).toBe(
      '\nWarnings:\n\n- Old\n  on main.tf line 2\n\nWithout -compact-warnings they are shown in full.\n',
    );
    expect(written[1]).toContain('Very old.');
    expect(written).toHaveLength(3);
  });

  it('ends with the sum and the outputs', () => {
    const { view, written } = textView();
    view.summary('apply', { import: 1, add: 2, change: 0, remove: 3, forget: 0 });
    const base = { unknownFields: {}, sensitive: false };
    view.outputs(
      new Map([
        ['s', { ...base, value: 'x', type: 'string', sensitive: true }],
        ['n', { ...base, value: [1], type: ['list', 'number'] }],
      ]),
    );
    expect(written.join('')).toBe(
      '\nApply complete! Resources: 1 imported, 2 added, 0 changed, 3 destroyed.\n\nOutputs:\n\nn = tolist([\n  1,\n])\ns = <sensitive>\n',
    );
  });
});

describe('a run as JSON lines', () => {
  it('begins with the version', () => {
    expect(jsonView().lines()).toEqual([
      {
        '@level': 'info',
        '@message': 'Stowage 1',
        '@module': 'stowage.ui',
        '@timestamp': '2026-01-02T03:04:05.678000Z',
        stowage: '1',
        terraform: '1.11.4',
        type: 'version',
        ui: '1.2',
      },
    ]);
  });

  it('takes addresses apart', () => {
    const { view, lines } = jsonView();
    for (const event of events) view.event(event);
    const [, start, , , progress] = lines();
    expect(start).toMatchObject({
      type: 'refresh_start',
      hook: {
        resource: {
          addr: address,
          module: 'module.m["a.b"]',
          resource: 'docker_container.web[0]',
          implied_provider: 'docker',
          resource_type: 'docker_container',
          resource_name: 'web',
          resource_key: 0,
        },
        id_key: 'id',
        id_value: 'i',
      },
    });
    expect(progress).toMatchObject({ type: 'apply_progress', hook: { action: 'create', elapsed_seconds: 5 } });
    expect(JSON.stringify(lines())).not.toContain('hunter22');
  });

  it('tells the changes of a plan', async () => {
    const { view, lines } = jsonView();
    await view.plan(
      plan(
        [
          change({ name: 'a', action: 'replace', reason: 'replace_because_tainted', before: {}, after: {} }),
          change({ name: 'b', action: 'no-op', before: {}, after: {} }),
          change({ name: 'c', action: 'no-op', previousAddress: 'docker_container.old', before: {}, after: {} }),
        ],
        { outputList: [output('o', 'no-op', 1, 1)] },
      ),
    );
    expect(
      lines()
        .slice(1)
        .map((line) => line['@message']),
    ).toEqual([
      'docker_container.a: Plan to replace',
      'docker_container.c: Plan to move',
      'Plan: 1 to add, 0 to change, 1 to destroy.',
      'Outputs: 1',
    ]);
    expect(lines()[1]).toMatchObject({ change: { action: 'replace', reason: 'tainted' } });
    expect(lines()[2]).toMatchObject({
      change: { action: 'move', previous_resource: { addr: 'docker_container.old' } },
    });
    expect(lines()[4]).toMatchObject({ outputs: { o: { action: 'noop', sensitive: false } } });
  });
});

it.each([
  [0, '0s'],
  [59_499, '59s'],
  [60_000, '1m0s'],
  [3_661_000, '1h1m1s'],
])('%d ms are %s', (milliseconds, text) => {
  expect(elapsedText(milliseconds)).toBe(text);
});
