/** Values by key, laid over what is beneath. It knows what the operation at hand set, so that this can be told, and taken back. */
export class Layer<Value> {
  readonly #values = new Map<string, Value>();
  /** Of what the operation at hand set, the value before; undefined where there was none. */
  readonly #before = new Map<string, Value | undefined>();

  get size(): number {
    return this.#values.size;
  }

  get(key: string): Value | undefined {
    return this.#values.get(key);
  }

  all(): ReadonlyMap<string, Value> {
    return this.#values;
  }

  set(key: string, value: Value): void {
    if (!this.#before.has(key)) this.#before.set(key, this.#values.get(key));
    this.#values.set(key, value);
  }

  /** Whether the operation at hand set it. */
  touches(key: string): boolean {
    return this.#before.has(key);
  }

  /** What the operation at hand set, with the values before. */
  before(): ReadonlyMap<string, Value | undefined> {
    return this.#before;
  }

  /** Ends the operation at hand: what it set stays. */
  keep(): void {
    // Most operations leave most layers alone, and clearing an empty map costs as much as filling it.
    if (this.#before.size > 0) this.#before.clear();
  }

  /** Ends the operation at hand as if it had never been. */
  undo(): void {
    for (const [key, value] of this.#before) {
      if (value === undefined) this.#values.delete(key);
      else this.#values.set(key, value);
    }
    this.keep();
  }
}
