/** The built-in `hashicorp/time`. */
import type { Provider } from '../../core/provider.ts';
import { plainProvider } from '../kit/plain-provider.ts';
import { timeOffset } from './time-offset.ts';
import { timeRotating } from './time-rotating.ts';
import { timeSleep } from './time-sleep.ts';
import { timeStatic } from './time-static.ts';

export const timeProvider: Provider = plainProvider({
  source: 'registry.terraform.io/hashicorp/time',
  type: 'time',
  description: 'Times that stay as they are, and waits.',
  resources: {
    time_offset: timeOffset,
    time_rotating: timeRotating,
    time_sleep: timeSleep,
    time_static: timeStatic,
  },
});
