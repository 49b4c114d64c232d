/** What is no protobuf. */
export class WireProblem extends Error {
  override readonly name = 'WireProblem';
}

/** One field as it stands on the wire, https://protobuf.dev/programming-guides/encoding/. */
export interface WireField {
  readonly number: number;
  /** A number, or the bytes of whatever has a length. */
  readonly value: bigint | number | Buffer;
}

const MAX_SHIFT = 63n;

/** The fields of a message, in their order. */
export function* wireFields(bytes: Buffer): Generator<WireField> {
  const reader = new Reader(bytes);
  while (!reader.isAtEnd) yield reader.field();
}

/** The numbers of a packed list. */
export function* packedNumbers(bytes: Buffer): Generator<bigint> {
  const reader = new Reader(bytes);
  while (!reader.isAtEnd) yield reader.varint();
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  field(): WireField {
    const tag = Number(this.varint());
    const number = Math.floor(tag / 8);
    if (number < 1) throw new WireProblem(`proto: illegal tag ${number} (wire type ${tag % 8})`);
    return { number, value: this.#value(tag % 8) };
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift <= MAX_SHIFT; shift += 7n) {
      const byte = this.#take(1).readUInt8(0);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new WireProblem('proto: integer overflow');
  }

  #value(wireType: number): WireField['value'] {
    if (wireType === 0) return this.varint();
    if (wireType === 1) return this.#take(8).readDoubleLE(0);
    if (wireType === 2) return this.#take(Number(this.varint()));
    if (wireType === 5) return this.#take(4).readFloatLE(0);
    throw new WireProblem(`proto: illegal wireType ${wireType}`);
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new WireProblem('unexpected EOF');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
