import { AGENT_RUN, API_VERSION, LABEL, SKILL_PACK, type KubeObject } from '@sympozium/api';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { buildSupported } from '@sympozium/images';
import { Containerd } from '@sympozium/real-node';
import { loadavg } from 'node:os';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BareJobs } from '../fixture/bare-job.js';
import { gatewayFetch, type GatewayAddress } from '../fixture/gateway-fetch.js';
import { AGENTS, Installation, SERVED_SKILLS, SYSTEM } from '../fixture/installation.js';
import { median, timeAnswer, timeEnd, type AnswerTimes } from '../fixture/latency.js';
import { ModelDouble, says } from '../fixture/model-double.js';
import { suiteNode, type NodeAccess } from '../fixture/node-access.js';
import { POD, scriptContainer, SERVICE } from '../fixture/node-objects.js';
import { makePublicGateway, removePublicGateway } from '../fixture/public-gateway.js';
import { until } from '../fixture/until.js';

const suite = suiteNode();
const missing = suite.missing ?? buildSupported();

/** Headings of docs/install.md whose commands cannot run here. */
const NOT_RUN: Readonly<Record<string, string>> = {
  kind: 'it needs Docker',
  k3s: 'it needs a k3s node; containerd takes the same archives by the same command below',
  'A managed cluster': 'it needs a registry; what the charts then do is tried with images under its name',
};
const REGISTRY = 'registry.example.com';
const HOST = 'agent.example.com';
const WRITER_HOST = 'writer.example.com';
const LONG_MS = 300_000;

