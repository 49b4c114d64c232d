import { SettingsError } from '@sympozium/process';
import { describe, expect, it } from 'vitest';
import { HELP, readOperatorSettings } from './settings.js';

describe('readOperatorSettings', () => {
  it('needs nothing', () => {
    expect(readOperatorSettings([], {})).toEqual({
      command: 'run',
      namespaces: ['default'],
      systemNamespace: 'sympozium-system',
      leaderElection: true,
      host: '0.0.0.0',
      port: 9090,
      logLevel: 'info',
      agentImage: 'sympozium/agent-runner:0.1.0',
      webProxyImage: 'sympozium/web-proxy:0.1.0',
      plugins: { folder: '/plugins' },
      drain: { timeoutMs: 240_000 },
    });
  });

  it('listens at the addresses of its Pod’s family', () => {
    expect(readOperatorSettings([], { POD_IP: 'fd00::7' })).toMatchObject({ host: '::' });
    expect(readOperatorSettings([], { POD_IP: 'fd00::7', HOST: '::1' })).toMatchObject({ host: '::1' });
  });

  it('takes flags and environment', () => {
    const env = {
      WATCH_NAMESPACES: 'a, b,a',
      POD_NAMESPACE: 'here',
      HOST: '127.0.0.1',
      PORT: '0',
      AGENT_IMAGE: 'mine:1',
    };
    expect(readOperatorSettings(['--kubeconfig', '/k'], env)).toMatchObject({
      kubeconfig: '/k',
      namespaces: ['a', 'b'],
      systemNamespace: 'here',
      host: '127.0.0.1',
      port: 0,
      agentImage: 'mine:1',
    });
    expect(readOperatorSettings([], { WATCH_NAMESPACES: '*' })?.namespaces).toEqual(['*']);
    const plugins = { SYMPOZIUM_PLUGINS: '/etc/plugins.yaml', SYMPOZIUM_PLUGINS_DIR: '/opt' };
    expect(readOperatorSettings([], plugins)?.plugins).toEqual({ file: '/etc/plugins.yaml', folder: '/opt' });
  });

  it('takes the command to drain, and what it needs', () => {
    const env = { OPERATOR_DEPLOYMENT: 'sympozium', DRAIN_TIMEOUT_SECONDS: '1.5' };
    expect(readOperatorSettings(['drain'], env)).toMatchObject({
      command: 'drain',
      drain: { deployment: 'sympozium', timeoutMs: 1_500 },
    });
    expect(() => readOperatorSettings(['drian'], {})).toThrow(/There is no command 'drian'. --help/);
    expect(() => readOperatorSettings(['drain', 'now'], {})).toThrow(/There is no command 'drain now'/);
  });

  it.each([
    [{ PORT: '70000' }, /PORT is "70000"/],
    [{ POD_NAMESPACE: 'No Namespace' }, /POD_NAMESPACE is "No Namespace": the name of a namespace/],
    [{ WATCH_NAMESPACES: 'a,*' }, /WATCH_NAMESPACES is "a,\*": names separated by commas, or \*/],
    [{ LEADER_ELECTION: 'yes' }, /LEADER_ELECTION is "yes"/],
    [{ DRAIN_TIMEOUT_SECONDS: '0' }, /DRAIN_TIMEOUT_SECONDS is "0": a number of seconds/],
    [{ LOG_LEVEL: 'loud' }, /LOG_LEVEL is "loud"/],
  ])('refuses %j with one sentence', (env, sentence) => {
    expect(() => readOperatorSettings([], env)).toThrow(SettingsError);
    expect(() => readOperatorSettings([], env)).toThrow(sentence);
  });

  it('refuses flags that it does not know', () => {
    expect(() => readOperatorSettings(['--verbose'], {})).toThrow(/--verbose.*--help lists what is allowed/);
  });

  it('asks for help to be shown, which names every variable', () => {
    expect(readOperatorSettings(['--help'], { PORT: 'wrong' })).toBeUndefined();
    for (const name of ['WATCH_NAMESPACES', 'POD_NAMESPACE', 'HOST', 'PORT', 'LOG_LEVEL', 'AGENT_IMAGE'])
      expect(HELP).toContain(name);
  });
});
