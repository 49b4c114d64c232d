import { seededRandom } from '@sympozium/process/testing';
import { expect, it } from 'vitest';
import { renderTokens, withToken } from './users.js';

it('gives every user a token of his own', () => {
  const random = seededRandom(1);
  const tokens = ['a', 'b'].map((name) => withToken({ name }, random).token);
  expect(new Set(tokens).size).toBe(2);
  expect(tokens[0]?.length).toBeGreaterThanOrEqual(32);
});

it('renders the token file as the API server reads it: CSV, groups in one field', () => {
  const users = [
    { name: 'admin', token: 't1', groups: ['system:masters', 'team'] },
    { name: 'odd "name", really', token: 't2' },
  ];
  expect(renderTokens(users)).toBe(
    '"t1","admin","admin","system:masters,team"\n"t2","odd ""name"", really","odd ""name"", really",""\n',
  );
});
