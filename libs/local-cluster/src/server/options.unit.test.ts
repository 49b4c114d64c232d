import { describe, expect, it } from 'vitest';
import { ApiError } from '../api-error.js';
import { deleteOptions, listOptions, managerOf, patchOptions, watchOptions, writeOptions } from './options.js';

const query = (text: string): URLSearchParams => new URLSearchParams(text);
const create = (text: string): unknown => writeOptions('CreateOptions', query(text), 'kubectl/v1.37 (linux)');

function refusal(run: () => unknown): { code: number; message: string } {
  try {
    run();
  } catch (error) {
    if (error instanceof ApiError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('it was not refused');
}

describe('options of writes', () => {
  it('have defaults', () => {
    expect(create('')).toEqual({ fieldManager: 'kubectl', dryRun: false, fieldValidation: 'Warn' });
    expect(create('fieldManager=me&dryRun=All&fieldValidation=Strict')).toEqual({
      fieldManager: 'me',
      dryRun: true,
      fieldValidation: 'Strict',
    });
  });

  it.each([
    ['dryRun=All&dryRun=x', 'dryRun: Unsupported value: ["All","x"]: supported values: "All"'],
    ['fieldValidation=x', 'fieldValidation: Unsupported value: "x": supported values: "", "Ignore", "Strict", "Warn"'],
    [`fieldManager=${'a'.repeat(129)}`, 'fieldManager: Too long: may not be more than 128 bytes'],
    ['fieldManager=a%07', 'fieldManager: Invalid value: "a\\u0007": invalid character U+0007 (at position 1)'],
  ])('%s is 422', (text, message) => {
    expect(refusal(() => create(text))).toEqual({
      code: 422,
      message: `CreateOptions.meta.k8s.io "" is invalid: ${message}`,
    });
  });

  it('an apply names its manager, and only an apply forces', () => {
    expect(patchOptions(query('fieldManager=me&force=true'), '', true)).toMatchObject({ force: true });
    expect(refusal(() => patchOptions(query(''), 'me', true)).message).toBe(
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    );
    expect(refusal(() => patchOptions(query('force=true'), 'me', false)).message).toBe(
      'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    );
  });

  it('a manager is a user agent up to its slash, printable, of at most 128 bytes', () => {
    expect(managerOf('node/20')).toBe('node');
    expect(managerOf('a\u0007b/1')).toBe('ab');
    expect(managerOf('é'.repeat(100))).toBe('é'.repeat(64));
  });
});

describe('options of deletions', () => {
  it('come from the body, else from the query', () => {
    const none = { dryRun: false };
    expect(deleteOptions(query('propagationPolicy=Orphan&gracePeriodSeconds=0'), undefined)).toEqual({
      ...none,
      propagationPolicy: 'Orphan',
      gracePeriodSeconds: 0,
    });
    const body = { kind: 'DeleteOptions', preconditions: { uid: 'u', resourceVersion: '3' }, dryRun: ['All'], foo: 1 };
    expect(deleteOptions(query('propagationPolicy=Orphan'), body)).toEqual({
      dryRun: true,
      preconditions: { uid: 'u', resourceVersion: '3' },
    });
  });

  it.each([
    [
      { propagationPolicy: 'x' },
      'propagationPolicy: Unsupported value: "x": supported values: "Foreground", "Background", "Orphan", "nil"',
    ],
    [
      { propagationPolicy: 'Foreground', orphanDependents: true },
      'propagationPolicy: Invalid value: "Foreground": orphanDependents and deletionPropagation cannot be both set',
    ],
  ])('%j is 422', (body, message) => {
    expect(refusal(() => deleteOptions(query(''), body))).toEqual({
      code: 422,
      message: `DeleteOptions.meta.k8s.io "" is invalid: ${message}`,
    });
  });

  it.each([
    ['gracePeriodSeconds=x', undefined, 'strconv.ParseInt: parsing "x": invalid syntax'],
    [
      'gracePeriodSeconds=99999999999999999999',
      undefined,
      'strconv.ParseInt: parsing "99999999999999999999": value out of range',
    ],
    ['', { kind: 'Pod' }, 'decoded object cannot be converted to DeleteOptions'],
    [
      '',
      { gracePeriodSeconds: 'x' },
      'json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64',
    ],
    ['', { preconditions: [] }, 'json: cannot unmarshal array into Go value of type v1.DeleteOptions.preconditions'],
  ])('%s %j is 400', (text, body, message) => {
    expect(refusal(() => deleteOptions(query(text), body))).toEqual({ code: 400, message });
  });
});

describe('options of lists and watches', () => {
  it('a watch begins as it is told to, or as the API does', () => {
    const initial = (text: string): unknown => watchOptions(query(text), {}).sendInitialEvents;
    const match = 'resourceVersionMatch=NotOlderThan';
    expect(initial('')).toBeUndefined();
    expect(initial(`sendInitialEvents=true&${match}`)).toBe(true);
    expect(initial(`sendInitialEvents=false&${match}&resourceVersion=0`)).toBe(false);
  });

  it('a watch that begins anew continues nothing', () => {
    expect(refusal(() => watchOptions(query('continue=x'), {})).code).toBe(422);
    expect(watchOptions(query('continue=x&resourceVersion=7'), {})).toMatchObject({ resourceVersion: '7' });
  });

  it.each([
    ['sendInitialEvents=true', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'],
    [
      'resourceVersionMatch=NotOlderThan',
      'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    ],
  ])('a watch with %s is 422', (text, why) => {
    const { code, message } = refusal(() => watchOptions(query(text), {}));
    expect(code).toBe(422);
    expect(message).toContain(`resourceVersionMatch: Forbidden: ${why}`);
  });

  it('a watch of one object is one with a field selector, and no other', () => {
    expect(watchOptions(query(''), { namespace: 'a', name: 'x' })).toMatchObject({
      namespace: 'a',
      fieldSelector: 'metadata.name=x',
    });
    expect(refusal(() => watchOptions(query('fieldSelector=metadata.name%3Dy'), { name: 'x' })).message).toBe(
      "fieldSelector metadata.name doesn't match requested name",
    );
  });

  it('a list takes no initial events, and numbers only', () => {
    expect(refusal(() => listOptions(query('limit=x'))).message).toBe('strconv.ParseInt: parsing "x": invalid syntax');
    expect(refusal(() => listOptions(query('sendInitialEvents=true'))).code).toBe(422);
    expect(listOptions(query('limit=5&continue=abc&resourceVersion=3&resourceVersionMatch=Exact'))).toEqual({
      limit: 5,
      continue: 'abc',
      resourceVersion: '3',
      resourceVersionMatch: 'Exact',
    });
  });
});
