/** What one look at a container gave; `failure` says why it did not go well. */
export type ProbeResult = { readonly ok: true } | { readonly ok: false; readonly failure: string };

export const passed: ProbeResult = { ok: true };
export const failed = (failure: string): ProbeResult => ({ ok: false, failure });
