import { LABEL, serverRunName, SYMPOZIUM_INSTANCE } from '@sympozium/api';
import { buildSupported } from '@sympozium/images';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayAddress } from '../fixture/gateway-fetch.js';
import { AGENTS, Installation, SERVED_SKILLS, SYSTEM } from '../fixture/installation.js';
import { ModelDouble, type ModelCall } from '../fixture/model-double.js';
import { suiteNode, type NodeAccess } from '../fixture/node-access.js';
import { POD, SERVICE } from '../fixture/node-objects.js';
import { makePublicGateway, removePublicGateway } from '../fixture/public-gateway.js';
import { RequestLoop, type Outcome } from '../fixture/request-loop.js';
import { until } from '../fixture/until.js';

const suite = suiteNode();
const missing = suite.missing ?? buildSupported();

const GATEWAY = { name: 'public', namespace: 'gateways', sectionName: 'https' };
const SHARED_KEY = 'sk-0123456789abcdef0123456789abcdef';
const LONG_MS = 300_000;
/** A leader's Lease that nobody renews lasts 15 s, and its follower has to be started first. */
const MOST_MS = 90_000;

describe.skipIf(missing !== undefined)(
  missing === undefined ? 'life of a cluster' : `life of a cluster (skipped: ${missing})`,
  () => {
    const node = suite.node ?? ({} as NodeAccess);
    let installation: Installation;
    let gateway: GatewayAddress;
    let model: ModelDouble;
    let steady: OpenAI;

    beforeAll(async () => {
      installation = await Installation.begin(node, 'cluster-life');
      model = await ModelDouble.start(node.host);
      await installation.follow('1. Images');
      await installation.follow('Nodes with containerd');
      await installation.follow('2. The operator');
      gateway = await makePublicGateway(installation.client, node);
      await installation.shell.run(
        `kubectl --namespace ${AGENTS} create secret generic model --from-literal=key=sk-model-key`,
      );
      await installation.createInstance('steady', served('steady'));
      await installation.createInstance('talker', {
        ...served('talker'),
        model: {
          ...{ provider: 'openai', name: 'gpt-double', baseURL: model.baseURL },
          authSecretRef: { name: 'model', key: 'key' },
        },
      });
      for (const name of ['steady', 'talker']) {
        await installation.untilServer(name, 'Ready');
        await installation.untilServer(name, 'RouteAccepted');
      }
      steady = await clientOf('steady');
      const [, shared] = installation.guide.take('Without a Gateway');
      await installation.shell.run(shared?.script ?? '');
    }, LONG_MS);
    afterAll(async () => {
      await model?.stop();
      await installation?.end();
    });

    describe('a loop of requests', () => {
      it('is answered whole though all operators are killed', { timeout: LONG_MS }, async () => {
        const outcomes = await loopThrough(`--namespace ${SYSTEM} --selector app.kubernetes.io/component=operator`);
        expect(outcomes.filter(({ error }) => error !== undefined)).toEqual([]);
      });

      it(
        'is answered, or refused with a reason, though all servers of its instance are killed',
        { timeout: LONG_MS },
        async () => {
          await loopThrough(`--namespace ${AGENTS} --selector ${LABEL.run}=${serverRunName('steady')}`);
        },
      );

      it('is answered, or refused with a reason, though agents are killed', { timeout: LONG_MS }, async () => {
        const talk = await Talk.begin(await clientOf('talker'), model);
        const outcomes = await loopThrough(`--namespace ${AGENTS} --selector ${LABEL.mode}=task`);
        const errors: unknown[] = outcomes.flatMap(({ error }) => (error === undefined ? [] : [error]));
        errors.push(await talk.whole().catch((error: unknown) => error));
        for (const error of errors) {
          expect(error).toBeInstanceOf(OpenAI.APIError);
          expect(error).toMatchObject({ message: expect.stringMatching(/The run failed \(Disrupted\)/) as string });
        }
      });
    });

    it('keeps one of each on a node that is drained, and all come back', { timeout: LONG_MS }, async () => {
      const drain = `kubectl drain ${node.name} --ignore-daemonsets --delete-emptydir-data`;
      const drained = await installation.shell.try(`${drain} --timeout=30s`);
      const pending = steadyInside().then((client) => ask(client, 'steady', 'Asked while the node was drained'));
      try {
        expect(drained.exitCode).not.toBe(0);
        expect(drained.stderr).toContain("would violate the pod's disruption budget");
        for (const [namespace, selector] of [
          [SYSTEM, 'app.kubernetes.io/component=operator'],
          [AGENTS, `${LABEL.run}=${serverRunName('steady')}`],
          [AGENTS, 'app.kubernetes.io/component=web-proxy'],
        ] as const)
          expect(await ready(namespace, selector), selector).toBe(1);
      } finally {
        await installation.shell.run(`kubectl uncordon ${node.name}`);
      }
      await installation.shell.run(`for namespace in kube-system envoy-gateway-system ${SYSTEM} ${AGENTS}; do
        kubectl wait deployment --all --namespace $namespace --for=condition=Available --timeout=120s
      done`);
      expect(await pending).toBe('Asked while the node was drained');
      for (const name of ['steady', 'talker']) await installation.untilServer(name, 'Ready');
      await until(
        'the gateway leads to it',
        () =>
          steady.models.list().then(
            () => true,
            () => false,
          ),
        MOST_MS,
      );
      expect(await ask(steady, 'steady', 'All are back')).toBe('All are back');
    });

    it('is upgraded while answers stream, and none is cut', { timeout: LONG_MS }, async () => {
      const talkers = [await clientOf('talker'), await sharedClient()];
      const streams = [];
      for (const client of talkers) streams.push(await Talk.begin(client, model));
      await installation.shell.run(`
        for app in operator web-proxy; do
          ctr --namespace k8s.io images tag docker.io/sympozium/$app:0.1.0 docker.io/sympozium/$app:next
        done
        helm upgrade sympozium charts/sympozium --namespace ${SYSTEM} --reset-then-reuse-values --wait \\
          --set image.tag=next --set webProxyImage=sympozium/web-proxy:next
        kubectl wait --namespace ${AGENTS} deployment/talker-server --timeout=2m \\
          --for=jsonpath='{.spec.template.spec.containers[0].image}'=sympozium/web-proxy:next
        kubectl rollout status --namespace ${AGENTS} deployment/talker-server --timeout=2m
        helm upgrade web-proxy charts/sympozium-web-proxy --namespace ${AGENTS} --reset-then-reuse-values --wait \\
          --set image.tag=next`);
      for (const talk of streams) expect(await talk.end()).toEqual(talk.said);
      expect(await ask(await clientOf('talker'), 'talker', 'And now?', model)).toBe('ok');
    });

    describe('a route', () => {
      it.each([
        ['of a listener that is not there', { gateway: { ...GATEWAY, sectionName: 'missing' } }, 'ListenerMissing'],
        ['of a host name that no listener has', { hostname: 'agent.elsewhere.net' }, 'ListenerMissing'],
        ['that its listener does not let in', { gateway: { ...GATEWAY, sectionName: 'inside' } }, 'RouteRefused'],
      ])('%s is refused, and the run says so', async (_, endpoint, reason) => {
        await patchEndpoint('steady', endpoint);
        const condition = await routeAccepted('steady', reason);
        expect(condition).toMatchObject({ status: 'False', message: expect.stringMatching(/\w+: \w+/) as string });
        await patchEndpoint('steady', { hostname: 'steady.example.com', gateway: GATEWAY });
        await routeAccepted('steady', 'Accepted');
      });

      it('of a host name that another instance has, is none, and the run says whose it is', async () => {
        await installation.createInstance('twin', served('steady'));
        const { message } = await routeAccepted('twin', 'HostnameConflict');
        expect(message).toContain(`${AGENTS}/steady-server`);
        expect(await ask(steady, 'steady', 'Still mine')).toBe('Still mine');
        await patchEndpoint('twin', { hostname: 'twin.example.com' });
        await routeAccepted('twin', 'Accepted');
      });
    });

    it(
      'is uninstalled while an answer streams, which comes to its end, and nothing is left',
      { timeout: LONG_MS },
      async () => {
        const talk = await Talk.begin(await clientOf('talker'), model);
        const [uninstall, remove] = installation.guide.take('Uninstall');
        const uninstalled = installation.shell.run(uninstall?.script ?? '');
        await until(
          'the server is told to go',
          async () => {
            const selector = { namespace: AGENTS, labelSelector: `${LABEL.run}=talker-server` };
            const { items } = await installation.client.list(POD, selector);
            return items.every(({ metadata }) => metadata.deletionTimestamp !== undefined);
          },
          MOST_MS,
        );
        expect(await talk.end()).toEqual(talk.said);
        await uninstalled;
        await installation.shell.run(remove?.script ?? '');
        await removePublicGateway(installation.client);
        await until('nothing is left', async () => (await installation.added()).length === 0, 60_000).catch(() => {});
        expect(await installation.added()).toEqual([]);
      },
    );

    /** Two callers ask while Pods are killed at once, and until they have been answered again; each ends well. */
    async function loopThrough(selected: string): Promise<readonly Outcome[]> {
      const ENOUGH = 4;
      let n = 0;
      const loop = new RequestLoop(2, (words) => (n++ % 2 === 0 ? ask(steady, 'steady', words) : read(steady, words)));
      const answered = async (answers: number) =>
        until(`${answers} are answered`, () => loop.answers >= answers, 2 * MOST_MS);
      try {
        await answered(ENOUGH);
        const kill = `kubectl delete pod ${selected} --force --grace-period=0`;
        await until('Pods are killed', async () => /deleted/.test((await installation.shell.run(kill)) ?? ''));
        await answered(loop.answers + ENOUGH);
      } finally {
        await loop.end();
      }
      for (const { asked, answer, error, tookMs } of loop.outcomes) {
        if (error === undefined) expect(answer).toBe(asked);
        expect(tookMs, asked).toBeLessThan(MOST_MS);
      }
      const errors = new Set(loop.outcomes.flatMap(({ error }) => (error === undefined ? [] : [String(error)])));
      const slowest = Math.max(...loop.outcomes.map(({ tookMs }) => tookMs));
      console.log(`killed ${selected}: ${loop.answers} answers, slowest ${slowest.toFixed(0)} ms, errors: ${[...errors].join(' | ')}`); // prettier-ignore
      return loop.outcomes;
    }

    async function clientOf(name: string): Promise<OpenAI> {
      const client = installation.openai(gateway, `${name}.example.com`, await installation.keyOf(name));
      await until(
        'Envoy knows the route',
        () =>
          client.models.list().then(
            () => true,
            () => false,
          ),
        MOST_MS,
      );
      return client;
    }

    /** The shared proxy, at its Service. */
    const sharedClient = async (): Promise<OpenAI> => inside('web-proxy-sympozium-web-proxy', 80, SHARED_KEY);

    /** The server of `steady` at its Service. */
    const steadyInside = async (): Promise<OpenAI> => inside('steady-server', 8080, await installation.keyOf('steady'));

    async function inside(name: string, port: number, apiKey: string): Promise<OpenAI> {
      const { spec } = await installation.client.get(SERVICE, { namespace: AGENTS, name });
      return new OpenAI({ baseURL: `http://${spec?.clusterIP}:${port}/v1`, apiKey, maxRetries: 0 });
    }

    /** How many Pods are ready. */
    async function ready(namespace: string, labelSelector: string): Promise<number> {
      const { items } = await installation.client.list(POD, { namespace, labelSelector });
      const isReady = ({ type, status }: { type: string; status: string }) => type === 'Ready' && status === 'True';
      return items.filter(({ status }) => status?.conditions?.some(isReady)).length;
    }

    async function patchEndpoint(name: string, endpoint: object): Promise<void> {
      const body = { spec: { endpoint } };
      await installation.client.patch(SYMPOZIUM_INSTANCE, { namespace: AGENTS, name }, { type: 'merge', body });
    }

    /** The condition of an instance's server run, once it has this reason. */
    async function routeAccepted(name: string, reason: string): Promise<Condition> {
      const condition = `.status.conditions[?(@.type=="RouteAccepted")]`;
      const run = `--namespace ${AGENTS} agentrun/${serverRunName(name)}`;
      const printed = await installation.shell.run(`kubectl wait ${run} --for=create --timeout=60s >&2
        kubectl wait ${run} --for=jsonpath='{${condition}.reason}'=${reason} --timeout=60s >&2
        kubectl get ${run} --output=jsonpath='{${condition}}'`);
      return JSON.parse(printed) as Condition;
    }
  },
);

