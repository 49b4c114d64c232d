import type { Secret } from '../keys/key-secret.js';

/** A Secret in the namespace `default` with these entries as plain text. */
export const secretOf = (name: string, entries: Readonly<Record<string, string>>): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'default' },
  data: Object.fromEntries(
    Object.entries(entries).map(([entry, content]) => [entry, Buffer.from(content).toString('base64')]),
  ),
});
