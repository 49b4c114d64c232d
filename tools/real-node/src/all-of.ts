type Work<T> = (signal: AbortSignal) => Promise<T>;

/**
 * Does two things at a time. When one fails, the other is given up, and both have ended before this rejects, so that
 * there is nothing that starts after the clean-up.
 */
export async function allOf<A, B>(
  signal: AbortSignal | undefined,
  [a, b]: readonly [Work<A>, Work<B>],
): Promise<[A, B]> {
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  let first: unknown;
  const giveUp = (error: unknown): never => {
    first ??= error;
    controller.abort(error);
    throw error;
  };
  const [one, other] = await Promise.allSettled([
    a(controller.signal).catch(giveUp),
    b(controller.signal).catch(giveUp),
  ]);
  signal?.removeEventListener('abort', abort);
  if (one.status === 'rejected' || other.status === 'rejected') throw first;
  return [one.value, other.value];
}
