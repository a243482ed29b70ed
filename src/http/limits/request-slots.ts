/** How many requests may be under way at once, their bodies waiting to be read included. */
export interface RequestSlots {
  readonly count: number;
  /** Waits for a slot, first come first served. What it gives hands the slot back, once. */
  acquire(): Promise<ReleaseSlot>;
  /** A slot if one is free now and nobody waits for it: for requests that may turn out not to be needed. */
  tryAcquire(): ReleaseSlot | undefined;
}

/** Hands a slot back; a second call does nothing. */
export type ReleaseSlot = () => void;

/** Makes `count` slots, all free. */
export function createRequestSlots(count: number): RequestSlots {
  const waiting: ((release: ReleaseSlot) => void)[] = [];
  let free = count;

  const occupy = (): ReleaseSlot => {
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next(occupy());
    };
  };

  return {
    count,
    acquire() {
      const release = this.tryAcquire();
      return release === undefined
        ? new Promise((resolve) => {
            waiting.push(resolve);
          })
        : Promise.resolve(release);
    },
    tryAcquire() {
      if (free === 0) return undefined;
      free -= 1;
      return occupy();
    },
  };
}
