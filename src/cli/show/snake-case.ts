/** Fields whose content is their owner's: its names stay as they were given. */
const OPAQUE = new Set(['output', 'metadata', 'secretHeaders', 'secret_headers']);

/** A payload as the HTTP API writes it: `monthlyBudgetUsd` is `monthly_budget_usd`, also inside. */
export function snakeCase(value: unknown): unknown {
  return renamed(value, (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}

/** The other way round, for JSON that somebody wrote; a name in camel case stays. */
export function camelCase(value: unknown): unknown {
  return renamed(value, (name) => name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase()));
}

function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((one) => renamed(one, rename));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([name, field]) => [rename(name), OPAQUE.has(name) ? (field as unknown) : renamed(field, rename)]),
  );
}
