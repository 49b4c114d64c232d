import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { choosePlan } from './address-plan.js';
import { logsOf, prepareFolder } from './node-folder.js';

const plan = choosePlan([]) ?? expect.unreachable();
let root: string;

beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'node-folder-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('prepareFolder', () => {
  it('makes the folder, and again without what a node wrote', () => {
    const folder = join(root, 'deep', 'node');
    prepareFolder(folder, plan);
    const log = join(logsOf(folder), 'kubelet.log');
    for (const path of [log, join(folder, 'kubeconfig')]) writeFileSync(path, 'old');
    mkdirSync(join(folder, 'data', 'member'), { recursive: true });

    prepareFolder(folder, plan);
    expect([log, join(folder, 'data')].filter((path) => existsSync(path))).toEqual([]);
    expect(readFileSync(join(folder, 'node', 'config', 'kubelet.json'), 'utf8')).toContain(plan.node);
  });

  it('deletes nothing of a folder that is no node’s', () => {
    mkdirSync(join(root, 'data'));
    expect(() => prepareFolder(root, plan)).toThrow(`${root} is not empty and no node’s folder. Choose another one.`);
    expect(existsSync(join(root, 'data'))).toBe(true);
  });
});
