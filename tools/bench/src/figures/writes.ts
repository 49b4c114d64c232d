import { ModelDouble, says, until, type Sympozium } from '@sympozium/integration';
import type { Figure } from '../figure.js';

/** Our apps' own API writes for one run, from the API server's audit log. */
export async function writesPerRun(system: Sympozium): Promise<Figure[]> {
  const model = await ModelDouble.start();
  await system.createInstance('slow', { model: { provider: 'openai', name: 'double', baseURL: model.baseURL } });
  const short = await writesOf(system, () => ask(system, 'echo'));
  const long = await writesOf(system, async () => {
    model.answer((call) => call.delta({ content: 'wait' }));
    const answer = ask(system, 'slow');
    const call = await model.call(0);
    await until('the run shows Running', async () =>
      (await system.runs()).some(({ status }) => status.phase === 'Running'),
    );
    says('done')(call);
    await answer;
  });
  await model.stop();
  const load = 'one run, from the audit log';
  return [
    { name: 'API writes per short run', value: short, unit: 'writes', goal: { exactly: 3 }, n: 1, load },
    { name: 'API writes per long run', value: long, unit: 'writes', goal: { exactly: 4 }, n: 1, load },
  ];
}

const ask = (system: Sympozium, model: string) =>
  system.openai().chat.completions.create({ model, messages: [{ role: 'user', content: 'Hi' }] });

async function writesOf(system: Sympozium, act: () => Promise<unknown>): Promise<number> {
  await settled(system);
  const before = system.writes().length;
  await act();
  await settled(system);
  return system.writes().length - before;
}

/** Every run has ended, and the audit log has its last write. */
const settled = (system: Sympozium): Promise<unknown> =>
  until('every run is finished and written down', async () => {
    const runs = await system.runs();
    const ends = system.writes().filter(({ objectRef }) => objectRef?.subresource === 'status');
    return runs.every(
      ({ status, metadata }) =>
        ['Succeeded', 'Failed'].includes(status.phase) &&
        ends.some(({ objectRef }) => objectRef?.name === metadata.name),
    );
  });