describe.skipIf(missing !== undefined)(
  missing === undefined ? 'docs/install.md on a real node' : `docs/install.md on a real node (skipped: ${missing})`,
  () => {
    const node = suite.node ?? ({} as NodeAccess);
    let installation: Installation;
    let gateway: GatewayAddress;
    let model: ModelDouble;

    beforeAll(async () => {
      installation = await Installation.begin(node, 'install');
      model = await ModelDouble.start(node.host);
    });
    afterAll(async () => {
      await model?.stop();
      await installation?.end();
    });

    it('builds the images, and the node takes them', { timeout: LONG_MS }, async () => {
      const [printed] = await installation.follow('1. Images');
      expect(printed?.match(/docker\.io\/sympozium\/[-\w]+:\S+/g)).toHaveLength(3);
      await installation.follow('Nodes with containerd');
      const names = await installation.shell.run('ctr --namespace k8s.io images list --quiet');
      for (const app of ['operator', 'web-proxy', 'agent-runner'])
        expect(names).toContain(`docker.io/sympozium/${app}:0.1.0`);
    });

    it('installs the operator, whose own test passes', { timeout: LONG_MS }, async () => {
      const printed = await installation.follow('2. The operator');
      expect(printed.join('\n')).toMatch(/^Phase: +Succeeded$/m);
    });

    it('serves examples/server.yaml, and prints how it is called', { timeout: LONG_MS }, async () => {
      const [printed] = await installation.follow('3. An agent with an endpoint');
      expect(printed).toContain(`API key   ${await installation.keyOf('demo')}`);
    });

    it('answers on this machine through a port-forward, by the curl line that this prints', async () => {
      const [forward] = installation.guide.take('Without a Gateway');
      const answer = await installation.shell.during(forward?.script ?? '', 'Ctrl-C ends', (printed) =>
        installation.shell.run(/^ +(curl .*)$/m.exec(printed)?.[1] ?? 'exit 1'),
      );
      expect(answer).toContain('data: [DONE]');
      expect(answer).toContain('Hello');
    });

    it('gets a route from the Gateway that its example names', { timeout: LONG_MS }, async () => {
      gateway = await makePublicGateway(installation.client, node);
      const [printed, condition] = await installation.follow('Behind a Gateway');
      expect(printed).toContain(`https://${HOST}/v1`);
      expect(JSON.parse(condition ?? '')).toMatchObject({ status: 'True', reason: 'Accepted' });
      const client = installation.openai(gateway, HOST, await installation.keyOf('demo'));
      await until('Envoy knows the route', () => client.models.list().then(isTrue, () => false), 60_000);
      expect(await ask(client, 'demo', 'From outside')).toBe('From outside');
    });

    it('refuses a wrong key in OpenAI’s form', async () => {
      const client = installation.openai(gateway, HOST, 'sk-wrong');
      const refused = await ask(client, 'demo', 'Let me in').catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(OpenAI.AuthenticationError);
      expect(refused).toMatchObject({ status: 401, code: 'invalid_api_key', type: 'invalid_request_error' });
    });

    describe('with a model outside the cluster', () => {
      let client: OpenAI;

      beforeAll(async () => {
        const secret = `--namespace ${AGENTS} create secret generic model --from-literal=key=sk-model-key`;
        await installation.shell.run(`kubectl ${secret}`);
        await installation.createInstance('writer', {
          model: {
            ...{ provider: 'openai', name: 'gpt-double', baseURL: model.baseURL },
            authSecretRef: { name: 'model', key: 'key' },
          },
          skills: SERVED_SKILLS,
          endpoint: { hostname: WRITER_HOST, gateway: { name: 'public', namespace: 'gateways', sectionName: 'https' } },
        });
        await installation.untilServer('writer', 'Ready');
        await installation.untilServer('writer', 'RouteAccepted');
        client = installation.openai(gateway, WRITER_HOST, await installation.keyOf('writer'));
        await until('Envoy knows the route', () => client.models.list().then(isTrue, () => false), 60_000);
      });

      it('streams word by word: the model says the next only after the caller has the last', async () => {
        model.answer(() => {});
        const first = model.calls.length;
        const words = ['one ', 'two ', 'three ', 'four'];
        const opening = stream(client, 'Count');
        const call = await model.call(first);
        call.delta({ content: words[0] });
        const heard: string[] = [];
        for await (const chunk of await opening) {
          const { content } = chunk.choices[0]?.delta ?? {};
          if (!content) continue;
          heard.push(content);
          if (heard.length < words.length) call.delta({ content: words[heard.length] });
          else call.finish();
        }
        expect(heard).toEqual(words);
      });

      it('is not cut within a minute, and comes without a gap', { timeout: LONG_MS }, async () => {
        const SECONDS = 60;
        const MOST_MS = 5_000;
        let said = 0;
        model.answer((call) => {
          const timer = setInterval(() => {
            call.delta({ content: `${said} ` });
            if (++said < SECONDS) return;
            clearInterval(timer);
            call.finish();
          }, 1_000);
        });
        const gaps: number[] = [];
        let text = '';
        let last: number | undefined;
        for await (const chunk of await stream(client, 'Take a minute')) {
          const { content } = chunk.choices[0]?.delta ?? {};
          if (!content) continue;
          const now = performance.now();
          if (last !== undefined) gaps.push(now - last);
          last = now;
          text += content;
        }
        expect(text.trim().split(' ').map(Number)).toEqual(Array.from({ length: SECONDS }, (_, i) => i));
        expect(Math.max(...gaps)).toBeLessThan(MOST_MS);
      });

      it('ends the agent’s container within seconds when its caller goes', async () => {
        const TIMES = 5;
        const WITHIN_MS = 10_000;
        const containerd = new Containerd(node.enter);
        const closed: number[] = [];
        const removed: number[] = [];
        for (let i = 0; i < TIMES; i += 1) {
          model.answer((call) => call.delta({ content: 'thinking' }));
          const first = model.calls.length;
          const abort = new AbortController();
          const { data: answer, response } = await stream(client, 'Think long', abort.signal).withResponse();
          const call = await model.call(first);
          const run = response.headers.get('x-sympozium-run') ?? '';
          const alive = async () =>
            (await containerd.containers()).some(({ pod, name }) => name === 'agent' && pod.startsWith(`${run}-`));
          expect(await alive()).toBe(true);
          const left = performance.now();
          abort.abort();
          await expect(readAll(answer)).rejects.toThrow();
          await call.closed;
          closed.push(Math.round(performance.now() - left));
          await until('the container is gone', async () => !(await alive()), WITHIN_MS);
          removed.push(Math.round(performance.now() - left));
        }
        console.log(`ms since callers went: model’s socket closed ${closed.join(', ')}; container removed ${removed.join(', ')}`); // prettier-ignore
        expect(Math.max(...closed)).toBeLessThan(WITHIN_MS);
      });

      it(
        'waits for no word of the kubelet, neither when an agent speaks nor when it ends',
        { timeout: LONG_MS },
        async () => {
          const TIMES = 12;
          const KUBELET_TELLS_AN_END_MS = 1_300;
          const demo = installation.openai(gateway, HOST, await installation.keyOf('demo'));
          const bare = await BareJobs.start(node.host);
          const answers: AnswerTimes[] = [];
          const jobs: number[] = [];
          const ends: number[] = [];
          try {
            for (let i = 0; i < TIMES; i += 1) {
              answers.push(await timeAnswer(demo, 'demo'));
              jobs.push(
                await bare.time(installation.client, { name: `bare-${i}`, namespace: AGENTS, image: node.nodeImage }),
              );
              ends.push(await timeEnd(client, 'writer', model));
            }
          } finally {
            await bare.stop();
          }
          const [load] = loadavg();
          const figures = {
            'request → agent’s first byte': median(answers.map(({ started }) => started)),
            'request → caller’s first byte': median(answers.map(({ first }) => first)),
            'a Job alone → its process’s first byte': median(jobs),
            'model’s last byte → answer ended': median(ends),
          };
          console.log(`p50 of ${TIMES} in ms, load ${load?.toFixed(1)}: ${JSON.stringify(figures, (_, value: unknown) => (typeof value === 'number' ? Math.round(value) : value))}`); // prettier-ignore
          expect(figures['model’s last byte → answer ended']).toBeLessThan(KUBELET_TELLS_AN_END_MS / 2);
          await installation.shell.run(`kubectl delete job --namespace ${AGENTS} --all`);
        },
      );

      it('speaks MCP over /sse to the official client', async () => {
        model.answer(says('from ', 'MCP'));
        const mcp = new Client({ name: 'suite', version: '1' });
        const requestInit = { headers: { authorization: `Bearer ${await installation.keyOf('writer')}` } };
        const url = new URL(`https://${WRITER_HOST}/sse`);
        await mcp.connect(new SSEClientTransport(url, { requestInit, fetch: gatewayFetch(gateway) }));
        try {
          expect((await mcp.listTools()).tools.map(({ name }) => name)).toEqual(['ask_writer']);
          const result = await mcp.callTool({ name: 'ask_writer', arguments: { task: 'Say where from' } });
          expect(result).toMatchObject({ content: [{ type: 'text', text: 'from MCP' }] });
        } finally {
          await mcp.close();
        }
      });
    });

    it('starts the tool of a skill before the agent, in its Pod, and ends it after', async () => {
      const { image, args } = scriptContainer('tool', node.nodeImage, TOOL);
      await installation.client.create(SKILL_PACK, {
        ...{ apiVersion: API_VERSION, kind: SKILL_PACK.kind, metadata: { name: 'tool', namespace: AGENTS } },
        spec: {
          sidecar: { image, args, probes: { startup: { httpGet: { path: '/', port: 9000 }, periodSeconds: 1 } } },
        },
      } as KubeObject);
      await installation.createInstance('tooled', {
        agent: { image, args: scriptContainer('agent', image, TOOL_AGENT).args },
        skills: [{ skillPackRef: { name: 'tool' } }],
      });
      const key = { namespace: AGENTS, name: 'uses-a-tool' };
      await installation.client.create(AGENT_RUN, {
        ...{ apiVersion: API_VERSION, kind: AGENT_RUN.kind, metadata: key },
        spec: { instanceRef: { name: 'tooled' }, task: 'Ask the tool' },
      } as KubeObject);
      const run = await until(
        'the run has ended',
        async () => {
          const found = await installation.client.get(AGENT_RUN, key);
          return found.status.completedAt !== undefined && found;
        },
        60_000,
      );
      expect(run.status).toMatchObject({ phase: 'Succeeded', result: { text: 'the tool says hello' } });
      const labelSelector = `${LABEL.run}=uses-a-tool`;
      const pod = await until('the Pod has ended, its tool with it', async () => {
        const [found] = (await installation.client.list(POD, { namespace: AGENTS, labelSelector })).items;
        return found?.status?.phase === 'Succeeded' && found;
      });
      expect(pod.spec).toMatchObject({ initContainers: [{ name: 'skill-tool', image, restartPolicy: 'Always' }] });
    });

    it(
      'serves all instances of the namespace by the shared proxy, whose own test passes',
      { timeout: LONG_MS },
      async () => {
        const [, shared] = installation.guide.take('Without a Gateway');
        expect(await installation.shell.run(shared?.script ?? '')).toMatch(/^Phase: +Succeeded$/m);
        const key = { namespace: AGENTS, name: 'web-proxy-sympozium-web-proxy' };
        const { spec } = await installation.client.get(SERVICE, key);
        const [, apiKey = ''] = /key=(sk-\w+)/.exec(shared?.script ?? '') ?? [];
        const client = new OpenAI({ baseURL: `http://${spec?.clusterIP}/v1`, apiKey, maxRetries: 0 });
        expect((await client.models.list()).data.map(({ id }) => id).sort()).toEqual(['demo', 'tooled', 'writer']);
        expect(await ask(client, 'demo', 'Shared')).toBe('Shared');
        const ingress = await installation.shell.run(`kubectl get ingress --namespace ${AGENTS} --output=name`);
        expect(ingress).toContain('ingress.networking.k8s.io/web-proxy');
      },
    );

    it(
      'runs from packages and images that were carried over, under a registry’s name',
      { timeout: LONG_MS },
      async () => {
        await installation.follow('Air-gapped');
        await installation.shell.run(`for app in operator web-proxy agent-runner; do
        ctr --namespace k8s.io images tag docker.io/sympozium/$app:0.1.0 ${REGISTRY}/sympozium/$app:0.1.0
      done
      helm upgrade sympozium dist/charts/sympozium-0.1.0.tgz --namespace ${SYSTEM} --reset-then-reuse-values \\
        --set imageRegistry=${REGISTRY} --wait
      for what in observed available; do kubectl wait --namespace ${AGENTS} deployment/demo-server --timeout=2m \\
        --for=jsonpath='{.spec.template.spec.containers[0].image}'=${REGISTRY}/sympozium/web-proxy:0.1.0; done
      kubectl rollout status --namespace ${AGENTS} deployment/demo-server --timeout=2m`);
        const client = installation.openai(gateway, HOST, await installation.keyOf('demo'));
        expect(await ask(client, 'demo', 'Carried over')).toBe('Carried over');
        const { items } = await installation.client.list(POD, {
          namespace: AGENTS,
          labelSelector: `${LABEL.instance}=demo,${LABEL.mode}=task`,
        });
        const images = items.flatMap(({ spec }) => (spec as PodSpec).containers.map(({ image }) => image));
        expect(images).toContain(`${REGISTRY}/sympozium/agent-runner:0.1.0`);
      },
    );

    it('is upgraded, and rolled back', { timeout: LONG_MS }, async () => {
      await installation.follow('Upgrade and roll back');
      const client = installation.openai(gateway, HOST, await installation.keyOf('demo'));
      expect(await ask(client, 'demo', 'Back again')).toBe('Back again');
    });

    it('is uninstalled, and nothing of it is left', { timeout: LONG_MS }, async () => {
      const [uninstall, remove] = installation.guide.take('Uninstall');
      await installation.shell.run(uninstall?.script ?? '');
      const kinds = await installation.shell.run(`kubectl get --namespace ${AGENTS} sinst --output=name`);
      expect(kinds).toContain('sympoziuminstance.sympozium.ai/demo');
      await installation.shell.run(remove?.script ?? '');
      await removePublicGateway(installation.client);
      await until('nothing is left', async () => (await installation.added()).length === 0, 60_000).catch(() => {});
      expect(await installation.added()).toEqual([]);
    });

    it('has run every command of the guide but those that cannot run here', () => {
      expect(installation.guide.left()).toEqual(Object.keys(NOT_RUN));
    });
  },
);

