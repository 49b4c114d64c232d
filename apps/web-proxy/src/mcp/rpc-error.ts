const INVALID_PARAMS = -32_602;
const METHOD_NOT_FOUND = -32_601;

/** An error in JSON-RPC's own form. The SDK's class would put the code into the sentence, and its client once more. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** The request's parameters are not what the method takes; the sentence says what it takes. */
export const invalidParams = (sentence: string): RpcError => new RpcError(INVALID_PARAMS, sentence);

export const methodNotFound = (method: string): RpcError =>
  new RpcError(METHOD_NOT_FOUND, `There is no method ${JSON.stringify(method.slice(0, 100))}.`);
