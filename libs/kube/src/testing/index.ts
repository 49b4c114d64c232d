export { isWrite, type Call, type Interception, type Verb } from './calls.js';
export { FakeApiServer, type FakeApiServerOptions } from './fake-api-server.js';
export { FakeKubeClient, type FakeKubeClientOptions } from './fake-kube-client.js';
export { mergePatch } from './patches.js';
export type { Fate } from './watch-streams.js';
