import { collectGarbage } from '../support/garbage';
import { firstAbort } from '../../src/contract/first-abort';

const never = new AbortController().signal;

test.each([
  ['a time-out', () => firstAbort([never, AbortSignal.timeout(200)])],
  ['a time-out of one of the signals', () => firstAbort([never, firstAbort([never, AbortSignal.timeout(200)])])],
])('%s comes, whatever is collected meanwhile', async (_name, signalOf) => {
  const signal = signalOf();
  const aborted = new Promise<unknown>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve(signal.reason);
    });
  });
  const stop = collectGarbage();
  const late = new Promise<string>((resolve) => setTimeout(resolve, 5_000, 'never came').unref());
  expect(await Promise.race([aborted, late])).toMatchObject({ name: 'TimeoutError' });
  stop();
});
