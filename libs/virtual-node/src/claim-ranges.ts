import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { defaultRanges, type NetworkRanges } from './address-pool.js';

export interface ClaimedRanges {
  readonly ranges: NetworkRanges;
  /** Gives them up; the end of the process does so, too. */
  release(): void;
}

const FIRST = 127;
const LAST = 191;
/** The range's own address, which no Pod gets. */
const CLAIM = { suffix: '0.0', port: 10_250 };

/** Ranges that no other node of this machine has claimed, since a port of a Pod's address can be had only once. */
export async function claimRanges(platform: NodeJS.Platform = process.platform): Promise<ClaimedRanges> {
  if (platform !== 'linux') return { ranges: defaultRanges(platform), release: () => {} };
  for (let second = FIRST; second <= LAST; second += 1) {
    const ranges = { pods: `10.${second}`, processes: `127.${second}` };
    const claim = await listen(`${ranges.processes}.${CLAIM.suffix}`);
    if (claim) return { ranges, release: () => void claim.close() };
  }
  throw new Error(`every range from 127.${FIRST} to 127.${LAST} is in use; end some local clusters`);
}

/** Undefined when somebody else listens there. */
async function listen(host: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy()).unref();
  try {
    server.listen(CLAIM.port, host);
    await once(server, 'listening');
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
}
