type Snake<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${Snake<Rest>}`
  : Name;

export type SnakeKeys<Value> = { [Name in keyof Value & string as Snake<Name>]: Value[Name] };

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The names of our own objects' fields: not many, and asked for with every answer. */
const snakeNames = new Map<string, string>();

function snakeName(name: string): string {
  const known = snakeNames.get(name);
  if (known !== undefined) return known;
  const snake = snakeCase(name);
  snakeNames.set(name, snake);
  return snake;
}

export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

/** An object as it is written in JSON here: its fields' names in snake_case, their values as they are. */
export function snakeKeys<Value extends object>(value: Value): SnakeKeys<Value> {
  const snake: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) snake[snakeName(name)] = field;
  return snake as SnakeKeys<Value>;
}
