export interface RateLimitOptions {
  readonly perSecond: number;
  readonly burst: number;
}

/** How a caller stands after it asked. */
export interface Quota {
  readonly isAllowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the whole burst may be had again, and until the next request may. */
  readonly resetSeconds: number;
  readonly retryAfterSeconds: number;
}

export interface RateLimiter {
  /** Asks for one request. */
  take(name: string): Quota;
  /** The same without taking it. */
  look(name: string): Quota;
  /** Whether the name took something lately. */
  knows(name: string): boolean;
  /** As if the name had never taken anything. */
  forget(name: string): void;
}

interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

/** More callers at once than this, and those that asked least recently begin with a full bucket again. */
const MOST_BUCKETS = 10_000;

/** Token buckets in this process's memory, one a name. */
export function createRateLimiter({ perSecond, burst }: RateLimitOptions, now: () => number): RateLimiter {
  // In the order of their last use.
  const buckets = new Map<string, Bucket>();

  function tokensOf(name: string, at: number): number {
    const bucket = buckets.get(name);
    // A clock that is set back gives nothing, and takes nothing.
    return bucket === undefined ? burst : Math.min(burst, bucket.tokens + (Math.max(0, at - bucket.at) / 1_000) * perSecond);
  }

  function quotaOf(tokens: number, isAllowed: boolean): Quota {
    return {
      isAllowed,
      limit: burst,
      remaining: Math.floor(tokens),
      resetSeconds: Math.ceil((burst - tokens) / perSecond),
      retryAfterSeconds: Math.max(1, Math.ceil((1 - tokens) / perSecond)),
    };
  }

  return {
    take: (name) => {
      const at = now();
      const tokens = tokensOf(name, at);
      const isAllowed = tokens >= 1;
      const left = isAllowed ? tokens - 1 : tokens;
      buckets.delete(name);
      buckets.set(name, { tokens: left, at });
      const [oldest] = buckets.keys();
      if (buckets.size > MOST_BUCKETS && oldest !== undefined) buckets.delete(oldest);
      return quotaOf(left, isAllowed);
    },
    look: (name) => {
      const tokens = tokensOf(name, now());
      return quotaOf(tokens, tokens >= 1);
    },
    knows: (name) => buckets.has(name),
    forget: (name) => {
      buckets.delete(name);
    },
  };
}
