import {
  AGENT_RUN,
  API_VERSION,
  CONDITION,
  serverRunName,
  SYMPOZIUM_INSTANCE,
  type AgentRun,
  type AgentRunStatus,
  type KubeObject,
  type SympoziumInstance,
} from '@sympozium/api';
import { FakeKubeClient } from '@sympozium/kube/testing';
import { SECRET, SERVICE } from '@sympozium/plugin-sdk/manifests';

const NAMESPACE = 'default';
export const INSTANCE = 'writer';
export const RUN = serverRunName(INSTANCE);
export const KEY_SECRET = `${RUN}-api-key`;
export const API_KEY = 'sk-0123456789abcdefghij';

export const condition = (type: string, status: 'True' | 'False', reason: string, message = '') => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: '2026-01-01T00:00:00Z',
});

export const READY = condition(CONDITION.ready, 'True', 'Serving');

/** A cluster with an instance, and what an operator makes for it. */
export class ServedWorld {
  readonly client = new FakeKubeClient();

  instance(spec: Partial<SympoziumInstance['spec']> = {}, rest: Partial<SympoziumInstance> = {}): SympoziumInstance {
    return this.#put(SYMPOZIUM_INSTANCE, {
      apiVersion: API_VERSION,
      kind: SYMPOZIUM_INSTANCE.kind,
      spec: { model: { provider: 'echo', name: 'echo' }, skills: [skill('web-endpoint')], ...spec },
      ...rest,
      metadata: { name: INSTANCE, namespace: NAMESPACE, ...rest.metadata },
    }) as SympoziumInstance;
  }

  run(status: Partial<AgentRunStatus>, spec: Partial<AgentRun['spec']> = {}): AgentRun {
    return this.#put(AGENT_RUN, {
      apiVersion: API_VERSION,
      kind: AGENT_RUN.kind,
      metadata: { name: RUN, namespace: NAMESPACE },
      spec: { instanceRef: { name: INSTANCE }, mode: 'server', ...spec },
      status: { phase: 'Pending', mode: 'server', ...status },
    } as AgentRun) as AgentRun;
  }

  serving(status: Partial<AgentRunStatus> = {}): AgentRun {
    const endpoint = { url: `http://${RUN}.${NAMESPACE}.svc:8080`, apiKeySecretName: KEY_SECRET };
    return this.run({ phase: 'Serving', conditions: [READY], endpoint, ...status });
  }

  service(clusterIP: string, port = 8080): void {
    const ports = [
      { name: 'metrics', port: 9090 },
      { name: 'http', port },
    ];
    const metadata = { name: RUN, namespace: NAMESPACE };
    this.#put(SERVICE, { apiVersion: 'v1', kind: 'Service', metadata, spec: { clusterIP, ports } } as KubeObject);
  }

  keys(entries: Readonly<Record<string, string>> = { 'api-key': API_KEY }, annotations = {}): void {
    const data = Object.fromEntries(Object.entries(entries).map(([name, text]) => [name, btoa(text)]));
    const metadata = { name: KEY_SECRET, namespace: NAMESPACE, annotations };
    this.#put(SECRET, { apiVersion: 'v1', kind: 'Secret', metadata, data } as KubeObject);
  }

  #put(
    kind: { apiVersion: string; kind: string; plural: string; namespaced: boolean },
    object: KubeObject,
  ): KubeObject {
    this.client.server.put(kind, object);
    return object;
  }
}

export const skill = (name: string) => ({ skillPackRef: { name } });
