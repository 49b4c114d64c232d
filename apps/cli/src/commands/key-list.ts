import { connect } from '../cluster.js';
import { renderTable } from '../render-table.js';
import { readKeys, type ApiKey, type KeyLimits } from '../server/api-keys.js';
import { keySecret } from '../server/find-endpoint.js';
import { findServing } from '../server/find-serving.js';
import type { ClusterOptions, OutputOptions } from './options.js';

/** `sympozium key list INSTANCE`: names, rights and limits of the API keys; never a key. */
export async function keyList(name: string, options: ClusterOptions & OutputOptions): Promise<void> {
  const client = await connect(options);
  try {
    const secret = await keySecret(client, await findServing(client, { namespace: options.namespace, name }));
    const keys = readKeys(secret).map(withoutSecret);
    process.stdout.write(options.output === 'json' ? `${JSON.stringify(keys)}\n` : `${renderKeys(keys)}\n`);
  } finally {
    await client.close();
  }
}

type ShownKey = Omit<ApiKey, 'secret'>;

/** Names what is shown, so that a further field of an entry stays hidden. */
export const withoutSecret = ({ name, instances, limits, expires }: ApiKey): ShownKey => ({
  name,
  ...(instances && { instances }),
  ...(limits && { limits }),
  ...(expires !== undefined && { expires }),
});

const HEAD = ['NAME', 'INSTANCES', 'LIMITS', 'EXPIRES'];

export const renderKeys = (keys: readonly ShownKey[]): string =>
  renderTable(
    HEAD,
    keys.map(({ name, instances, limits, expires = 'never' }) => [
      name,
      instances?.join(',') ?? 'all',
      renderLimits(limits),
      expires,
    ]),
  );

function renderLimits({ requestsPerMinute, burst, maxConcurrent }: KeyLimits = {}): string {
  const parts = [
    requestsPerMinute === undefined ? [] : `${requestsPerMinute}/min`,
    burst === undefined ? [] : `burst ${burst}`,
    maxConcurrent === undefined ? [] : `${maxConcurrent} at once`,
  ].flat();
  return parts.join(', ') || 'the instance’s';
}
