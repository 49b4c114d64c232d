import { afterAll, beforeAll, describe } from 'vitest';
import { Shell, types, type Step } from '../fixture/shell.js';
import { suiteCluster } from '../fixture/suite-cluster.js';

const NAME = 'kubectl-writing';
const CONFIG = `apiVersion: v1
kind: ConfigMap
metadata: {name: conf, labels: {app: conf}}
data: {a: "1", b: "2"}
`;
const FILES = {
  'conf.yaml': CONFIG,
  'conf3.yaml': CONFIG.replace('"2"', '"3"'),
  'unknown.yaml': CONFIG.replace('conf,', 'unknown,').replace('\ndata:', '\ndat:'),
  'two.yaml': ['one', 'two']
    .map((name) => CONFIG.replace('conf,', `${name},`).replace('conf}', 'pruned}'))
    .join('---\n'),
  'one.yaml': CONFIG.replace('conf,', 'one,').replace('conf}', 'pruned}'),
  'deploy.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "test/any:1"}]}
`,
  'nine.sh': '#!/bin/sh\nsed -i \'s/"3"/"9"/\' "$1"\n',
  // The second time, kubectl's comment says what was wrong with the first.
  'wrong-then-right.sh': `#!/bin/sh
if grep -q '^# deployments.apps "web" was not valid' "$1"; then sed -i 's/revisionHistoryLimit: -1/revisionHistoryLimit: 1/' "$1"
else sed -i 's/revisionHistoryLimit: 10/revisionHistoryLimit: -1/' "$1"; fi
`,
};

let shell: Shell;
beforeAll(async () => {
  shell = await Shell.start(suiteCluster(), NAME, FILES);
});
afterAll(() => shell.stop(NAME));
function session(title: string, steps: readonly Step[]): void {
  describe(title, () => types(() => shell, steps));
}

session('create', [
  ['kubectl create configmap c --from-literal=a=b', 'configmap/c created'],
  ['! kubectl create configmap c', 'error: failed to create configmap: configmaps "c" already exists'],
  ['kubectl create secret generic s --from-literal=a=b --type=example.com/x', 'secret/s created'],
  [
    'kubectl create secret docker-registry d --docker-server=x --docker-username=u --docker-password=p',
    'secret/d created',
  ],
  ['kubectl create serviceaccount robot', 'serviceaccount/robot created'],
  [
    'kubectl create role reader --verb=get,list --resource=pods,deployments.apps',
    'role.rbac.authorization.k8s.io/reader created',
  ],
  [
    'kubectl create rolebinding reads --role=reader --serviceaccount=kubectl-writing:robot',
    'rolebinding.rbac.authorization.k8s.io/reads created',
  ],
  [
    'kubectl create clusterrole kubectl-nodes --verb=get --resource=nodes',
    'clusterrole.rbac.authorization.k8s.io/kubectl-nodes created',
  ],
  [
    'kubectl create clusterrolebinding kubectl-nodes --clusterrole=kubectl-nodes --user=bob',
    'clusterrolebinding.rbac.authorization.k8s.io/kubectl-nodes created',
  ],
  [
    'kubectl delete clusterrole,clusterrolebinding kubectl-nodes',
    'clusterrole.rbac.authorization.k8s.io "kubectl-nodes" deleted\nclusterrolebinding.rbac.authorization.k8s.io "kubectl-nodes" deleted',
  ],
  ['kubectl create service clusterip plain --tcp=80:8080', 'service/plain created'],
  ['kubectl create service nodeport open --tcp=80:8080', 'service/open created'],
  ['kubectl get service open --no-headers', /^open NodePort 127\.96\.\d+\.\d+ <none> 80:3[0-2]\d{3}\/TCP \d+s$/],
  ['kubectl create service externalname far --external-name=example.com', 'service/far created'],
  ['kubectl create pdb safe --selector=app=web --min-available=1', 'poddisruptionbudget.policy/safe created'],
  ['kubectl create token robot | cut -c1-3', 'eyJ'],
  ['! kubectl create token nobody', 'error: failed to create token: serviceaccounts "nobody" not found'],
  ['kubectl create job once --image=test/any:1 --dry-run=server -o name', 'job.batch/once'],
  [
    'kubectl run one --image=test/any:1 --dry-run=server -o jsonpath={.spec.containers[0].imagePullPolicy}',
    'IfNotPresent',
  ],
  ['kubectl run one --image=test/any:1 --dry-run=client -o name', 'pod/one'],
]);

session('auth', [
  ['kubectl auth can-i create pods', 'yes'],
  ['kubectl auth can-i list pods --as=system:serviceaccount:kubectl-writing:robot', 'yes'],
  ['! kubectl auth can-i delete pods --as=system:serviceaccount:kubectl-writing:robot', 'no'],
  ['kubectl auth can-i --list --as=system:serviceaccount:kubectl-writing:robot', /^pods \[\] \[\] \[get list\]$/m],
  ['kubectl auth can-i --list', /^\*\.\* \[\] \[\] \[\*\]$/m],
  ['kubectl auth whoami --as=bob --as-group=x', /^Username bob\nGroups \[x system:authenticated\]$/m],
  [
    '! kubectl get secrets --as=system:serviceaccount:kubectl-writing:robot',
    'Error from server (Forbidden): secrets is forbidden: User "system:serviceaccount:kubectl-writing:robot" cannot list resource "secrets" in API group "" in the namespace "kubectl-writing"',
  ],
]);

session('apply and diff', [
  ['kubectl apply -f conf.yaml', 'configmap/conf created'],
  ['kubectl apply -f conf.yaml', 'configmap/conf unchanged'],
  ['! kubectl diff -f conf3.yaml', /^- b: "2"\n\+ b: "3"$/m],
  ['kubectl apply -f conf3.yaml --dry-run=server', 'configmap/conf configured (server dry run)'],
  ['kubectl diff -f conf.yaml', ''],
  ['kubectl apply -f conf3.yaml', 'configmap/conf configured'],
  ['kubectl apply view-last-applied configmap/conf | grep b:', ' b: "3"'],
  ['kubectl apply --server-side -f conf3.yaml', 'configmap/conf serverside-applied'],
  [
    '! kubectl apply --server-side -f conf.yaml --field-manager=other',
    /^error: Apply failed with 1 conflict: conflict with "kubectl": \.data\.b\n/,
  ],
  [
    'kubectl apply --server-side -f conf.yaml --field-manager=other --force-conflicts',
    'configmap/conf serverside-applied',
  ],
  [
    'kubectl get configmap conf --show-managed-fields -o jsonpath={.metadata.managedFields[*].manager}',
    'kubectl kubectl-last-applied other',
  ],
  ['! kubectl diff --server-side -f conf3.yaml --field-manager=other', /^- b: "2"\n\+ b: "3"$/m],
  [
    '! kubectl apply -f unknown.yaml',
    'Error from server (BadRequest): error when creating "unknown.yaml": ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dat"',
  ],
  ['kubectl apply -f unknown.yaml --validate=warn', 'configmap/unknown created\nWarning: unknown field "dat"'],
  ['kubectl apply -f two.yaml', 'configmap/one created\nconfigmap/two created'],
  [
    'kubectl apply -f one.yaml --prune -l app=pruned --prune-allowlist=core/v1/ConfigMap',
    'configmap/one unchanged\nconfigmap/two pruned',
  ],
  [
    'KUBECTL_APPLYSET=true kubectl apply -n kubectl-writing -f two.yaml --prune --applyset=both | tail -1',
    'configmap/two created',
  ],
  [
    'KUBECTL_APPLYSET=true kubectl apply -n kubectl-writing -f one.yaml --prune --applyset=both | tail -1',
    'configmap/two pruned',
  ],
]);

session('edit, replace and patch', [
  ['kubectl apply -f conf3.yaml --server-side --force-conflicts', 'configmap/conf serverside-applied'],
  ['KUBE_EDITOR=./nine.sh kubectl edit configmap conf', 'configmap/conf edited'],
  ['kubectl get configmap conf -o jsonpath={.data.b}', '9'],
  ['KUBE_EDITOR=true kubectl edit configmap conf', 'Edit cancelled, no changes made.'],
  ['kubectl create -f deploy.yaml', 'deployment.apps/web created'],
  ['KUBE_EDITOR=./wrong-then-right.sh kubectl edit deployment web', /deployment\.apps\/web edited/],
  ['kubectl replace -f conf.yaml', 'configmap/conf replaced'],
  ['! kubectl replace -f unknown.yaml', /strict decoding error: unknown field "dat"$/],
  [
    'kubectl replace --force -f conf.yaml',
    'configmap "conf" deleted from kubectl-writing namespace\nconfigmap/conf replaced',
  ],
  [
    `kubectl patch deployment web -p '{"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"X","value":"1"}]}]}}}}'`,
    'deployment.apps/web patched',
  ],
  [
    'kubectl get deployment web -o jsonpath={.spec.template.spec.containers[0].image},{.spec.template.spec.containers[0].env[0].name}',
    'test/any:1,X',
  ],
  [
    `kubectl patch deployment web --type=merge -p '{"metadata":{"annotations":{"x":"y"}}}'`,
    'deployment.apps/web patched',
  ],
  [
    `kubectl patch deployment web --type=merge -p '{"metadata":{"annotations":{"x":"y"}}}'`,
    'deployment.apps/web patched (no change)',
  ],
  [
    `kubectl patch deployment web --type=json -p '[{"op":"test","path":"/spec/replicas","value":0},{"op":"remove","path":"/metadata/annotations/x"}]'`,
    'deployment.apps/web patched',
  ],
  [
    `! kubectl patch deployment web --type=json -p '[{"op":"test","path":"/spec/replicas","value":7}]'`,
    'The request is invalid: the server rejected our request due to an error in our request',
  ],
  [
    `! kubectl patch deployment web -p '{"spec":{"selector":{"matchLabels":{"app":"other"}}}}'`,
    /^The Deployment "web" is invalid:\s+\* spec\.template\.metadata\.labels: Invalid value: \{"app":"web"\}: `selector` does not match template `labels`\n\* spec\.selector: Invalid value: .*: field is immutable$/,
  ],
  [
    `kubectl patch deployment web --subresource=scale --type=merge -p '{"spec":{"replicas":1}}'`,
    'scale.autoscaling/web patched',
  ],
  ['kubectl get deployment web --subresource=scale', /^NAME DESIRED AVAILABLE AGE\nweb 1 [01] \d+s$/],
]);

session('label, annotate and delete', [
  ['kubectl label deployment web tier=front', 'deployment.apps/web labeled'],
  ['! kubectl label deployment web tier=back', "error: 'tier' already has a value (front), and --overwrite is false"],
  ['kubectl label deployment web tier=back --overwrite', 'deployment.apps/web labeled'],
  ['kubectl label deployment --all tier-', 'deployment.apps/web unlabeled'],
  [
    '! kubectl label deployment web "bad key=x"',
    /^The Deployment "web" is invalid: metadata\.labels: Invalid value: "bad key": name part must consist of/,
  ],
  ['kubectl annotate deployment web note=hi', 'deployment.apps/web annotated'],
  ['kubectl annotate deployment web note-', 'deployment.apps/web annotated'],
  ['kubectl set serviceaccount deployment web robot', 'deployment.apps/web serviceaccount updated'],
  ['kubectl set resources deployment web --limits=cpu=100m', 'deployment.apps/web resource requirements updated'],
  ['kubectl set selector service plain app=web', 'service/plain selector updated'],
  ['kubectl set subject rolebinding reads --user=bob', 'rolebinding.rbac.authorization.k8s.io/reads subjects updated'],
  ['kubectl expose deployment web --port=90 --name=exposed', 'service/exposed exposed'],
  [
    'kubectl delete configmap conf --dry-run=server',
    'configmap "conf" deleted from kubectl-writing namespace (server dry run)',
  ],
  [
    'kubectl delete -f conf.yaml -f deploy.yaml',
    'configmap "conf" deleted from kubectl-writing namespace\ndeployment.apps "web" deleted from kubectl-writing namespace',
  ],
  [
    '! kubectl delete -f conf.yaml',
    'Error from server (NotFound): error when deleting "conf.yaml": configmaps "conf" not found',
  ],
  ['kubectl delete -f conf.yaml --ignore-not-found', ''],
  ['kubectl delete service --all -o name | sort', 'service/exposed\nservice/far\nservice/open\nservice/plain'],
]);
