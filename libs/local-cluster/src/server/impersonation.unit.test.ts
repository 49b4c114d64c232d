import { describe, expect, it } from 'vitest';
import type { Attributes } from '../auth/auth.js';
import { actingUser } from './impersonation.js';

const user = { name: 'jane', groups: ['system:authenticated'] };
const request: Attributes = {
  user,
  verb: 'list',
  path: '/api/v1/namespaces/a/pods',
  resource: { group: '', version: 'v1', plural: 'pods', namespace: 'a' },
};

function act(headers: NodeJS.Dict<string[]>, allowed: (attributes: Attributes) => boolean = () => true) {
  const asked: string[] = [];
  const authorize = (attributes: Attributes) => {
    const { plural = '', namespace = '', name = '', subresource = '' } = attributes.resource ?? {};
    asked.push([attributes.verb, plural, namespace, name, subresource].filter(Boolean).join(' '));
    return { allowed: allowed(attributes), reason: '' };
  };
  return { user: actingUser(headers, request, { authorize }), asked };
}

describe('actingUser', () => {
  it('is who asks, if no header says otherwise', () => {
    expect(act({})).toEqual({ user, asked: [] });
  });

  it('is a named user, whose every part one must be allowed to be', () => {
    const headers = { 'impersonate-user': ['bob'], 'impersonate-group': ['dev'], 'impersonate-uid': ['7'] };
    expect(act({ ...headers, 'impersonate-extra-a%2fb': ['x', 'y'] })).toEqual({
      user: { name: 'bob', uid: '7', groups: ['dev', 'system:authenticated'], extra: { 'a/b': ['x', 'y'] } },
      asked: [
        'impersonate users bob',
        'impersonate groups dev',
        'impersonate userextras x a/b',
        'impersonate userextras y a/b',
        'impersonate uids 7',
      ],
    });
  });

  it('is an account with the groups of accounts', () => {
    expect(act({ 'impersonate-user': ['system:serviceaccount:a:b'] })).toEqual({
      user: {
        name: 'system:serviceaccount:a:b',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:a', 'system:authenticated'],
      },
      asked: ['impersonate serviceaccounts a b'],
    });
  });

  it('is nobody whom one may not be', () => {
    expect(() => act({ 'impersonate-user': ['bob'] }, () => false)).toThrow(
      'pods is forbidden: User "jane" cannot impersonate-on:user-info:list resource "pods" in API group "" ' +
        'in the namespace "a"',
    );
    expect(() => act({ 'impersonate-group': ['dev'] })).toThrow('without impersonating a user');
  });

  it('is not authenticated where that is said', () => {
    expect(act({ 'impersonate-user': ['system:anonymous'] }).user.groups).toEqual(['system:unauthenticated']);
  });
});
