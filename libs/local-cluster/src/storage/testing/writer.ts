/**
 * A process that writes without end, and says on its standard output what was acknowledged: `<key> <value>`, a line
 * each. `node writer.mjs FILE`.
 */
import { writeSync } from 'node:fs';
import { openDurableStore } from '../durable-store.js';

const KEYS = 20;
const store = openDurableStore({ file: process.argv[2] ?? '', history: 500 });

async function write(number: number): Promise<never> {
  const name = `object-${number}`;
  const key = `/core/configmaps/default/${name}`;
  for (;;) {
    const object = await store.update(key, (current) => ({
      action: 'store',
      object: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace: 'default' },
        value: Number(current?.['value'] ?? 0) + 1,
      },
    }));
    writeSync(1, `${key} ${String(object?.['value'])}\n`);
  }
}

await Promise.all(Array.from({ length: KEYS }, (_, number) => write(number)));
