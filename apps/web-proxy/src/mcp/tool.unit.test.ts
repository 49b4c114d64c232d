import type { SympoziumInstance } from '@sympozium/api';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RpcError } from './rpc-error.js';
import { instanceNameOf, readTask, toolOf } from './tool.js';

const instance = (name: string, annotations?: Record<string, string>): SympoziumInstance => ({
  apiVersion: 'sympozium.ai/v1alpha1',
  kind: 'SympoziumInstance',
  metadata: { name, ...(annotations && { annotations }) },
  spec: { model: { provider: 'echo', name: 'echo' } },
});

it('has a name that every client accepts and that leads back to the instance', () => {
  for (const name of ['a', 'night-watch-2', 'x'.repeat(40)]) {
    const tool = toolOf(instance(name));
    expect(tool.name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(instanceNameOf(tool.name)).toBe(name);
  }
});

it('says what the instance’s owner says of it', () => {
  const described = toolOf(instance('demo', { 'kubernetes.io/description': ' Knows the weather. ' }));
  expect(described.description).toMatch(/^Asks the agent demo: Knows the weather\.\n/);
  expect(toolOf(instance('demo')).description).toMatch(/^Gives a task to the agent demo\.\n/);
});

it('declares no dialect of JSON Schema, which not every client’s validator would know', () => {
  expect(JSON.stringify(toolOf(instance('demo')))).not.toContain('$schema');
});

it('reads a task or says in a sentence what is wrong, whatever the arguments', () => {
  const nearly = fc.record({ task: fc.jsonValue(), context: fc.jsonValue() }, { requiredKeys: [] });
  fc.assert(
    fc.property(fc.oneof(nearly, fc.jsonValue(), fc.constant(undefined)), (args) => {
      try {
        expect(readTask(args).task).toMatch(/^[^]+$/);
      } catch (error) {
        expect(error).toBeInstanceOf(RpcError);
        expect(String(error)).toMatch(/^RpcError: \S[^]*\S$/);
      }
    }),
  );
});
