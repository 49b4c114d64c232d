import { describe, expect, it } from 'vitest';
import { attributesOf, requestInfo } from './request-info.js';

const user = { name: 'jane', groups: [] };
const resourceOf = (url: string, method = 'GET') => attributesOf(requestInfo(method, url), user).resource;
const verbOf = (url: string, method = 'GET'): string => requestInfo(method, url).verb;

describe('the path', () => {
  it.each([
    ['/api/v1/pods', { group: '', version: 'v1', plural: 'pods' }],
    [
      '/api/v1/namespaces/a/pods/p/log',
      { group: '', version: 'v1', plural: 'pods', namespace: 'a', name: 'p', subresource: 'log' },
    ],
    ['/api/v1/namespaces/a', { group: '', version: 'v1', plural: 'namespaces', namespace: 'a', name: 'a' }],
    [
      '/api/v1/namespaces/a/finalize',
      { group: '', version: 'v1', plural: 'namespaces', namespace: 'a', name: 'a', subresource: 'finalize' },
    ],
    ['/apis/batch/v1/namespaces/a/jobs/', { group: 'batch', version: 'v1', plural: 'jobs', namespace: 'a' }],
    [
      '/apis/apps/v1/watch/namespaces/a/deployments/d',
      { group: 'apps', version: 'v1', plural: 'deployments', namespace: 'a', name: 'd' },
    ],
    ['/api/v1/nodes/a%20b', { group: '', version: 'v1', plural: 'nodes', name: 'a b' }],
  ])('%s', (url, expected) => {
    expect(resourceOf(url)).toEqual(expected);
  });

  it.each(['/', '/api', '/api/v1', '/apis/batch', '/apis/batch/v1', '/version', '/healthz'])(
    '%s is no resource',
    (url) => {
      expect(resourceOf(url)).toBeUndefined();
      expect(verbOf(url)).toBe('get');
    },
  );

  it('refuses escapes that are none', () => {
    expect(() => requestInfo('GET', '/api/v1/namespaces/a%zz/pods')).toThrow('invalid URL escape "%zz"');
  });
});

describe('the verb', () => {
  it.each([
    ['GET', '/api/v1/pods', 'list'],
    ['GET', '/api/v1/pods?watch', 'watch'],
    ['GET', '/api/v1/pods?watch=false', 'list'],
    ['GET', '/api/v1/pods?watch=0', 'list'],
    ['GET', '/api/v1/watch/pods', 'watch'],
    ['GET', '/api/v1/namespaces/a/pods/p', 'get'],
    ['POST', '/api/v1/namespaces/a/pods', 'create'],
    ['PUT', '/api/v1/namespaces/a/pods/p/status', 'update'],
    ['PATCH', '/api/v1/namespaces/a/pods/p', 'patch'],
    ['DELETE', '/api/v1/namespaces/a/pods/p', 'delete'],
    ['DELETE', '/api/v1/namespaces/a/pods', 'deletecollection'],
    ['OPTIONS', '/api/v1/namespaces/a/pods', ''],
  ])('%s %s is %s', (method, url, verb) => {
    expect(verbOf(url, method)).toBe(verb);
  });

  it('of a list for one object is authorized with its name', () => {
    expect(resourceOf('/api/v1/pods?fieldSelector=metadata.name%3Dp')).toMatchObject({ name: 'p' });
    expect(resourceOf('/api/v1/pods?fieldSelector=metadata.name!%3Dp')).not.toHaveProperty('name');
  });
});
