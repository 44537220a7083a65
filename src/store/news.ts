import type { AlertStore } from './alert-store';

type Listener = Parameters<AlertStore['onNews']>[0];

/** Whoever wants to know of what is to be told. */
export function createNews(): { readonly on: AlertStore['onNews']; readonly tell: Listener } {
  const listeners: Listener[] = [];
  return {
    on: (listener) => {
      listeners.push(listener);
    },
    tell: (organizationId, budgetIds) => {
      if (budgetIds.length > 0) for (const listener of listeners) listener(organizationId, budgetIds);
    },
  };
}
