import type { HttpRequest, HttpResponse } from "../../../http/client.js";
import type { ReleaseSlot, RequestSlots } from "../../../http/limits/request-slots.js";

/** What sends a chain's requests. */
export interface PageSender {
  /** `stop`, when given, ends this request alone. */
  send(request: HttpRequest, stop?: AbortSignal): Promise<HttpResponse>;
  readonly slots: RequestSlots;
}

/** A response, and the slot that its body holds until it was read. */
export interface FetchedPage {
  readonly response: HttpResponse;
  readonly release: ReleaseSlot;
}

/**
 * Sends the requests of a chain in order, and some ahead of their turn. Its caller still decides page by page: a
 * response that was asked for ahead of time is used only if the very same request comes up, so rows and errors are
 * those of reading one page after the other.
 */
export interface PageFetcher extends AsyncDisposable {
  /**
   * The response to `request`; rejects as sending does. `foreseen` are the requests that are likely to follow: they
   * are started as far as slots are free.
   */
  fetch(request: HttpRequest, foreseen: readonly HttpRequest[]): Promise<FetchedPage>;
}

/** Disposing ends, and waits for, all that is under way. */
export function createPageFetcher(sender: PageSender): PageFetcher {
  const { slots } = sender;
  let ahead: Started[] = [];
  let stop = new AbortController();
  let expected: string | undefined;
  /** Nothing after a foresight that was wrong, one more after each that was right: few requests are sent in vain. */
  let most = slots.count - 1;

  const start = (request: HttpRequest, key: string, release: ReleaseSlot): Started => {
    const response = sender.send(request, stop.signal);
    // Told where it is awaited; what is dropped fails for nobody.
    response.catch(() => undefined);
    return { key, response, release };
  };
  const drop = async (): Promise<void> => {
    const dropped = ahead;
    ahead = [];
    stop.abort();
    stop = new AbortController();
    await Promise.allSettled(dropped.map(({ response, release }) => response.finally(release)));
  };
  const startForeseen = (foreseen: readonly HttpRequest[]): void => {
    for (const request of foreseen.slice(ahead.length, most)) {
      const release = slots.tryAcquire();
      if (release === undefined) return;
      ahead.push(start(request, identify(request), release));
    }
  };

  return {
    async fetch(request, foreseen) {
      const key = identify(request);
      if (expected !== undefined) {
        most = expected === key ? Math.min(slots.count - 1, most + 1) : 0;
      }
      if (ahead.length > 0 && ahead[0]?.key !== key) await drop();
      const page = ahead.shift() ?? start(request, key, await slots.acquire());
      startForeseen(foreseen);
      expected = foreseen[0] === undefined ? undefined : identify(foreseen[0]);
      try {
        return { response: await page.response, release: page.release };
      } catch (error) {
        page.release();
        throw error;
      }
    },
    [Symbol.asyncDispose]: drop,
  };
}

interface Started {
  readonly key: string;
  readonly response: Promise<HttpResponse>;
  readonly release: ReleaseSlot;
}

function identify({ method, url, headers, body, expectedStatuses }: HttpRequest): string {
  const text = typeof body === "object" ? Buffer.from(body).toString("base64") : body;
  return JSON.stringify([method, url.href, headers, text, expectedStatuses]);
}
