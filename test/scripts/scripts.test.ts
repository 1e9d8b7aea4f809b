// Runs every script archive of this folder with the bundled CLI on a real engine. STOWAGE_UPDATE=1 rewrites what `cmp`
// compares with; STOWAGE_KEEP=1 keeps the working folders.
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { ensureBusyboxImage, ensureEngine } from '../support/docker-engine.mjs';
import { cli, prepare } from '../support/prepare.mjs';
import { runScript } from './runner.ts';

const folder = import.meta.dirname;
const scripts = readdirSync(folder).filter((name) => name.endsWith('.txtar'));
const copied = mkdtempSync(join(tmpdir(), 'stowage-dist-'));

// The scripts run a copy of dist/ outside the checkout: it must work without node_modules, and a build that happens
// meanwhile must not take away a chunk that a running program has yet to load.
beforeAll(async () => {
  prepare();
  await ensureEngine();
  await ensureBusyboxImage();
  cpSync(dirname(cli), copied, { recursive: true });
}, 300_000);

afterAll(() => rmSync(copied, { recursive: true, force: true }));

describe.concurrent('scripts', () => {
  for (const name of scripts) {
    it(name, { timeout: 180_000 }, async (context) => {
      const result = await runScript(join(folder, name), {
        cli: join(copied, 'stowage.mjs'),
        update: process.env.STOWAGE_UPDATE === '1',
        keep: process.env.STOWAGE_KEEP === '1',
      });
      if (result === 'passed') return;
      console.log(`${name} is skipped: ${result}`);
      context.skip(result);
    });
  }
});
