import { expect, it } from 'vitest';
import { undoAll } from './undo-all.js';

it('undoes all, the last first, once, and tells the first error after that', async () => {
  const undone: string[] = [];
  const stops = [
    () => undone.push('first'),
    async () => {
      throw new Error('stuck');
    },
    async () => undone.push('last'),
  ];
  await expect(undoAll(stops)).rejects.toThrow('stuck');
  expect(undone).toEqual(['last', 'first']);
  await undoAll(stops);
  expect(undone).toHaveLength(2);
});
