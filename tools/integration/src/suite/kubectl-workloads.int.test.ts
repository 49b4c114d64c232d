import { afterAll, beforeAll, describe } from 'vitest';
import { Shell, types, type Step } from '../fixture/shell.js';
import { suiteCluster } from '../fixture/suite-cluster.js';

const NAME = 'kubectl-workloads';
const FILES = {
  'web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - {name: web, image: "test/any:1", command: [/bin/sh, -c, 'echo hello; exec sleep 600'], ports: [{containerPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web}}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
`,
  'once.yaml': `apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
      - {name: main, image: "test/any:1", command: [/bin/sh, -c, 'for i in 1 2 3; do echo line $i; sleep 0.3; done']}
`,
  'solo.yaml': `apiVersion: v1
kind: Pod
metadata: {name: solo, labels: {app: solo}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - {name: main, image: "test/any:1", command: [/bin/sh, -c, 'echo solo; exec sleep 600']}
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

const ROLLED_OUT = /deployment "web" successfully rolled out$/;

session('Deployments', [
  ['kubectl apply -f web.yaml', 'deployment.apps/web created\nservice/web created'],
  ['kubectl rollout status deployment/web --timeout=30s', ROLLED_OUT],
  ['kubectl get deployment web', /^NAME READY UP-TO-DATE AVAILABLE AGE\nweb 2\/2 2 2 \d+s$/],
  ['kubectl get deployment web -o wide --no-headers', /^web 2\/2 2 2 \d+s web test\/any:1 app=web$/],
  ['kubectl get pods -l "app in (web,x),!foo" --no-headers', /^(web-\S+ 1\/1 Running 0 \d+s\n?){2}$/],
  ['kubectl get pods --field-selector=status.phase=Running -o name', /^(pod\/web-\S+\n?){2}$/],
  ['kubectl get endpointslices --no-headers', /^web-\w+ IPv4 8080 \S+,\S+ \d+s$/],
  [
    'kubectl describe deployment web',
    /^Replicas: 2 desired \| 2 updated \| 2 total \| 2 available \| 0 unavailable$[^]*ScalingReplicaSet \d+s deployment-controller Scaled up replica set web-\w+ from 0 to 2$/m,
  ],
  ['kubectl describe service web', /^Endpoints: [\d.]+:8080,[\d.]+:8080$/m],
  ['kubectl describe replicaset', /^Pods Status: 2 Running \/ 0 Waiting \/ 0 Succeeded \/ 0 Failed$/m],
  ['kubectl logs -l app=web --prefix --tail=1', /^(\[pod\/web-\S+\/web\] hello\n?){2}$/],
  ['kubectl logs deployment/web --tail=1', /hello/],
  ['kubectl scale deployment web --replicas=3', 'deployment.apps/web scaled'],
  ['! kubectl scale deployment web --replicas=1 --current-replicas=7', /Expected replicas to be 7, was 3/],
  [
    'kubectl wait deployment/web --for=jsonpath={.status.readyReplicas}=3 --timeout=20s',
    'deployment.apps/web condition met',
  ],
  ['kubectl scale deployment web --replicas=1', 'deployment.apps/web scaled'],
  ['kubectl set env deployment/web FOO=bar', 'deployment.apps/web env updated'],
  ['kubectl rollout status deployment/web --timeout=30s', ROLLED_OUT],
  ['kubectl rollout history deployment/web', 'deployment.apps/web\nREVISION CHANGE-CAUSE\n1 <none>\n2 <none>'],
  ['kubectl rollout history deployment/web --revision=2', /^ FOO: bar$/m],
  ['kubectl rollout undo deployment/web', 'deployment.apps/web rolled back'],
  ['kubectl rollout status deployment/web --timeout=30s', ROLLED_OUT],
  ['kubectl rollout history deployment/web', 'deployment.apps/web\nREVISION CHANGE-CAUSE\n2 <none>\n3 <none>'],
  ['! kubectl rollout undo deployment/web --to-revision=99', 'error: unable to find specified revision 99 in history'],
  ['kubectl rollout restart deployment/web', 'deployment.apps/web restarted'],
  ['kubectl rollout status deployment/web --timeout=30s', ROLLED_OUT],
  ['kubectl rollout pause deployment/web', 'deployment.apps/web paused'],
  ['! kubectl rollout pause deployment/web', 'error: deployments.apps "web" is already paused'],
  ['kubectl rollout resume deployment/web', 'deployment.apps/web resumed'],
  ['kubectl set image deployment/web web=no/such:1', 'deployment.apps/web image updated'],
  ['! kubectl rollout status deployment/web --timeout=2s', /error: timed out waiting for the condition$/],
  ['kubectl get pods -l app=web --no-headers', /^web-\S+ 0\/1 ErrImageNeverPull 0 \d+s$/m],
  ['kubectl rollout undo deployment/web', 'deployment.apps/web rolled back'],
  ['kubectl rollout status deployment/web --timeout=30s', ROLLED_OUT],
  ['kubectl delete deployment web --cascade=orphan', 'deployment.apps "web" deleted from kubectl-workloads namespace'],
  ['kubectl get replicaset -l app=web -o name | wc -l', '4'],
  ['kubectl apply -f web.yaml', 'deployment.apps/web created\nservice/web unchanged'],
  ['kubectl rollout status deployment/web --timeout=30s', ROLLED_OUT],
  ['kubectl get replicaset -l app=web -o name | wc -l', '4'],
  ['kubectl delete -f web.yaml', /^deployment.apps "web" deleted[^]*service "web" deleted/],
  [
    'kubectl wait --for=delete pod,replicaset -l app=web --timeout=30s',
    /^((pod|replicaset\.apps)\/\S+ condition met\n?)*$/,
  ],
  ['kubectl get pod,replicaset -l app=web', 'No resources found in kubectl-workloads namespace.'],
]);

session('Jobs', [
  ['kubectl apply -f once.yaml', 'job.batch/once created'],
  ['kubectl wait --for=condition=Ready pod -l job-name=once --timeout=20s', /^pod\/once-\w+ condition met$/],
  ['kubectl logs -f job/once', 'line 1\nline 2\nline 3'],
  ['kubectl wait --for=condition=complete job/once --timeout=20s', 'job.batch/once condition met'],
  ['! kubectl wait --for=condition=failed job/once --timeout=0s', 'error: condition not met for jobs/once'],
  ['kubectl wait --for=delete job/nobody --timeout=1s', ''],
  ['kubectl get job once', /^NAME STATUS COMPLETIONS DURATION AGE\nonce Complete 1\/1 \d+s \d+s$/],
  [
    'kubectl describe job once',
    /^Pods Statuses: 0 Active \(0 Ready\) \/ 1 Succeeded \/ 0 Failed$[^]*Normal SuccessfulCreate \d+s job-controller Created pod: once-\w+\n Normal Completed \d+s job-controller Job completed$/m,
  ],
  [
    'kubectl events --for=job/once --no-headers | sort -k3',
    /^\d+s Normal Completed Job\/once Job completed\n\d+s Normal SuccessfulCreate Job\/once Created pod: once-\w+$/,
  ],
  [
    'kubectl get events --field-selector=involvedObject.name=once,reason=Completed --no-headers',
    /^\d+s Normal Completed job\/once Job completed$/,
  ],
  [
    '! kubectl logs job/nobody',
    'error: error from server (NotFound): jobs.batch "nobody" not found in namespace "kubectl-workloads"',
  ],
  ['kubectl delete job once --cascade=orphan', 'job.batch "once" deleted from kubectl-workloads namespace'],
  ['kubectl get pods -l job-name=once --no-headers', /^once-\w+ 0\/1 Completed 0 \d+s$/],
  ['kubectl delete pods -l job-name=once', /^pod "once-\w+" deleted from kubectl-workloads namespace$/],
  ['kubectl create -f once.yaml', 'job.batch/once created'],
  ['kubectl delete job once --cascade=foreground', 'job.batch "once" deleted from kubectl-workloads namespace'],
  ['kubectl get pods -l job-name=once', 'No resources found in kubectl-workloads namespace.'],
]);

session('Pods', [
  ['kubectl create -f solo.yaml', 'pod/solo created'],
  ['kubectl wait --for=condition=Ready pod/solo --timeout=20s', 'pod/solo condition met'],
  ['kubectl logs solo', 'solo'],
  ['kubectl logs solo --timestamps', /^\d{4}-\d\d-\d\dT[\d:.]+Z solo$/],
  ['! kubectl logs solo -c other', 'error: container other is not valid for pod solo'],
  [
    '! kubectl logs solo --previous',
    'Error from server (BadRequest): previous terminated container "main" in pod "solo" not found',
  ],
  ['kubectl describe pod solo', /^Status: Running$[^]*Successfully assigned kubectl-workloads\/solo to virtual-/m],
  [
    'kubectl get pod solo -o wide',
    /^NAME READY STATUS RESTARTS AGE IP NODE NOMINATED NODE READINESS GATES\nsolo 1\/1 Running 0 \d+s [\d.]+ \S+ <none> <none>$/,
  ],
  [
    `! kubectl patch pod solo -p '{"spec":{"containers":[{"name":"main","command":["x"]}]}}'`,
    /^The Pod "solo" is invalid: spec: Forbidden: pod updates may not change fields other than `spec\.containers\[\*\]\.image`/,
  ],
  [
    'kubectl delete pod solo --grace-period=0 --force',
    /^pod "solo" force deleted from kubectl-workloads namespace\nWarning: Immediate deletion does not wait/,
  ],
  ['! kubectl get pod solo', 'Error from server (NotFound): pods "solo" not found'],
  ['kubectl run one --image=test/any:1 --restart=Never --command -- /bin/sh -c "echo run"', 'pod/one created'],
  ['kubectl wait pod/one --for=jsonpath={.status.phase}=Succeeded --timeout=20s', 'pod/one condition met'],
  ['kubectl logs one', 'run'],
  ['kubectl delete pod one --now', 'pod "one" deleted from kubectl-workloads namespace'],
  [
    'kubectl drain $(kubectl get nodes -o name) --dry-run=server --pod-selector=run=one', // not the Pods of other suites
    /^(node\/\S+) cordoned \(server dry run\)\n\1 drained \(server dry run\)$/,
  ],
]);
