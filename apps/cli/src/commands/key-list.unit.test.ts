import { expect, it } from 'vitest';
import { renderKeys, withoutSecret } from './key-list.js';

it('shows names, rights and limits, and never a key or a field it does not know', () => {
  const keys = [
    { name: 'api-key', secret: 'sk-secret' },
    {
      name: 'team',
      secret: 'sk-secret',
      instances: ['writer', 'editor'],
      limits: { requestsPerMinute: 60, burst: 5, maxConcurrent: 2 },
      expires: '2026-02-01T00:00:00Z',
      note: 'sk-secret',
    },
  ].map(withoutSecret);
  expect(renderKeys(keys).split('\n')).toEqual([
    'NAME     INSTANCES      LIMITS                      EXPIRES',
    'api-key  all            the instance’s              never',
    'team     writer,editor  60/min, burst 5, 2 at once  2026-02-01T00:00:00Z',
  ]);
  expect(JSON.stringify(keys)).not.toContain('sk-secret');
});
