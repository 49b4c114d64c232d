import type { Kind, KubeObject } from '@sympozium/api';
import type { KubeClient, KubeList, ListOptions } from './client.js';

type Lister = Pick<KubeClient, 'list'>;

/** A list page by page, where `limit` cuts it; the last page has the version of the whole. */
export async function* listPages<T extends KubeObject>(
  client: Lister,
  kind: Kind<T>,
  options: ListOptions,
): AsyncGenerator<KubeList<T>, void> {
  let page = await client.list(kind, options);
  yield page;
  while (page.continue !== undefined) {
    page = await client.list(kind, { ...options, continue: page.continue });
    yield page;
  }
}

/** Every object of a list, read page by page. */
export async function listAll<T extends KubeObject>(client: Lister, kind: Kind<T>, options: ListOptions): Promise<T[]> {
  const items: T[] = [];
  for await (const page of listPages(client, kind, options)) items.push(...page.items);
  return items;
}
