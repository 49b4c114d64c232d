import { afterAll, beforeAll, describe } from 'vitest';
import { Shell, types, type Step } from '../fixture/shell.js';
import { suiteCluster } from '../fixture/suite-cluster.js';

const NAME = 'kubectl-helm';
const FILES = {
  'app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 0.1.0\n',
  'app/values.yaml': 'greeting: hello\nreplicas: 1\n',
  'app/templates/app.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}"}
data: {greeting: "{{ .Values.greeting }}"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Release.Name }}"}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: "{{ .Release.Name }}"}}
  template:
    metadata: {labels: {app: "{{ .Release.Name }}"}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: main, image: "test/any:1", command: [/bin/sh, -c, 'exec sleep 600']}]
`,
};
const GREETING = 'kubectl get configmap demo -o jsonpath={.data.greeting}';
const READY = 'kubectl get deployment demo -o jsonpath={.status.readyReplicas}';

const STEPS: readonly Step[] = [
  ['helm install demo app --wait --timeout=60s', /^STATUS: deployed\nREVISION: 1$/m],
  [GREETING, 'hello'],
  [READY, '1'],
  ['! helm install demo app', /cannot reuse a name that is still in use/],
  ['helm upgrade demo app --set greeting=ciao,replicas=2 --wait --timeout=60s', /^STATUS: deployed\nREVISION: 2$/m],
  [GREETING, 'ciao'],
  [READY, '2'],
  ['helm get values demo', 'USER-SUPPLIED VALUES:\ngreeting: ciao\nreplicas: 2'],
  ['helm list --no-headers', /^demo kubectl-helm 2 \S+ \S+ \+0000 UTC deployed app-0\.1\.0$/],
  ['helm rollback demo 1 --wait --timeout=60s', /^Rollback was a success! Happy Helming!$/m],
  [GREETING, 'hello'],
  ['helm history demo | grep -c superseded', '2'],
  ['helm upgrade demo app --set greeting=hi --server-side=false --wait --timeout=60s', /^REVISION: 4$/m],
  [GREETING, 'hi'],
  ['helm status demo -o json | grep -o \'"status":"deployed"\'', '"status":"deployed"'],
  ['helm uninstall demo --wait --timeout=60s', 'release "demo" uninstalled'],
  ['kubectl get deployment,replicaset,secret', 'No resources found in kubectl-helm namespace.'],
];

let shell: Shell;
beforeAll(async () => {
  shell = await Shell.start(suiteCluster(), NAME, FILES);
});
afterAll(() => shell.stop(NAME));

describe('a chart is installed, upgraded, rolled back and uninstalled', () => types(() => shell, STEPS));
