export interface Observed {
  /** The same, with a body that is observed. Nothing is read ahead. */
  readonly response: Response;
  /** Whether somebody waits for a part of the body, or took one since this was last asked. Some answers' bodies nobody ever takes. */
  readonly isBeingTaken: () => boolean;
}

/** `onEnd` hears when the body was taken to the end, or broke off. */
export function observedBody(response: Response, onEnd: (isComplete: boolean) => void): Observed {
  if (response.body === null) {
    onEnd(true);
    return { response, isBeingTaken: () => false };
  }
  let isWaiting = false;
  let wasTaken = false;
  const reader = response.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        isWaiting = true;
        wasTaken = true;
        try {
          const { done, value } = await reader.read();
          if (!done) {
            controller.enqueue(value);
            return;
          }
          controller.close();
          onEnd(true);
        } catch (error) {
          onEnd(false);
          controller.error(error);
        } finally {
          isWaiting = false;
        }
      },
      cancel: (reason) => {
        onEnd(false);
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  const isBeingTaken = () => {
    const wasTakenLately = wasTaken;
    wasTaken = false;
    return isWaiting || wasTakenLately;
  };
  return { response: new Response(body, response), isBeingTaken };
}
