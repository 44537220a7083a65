import type { Command } from '../args/command';
import { agents } from './agents';
import { api } from './api';
import { alerts } from './alerts';
import { audit } from './audit';
import { budgets } from './budgets';
import { doctor } from './doctor';
import { invocations } from './invocations';
import { invoke } from './invoke';
import { keys } from './keys';
import { prune } from './prune';
import { start } from './start';
import { worker } from './worker';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  start,
  api,
  worker,
  invoke,
  ...invocations,
  ...agents,
  ...budgets,
  ...keys,
  ...alerts,
  audit,
  prune,
  doctor,
];
