import { shellPod } from './shell-pod.js';
import { TestNode } from './test-node.js';

/** A process of its own that hosts a node with one Pod of two processes that do not hear SIGTERM; prints its folder. */
const cluster = new TestNode();
await cluster.start();
await cluster.create(shellPod('busy', 'trap "" TERM; sleep 600 & echo $$$$ $!; wait'));
process.stdout.write(`${cluster.folder}\n`);
