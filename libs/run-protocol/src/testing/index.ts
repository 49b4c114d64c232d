export { agentInput, TRICKY_TEXTS } from './agent-input.js';
export { AgentProcess, ATTEMPT, type AgentCommand, type AgentEnd, type AgentStart } from './agent-process.js';
export { describeAgent, type AgentUnderTest } from './describe-agent.js';
export { StreamListener } from './stream-listener.js';
