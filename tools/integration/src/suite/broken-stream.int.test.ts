import { afterAll, beforeAll, expect, it } from 'vitest';
import { FrameCutter } from '../fixture/frame-cutter.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { Sympozium } from '../fixture/sympozium.js';

let system: Sympozium;
let cutter: FrameCutter;

beforeAll(async () => {
  cutter = await FrameCutter.start();
  system = await Sympozium.start(suiteCluster(), { name: 'stream', proxyEnv: { STREAM_URL: cutter.url } });
  const { streamPort } = await system.proxy.ready();
  cutter.target(Number(streamPort));
  await system.createInstance('echo');
});

afterAll(async () => {
  await system?.stop();
  await cutter?.stop();
});

const WORDS = 'one two three four';

const ask = async (): Promise<string> => {
  const stream = await system.openai().chat.completions.create({
    model: 'echo',
    stream: true,
    messages: [{ role: 'user', content: WORDS }],
  });
  let text = '';
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  return text;
};

it('passes frames when nothing is broken', async () => {
  cutter.cutAfter(Infinity);
  expect(await ask()).toBe(WORDS);
  expect(cutter.frames).toBeGreaterThan(4);
});

it.each([0, 1, 2, 3, 4, 5, 6])(
  'the stream broken after %d frames: the caller still gets the whole answer, once',
  async (n) => {
    cutter.cutAfter(n);
    expect(await ask()).toBe(WORDS);
  },
);

it('no stream at all: the stored result answers', async () => {
  cutter.refuse();
  expect(await ask()).toBe(WORDS);
});
