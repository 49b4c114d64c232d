import { expect, it } from 'vitest';
import { containerEnvironment } from './environment.js';
import type { Container } from './pod.js';
import type { Data, Sources } from './sources.js';
import { StartObstacle } from './start-obstacle.js';
import { shellPod } from './testing/shell-pod.js';

const data = (entries: Record<string, string>): Data =>
  new Map(Object.entries(entries).map(([key, value]) => [key, Buffer.from(value)]));

const sources: Sources = {
  configMap: (name, optional) => pick({ settings: data({ COLOUR: 'red', 'a=b': 'no variable' }) }, name, optional),
  secret: (name, optional) => pick({ keys: data({ KEY: 'sk-$(COLOUR)' }) }, name, optional),
  mutable: () => [],
};

function pick(all: Record<string, Data>, name: string, optional: boolean | undefined): Data | undefined {
  if (!all[name] && !optional) throw new StartObstacle(`"${name}" not found`);
  return all[name];
}

function environment(container: Partial<Container>): Record<string, string> {
  const pod = shellPod('p', '');
  const place = { nodeName: 'n', hostIP: '127.0.0.1', processIP: '127.127.0.1', allocatable: { cpu: '4' } };
  const base = new Map([['KUBERNETES_SERVICE_HOST', '127.0.0.1']]);
  return Object.fromEntries(
    containerEnvironment({ pod, container: { name: 'main', ...container }, place, sources, base }),
  );
}

it('has the cluster’s variables, which the Pod may overrule', () => {
  expect(environment({})).toEqual({ KUBERNETES_SERVICE_HOST: '127.0.0.1' });
  expect(environment({ env: [{ name: 'KUBERNETES_SERVICE_HOST', value: 'mine' }] })).toEqual({
    KUBERNETES_SERVICE_HOST: 'mine',
  });
});

it('reads whole objects first, then single variables; each sees those before it', () => {
  const own = environment({
    envFrom: [{ configMapRef: { name: 'settings' } }, { prefix: 'S_', secretRef: { name: 'keys' } }],
    env: [
      { name: 'EARLY', value: '$(LATE)' },
      { name: 'LATE', value: '$(COLOUR)' },
      { name: 'COLOUR', value: 'blue' },
      { name: 'AFTER', value: '$(COLOUR)' },
      { name: 'EMPTY' },
    ],
  });
  expect(own).toEqual({
    KUBERNETES_SERVICE_HOST: '127.0.0.1',
    COLOUR: 'blue',
    S_KEY: 'sk-$(COLOUR)', // nothing is expanded in what an object holds
    EARLY: '$(LATE)',
    LATE: 'red',
    AFTER: 'blue',
    EMPTY: '',
  });
});

it('takes values from where they are referenced', () => {
  expect(
    environment({
      env: [
        { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
        { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
        { name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'KEY' } } },
        { name: 'COLOUR', valueFrom: { configMapKeyRef: { name: 'settings', key: 'COLOUR' } } },
        { name: 'NONE', valueFrom: { secretKeyRef: { name: 'absent', key: 'KEY', optional: true } } },
        { name: 'NO_KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'absent', optional: true } } },
      ],
    }),
  ).toMatchObject({ IP: '127.127.0.1', CPU: '4', KEY: 'sk-$(COLOUR)', COLOUR: 'red' });
});

it.each([
  [{ secretKeyRef: { name: 'absent', key: 'KEY' } }, '"absent" not found'],
  [{ secretKeyRef: { name: 'keys', key: 'absent' } }, "couldn't find key absent in Secret keys"],
  [{ fileKeyRef: {} } as object, 'this node knows no such valueFrom: fileKeyRef'],
])('says what is missing: %j', (valueFrom, message) => {
  expect(() => environment({ env: [{ name: 'X', valueFrom }] })).toThrow(message);
});
