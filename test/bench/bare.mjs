// The Engine calls themselves, without any tool around them: what the tool's times are compared with.
// usage: bare.mjs list PREFIX | apply PREFIX COUNT | destroy PREFIX
import { engine } from '../support/engine-api.mjs';

const [verb, prefix, count] = process.argv.slice(2);

async function call(method, path, body) {
  const answer = await engine(method, path, body);
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Runs `work` for each item, `width` at a time. */
async function each(items, width, work) {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

async function ids() {
  const containers = await call('GET', '/containers/json?all=1');
  return containers.filter(({ Names }) => Names.some((name) => name.startsWith(`/${prefix}`))).map(({ Id }) => Id);
}

const verbs = {
  async list() {
    await call('GET', '/images/busybox:local/json');
    await each(await ids(), 32, (id) => call('GET', `/containers/${id}/json`));
  },
  async apply() {
    const { Id: image } = await call('GET', '/images/busybox:local/json');
    const names = Array.from({ length: Number(count) }, (_, index) => `${prefix}-${index}`);
    await each(names, 10, async (name) => {
      const body = { Image: image, Cmd: ['sleep', '86400'], HostConfig: { Init: true } };
      const { Id } = await call('POST', `/containers/create?name=${name}`, body);
      await call('POST', `/containers/${Id}/start`);
      await call('GET', `/containers/${Id}/json`);
    });
  },
  async destroy() {
    await each(await ids(), 10, async (id) => {
      await call('GET', `/containers/${id}/json`);
      await call('POST', `/containers/${id}/stop`);
      await call('DELETE', `/containers/${id}?v=1&force=1`);
    });
  },
};

await verbs[verb]();
