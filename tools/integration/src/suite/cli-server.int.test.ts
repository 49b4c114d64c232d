import { AGENT_RUN, type KubeObject } from '@sympozium/api';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workspaceFile } from '../fixture/app-process.js';
import { command, sympozium } from '../fixture/commands.js';
import { Served } from '../fixture/served.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { Sympozium } from '../fixture/sympozium.js';

let system: Sympozium;
let served: Served;

beforeAll(async () => {
  system = await Sympozium.start(suiteCluster(), { name: 'cli-server', proxy: false });
  served = await Served.create(system, 'writer');
});

afterAll(() => system?.stop());

/** What `--output json` prints. */
interface Endpoint {
  readonly url: string;
  readonly apiKey: string;
}

const endpoint = async (...more: readonly string[]): Promise<Endpoint> =>
  JSON.parse((await sympozium(system, 'endpoint', 'writer', '-o', 'json', ...more)).stdout) as Endpoint;

/** The curl line of a text, run as it stands. */
async function runCurl(text: string): Promise<string> {
  const line = text.split('\n').find((candidate) => candidate.trim().startsWith('curl')) ?? '';
  return (await command('/bin/sh', ['-c', `${line} -s`])).stdout;
}

describe('endpoint', () => {
  it('--wait waits until the server answers; then the curl line works as pasted', async () => {
    const { exitCode, stdout, stderr } = await sympozium(system, 'endpoint', 'writer', '--wait', '1m');
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('Serving') });
    const stream = await runCurl(stdout);
    expect(stream).toContain('"content":"Hello,');
    expect(stream).toMatch(/data: \[DONE\]\s*$/);
    expect(stderr).not.toContain(await served.key());
  });

  it('-o json is one line for programs', async () => {
    expect(await endpoint()).toEqual({
      instance: 'writer',
      model: 'writer',
      url: await served.url(),
      apiKey: await served.key(),
      apiKeySecretName: served.keySecret,
      ready: true,
    });
  });

  it('says why an instance is not served', async () => {
    await Served.create(system, 'plain', { skills: [] });
    await Served.create(system, 'broken', { skills: [{ skillPackRef: { name: 'no-such-pack' } }] });
    for (const [name, why] of [
      ['plain', /no skill that brings a server.*\(NoServerSidecar\)/],
      ['broken', /no-such-pack.*\(SkillPackNotFound\)/],
      ['nobody', /there is no SympoziumInstance nobody/],
    ] as const) {
      const { exitCode, stdout, stderr } = await sympozium(system, 'endpoint', name, '--wait', '2s');
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr).toMatch(why);
      expect(stderr).not.toMatch(/\n\s+at /);
    }
  });
});

describe('chat', () => {
  it('prints the answer to one message, from an argument or from stdin', async () => {
    const args = ['chat', 'writer', '--kubeconfig', system.cluster.admin, '-n', system.namespace];
    const cli = workspaceFile('apps/cli/bin/sympozium.mjs');
    expect(await sympozium(system, 'chat', 'writer', '-m', 'Good morning')).toMatchObject({
      exitCode: 0,
      stdout: 'Good morning\n',
    });
    const piped = await command(process.execPath, [cli, ...args], 'Good evening');
    expect(piped).toMatchObject({ exitCode: 0, stdout: 'Good evening\n' });
  });
});

