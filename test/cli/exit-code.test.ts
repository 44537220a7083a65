import { UsageError } from '../../src/cli/args/usage-error';
import { codeOf, exitCodeOf, NotFound, Unavailable } from '../../src/cli/exit-code';
import { NamespaceNotFoundError } from '@temporalio/common';
import { InvocationFailed } from '../../src/client';
import { SetupError } from '../../src/contract/setup-error';
import { DomainError, InvalidAmount } from '../../src/domain/errors';
import { Interrupted } from '../../src/ground/stopping';
import { LedgerUnavailable } from '../../src/store/ledger-unavailable';

const grpc = (code: number) => new Error('Failed to start', { cause: Object.assign(new Error('of the server'), { code, details: '' }) });

test.each([
  ['a wrong command line', new UsageError('no'), 2, 'UsageError'],
  ['an invalid request', new DomainError('InvalidRequest', 'no'), 2, 'InvalidRequest'],
  ['an invalid amount', new InvalidAmount('no'), 2, 'InvalidAmount'],
  ['an unknown agent', new DomainError('AgentNotFound', 'no'), 1, 'AgentNotFound'],
  ['an unknown thing', new NotFound('no'), 1, 'NotFound'],
  ['an environment that cannot be used', new SetupError('no'), 1, 'SetupError'],
  ['a run that failed', new InvocationFailed('AgentTimeout', 'no', null, undefined), 1, 'AgentTimeout'],
  ['a run whose request was refused', new InvocationFailed('InvalidRequest', 'no', null, undefined), 1, 'InvalidRequest'],
  ['a run whose ledger was away', new InvocationFailed('ledger_unavailable', 'no', null, undefined), 4, 'ledger_unavailable'],
  ['a ledger that is away', new LedgerUnavailable('no'), 4, 'LedgerUnavailable'],
  ['nothing that runs', new Unavailable('no'), 4, 'Unavailable'],
  ['what was told to stop', new Interrupted('no'), 130, 'Interrupted'],
  ['a namespace that is not there', new NamespaceNotFoundError('nowhere'), 1, 'NamespaceNotFoundError'],
  ['a server that is away', grpc(14), 4, 'Unavailable'],
  ['a server that does not answer in time', grpc(4), 4, 'Unavailable'],
  ['a server whose stream was reset', grpc(13), 4, 'Unavailable'],
  ['a server that has too much to do', grpc(8), 4, 'Unavailable'],
  ['a server that refuses', grpc(3), 1, 'Error'],
  ['a program that ended with 1', Object.assign(new Error('initdb failed'), { code: 1 }), 1, 'Error'],
  ['a fault of ours', new TypeError('no'), 1, 'TypeError'],
  ['no error at all', 'no', 1, 'Error'],
])('%s', (_name, error, exitCode, code) => {
  expect(exitCodeOf(error)).toBe(exitCode);
  expect(codeOf(error)).toBe(code);
});