interface Condition {
  readonly status: string;
  readonly message: string;
}

/** Two servers behind the gateway. */
const served = (host: string) => ({
  skills: SERVED_SKILLS,
  endpoint: { hostname: `${host}.example.com`, gateway: GATEWAY, replicas: 2 },
});

/** One answer; of a model outside, if there is one, `ok`. */
async function ask(client: OpenAI, instance: string, content: string, model?: ModelDouble): Promise<string> {
  model?.answer((call) => {
    call.delta({ content: 'ok' });
    call.finish();
  });
  const answer = await client.chat.completions.create({ model: instance, messages: [{ role: 'user', content }] });
  return answer.choices[0]?.message.content ?? '';
}

/** The same as a stream. */
async function read(client: OpenAI, content: string): Promise<string> {
  const messages = [{ role: 'user' as const, content }];
  let text = '';
  for await (const chunk of await client.chat.completions.create({ model: 'steady', stream: true, messages }))
    text += chunk.choices[0]?.delta.content ?? '';
  return text;
}

/** An answer that streams, a word every half second, until it is told to end. */
class Talk {
  readonly said: string[] = [];
  readonly #heard: Promise<string[]>;
  readonly #call: ModelCall;
  readonly #timer: NodeJS.Timeout;

  private constructor(call: ModelCall, heard: Promise<string[]>) {
    this.#call = call;
    this.#heard = heard;
    heard.catch(() => {}); // `whole` tells
    this.#timer = setInterval(() => this.#say(), 500);
    void call.closed.then(() => clearInterval(this.#timer));
  }

  /** Begins one; it has been heard of. */
  static async begin(client: OpenAI, model: ModelDouble): Promise<Talk> {
    model.answer(() => {});
    const next = model.calls.length;
    const messages = [{ role: 'user' as const, content: 'Talk' }];
    const opening = client.chat.completions.create({ model: 'talker', stream: true, messages });
    const talk = new Talk(await model.call(next), opening.then(hear));
    talk.#say();
    await opening;
    return talk;
  }

  /** Lets it come to its end; the words that were heard. */
  async end(): Promise<string[]> {
    clearInterval(this.#timer);
    this.#say();
    this.#call.finish();
    return this.whole();
  }

  /** All words that were heard, once it has ended. */
  whole(): Promise<string[]> {
    return this.#heard;
  }

  #say(): void {
    const content = `word ${this.said.length};`;
    this.said.push(content);
    this.#call.delta({ content });
  }
}

async function hear(stream: AsyncIterable<OpenAI.ChatCompletionChunk>): Promise<string[]> {
  const heard: string[] = [];
  for await (const chunk of stream) {
    const { content } = chunk.choices[0]?.delta ?? {};
    if (content) heard.push(content);
  }
  return heard;
}
