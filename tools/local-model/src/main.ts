import { once } from 'node:events';
import { ensureModel, findPython } from './ensure-model.js';
import { startLocalModel } from './local-model.js';

const python = await findPython();
if (python === undefined) {
  console.error('local-model: Python 3 with venv is needed; name yours with PYTHON.');
  process.exitCode = 2;
} else {
  const model = await startLocalModel(await ensureModel(python, console.error), Number(process.argv[2] ?? 0));
  console.log(`npm start -- --model-base-url ${model.baseURL}`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await model.stop();
}
