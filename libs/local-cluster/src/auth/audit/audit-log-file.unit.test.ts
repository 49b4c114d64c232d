import { FakeClock, seededRandom, silentLogger } from '@sympozium/process/testing';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AuditRecord } from '../auth.js';
import { AuditLogFile } from './audit-log-file.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'audit-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const clock = new FakeClock(Date.UTC(2026, 10, 25, 9, 8, 36, 880));
const open = (maxBytes?: number): AuditLogFile => {
  const path = join(folder, 'audit.log');
  return new AuditLogFile({ path, clock, random: seededRandom(1), log: silentLogger(), ...(maxBytes && { maxBytes }) });
};
const lines = (): string[] => readFileSync(join(folder, 'audit.log'), 'utf8').trimEnd().split('\n');

const CREATE: AuditRecord = {
  attributes: {
    user: { name: 'sympozium-admin', uid: 'sympozium-admin', groups: ['system:masters', 'system:authenticated'] },
    verb: 'create',
    path: '/api/v1/namespaces',
    resource: { group: '', version: 'v1', plural: 'namespaces' },
  },
  requestUri: '/api/v1/namespaces?fieldManager=kubectl-create&fieldValidation=Strict',
  userAgent: 'kubectl/v1.35.2 (linux/amd64) kubernetes/fdc9d74',
  sourceIp: '127.0.0.1',
  receivedAt: clock.now() - 3,
  stage: 'ResponseComplete',
  code: 409,
  reason: 'AlreadyExists',
  failure: { message: 'namespaces "x1" already exists', details: { name: 'x1', kind: 'namespaces' } },
  object: { name: 'x1' },
  decision: { allowed: true, reason: '' },
};
/** A line of the real server's own log; its id and times apart. */
const REAL = String.raw`{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"ID","stage":"ResponseComplete","requestURI":"/api/v1/namespaces?fieldManager=kubectl-create\u0026fieldValidation=Strict","verb":"create","user":{"username":"sympozium-admin","uid":"sympozium-admin","groups":["system:masters","system:authenticated"]},"sourceIPs":["127.0.0.1"],"userAgent":"kubectl/v1.35.2 (linux/amd64) kubernetes/fdc9d74","objectRef":{"resource":"namespaces","name":"x1","apiVersion":"v1"},"responseStatus":{"metadata":{},"status":"Failure","message":"namespaces \"x1\" already exists","reason":"AlreadyExists","details":{"name":"x1","kind":"namespaces"},"code":409},"requestReceivedTimestamp":"2026-11-25T09:08:36.877000Z","stageTimestamp":"2026-11-25T09:08:36.880000Z","annotations":{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":""}}`;

it('writes the line that the real server writes, byte by byte', () => {
  open().write(CREATE);
  expect(lines().map((line) => line.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'ID'))).toEqual([REAL]);
});

it('gives all stages of a request one id, and every request its own', () => {
  const log = open();
  const request = {};
  const watch: AuditRecord = { ...CREATE, code: 200 };
  log.write({ ...watch, stage: 'ResponseStarted', request });
  log.write({ ...watch, request });
  log.write({ ...watch, request: {} });
  const ids = lines().map((line) => (JSON.parse(line) as { auditID: string }).auditID);
  expect(ids[0]).toBe(ids[1]);
  expect(ids[2]).not.toBe(ids[0]);
});

it('tells of a stranger as the real log does', () => {
  const nobody = { ...CREATE.attributes, user: { name: '', groups: [] } };
  const { requestUri, userAgent, sourceIp, receivedAt, stage } = CREATE;
  const rest = { requestUri, userAgent, sourceIp, receivedAt, stage };
  open().write({
    ...rest,
    attributes: nobody,
    code: 401,
    reason: 'Unauthorized',
    failure: { message: 'Unauthorized' },
  });
  const event = JSON.parse(lines()[0] ?? '') as Record<string, unknown>;
  expect(event).toMatchObject({ stage: 'ResponseStarted', user: {} });
  expect(event).not.toHaveProperty('annotations');
});

it('goes on in the file that is there, and begins another when it is full', async () => {
  const first = open();
  first.write(CREATE);
  await first.close();
  const again = open(2500);
  again.write(CREATE);
  expect(lines()).toHaveLength(2);
  again.write(CREATE);
  expect(lines()).toHaveLength(1);
  expect(readdirSync(folder)).toEqual(['audit-2026-11-25T09-08-36.880.log', 'audit.log']);
  await clock.advance(1000);
  for (let i = 0; i < 2; i++) again.write(CREATE);
  expect(readdirSync(folder)).toEqual(['audit-2026-11-25T09-08-37.880.log', 'audit.log']);
});

it('does not fail a request that cannot be written down', async () => {
  const log = open();
  await log.close();
  expect(() => log.write(CREATE)).not.toThrow();
  expect(readFileSync(join(folder, 'audit.log'), 'utf8')).toBe('');
});
