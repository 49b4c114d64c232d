import { KINDS, MESSAGES } from './facts.js';

/** One field of a message. */
export interface Field {
  /** In JSON; empty for an inline one. */
  readonly name: string;
  readonly type: string;
  readonly repeated: boolean;
  readonly map: boolean;
  /** Its own fields stand in the message that has it. */
  readonly inline: boolean;
  /** JSON leaves it out when it is zero. */
  readonly optional: boolean;
  /** JSON has null for it when it is zero: a time that is no pointer. */
  readonly nullable: boolean;
}

export type Message = ReadonlyMap<number, Field>;

let kinds: ReadonlyMap<string, string> | undefined;
let texts: ReadonlyMap<string, string> | undefined;
const messages = new Map<string, Message>();
const named = new Map<string, ReadonlyMap<string, Field>>();

/** The message that a kind is; undefined if it never comes in protobuf. */
export function messageOfKind(apiVersion: string, kind: string): string | undefined {
  kinds ??= table(KINDS);
  return kinds.get(kind === 'DeleteOptions' ? 'v1/DeleteOptions' : `${apiVersion}/${kind}`);
}

/** The fields of a message by number; undefined for what is no message. */
export function layoutOf(name: string): Message | undefined {
  texts ??= table(MESSAGES);
  const known = messages.get(name);
  const text = texts.get(name);
  if (known || text === undefined) return known;
  const layout = new Map(text.split(' ').filter(Boolean).map(field));
  messages.set(name, layout);
  return layout;
}

/** The fields of a message by their names in JSON, with those of inline ones. */
export function fieldsOf(name: string): ReadonlyMap<string, Field> | undefined {
  const known = named.get(name);
  const layout = layoutOf(name);
  if (known || !layout) return known;
  const fields = [...layout.values()].flatMap((field): [string, Field][] =>
    field.inline ? [...(fieldsOf(field.type) ?? [])] : [[field.name, field]],
  );
  const map = new Map(fields);
  named.set(name, map);
  return map;
}

/** The first word of each line and the rest of it. */
const table = (lines: string): Map<string, string> =>
  new Map(
    lines
      .trim()
      .split('\n')
      .map((line): [string, string] => {
        const at = line.indexOf(' ');
        return [line.slice(0, at), line.slice(at + 1)];
      }),
  );

function field(text: string): [number, Field] {
  const [number = '', name = '', type = ''] = text.split(':');
  const has = (flag: string): boolean => type.includes(flag);
  const flags = { repeated: has('*'), map: has('%'), inline: has('~'), optional: has('?'), nullable: has('=') };
  return [Number(number), { name, type: type.replace(/[*%~?=]+$/, ''), ...flags }];
}
