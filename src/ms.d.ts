// Temporal's durations are typed by this package; without the declaration they become `any`.
declare module 'ms' {
  export type StringValue = `${number}` | `${number}${string}` | `${number} ${string}`;
}
