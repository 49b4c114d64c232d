import { NON_ROOT_UID } from '@sympozium/plugin-sdk/manifests';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { APPS, packageJson, workspaceFile } from './workspace.js';

interface Instruction {
  readonly name: string;
  readonly value: string;
}

/** A Dockerfile's instructions, stage after stage; those before the first FROM are stage 0. */
function stages(app: string): Instruction[][] {
  const text = readFileSync(workspaceFile(`apps/${app}/Dockerfile`), 'utf8').replace(/\\\n\s*/g, '');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const found: Instruction[][] = [[]];
  for (const line of lines) {
    const [, name = '', value = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
    if (name === 'FROM') found.push([]);
    found.at(-1)?.push({ name, value });
  }
  return found;
}

const values = (instructions: readonly Instruction[], name: string): string[] =>
  instructions.filter((instruction) => instruction.name === name).map(({ value }) => value);

describe.each(APPS)('the Dockerfile of %s', (app) => {
  const all = stages(app);
  const [before = [], ...built] = all;
  const last = built.at(-1) ?? [];

  it('is built upon a base that is an argument, pinned by digest', () => {
    expect(values(before, 'ARG')).toEqual([
      expect.stringMatching(/^BASE=docker\.io\/library\/node:24\.[^@]+@sha256:[0-9a-f]{64}$/),
    ]);
    for (const stage of built) expect(values(stage, 'FROM')[0]).toMatch(/^\$\{BASE\}( AS \w+)?$/);
  });

  it('ends as the user, by number, that Pods run as', () => {
    expect(values(last, 'USER')).toEqual([`${NON_ROOT_UID}:${NON_ROOT_UID}`]);
    expect(last.findIndex(({ name }) => name === 'USER')).toBeGreaterThan(
      last.findLastIndex(({ name }) => name === 'COPY'),
    );
  });

  it('starts node itself, without a shell that would keep signals from it', () => {
    expect(values(last, 'ENTRYPOINT').map((value) => JSON.parse(value) as unknown)).toEqual([
      ['node', '/app/main.mjs'],
    ]);
    expect(values(last, 'CMD')).toEqual([]);
  });

  it('holds the bundle and what Node compiled of it, nothing else', () => {
    for (const stage of built) {
      const copied = values(stage, 'COPY').filter((value) => !value.startsWith('--from=compiled'));
      expect(copied).toEqual(['*.mjs ./']);
      expect(values(stage, 'ADD')).toEqual([]);
    }
    expect(values(last, 'COPY')).toContain(
      `--from=compiled --chown=${NON_ROOT_UID}:${NON_ROOT_UID} /tmp/compiled ./.compiled`,
    );
    expect(values(last, 'ENV')).toEqual(['NODE_COMPILE_CACHE=/app/.compiled']);
    expect(values(last, 'RUN')).toEqual([]);
  });

  it('runs what it builds with as no other user, and without a shell', () => {
    for (const run of all.flatMap((stage) => values(stage, 'RUN')))
      expect((JSON.parse(run) as string[])[0]).toBe('node');
    expect(values(built[0] ?? [], 'USER')).toEqual(values(last, 'USER')); // the compile cache is one for each user
  });

  it('says what it is, in the version of its app', () => {
    const { version, license } = packageJson(`apps/${app}`);
    expect(values(last, 'ARG')).toEqual(['BASE', `VERSION=${version}`]);
    const [labels = ''] = values(last, 'LABEL');
    expect(labels).toContain(`licenses="${license}"`);
    for (const name of ['title', 'description', 'version', 'base.name'])
      expect(labels).toMatch(new RegExp(`org\\.opencontainers\\.image\\.${name}="[^"]+"`));
  });
});