interface PodSpec {
  readonly containers: readonly { readonly image: string }[];
}

const isTrue = (): true => true;

const stream = (client: OpenAI, content: string, signal?: AbortSignal) =>
  client.chat.completions.create(
    { model: 'writer', stream: true, messages: [{ role: 'user', content }] },
    { ...(signal && { signal }) },
  );

async function readAll(answer: AsyncIterable<unknown>): Promise<void> {
  for await (const chunk of answer) void chunk;
}

async function ask(client: OpenAI, model: string, content: string): Promise<string | null | undefined> {
  const answer = await client.chat.completions.create({ model, messages: [{ role: 'user', content }] });
  return answer.choices[0]?.message.content;
}

/** A tool that answers whoever is in its Pod. */
const TOOL = `
  import { createServer } from 'node:http';
  process.on('SIGTERM', () => process.exit(0));
  createServer((_, response) => response.end('the tool says hello')).listen(9000);`;

/** An agent whose answer is its tool's. */
const TOOL_AGENT = `
  import { writeFileSync } from 'node:fs';
  const text = await (await fetch('http://127.0.0.1:9000')).text();
  writeFileSync(process.env.SYMPOZIUM_RESULT, JSON.stringify({ v: 1, status: 'ok', finishReason: 'stop', text }));`;
