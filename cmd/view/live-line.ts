/** One line of the terminal that long operations share: news replaces news, and lasting lines push it away. */
import type { Io } from '../io.ts';
import type { LiveLine } from './progress-text.ts';
import { DEFAULT_WIDTH } from './style.ts';

const LEAST_BETWEEN_MS = 80;

/** Undefined where output is not a terminal. */
export function liveLineFor(io: Io): LiveLine | undefined {
  if (!io.terminal.output || io.environment.TERM === 'dumb') return undefined;
  let shown = false;
  let lastAt = 0;
  return {
    show(text) {
      const now = io.now().getTime();
      if (now - lastAt < LEAST_BETWEEN_MS) return;
      lastAt = now;
      shown = true;
      io.out(`\r\x1b[2K${text.slice(0, (io.columns ?? DEFAULT_WIDTH) - 1)}`);
    },
    clear() {
      if (shown) io.out('\r\x1b[2K');
      shown = false;
    },
  };
}
