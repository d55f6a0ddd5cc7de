/** Counting calls a minute on the wall clock. */

/** A counter that says whether one more call under a key is within `limit` calls a minute. */
export function perMinute(): (key: string, limit: number) => boolean {
  const windows = new Map<string, { start: number; count: number }>();
  return (key, limit) => {
    const now = Date.now();
    const window = windows.get(key);
    if (window && now - window.start < 60_000) {
      window.count += 1;
      return window.count <= limit;
    }
    if (windows.size > 10_000) windows.clear();
    windows.set(key, { start: now, count: 1 });
    return limit > 0;
  };
}
