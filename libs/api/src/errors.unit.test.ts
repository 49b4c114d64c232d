import { expect, it } from 'vitest';
import { CONDITIONS, REASON } from './conditions.js';
import {
  COMMAND_ERRORS,
  ERRORS,
  HTTP_ERRORS,
  PLUGIN_ERRORS,
  RUN_ERRORS,
  SCHEDULE_ERRORS,
  SERVER_ERRORS,
  SympoziumError,
  type ErrorRow,
} from './errors.js';

const rows = Object.entries<ErrorRow>(ERRORS);

it('has every code once', () => {
  const codes = [RUN_ERRORS, SERVER_ERRORS, SCHEDULE_ERRORS, HTTP_ERRORS, PLUGIN_ERRORS, COMMAND_ERRORS].flatMap(
    (part) => Object.keys(part),
  );
  expect(codes).toEqual([...new Set(codes)]);
  expect(Object.keys(ERRORS)).toEqual(codes);
});

it.each(rows)('%s says what happened and what to do, in whole sentences', (_, { meaning, action }) => {
  for (const text of [meaning, action]) expect(text).toMatch(/^[A-Z`].*\.$|^spec\..*\.$/);
});

it.each(rows)('%s has a status and a type exactly if it is seen over HTTP', (_, { surface, status, type }) => {
  const overHttp = surface.includes('http');
  expect([status !== undefined, type !== undefined]).toEqual([overHttp, overHttp]);
  if (overHttp) expect(status).toSatisfy((code: number) => code >= 400 && code <= 599);
});

it('keeps code and cause of an error', () => {
  const cause = new Error('refused');
  const error = new SympoziumError('api_unavailable', 'Start it.', { cause });
  expect(error).toMatchObject({ name: 'SympoziumError', code: 'api_unavailable', message: 'Start it.', cause });
});

it('keeps ordinary reasons of conditions and errors apart, and uses each', () => {
  const used = new Set(Object.values(CONDITIONS).flatMap(({ reasons }) => Object.keys(reasons)));
  expect(used).toEqual(new Set(Object.values(REASON)));
  expect([...used].filter((reason) => Object.hasOwn(ERRORS, reason))).toEqual([]);
});
