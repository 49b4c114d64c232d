import { systemClock } from '@sympozium/process';
import { FrameOutput } from './frame-output.js';
import { readSettings } from './settings.js';
import { stopSignal } from './stop-signal.js';
import { WritableRoad } from './writable-road.js';

// Until the first frame has left, nothing is loaded but this file's few imports: no schemas, no HTTP, no provider.
const settings = readSettings(process.env);
const stop = stopSignal(process);
const output = new FrameOutput(settings.attempt, new WritableRoad(process.stdout), systemClock);
void output.emit({ type: 'started' });

// The clock's timers keep no process alive, a run does.
setInterval(() => {}, 2_147_483_647);

const { run } = await import('./run.js');
process.exit(
  await run({ settings, output, stop, clock: systemClock, note: (line) => void process.stderr.write(`${line}\n`) }),
);
