import { defined, LIMIT, POD, type AgentRun, type Message, type SympoziumInstance } from '@sympozium/api';
import type { ResolvedSkill } from '@sympozium/plugin-sdk';
import { PROTOCOL_VERSION, type RunInput } from '@sympozium/run-protocol';

/** What an agent's input is made from. */
export interface InputSource {
  readonly run: AgentRun;
  readonly instance: SympoziumInstance;
  readonly skills: readonly ResolvedSkill[];
}

/** The agent's input file and how it travels: in the Pod's annotation, in a ConfigMap, or not at all. */
export interface EncodedInput {
  readonly text: string;
  readonly bytes: number;
  readonly road: 'annotation' | 'config-map' | 'too-large';
}

/** The text of the file that `SYMPOZIUM_INPUT` names. Lone surrogates stay `\ud800` escapes, so it is always UTF-8. */
export function encodeInput(source: InputSource): EncodedInput {
  const text = JSON.stringify(runInput(source));
  const bytes = new TextEncoder().encode(text).length;
  return { text, bytes, road: road(bytes) };
}

function road(bytes: number): EncodedInput['road'] {
  if (bytes <= LIMIT.annotationInput) return 'annotation';
  return bytes <= LIMIT.input ? 'config-map' : 'too-large';
}

/** The input's bytes as a ConfigMap's `binaryData` holds them. */
export const inputEntries = (text: string): Record<string, string> => ({ [POD.inputFile]: base64(text) });

function base64(text: string): string {
  const chunk = 0x8000;
  const bytes = new TextEncoder().encode(text);
  let binary = '';
  for (let at = 0; at < bytes.length; at += chunk) binary += String.fromCharCode(...bytes.subarray(at, at + chunk));
  return btoa(binary);
}

/** Everything the agent is told. Absent fields stay absent. */
function runInput({ run, instance, skills }: InputSource): RunInput {
  const { spec, metadata } = run;
  const documents = skills.flatMap((skill) => skill.documents);
  return defined({
    v: PROTOCOL_VERSION,
    run: {
      name: metadata.name,
      namespace: metadata.namespace ?? '',
      uid: metadata.uid ?? '',
      instance: instance.metadata.name,
    },
    model: resolvedModel(run, instance),
    systemPrompt: spec.systemPrompt ?? instance.spec.systemPrompt,
    messages: spec.messages ?? [userMessage(spec.task ?? '')],
    generation: spec.generation,
    tools: spec.tools,
    toolChoice: spec.toolChoice,
    skills: documents.length > 0 ? documents : undefined,
    params: spec.params as RunInput['params'],
  });
}

function resolvedModel(run: AgentRun, instance: SympoziumInstance): RunInput['model'] {
  const { provider, name, baseURL, headers, proxy } = instance.spec.model;
  return defined({ provider, name: run.spec.model ?? name, baseURL, headers, proxy });
}

const userMessage = (text: string): Message => ({
  role: 'user',
  content: [{ type: 'text', text }],
  contentForm: 'string',
});
