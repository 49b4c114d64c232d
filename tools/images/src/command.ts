import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs a program to its end and returns what it printed; its own complaint is the error when it fails. */
export async function command(program: string, args: readonly string[], cwd?: string): Promise<string> {
  try {
    const { stdout } = await run(program, args, { maxBuffer: 64 * 1024 * 1024, ...(cwd !== undefined && { cwd }) });
    return stdout;
  } catch (cause) {
    const { stderr = '', message } = cause as Error & { stderr?: string };
    const said = stderr.trim().split('\n').slice(-5).join('\n') || message;
    throw new Error(`${program} ${args.join(' ')} failed: ${said}`, { cause });
  }
}
