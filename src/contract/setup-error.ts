/** What keeps the ground from being laid: one line that says what happened and what to do. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}
