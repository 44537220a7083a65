import { getEventListeners } from 'node:events';
import { withFirstAbort } from '../../src/contract/with-first-abort';
import { collectGarbage } from '../support/garbage';

const aborted = (signal: AbortSignal) =>
  new Promise<unknown>((resolve) => {
    if (signal.aborted) resolve(signal.reason);
    signal.addEventListener('abort', () => {
      resolve(signal.reason);
    });
  });

test('a time-out comes, whatever is collected meanwhile', async () => {
  const stop = collectGarbage();
  try {
    const never = new AbortController().signal;
    const late = new Promise<string>((resolve) => setTimeout(resolve, 5_000, 'never came').unref());
    const waited = withFirstAbort([never, AbortSignal.timeout(200)], aborted);
    expect(await Promise.race([waited, late])).toMatchObject({ name: 'TimeoutError' });
  } finally {
    stop();
  }
});

test('the first one counts, also one that came before, and its reason is told', async () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const waited = withFirstAbort([one.signal, other.signal], aborted);
  other.abort('other');
  one.abort('one');
  expect(await waited).toBe('other');
  expect(await withFirstAbort([one.signal], aborted)).toBe('one');
});

test.each([
  ['succeeds', () => Promise.resolve('done'), 'done'],
  ['fails', () => Promise.reject(new Error('failed')), 'failed'],
])('nothing is left of work that %s', async (_name, work, end) => {
  const { signal } = new AbortController();
  const ended: Promise<unknown> = withFirstAbort([signal], work);
  expect(await ended.catch((error: unknown) => (error as Error).message)).toBe(end);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
