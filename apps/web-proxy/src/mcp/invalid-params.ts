/** What a client must correct in a request; its code is JSON-RPC's own. */
export class InvalidParams extends Error {
  override readonly name = 'InvalidParams';
  readonly code = -32_602;
}
