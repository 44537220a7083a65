type Snake<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${Snake<Rest>}`
  : Name;

export type SnakeKeys<Value> = { [Name in keyof Value & string as Snake<Name>]: Value[Name] };

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

/** An object as it is written in JSON here: its fields' names in snake_case, their values as they are. */
export function snakeKeys<Value extends object>(value: Value): SnakeKeys<Value> {
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [snakeCase(name), field as unknown])) as SnakeKeys<Value>;
}
