import { afterAll, beforeAll, describe } from 'vitest';
import { Shell, types, type Step } from '../fixture/shell.js';
import { suiteCluster } from '../fixture/suite-cluster.js';

const NAME = 'kubectl-reading';
const FILES = {
  'all.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: blue, labels: {colour: blue}}
data: {size: "3"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: red, labels: {colour: red}}
data: {size: "1"}
---
apiVersion: v1
kind: Secret
metadata: {name: key}
stringData: {password: swordfish}
---
apiVersion: sympozium.ai/v1alpha1
kind: AgentRun
metadata: {name: asked}
spec: {instanceRef: {name: nobody}, task: Say hello}
`,
};

let shell: Shell;
beforeAll(async () => {
  shell = await Shell.start(suiteCluster(), NAME, FILES);
  await shell.run('kubectl apply -f all.yaml');
});
afterAll(() => shell.stop(NAME));
function session(title: string, steps: readonly Step[]): void {
  describe(title, () => types(() => shell, steps));
}

session('get', [
  ['kubectl get configmap blue', /^NAME DATA AGE\nblue 1 \d+s$/],
  ['kubectl get configmap -l colour -o name', 'configmap/blue\nconfigmap/red'],
  ['kubectl get configmap -l "colour in (red,green),colour!=green" -o name', 'configmap/red'],
  [
    '! kubectl get configmap -l "a=b,,"',
    /^Error from server \(BadRequest\): Unable to find "\/v1, Resource=configmaps" that match label selector "a=b,,"/,
  ],
  ['kubectl get configmap --field-selector=metadata.name=red -o name', 'configmap/red'],
  [
    '! kubectl get configmap --field-selector=data=1',
    'Error from server (BadRequest): Unable to find "/v1, Resource=configmaps" that match label selector "", field selector "data=1": "data" is not a known field selector: only "metadata.name", "metadata.namespace"',
  ],
  ['kubectl get configmap blue --show-labels --no-headers', /^blue 1 \d+s colour=blue$/],
  ['kubectl get configmap -l colour -L colour --sort-by=.data.size --no-headers', /^red 1 \d+s red\nblue 1 \d+s blue$/],
  [
    'kubectl get configmap blue -o json',
    /^ "apiVersion": "v1",\n "data": \{\n "size": "3"\n \},\n "kind": "ConfigMap",$/m,
  ],
  [
    'kubectl get configmap blue -o yaml',
    /^apiVersion: v1\ndata:\n size: "3"\nkind: ConfigMap\nmetadata:\n annotations:\n/,
  ],
  [
    'kubectl get configmap blue -o yaml --show-managed-fields',
    /^ managedFields:\n - apiVersion: v1\n fieldsType: FieldsV1\n fieldsV1:\n f:data:\n \.: \{\}\n f:size: \{\}\n/m,
  ],
  [
    `kubectl get configmap -l colour -o jsonpath='{range .items[*]}{.metadata.name}={.data.size} {end}'`,
    'blue=3 red=1',
  ],
  ['kubectl get configmap -l colour -o custom-columns=N:.metadata.name,S:.data.size', 'N S\nblue 3\nred 1'],
  [`kubectl get secret key -o go-template='{{.data.password | base64decode}}'`, 'swordfish'],
  ['kubectl get configmap -l colour --chunk-size=1 -o name', 'configmap/blue\nconfigmap/red'],
  ['kubectl get configmap -A -l colour --no-headers', /^kubectl-reading blue 1 \d+s\nkubectl-reading red 1 \d+s$/],
  ['kubectl get configmap,secret -l colour!=blue -o name', 'configmap/kube-root-ca.crt\nconfigmap/red\nsecret/key'],
  ['kubectl get all', 'No resources found in kubectl-reading namespace.'],
  ['! kubectl get configmap green', 'Error from server (NotFound): configmaps "green" not found'],
  ['kubectl get configmap green --ignore-not-found', ''],
  ['! kubectl get nonsense', 'error: the server doesn\'t have a resource type "nonsense"'],
  ['kubectl get arun', /^NAME PHASE MODE INSTANCE REASON AGE RESULT\nasked .*nobody/],
  ['kubectl get sympozium -o name', 'agentrun.sympozium.ai/asked'],
  ['kubectl get namespace kubectl-reading', /^NAME STATUS AGE\nkubectl-reading Active \d+s$/],
  [
    'kubectl get nodes -o wide',
    /^NAME STATUS ROLES AGE VERSION INTERNAL-IP EXTERNAL-IP OS-IMAGE KERNEL-VERSION CONTAINER-RUNTIME\nvirtual-\S+ Ready <none> /,
  ],
  [
    'kubectl get crd agentruns.sympozium.ai',
    /^NAME SCOPE VERSIONS CREATED AT\nagentruns\.sympozium\.ai Namespaced v1alpha1\(storage\) \d{4}-\d\d-\d\dT/,
  ],
  ['kubectl get clusterrole admin', /^NAME CREATED AT\nadmin /],
  [
    'kubectl get clusterrolebinding cluster-admin -o wide --no-headers',
    /^cluster-admin ClusterRole\/cluster-admin \S+ system:masters$/,
  ],
]);

session('get --watch', [
  // The watcher is there once it has shown what there is.
  [
    ': > seen; kubectl get configmap red -w -o jsonpath="{.data.size} " > seen & ' +
      'until grep -q 1 seen; do sleep 0.1; done; ' +
      `kubectl patch configmap red -p '{"data":{"size":"2"}}' && until grep -q 2 seen; do sleep 0.1; done; kill $!; cat seen`,
    'configmap/red patched\n1 2',
  ],
]);

session('describe', [
  [
    'kubectl describe configmap blue',
    /^Name: blue\nNamespace: kubectl-reading\nLabels: colour=blue\nAnnotations: <none>\n\nData\n====\nsize:\n----\n3\n\n\nBinaryData\n====\n\nEvents: <none>$/,
  ],
  ['kubectl describe secret key', /^Type: Opaque\n\nData\n====\npassword: 9 bytes$/m],
  ['kubectl describe agentrun asked', /^Name: asked\n[^]*Kind: AgentRun\n[^]*^ Task: Say hello\n/m],
  ['kubectl describe node', /^Name: virtual-\S+\n[^]*^Capacity:\n[^]*^Allocated resources:\n/m],
  [
    'kubectl describe namespace kubectl-reading',
    /^Name: kubectl-reading\nLabels: kubernetes\.io\/metadata\.name=kubectl-reading\nAnnotations: <none>\nStatus: Active$/m,
  ],
  ['kubectl describe serviceaccount default', /^Name: default\nNamespace: kubectl-reading\n/],
  ['kubectl describe clusterrole view', /^ configmaps \[\] \[\] \[get list watch\]$/m],
  ['kubectl describe crd agentruns.sympozium.ai', /^ Stored Versions:\n v1alpha1$/m],
]);

session('explain', [
  [
    'kubectl explain pod.spec.containers.resources',
    /^KIND: Pod\nVERSION: v1\n\nFIELD: resources <ResourceRequirements>\n/,
  ],
  [
    'kubectl explain deployment --recursive',
    /^ spec <DeploymentSpec> -required-\n minReadySeconds <integer>\n paused <boolean>\n progressDeadlineSeconds <integer>\n/m,
  ],
  ['kubectl explain service.spec.ports', /^ ServicePort contains information on service's port\.\n\nFIELDS:\n/m],
  ['kubectl explain networkpolicy.spec.policyTypes', /^FIELD: policyTypes <\[\]string>$/m],
  ['kubectl explain arun', /^GROUP: sympozium\.ai\nKIND: AgentRun\nVERSION: v1alpha1\n/],
  ['kubectl explain arun.spec --recursive', /^ instanceRef <Object> -required-\n name <string> -required-$/m],
  ['! kubectl explain pod.spec.nonsense', 'KIND: Pod\nVERSION: v1\n\nerror: field "nonsense" does not exist'],
]);

session('the server', [
  [
    'kubectl api-versions | grep -E "^(apps|batch|rbac.authorization.k8s.io|sympozium.ai)/|^v1$"',
    'apps/v1\nbatch/v1\nrbac.authorization.k8s.io/v1\nsympozium.ai/v1alpha1\nv1',
  ],
  [
    'kubectl api-resources --api-group=sympozium.ai -o wide --sort-by=name',
    /^NAME SHORTNAMES APIVERSION NAMESPACED KIND VERBS CATEGORIES\nagentruns arun sympozium\.ai\/v1alpha1 true AgentRun delete,deletecollection,get,list,patch,create,update,watch sympozium\n/,
  ],
  ['kubectl api-resources --api-group=apps | grep deployments', 'deployments deploy apps/v1 true Deployment'],
  [
    'kubectl api-resources --namespaced=false --verbs=list -o name | grep -E "^(nodes|namespaces)$"',
    'namespaces\nnodes',
  ],
  ['kubectl cluster-info | head -1', /is running at .*https:\/\/127\.0\.0\.1:\d+/],
  ['kubectl version -o json', /"serverVersion": \{[^}]*"gitVersion": "v1\.37\./],
  ['kubectl get --raw /readyz', 'ok'],
  [
    'kubectl get --raw "/api/v1/namespaces/kubectl-reading/configmaps?limit=1" | cut -c1-27',
    '{"kind":"ConfigMapList","ap',
  ],
  ['! kubectl get --raw /nonsense', 'Error from server (NotFound): the server could not find the requested resource'],
  ['kubectl events', 'No events found in kubectl-reading namespace.'],
]);
