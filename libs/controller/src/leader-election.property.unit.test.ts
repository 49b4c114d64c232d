import { KubeError } from '@sympozium/kube';
import { FakeApiServer } from '@sympozium/kube/testing';
import { delay } from '@sympozium/process';
import { FakeClock, seededRandom, silentLogger } from '@sympozium/process/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LeaderElection } from './leader-election.js';
import type { LeaseClient } from './lease-lock.js';
import { LEASE } from './lease.js';

const KEY = { namespace: 'system', name: 'operator' };
const CANDIDATES = 3;

/** How a candidate's connection is: its calls work; many of them do not, or too late; none does. */
const WEATHER = ['calm', 'stormy', 'away'] as const;
type Weather = (typeof WEATHER)[number];

/** What happens to a candidate, or to the Lease, and how long after the last thing. */
interface Step {
  readonly afterMs: number;
  readonly who: number;
  readonly what: Weather | 'kill' | 'stop' | 'label' | 'clear';
}

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    afterMs: fc.nat(20_000),
    who: fc.nat(CANDIDATES - 1),
    what: fc.constantFrom(...WEATHER, 'stormy', 'kill', 'stop', 'label', 'clear'),
  }),
  { maxLength: 12 },
);

/** One life of a candidate. */
interface Process {
  readonly identity: string;
  readonly election: LeaderElection;
}

/** Processes that come and go, and the Lease between them. */
class World {
  readonly clock = new FakeClock();
  /** Whose work runs now, and the most that ever ran at once. */
  readonly working = new Set<string>();
  most = 0;
  readonly #server = new FakeApiServer({ clock: this.clock });
  readonly #chance: () => number;
  readonly #seed: number;
  readonly #weather = Array<Weather>(CANDIDATES).fill('calm');
  readonly #processes: Process[] = [];
  #lives = 0;

  constructor(seed: number) {
    this.#seed = seed;
    this.#chance = seededRandom(seed).float;
    for (let who = 0; who < CANDIDATES; who += 1) this.#begin(who);
  }

  async do({ afterMs, who, what }: Step): Promise<void> {
    await this.clock.advance(afterMs);
    const process = this.#processes[who];
    if (what === 'kill') this.#end(who, process);
    else if (what === 'stop') void process?.election.stop().then(() => this.#end(who, process));
    else if (what === 'label') this.#edit({ metadata: { labels: { at: String(this.clock.now()) } } });
    else if (what === 'clear') this.#edit({ spec: { holderIdentity: null } });
    else this.#weather[who] = what;
  }

  calm(): void {
    this.#weather.fill('calm');
  }

  #edit(body: object): void {
    if (this.#server.peek(LEASE, KEY)) this.#server.patch(LEASE, KEY, { type: 'merge', body });
  }

  #begin(who: number): void {
    const identity = `${who}_${this.#lives++}`;
    const isAlive = (): boolean => this.#processes[who]?.identity === identity;
    const work = {
      name: 'work',
      start: async () => {
        if (isAlive()) this.working.add(identity);
        this.most = Math.max(this.most, this.working.size);
      },
      stop: async () => {
        await delay(this.clock, this.#chance() * 8_000);
        this.working.delete(identity);
      },
    };
    const tools = { clock: this.clock, random: seededRandom(this.#seed + this.#lives), log: silentLogger() };
    const client = this.#client(who, isAlive);
    const process = { identity, election: new LeaderElection({ client, ...KEY, identity, ...tools }, work) };
    this.#processes[who] = process;
    process.election.failed.catch(() => this.#end(who, process));
    void process.election.start();
  }

  /** The process is gone at once, and its supervisor starts the next one. */
  #end(who: number, process: Process | undefined): void {
    if (process === undefined || this.#processes[who] !== process) return;
    this.working.delete(process.identity);
    this.#begin(who);
  }

  /** A call that its caller has given up may still have its effect, and so may one of a process that is gone. */
  #client(who: number, isAlive: () => boolean): LeaseClient {
    const call = async <T>(signal: AbortSignal | undefined, effect: () => T): Promise<T> => {
      if (!isAlive()) return never();
      return Promise.race([this.#weathered(this.#weather[who] ?? 'calm', effect), aborted(signal)]);
    };
    return {
      watch: async function* () {
        yield await never();
      },
      get: (kind, key, { signal } = {}) => call(signal, () => this.#server.get(kind, key) as never),
      create: (kind, object, { signal } = {}) => call(signal, () => this.#server.create(kind, object) as never),
      replace: (kind, object, { signal } = {}) => call(signal, () => this.#server.replace(kind, object) as never),
      delete: (kind, key, { signal } = {}) => call(signal, () => this.#server.delete(kind, key)),
    };
  }

  async #weathered<T>(weather: Weather, effect: () => T): Promise<T> {
    const isBad = (share: number): boolean => weather === 'stormy' && this.#chance() < share;
    if (weather === 'away' && this.#chance() < 0.5) return never();
    if (weather === 'away' || isBad(0.2)) throw new KubeError(0, 'Unreachable', 'no connection');
    await delay(this.clock, this.#chance() * (isBad(0.4) ? 30_000 : 50));
    const result = effect();
    await delay(this.clock, this.#chance() * (isBad(0.3) ? 12_000 : 50));
    if (isBad(0.2)) throw new KubeError(0, 'Unreachable', 'connection reset');
    return result;
  }
}

const never = (): Promise<never> => new Promise(() => {});

const aborted = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));

it('never lets two work at once, whatever fails, and lets one work when nothing does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), steps, async (seed, history) => {
      const world = new World(seed);
      for (const step of history) await world.do(step);
      world.calm();
      await world.clock.advance(60_000);
      expect(world.most).toBe(1);
      expect(world.working.size).toBe(1);
    }),
    { numRuns: 40 },
  );
}, 60_000);
