import type { ApiObject } from '../../api-object.js';
import type { User } from '../auth.js';
import { bindingOf, type Binding, type Subject } from './rbac-objects.js';

/** A binding and the first of its subjects that is meant. */
export interface Bound {
  readonly binding: Binding;
  readonly subject: Subject;
}

/** Bindings of the cluster or of one namespace, found by whom they name. */
export class Bindings {
  /** Subject's key → binding's name → index of the subject in it. */
  readonly #bySubject = new Map<string, Map<string, number>>();
  readonly #byName = new Map<string, Binding>();

  get size(): number {
    return this.#byName.size;
  }

  set(object: ApiObject): void {
    const binding = bindingOf(object);
    this.delete(binding.name);
    this.#byName.set(binding.name, binding);
    binding.subjects.forEach((subject, at) => {
      const key = keyOfSubject(subject, binding.namespace);
      if (key === undefined) return;
      const names = this.#bySubject.get(key) ?? new Map<string, number>();
      if (!names.has(binding.name)) names.set(binding.name, at);
      this.#bySubject.set(key, names);
    });
  }

  delete(name: string): void {
    const binding = this.#byName.get(name);
    if (!binding) return;
    this.#byName.delete(name);
    for (const subject of binding.subjects) this.#forget(keyOfSubject(subject, binding.namespace) ?? '', name);
  }

  #forget(key: string, name: string): void {
    const names = this.#bySubject.get(key);
    names?.delete(name);
    if (names?.size === 0) this.#bySubject.delete(key);
  }

  /** In order of their names, so that answers do not depend on who was bound first. */
  of(user: User): Bound[] {
    const found = new Map<string, number>();
    for (const key of keysOfUser(user)) {
      for (const [name, at] of this.#bySubject.get(key) ?? []) {
        found.set(name, Math.min(at, found.get(name) ?? at));
      }
    }
    return [...found]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, at]) => {
        const binding = this.#byName.get(name);
        const subject = binding?.subjects[at];
        return binding && subject ? [{ binding, subject }] : [];
      });
  }
}

const keysOfUser = ({ name, groups }: User): string[] => [`User ${name}`, ...groups.map((group) => `Group ${group}`)];

/** A ServiceAccount is the user of that name; without a namespace it is in the binding's. */
function keyOfSubject({ kind, name, namespace }: Subject, bindingNamespace = ''): string | undefined {
  if (kind === 'User' || kind === 'Group') return `${kind} ${name}`;
  const home = namespace || bindingNamespace;
  return kind === 'ServiceAccount' && home !== '' ? `User system:serviceaccount:${home}:${name}` : undefined;
}
