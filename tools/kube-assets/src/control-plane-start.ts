import { writeFileSync } from 'node:fs';
import { SympoziumError } from '@sympozium/api';
import { renderKubeconfig } from '@sympozium/local-cluster/kubeconfig';
import { delay, systemClock, type Random } from '@sympozium/process';
import * as programs from './arguments.js';
import type { Component } from './component.js';
import { freePort } from './free-port.js';
import type { Layout } from './layout.js';
import type { Place } from './place.js';
import { createPki } from './pki.js';
import { probe, type ProbeTarget } from './probe.js';
import type { Processes } from './processes.js';
import { ADMIN, CONTROLLER_MANAGER, renderTokens, SCHEDULER, withToken, type User } from './users.js';

const PORT_TRIES = 5;
const ASK_EVERY_MS = 50;
const START_WITHIN_MS = 120_000;

export interface StartSettings {
  readonly layout: Layout;
  readonly processes: Processes;
  readonly random: Random;
  readonly users: readonly User[];
  readonly durable: boolean;
  readonly controllers: boolean;
  readonly place: Place;
  readonly signal?: AbortSignal;
}

/** Where a started control plane is, and what a kubelet shows it. */
export interface Started {
  readonly server: string;
  readonly kubelet: { readonly cert: string; readonly key: string; readonly clientCa: string };
}

/** The way from an empty run folder to a control plane that takes Pods. */
export async function startPrograms(settings: StartSettings): Promise<Started> {
  const { layout, processes, random, durable, controllers } = settings;
  const pki = await createPki(settings.place);
  const admin = withToken(ADMIN, random);
  const others = [CONTROLLER_MANAGER, SCHEDULER, ...settings.users].map((user) => withToken(user, random));
  const tokens = renderTokens([admin, ...others]);
  writeFiles(layout, { ...pki.files, 'tokens.csv': tokens, 'audit-policy.yaml': programs.AUDIT_POLICY });

  processes.relyOn(processes.start('etcd', programs.etcdArguments({ data: layout.data, durable })));
  const target = await startApiServer(settings, { ca: pki.ca, token: admin.token });
  for (const user of others)
    writeSecret(layout.userKubeconfig(user.name), renderKubeconfig(target.server, pki.ca, user));
  writeSecret(layout.kubeconfig, renderKubeconfig(target.server, pki.ca, admin));

  if (controllers) await startControllers(settings, target);
  return { server: target.server, kubelet: pki.kubelet };
}

async function startControllers(settings: StartSettings, target: ProbeTarget): Promise<void> {
  const { layout, processes, place } = settings;
  const manager = programs.controllerManagerArguments(layout, layout.userKubeconfig(CONTROLLER_MANAGER.name), place);
  const scheduler = programs.schedulerArguments(layout.userKubeconfig(SCHEDULER.name));
  processes.relyOn(processes.start('kube-controller-manager', manager));
  processes.relyOn(processes.start('kube-scheduler', scheduler));
  await until(settings, () => takesPods(target));
}

/** On the place’s port, or on one that is free; another process may be quicker to take it, then on another one. */
async function startApiServer(settings: StartSettings, access: Omit<ProbeTarget, 'server'>): Promise<ProbeTarget> {
  const { layout, processes, place } = settings;
  for (let tried = 1; ; tried++) {
    const port = place.port ?? (await freePort());
    const target = { ...access, server: `https://${place.address}:${port}` };
    const component = processes.start('kube-apiserver', programs.apiServerArguments(layout, port, place));
    try {
      await until(settings, async () => (await probe(target, '/readyz')) !== undefined, component);
      processes.relyOn(component);
      return target;
    } catch (error) {
      if (tried === PORT_TRIES || !component.lastLines().includes('address already in use')) throw error;
    }
  }
}

/** Pods need their namespace’s ServiceAccount, and this start’s CA, which the controller manager writes. */
async function takesPods(target: ProbeTarget): Promise<boolean> {
  const namespace = '/api/v1/namespaces/default';
  const account = await probe(target, `${namespace}/serviceaccounts/default`);
  const published = await probe(target, `${namespace}/configmaps/kube-root-ca.crt`);
  if (account === undefined || published === undefined) return false;
  const { data } = JSON.parse(published) as { data?: Readonly<Record<string, string>> };
  return data?.['ca.crt'] === target.ca;
}

/** Asks until the answer is yes. Rejects when a program ends, the start is given up, or it takes too long. */
async function until(
  { processes, signal }: StartSettings,
  isSo: () => Promise<boolean>,
  component?: Component,
): Promise<void> {
  const ended = component?.ended.then((how) => Promise.reject(component.failure(how))) ?? processes.failed;
  ended.catch(() => {}); // the race below is over when the program ends later
  const deadline = systemClock.now() + START_WITHIN_MS;
  while (!(await Promise.race([isSo(), ended, processes.failed]))) {
    if (systemClock.now() > deadline)
      throw new SympoziumError('PROCESS_ENDED', `the control plane is not ready after ${START_WITHIN_MS / 1000} s.`);
    await Promise.race([delay(systemClock, ASK_EVERY_MS, signal), ended, processes.failed]);
  }
}

function writeFiles(layout: Layout, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeSecret(layout.runFile(name), text);
}

const writeSecret = (path: string, text: string): void => writeFileSync(path, text, { mode: 0o600 });
