import { isNotFound } from '@sympozium/kube';

/** What a write gives; nothing if its object was deleted meanwhile, which an event will tell or has told. */
export async function unlessGone<T>(write: Promise<T>): Promise<T | undefined> {
  try {
    return await write;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
