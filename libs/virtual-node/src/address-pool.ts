/** A Pod's two addresses: the API refuses loopback in EndpointSlices, a process can bind nothing else. */
export interface PodAddress {
  readonly podIP: string;
  readonly processIP: string;
}

export interface NetworkRanges {
  /** First two octets of `status.podIP`. */
  readonly pods: string;
  /** First two octets of what processes bind; `127.0.0.1` gives it to all of them, where the system has no other. */
  readonly processes: string;
}

/** Linux has all of 127.0.0.0/8, macOS only 127.0.0.1. */
export const defaultRanges = (platform: NodeJS.Platform): NetworkRanges => ({
  pods: '10.127',
  processes: platform === 'linux' ? '127.127' : '127.0.0.1',
});

const SIZE = 65_536;

/** Addresses `b.c` of the ranges, each given to one Pod at a time; one that was freed comes back last. */
export class AddressPool {
  readonly #ranges: NetworkRanges;
  readonly #taken = new Set<number>();
  #next = 1;

  constructor(ranges: NetworkRanges) {
    this.#ranges = ranges;
  }

  /** The address that a Pod had before if it can be had, so that whoever knows it need not look again; else any. */
  take(before?: string): PodAddress & { release(): void } {
    const suffix = this.#again(before) ?? this.#free();
    this.#taken.add(suffix);
    const host = `${suffix >> 8}.${suffix & 255}`;
    const { pods, processes } = this.#ranges;
    return {
      podIP: `${pods}.${host}`,
      processIP: processes.split('.').length === 4 ? processes : `${processes}.${host}`,
      release: () => void this.#taken.delete(suffix),
    };
  }

  #again(podIP = ''): number | undefined {
    const prefix = `${this.#ranges.pods}.`;
    if (!podIP.startsWith(prefix)) return undefined;
    const [high = NaN, low = NaN] = podIP.slice(prefix.length).split('.').map(Number);
    const suffix = (high << 8) | low;
    return isHost(suffix) && !this.#taken.has(suffix) ? suffix : undefined;
  }

  #free(): number {
    for (let tried = 0; tried < SIZE; tried++) {
      const suffix = this.#next;
      this.#next = (this.#next + 1) % SIZE;
      if (isHost(suffix) && !this.#taken.has(suffix)) return suffix;
    }
    throw new Error('every address of the Pod range is taken; end some Pods');
  }
}

const isHost = (suffix: number): boolean => (suffix & 255) !== 0 && (suffix & 255) !== 255;