describe('port-forward', () => {
  it('leads a port of this machine to the server until Ctrl-C', async () => {
    const args = ['port-forward', 'writer', '--port', '0', '--kubeconfig', system.cluster.admin];
    const child = spawn(
      process.execPath,
      [workspaceFile('apps/cli/bin/sympozium.mjs'), ...args, '-n', system.namespace],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    const exit = once(child, 'exit');
    let text = '';
    for await (const line of createInterface({ input: child.stdout })) {
      text += `${line}\n`;
      if (line.startsWith('Ctrl-C')) break;
    }
    expect(text).toMatch(/^endpoint {2}http:\/\/127\.0\.0\.1:\d+\/v1$/m);
    expect(await runCurl(text)).toContain('"content":"Hello,');
    child.kill('SIGINT');
    expect(await exit).toEqual([0, null]);
  });
});

describe('key', () => {
  it('rotate prints a key that works; the old one works until the time that is said', async () => {
    const before = await endpoint();
    const { exitCode, stdout } = await sympozium(system, 'key', 'rotate', 'writer', '-o', 'json');
    expect(exitCode).toBe(0);
    const { apiKey, oldKeyExpires } = JSON.parse(stdout) as { apiKey: string; oldKeyExpires: string };
    expect(Date.parse(oldKeyExpires)).toBeGreaterThan(Date.now() + 23 * 3_600_000);
    expect(apiKey).not.toBe(before.apiKey);
    expect((await endpoint()).apiKey).toBe(apiKey);
    expect((await sympozium(system, 'chat', 'writer', '-m', 'Still here')).stdout).toBe('Still here\n');
    const models = await fetch(`${before.url}/v1/models`, { headers: { authorization: `Bearer ${before.apiKey}` } });
    expect(models.status).toBe(200);
  });

  it('list names keys and never shows one', async () => {
    const { stdout } = await sympozium(system, 'key', 'list', 'writer');
    expect(stdout).toMatch(/^api-key\s+all\s+the instance’s\s+never$/m);
    expect(stdout).toMatch(/^api-key-previous\s.*20\d\d-/m);
    expect(stdout).not.toContain('sk-');
  });

  it('leaves the Secret of a user alone, whose keys are chosen by name', async () => {
    const keys = { team: 'sk-team-0123456789abcdefgh', guest: 'sk-guest-0123456789abcdefg' };
    await system.createSecret('own-keys', keys);
    const own = await Served.create(system, 'own', { endpoint: { authSecretRef: { name: 'own-keys' } } });
    await own.serving();
    const rotate = await sympozium(system, 'key', 'rotate', 'own');
    expect(rotate).toMatchObject({ exitCode: 1, stdout: '' });
    expect(rotate.stderr).toContain('the Secret own-keys of your own');
    expect((await sympozium(system, 'endpoint', 'own')).stderr).toContain('(entries of Secret own-keys: guest, team)');
    const chosen = await sympozium(system, 'chat', 'own', '--key', 'guest', '-m', 'Hello');
    expect(chosen).toMatchObject({ exitCode: 0, stdout: 'Hello\n' });
  });
});

it('get instances shows which are served, and where', async () => {
  const { stdout } = await sympozium(system, 'get', 'instances');
  expect(stdout).toMatch(
    new RegExp(`^writer\\s+echo\\s+yes\\s+\\d+\\s+\\d+\\s+http://writer-server\\.${system.namespace}`, 'm'),
  );
  expect(stdout).toMatch(/^plain\s+echo\s+0\s+0\s+\d+\w$/m);
});

describe('a run of an instance that is served', () => {
  it('is a task over the CLI', async () => {
    const { exitCode, stdout } = await sympozium(system, 'run', 'A task by command', '-i', 'writer', '-o', 'json');
    expect(exitCode).toBe(0);
    const { name } = JSON.parse(stdout) as { name: string };
    expect((await system.finished(name)).status).toMatchObject({ mode: 'task', phase: 'Succeeded' });
  });

  it('is a task as bare YAML that says no mode', async () => {
    await system.admin.create(AGENT_RUN, {
      apiVersion: AGENT_RUN.apiVersion,
      kind: AGENT_RUN.kind,
      metadata: { name: 'bare', namespace: system.namespace },
      spec: { instanceRef: { name: 'writer' }, task: 'A task by hand' },
    } as KubeObject);
    const { status } = await system.finished('bare');
    expect(status).toMatchObject({ mode: 'task', phase: 'Succeeded', result: { text: 'A task by hand' } });
    expect(status.children?.map(({ kind }) => kind)).toEqual(['Job']);
  });
});
