/** GET over http and https with redirects. Knows no module and no registry. */
import type { IncomingHttpHeaders } from 'node:http';

/** What was asked for, or why it could not be had: the end of a sentence. */
export type Fetched<T> = { readonly value: T } | { readonly problem: string };

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** After all redirects. */
  readonly url: URL;
}

export interface HttpOptions {
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
  /** PEM: trusted beside those that Node knows. */
  readonly certificates?: string;
}

const MAXIMUM_REDIRECTS = 10;
const IDLE_TIMEOUT_MS = 30_000;

export async function httpGet(url: URL, options: HttpOptions): Promise<Fetched<HttpAnswer>> {
  let [at, headers] = [url, options.headers ?? {}];
  for (let count = 0; count <= MAXIMUM_REDIRECTS; count++) {
    let answer: HttpAnswer;
    try {
      answer = await getOnce(at, { ...options, headers });
    } catch (error) {
      return { problem: `GET ${shownUrl(at)} failed: ${wordsOf(error)}` };
    }
    const { location } = answer.headers;
    if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return { value: answer };
    const next = URL.canParse(location, at.href) ? new URL(location, at) : null;
    if (next === null) return { problem: `GET ${shownUrl(at)} redirects to "${location}", which is no address` };
    // What one host was told in confidence is not for the next one.
    if (next.host !== at.host) headers = {};
    at = next;
  }
  return { problem: `GET ${shownUrl(url)} was redirected more than ${MAXIMUM_REDIRECTS} times` };
}

async function getOnce(url: URL, { signal, headers, certificates }: HttpOptions): Promise<HttpAnswer> {
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const trusted =
    certificates === undefined || url.protocol !== 'https:'
      ? {}
      : { ca: [...(await import('node:tls')).rootCertificates, certificates] };
  return new Promise((resolve, reject) => {
    const sent = request(url, { signal, headers: { 'user-agent': 'stowage', ...headers }, agent: false, ...trusted });
    sent.setTimeout(IDLE_TIMEOUT_MS, () => sent.destroy(new Error(`no answer for ${IDLE_TIMEOUT_MS / 1000} seconds`)));
    sent.on('error', reject).on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject).on('end', () => {
        if (!response.complete) reject(new Error('the connection was cut short'));
        const status = response.statusCode ?? 0;
        resolve({ status, headers: response.headers, body: Buffer.concat(chunks), url });
      });
    });
    sent.end();
  });
}

export function shownUrl(url: URL): string {
  if (url.password === '') return url.href;
  const shown = new URL(url);
  shown.password = 'xxxxx';
  return shown.href;
}

/** Connection errors to several addresses have no message of their own. */
export function wordsOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return wordsOf(error.errors[0]);
  return error instanceof Error ? error.message || error.name : String(error);
}
