import { expect, it } from 'vitest';
import { podTemplate } from './pod-template.js';
import { resources } from './resources.js';

const agent = { name: 'agent', image: 'agent:1' };

it('makes a Pod safe whatever its parts say', () => {
  const smuggled = { ...agent, securityContext: { privileged: true } };
  const { spec } = podTemplate({ containers: [smuggled], initContainers: [smuggled], ...{ securityContext: {} } });
  const contexts = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].map((c) => c.securityContext);
  expect(contexts).toEqual(Array(2).fill(expect.objectContaining({ allowPrivilegeEscalation: false })));
  expect(contexts.every((context) => context?.privileged === undefined)).toBe(true);
  expect(spec?.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
});

it('lets a plan choose everything else', () => {
  const template = podTemplate({ labels: { a: 'b' }, restartPolicy: 'OnFailure', containers: [agent] });
  expect(template.metadata).toEqual({ labels: { a: 'b' } });
  expect(template.spec).toMatchObject({ restartPolicy: 'OnFailure', automountServiceAccountToken: false });
});

it.each([
  ['defaults where nobody asks', {}, { requests: { cpu: '50m', memory: '64Mi' } }],
  ['a wish over a default', { requests: { cpu: '1' } }, { requests: { cpu: '1', memory: '64Mi' } }],
  [
    'no default request beside a limit that may be smaller',
    { limits: { memory: '32Mi' } },
    { requests: { cpu: '50m' }, limits: { memory: '32Mi' } },
  ],
  [
    'a request beside its limit',
    { requests: { memory: '16Mi' }, limits: { memory: '32Mi' } },
    { requests: { cpu: '50m', memory: '16Mi' }, limits: { memory: '32Mi' } },
  ],
])('takes %s', (_case, wished, expected) => {
  expect(resources({ cpu: '50m', memory: '64Mi' }, wished)).toEqual(expected);
});
