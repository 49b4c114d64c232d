import { describe, expect, it } from 'vitest';
import { negotiate, negotiateStream } from './negotiate.js';

const TABLE = { kind: 'Table', group: 'meta.k8s.io', version: 'v1' };

describe('negotiate', () => {
  it.each([
    [undefined, { encoding: 'json', pretty: false }],
    ['*/*', { encoding: 'json', pretty: false }],
    ['application/json;pretty=1', { encoding: 'json', pretty: true }],
    ['application/yaml', { encoding: 'yaml', pretty: false }],
    ['application/vnd.kubernetes.protobuf, application/json', { encoding: 'json', pretty: false }],
    ['application/json;q=0.5, application/yaml', { encoding: 'yaml', pretty: false }],
    [
      'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
      { encoding: 'json', pretty: false, convert: TABLE },
    ],
    ['application/json;as=Nonsense;v=v1;g=meta.k8s.io,application/json', { encoding: 'json', pretty: false }],
    ['application/json;stream=watch', { encoding: 'json', pretty: false }],
  ])('%s', (accept, expected) => {
    expect(negotiate(accept)).toEqual(expected);
  });

  it('is 406 for forms that are not served, in the words of whoever refuses', () => {
    expect(() => negotiate('application/json;as=Foo;v=v1;g=meta.k8s.io')).toThrow(
      'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    );
    expect(() => negotiate('text/html')).toThrow('406: Not Acceptable\n\nAvailable representations: application/json');
    expect(() => negotiate('application/vnd.kubernetes.protobuf')).toThrow(/Not Acceptable/);
    expect(() => negotiateStream('application/yaml')).toThrow('application/json;stream=watch');
  });
});
