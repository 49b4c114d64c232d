import { SympoziumError } from '@sympozium/api';
import type { Clock } from '@sympozium/process';
import { encodeEnvelope, type ResultBody } from '@sympozium/run-protocol';
import { writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import type { FrameOutput } from './frame-output.js';
import { loadProvider } from './providers/registry.js';
import { readInput } from './read-input.js';
import type { Settings } from './settings.js';
import type { StopReason } from './stop-signal.js';
import { Transcript } from './transcript.js';
import { StreamRoad } from './stream-road.js';

export interface RunParts {
  readonly settings: Settings;
  readonly output: FrameOutput;
  readonly stop: AbortSignal;
  readonly clock: Clock;
  /** A line for people, beside the frames. */
  readonly note: (line: string) => void;
}

/** Works until there is a result, leaves it on every road, and returns the exit code. */
export async function run(parts: RunParts): Promise<number> {
  const { settings, output, stop, clock, note } = parts;
  output.connect(settings.stream && new StreamRoad({ ...settings.stream, clock, note }));
  const transcript = new Transcript();
  const result = await Promise.race([stopped(stop, transcript), answer(parts, transcript)]);
  // The durable road first: who saw the result frame may rely on it, even if this process is killed now.
  const kept = keep(result, settings, note);
  await output.end(result);
  return kept ? exitCode(result, stop) : 1;
}

async function answer({ settings, output, stop, clock }: RunParts, transcript: Transcript): Promise<ResultBody> {
  try {
    const input = await readInput(settings.inputFile);
    const provider = await loadProvider(input.model.provider);
    for await (const event of provider(input, { settings, clock, signal: stop })) {
      const frame = transcript.add(event);
      if (frame) await output.emit(frame);
    }
    return transcript.result({ status: 'ok' });
  } catch (error) {
    return failed(error, transcript);
  }
}

/** Does not wait for the provider to notice. */
function stopped(stop: AbortSignal, transcript: Transcript): Promise<ResultBody> {
  return new Promise((resolve) => {
    const end = (): void => resolve(stopResult(stop.reason as StopReason, transcript));
    if (stop.aborted) end();
    else stop.addEventListener('abort', end, { once: true });
  });
}

const stopResult = (reason: StopReason, transcript: Transcript): ResultBody =>
  reason instanceof Error
    ? failed(reason, transcript)
    : transcript.result({ status: 'cancelled', finishReason: 'cancelled' });

function failed(error: unknown, transcript: Transcript): ResultBody {
  const told =
    error instanceof SympoziumError
      ? { code: error.code, message: error.message }
      : {
          code: 'AgentFailed',
          message: `a fault of the agent itself: ${error instanceof Error ? error.message : error}`,
        };
  return transcript.result({ status: 'error', finishReason: 'error', error: told });
}

/** Writes the termination message; false if it cannot be written. */
function keep(result: ResultBody, { resultFile, resultBytes }: Settings, note: RunParts['note']): boolean {
  if (resultFile === undefined) return true;
  try {
    writeFileSync(resultFile, encodeEnvelope(result, resultBytes));
    return true;
  } catch (error) {
    note(`the result cannot be written to ${resultFile}: ${messageOf(error)}`);
    return false;
  }
}

function exitCode({ status }: ResultBody, { reason }: AbortSignal): number {
  if (status === 'ok') return 0;
  return status === 'cancelled' ? 128 + constants.signals[reason as NodeJS.Signals] : 1;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 1000);
