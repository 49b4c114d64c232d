import { readFileSync } from 'node:fs';
import { describeMode, runView, type ViewParts } from '@sympozium/plugin-sdk/testing';
import { expect, it } from 'vitest';
import { jobSaying } from './cluster-objects.test.js';
import commandMode from './command-mode.test.js';

/** docs/plugins/modes.md promises code that works and a table that is true. */

const guide = readFileSync(new URL('../../../../docs/plugins/modes.md', import.meta.url), 'utf8');
const source = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8').trim();
const blocks = [...guide.matchAll(/^```ts\n(.*?)\n```$/gms)].map(([, code]) => code);

const view = (parts: Partial<ViewParts<{ command: string[] }>> = {}) =>
  runView({ params: { command: ['echo', 'hello'] }, ...parts });

describeMode(commandMode, {
  views: {
    fresh: view(),
    cancelled: view({ run: { spec: { cancel: true } } }),
    running: view({ children: [jobSaying('Suspended')] }),
    failed: view({ children: [jobSaying('Failed')] }),
    done: view({ children: [jobSaying('Complete')] }),
  },
});

it('opens with the mode that was just tested', () => {
  expect(blocks[0]).toBe(source('command-mode.test.ts'));
});

it('lists the rules of observeTask in their order', () => {
  const [, rules = ''] = /const RULES.*= \[(.*?)\];/s.exec(source('observe.ts')) ?? [];
  const section = guide.split(/^## /m).find((text) => text.startsWith('How `task` observes')) ?? '';
  const documented = [...section.matchAll(/^\| \d+ +\| `(\w+)`/gm)].map(([, rule]) => rule);
  expect(documented).toEqual([...rules.split(',').map((rule) => rule.trim()), 'goingOn']);
});

it('lists every promise that the conformance kit checks', () => {
  const checks = readFileSync(new URL('../../../plugin-sdk/src/testing/checks.ts', import.meta.url), 'utf8');
  const promises = [...checks.matchAll(/promise: '(.*?)'/g)].map(([, promise]) => promise);
  expect(promises.length).toBeGreaterThan(10);
  expect([...guide.matchAll(/^- …(.*)$/gm)].map(([, promise]) => promise)).toEqual(promises);
});
