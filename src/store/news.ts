import type { AlertStore } from './alert-store';

type Listener = Parameters<AlertStore['onNews']>[0];

/** Whoever wants to know of what is to be told, for as long as he does. */
export function createNews(): { readonly on: AlertStore['onNews']; readonly tell: Listener } {
  const subscriptions = new Set<{ readonly listener: Listener }>();
  return {
    on: (listener) => {
      // An object of its own: a listener may be given twice, and each time for itself.
      const subscription = { listener };
      subscriptions.add(subscription);
      return () => {
        subscriptions.delete(subscription);
      };
    },
    tell: (organizationId, budgetIds) => {
      if (budgetIds.length > 0) for (const { listener } of subscriptions) listener(organizationId, budgetIds);
    },
  };
}
