import { describe, expect, it } from 'vitest';
import type { AuditLine } from '../fixture/audit.js';
import { appOf } from './app.js';
import { TRESPASSER } from './denials.js';
import { OWN, type Grant } from './grant.js';
import { RightsProof } from './rights-proof.js';

const OPERATOR = 'system:serviceaccount:suite-x-system:sympozium';
const SERVER = 'system:serviceaccount:suite-x:demo-server';

const operatorMay = (verb: string, resource: string, group = ''): Grant => ({ app: 'operator', group, resource, verb });

interface Told {
  readonly user?: string;
  readonly userAgent?: string;
  readonly code?: number;
  readonly at?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** A line of the log: `get pods/log` as the operator asks for it, answered with 200, unless told otherwise. */
function asked(request: string, told: Told = {}): AuditLine {
  const { user = OPERATOR, userAgent = 'sympozium', code = 200, at = '2026-01-01T00:00:05Z', ...ref } = told;
  const [verb = '', path = ''] = request.split(' ');
  const [resource = '', subresource] = path.split('/');
  return {
    stage: 'ResponseComplete',
    verb,
    requestURI: `/${path}`,
    user: { username: user },
    userAgent,
    objectRef: { resource, namespace: 'suite-x', ...(subresource && { subresource }), ...ref },
    responseStatus: { code, message: 'why' },
    requestReceivedTimestamp: at,
    stageTimestamp: at,
  };
}

function proofOf(grants: readonly Grant[], ...lines: readonly AuditLine[]): RightsProof {
  const proof = new RightsProof(grants);
  for (const line of lines) proof.take(line);
  return proof;
}

it('knows the apps by their ServiceAccounts, and agents as nobody', () => {
  expect(appOf(OPERATOR)).toBe('operator');
  expect(appOf('system:serviceaccount:team-a:sympozium-web-proxy')).toBe('web proxy');
  expect(appOf(SERVER)).toBe('server');
  for (const user of [
    'system:serviceaccount:suite-x:default',
    'system:serviceaccount:kube-system:x',
    'kubernetes-admin',
  ])
    expect(appOf(user)).toBeUndefined();
});

describe('a right', () => {
  const log = operatorMay('get', 'pods/log');

  it('is used by a request for just this, whatever came of it but a refusal', () => {
    expect(proofOf([log]).unused('operator')).toEqual(['get pods/log']);
    expect(proofOf([log], asked('get pods/log', { code: 404 })).unused('operator')).toEqual([]);
    for (const code of [401, 403])
      expect(proofOf([log], asked('get pods/log', { code })).unused('operator')).toHaveLength(1);
    for (const other of ['list pods/log', 'get pods', 'get secrets/log'])
      expect(proofOf([log], asked(other)).unused('operator')).toHaveLength(1);
    expect(proofOf([log], asked('get pods/log', { user: SERVER })).unused('operator')).toHaveLength(1);
  });

  it('to named objects is used by a request for one of them', () => {
    const own: Grant = { app: 'server', group: '', resource: 'secrets', verb: 'get', names: [`${OWN}-api-key`] };
    const get = (name: string): AuditLine => asked('get secrets', { user: SERVER, name });
    expect(proofOf([own], get('demo-server-api-key')).unused('server')).toEqual([]);
    expect(proofOf([own], get('other-server-api-key')).unused('server')).toEqual(['get secrets <own>-api-key']);
    expect(proofOf([own], asked('get secrets', { user: SERVER })).unused('server')).toHaveLength(1);
  });

  it('to create is used by an apply that made something', () => {
    const create = operatorMay('create', 'services');
    expect(proofOf([create], asked('patch services')).unused('operator')).toHaveLength(1);
    expect(proofOf([create], asked('patch services', { code: 201 })).unused('operator')).toEqual([]);
  });

  it('that is granted on is used when the server’s Role is accepted', () => {
    const held = operatorMay('get', 'configmaps');
    const granted: Grant = { ...held, app: 'server' };
    const roleMade = asked('patch roles', { code: 201 });
    expect(proofOf([held, granted], roleMade).unused('operator')).toEqual([]);
    expect(proofOf([held, granted], roleMade).unused('server')).toEqual(['get configmaps']);
    expect(proofOf([held], roleMade).unused('operator')).toHaveLength(1);
  });

  it('to hold an owner is used by what is made for it', () => {
    const owners = ['agentruns', 'sympoziuminstances'];
    const all = owners.map((owner) => operatorMay('update', `${owner}/finalizers`, 'sympozium.ai'));
    const ofRun = asked('create jobs', { code: 201 });
    const ofInstance = asked('create agentruns', { code: 201, name: 'demo-server' });
    expect(proofOf(all, ofRun).unused('operator')).toEqual(['update sympoziuminstances/finalizers.sympozium.ai']);
    expect(proofOf(all, ofRun, ofInstance).unused('operator')).toEqual([]);
  });
});

describe('a denial', () => {
  it('is told with the server’s reason, each once', () => {
    const denied = asked('list secrets', { code: 403 });
    expect(proofOf([], denied, denied).denied('operator')).toEqual(['list /secrets: why']);
    expect(proofOf([], denied).denied('server')).toEqual([]);
  });

  it('is none where a test tried what must be refused', () => {
    expect(proofOf([], asked('list secrets', { code: 403, userAgent: TRESPASSER })).denied('operator')).toEqual([]);
  });

  it('is none where what it is about comes to its end', () => {
    const message = 'create not allowed while custom resource definition is terminating';
    const refused = { ...asked('create jobs', { code: 403 }), responseStatus: { code: 403, message } };
    expect(proofOf([], refused).denied('operator')).toEqual([]);
  });

  it('is none in a namespace once it is being deleted', () => {
    const deletion = asked('delete namespaces', { user: 'admin', name: 'suite-x', at: '2026-01-01T00:00:03Z' });
    const denied = (at: string): AuditLine => asked('list secrets', { code: 403, at });
    const again = { ...deletion, requestReceivedTimestamp: '2026-01-01T00:00:09Z' };
    expect(proofOf([], denied('2026-01-01T00:00:04Z'), deletion, again).denied('operator')).toEqual([]);
    expect(proofOf([], deletion, denied('2026-01-01T00:00:02Z')).denied('operator')).toHaveLength(1);
    const elsewhere = { ...deletion, objectRef: { resource: 'namespaces', name: 'suite-y' } };
    expect(proofOf([], elsewhere, denied('2026-01-01T00:00:04Z')).denied('operator')).toHaveLength(1);
  });

  it('is none between an uninstallation and the next installation of its chart', () => {
    const binding = { user: 'admin', name: 'sympozium-operator-system', at: '2026-01-01T00:00:03Z' };
    const gone = asked('delete rolebindings', binding);
    const back = asked('patch rolebindings', { ...binding, code: 201, at: '2026-01-01T00:00:06Z' });
    const denied = (at: string, user = OPERATOR): AuditLine => asked('list secrets', { code: 403, at, user });
    expect(proofOf([], gone, back, denied('2026-01-01T00:00:05Z')).denied('operator')).toEqual([]);
    expect(proofOf([], gone, back, denied('2026-01-01T00:00:07Z')).denied('operator')).toHaveLength(1);
    expect(proofOf([], gone, denied('2026-01-01T00:00:05Z', SERVER)).denied('server')).toHaveLength(1);
    const servers = asked('delete rolebindings', { ...binding, name: 'demo-server' });
    expect(proofOf([], servers, denied('2026-01-01T00:00:05Z')).denied('operator')).toHaveLength(1);
  });
});
