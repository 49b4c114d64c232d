import 'reflect-metadata';
import { container as root, instanceCachingFactory, type DependencyContainer } from 'tsyringe';

/** Names a dependency and carries its type. Two tokens are never the same, whatever their names. */
export interface Token<T> {
  readonly name: string;
  readonly key: symbol;
  /** Never set: carries the type only. */
  readonly $type?: T;
}

export const token = <T>(name: string): Token<T> => ({ name, key: Symbol(name) });

/** What a factory may ask for. */
export interface Resolver {
  /** The one registered under the token; throws naming the chain when it is missing or needs itself. */
  get<T>(token: Token<T>): T;
  /** All registered under the token, in the order of registration; none is an empty list. */
  getAll<T>(token: Token<T>): T[];
}

/** The object graph of one app: registered by token, made once, on demand. */
export class Container implements Resolver {
  readonly #container: DependencyContainer = root.createChildContainer();
  readonly #chain: Token<unknown>[] = [];

  /** Registers a finished value. Again under the same token: one more for `getAll`, the last for `get`. */
  value<T>(token: Token<T>, value: NoInfer<T>): this {
    this.#container.register(token.key, { useValue: value });
    return this;
  }

  /** Registers how to make a singleton. */
  factory<T>(token: Token<T>, make: (resolver: Resolver) => NoInfer<T>): this {
    this.#container.register(token.key, { useFactory: instanceCachingFactory(() => make(this)) });
    return this;
  }

  get<T>(token: Token<T>): T {
    const chain = [...this.#chain, token].map((t) => t.name).join(' → ');
    if (this.#chain.includes(token)) throw new Error(`dependencies need each other: ${chain}`);
    if (!this.#container.isRegistered(token.key)) throw new Error(`nothing is registered for ${chain}`);
    this.#chain.push(token);
    try {
      return this.#container.resolve<T>(token.key);
    } finally {
      this.#chain.pop();
    }
  }

  getAll<T>(token: Token<T>): T[] {
    return this.#container.isRegistered(token.key) ? this.#container.resolveAll<T>(token.key) : [];
  }
}
