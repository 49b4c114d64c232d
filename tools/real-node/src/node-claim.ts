import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { SympoziumError } from '@sympozium/api';
import { processStart } from '@sympozium/process';
import { MACHINE } from './names.js';

interface Owner {
  readonly pid: number;
  /** When that process started. */
  readonly started: string;
  /** The node’s folder. */
  readonly folder: string;
}

/**
 * Takes the machine for a node in `folder`; the answer gives it back. Throws `SETTING_INVALID` while another process
 * that lives has it; from one that is gone it is taken over.
 */
export function claimMachine(folder: string, file: string = MACHINE.claim): () => void {
  const owner = readClaim(file);
  if (owner !== undefined && processStart(owner.pid) === owner.started)
    throw new SympoziumError(
      'SETTING_INVALID',
      `a real node runs already, in ${owner.folder} by process ${owner.pid}, and a machine can have one. Stop that first.`,
    );
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  const claim: Owner = { pid: process.pid, started: processStart(process.pid) ?? '', folder };
  writeFileSync(file, JSON.stringify(claim), { flag: 'wx' });
  return () => rmSync(file, { force: true });
}

/** Nothing of a file that is not there, or that somebody’s end cut short. */
function readClaim(file: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}
