import { once } from 'node:events';
import { ensureModel, findPython } from './ensure-model.js';
import { startLocalModel } from './local-model.js';

const [, , text = '0'] = process.argv;
const port = Number(text);
const python = await findPython();
if (!Number.isInteger(port) || port < 0 || port > 65_535)
  refuse(`a port is a whole number from 0 to 65535, not ${text}.`);
else if (python === undefined) refuse('Python 3 with venv is needed; name yours with PYTHON.');
else {
  try {
    await serve(python, port);
  } catch (error) {
    refuse((error as Error).message);
  }
}

async function serve(python: string, port: number): Promise<void> {
  const model = await startLocalModel(await ensureModel(python, console.error), port);
  console.log(`npm start -- --model-base-url ${model.baseURL}`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await model.stop();
}

function refuse(why: string): void {
  console.error(`local-model: ${why}`);
  process.exitCode = 2;
}
