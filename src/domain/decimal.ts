/** A decimal number, exactly: units x 10^-scale. */
interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/** The number as its shortest decimal notation says it, whatever its binary neighbour is. Finite and >= 0. */
function decimal(value: number): Decimal {
  const [digits = '0', exponent = '0'] = String(value).split('e');
  const [whole = '0', fraction = ''] = digits.split('.');
  const scale = fraction.length - Number(exponent);
  const units = BigInt(whole + fraction);
  return scale >= 0 ? { units, scale } : { units: units * 10n ** BigInt(-scale), scale: 0 };
}

/** The sum of products, in micro-units, rounded half up; a positive one is never 0. */
export function sumOfProductsInMicro(products: readonly (readonly number[])[]): number {
  const terms = products.map((factors) =>
    factors.map(decimal).reduce((a, b) => ({ units: a.units * b.units, scale: a.scale + b.scale }), { units: 1n, scale: 0 }),
  );
  const scale = Math.max(6, ...terms.map((term) => term.scale));
  const total = terms.reduce((sum, term) => sum + term.units * 10n ** BigInt(scale - term.scale), 0n);
  const micro = 10n ** BigInt(scale - 6);
  const rounded = (total * 2n + micro) / (micro * 2n);
  return total > 0n && rounded === 0n ? 1 : Number(rounded);
}
