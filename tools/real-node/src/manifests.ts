import { readFileSync } from 'node:fs';
import type { Kind, KubeObject } from '@sympozium/api';
import type { KubeClient } from '@sympozium/kube';
import { parseAllDocuments } from 'yaml';

/** Every object of a YAML file; `@NAME@` in it stands for a value. */
export function readObjects(path: string, values: Readonly<Record<string, string>> = {}): KubeObject[] {
  let text = readFileSync(path, 'utf8');
  for (const [name, value] of Object.entries(values)) text = text.replaceAll(`@${name}@`, value);
  return parseObjects(text);
}

/** Every object of a YAML text. */
export const parseObjects = (text: string): KubeObject[] =>
  parseAllDocuments(text).flatMap((document) => (document.toJS() as KubeObject | null) ?? []);

/** Applies objects in their order. */
export async function applyObjects(client: KubeClient, objects: readonly KubeObject[]): Promise<void> {
  for (const object of objects) {
    const { name, namespace } = object.metadata;
    const key = namespace === undefined ? { name } : { name, namespace };
    const patch = { type: 'apply', body: object, force: true } as const;
    await client.patch(kindOf(object), key, patch, { fieldManager: 'sympozium-node' });
  }
}

/** Good for the kinds of this project’s manifests, whose plurals are regular. */
function kindOf({ apiVersion, kind, metadata }: KubeObject): Kind {
  const word = kind.toLowerCase();
  const plural = word.endsWith('s') ? `${word}es` : word.endsWith('y') ? `${word.slice(0, -1)}ies` : `${word}s`;
  return { apiVersion, kind, plural, namespaced: metadata.namespace !== undefined };
}
