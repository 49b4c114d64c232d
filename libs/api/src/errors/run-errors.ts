import { row, type ErrorRow } from './error-row.js';

/** Why a run does not start, or did not end well. */
export const RUN_ERRORS = {
  InstanceNotFound: row({
    surface: ['condition', 'http', 'cli'],
    status: 404,
    type: 'invalid_request_error',
    meaning: 'The SympoziumInstance that the run names does not exist in its namespace.',
    action: 'Create the instance, or correct spec.instanceRef.name; a waiting run goes on by itself.',
  }),
  SkillPackNotFound: row({
    surface: ['condition'],
    meaning: 'A skill of the run or of its instance names a SkillPack that does not exist.',
    action: 'Install the SkillPack, or correct the reference; a waiting run goes on by itself.',
  }),
  SkillPackInvalid: row({
    surface: ['condition'],
    meaning: 'A SkillPack’s spec.params is not a JSON Schema.',
    action: 'Correct the SkillPack; what waits for it goes on by itself.',
  }),
  SkillParamsInvalid: row({
    surface: ['condition'],
    meaning: 'The params of a skill are not what its SkillPack accepts.',
    action: 'Correct the field that the message names, where the skill is used.',
  }),
  ModeUnknown: row({
    surface: ['condition'],
    meaning: 'No plugin of this operator serves the run’s mode.',
    action: 'Use task, or install the plugin that serves the mode.',
  }),
  TaskMissing: row({
    surface: ['condition'],
    meaning: 'The run has nothing to do: no task, no messages, and no skill that makes it a server.',
    action: 'Create a new run with spec.task or spec.messages, or with mode: server.',
  }),
  InvalidParams: row({
    surface: ['condition'],
    meaning: 'spec.params is not what the mode plugin accepts.',
    action: 'Correct the field that the message names.',
  }),
  InputTooLarge: row({
    surface: ['condition'],
    meaning: 'The conversation with prompt and skills is larger than 1 MiB.',
    action: 'Send fewer or shorter messages.',
  }),
  PluginError: row({
    surface: ['condition'],
    meaning: 'The mode plugin threw an error.',
    action: 'Report it to the plugin’s author; the operator’s log has the stack.',
  }),
  ApplyFailed: row({
    surface: ['condition'],
    meaning: 'The API server refused an object that the run needs.',
    action: 'Read the message; it is the API server’s own. The operator tries again.',
  }),
  ApplyContested: row({
    surface: ['condition'],
    meaning: 'Somebody else keeps changing an object that the run needs, so the operator stopped changing it back.',
    action: 'See who writes it in its metadata.managedFields; the operator tries again every few minutes.',
  }),
  NameConflict: row({
    surface: ['condition'],
    meaning: 'An object that the run needs exists already and belongs to somebody else.',
    action: 'Delete or rename that object, or give the run another name.',
  }),
  StartTimeout: row({
    surface: ['condition'],
    meaning: 'The run did not start before its timeout.',
    action: 'Remove the cause that the message names, or raise spec.timeout.',
  }),
  Unschedulable: row({
    surface: ['condition'],
    meaning: 'No node can take the run’s Pod.',
    action: 'Add a node, or lower the requests or the constraints in spec.podTemplate.',
  }),
  ImagePullFailed: row({
    surface: ['condition'],
    meaning: 'An image of the run’s Pod cannot be pulled.',
    action: 'Correct the image’s name, or give imagePullSecrets.',
  }),
  ContainerConfigError: row({
    surface: ['condition'],
    meaning: 'A container cannot be made from its configuration, such as a Secret that does not exist.',
    action: 'Create what the message names, or correct the instance or the SkillPack.',
  }),
  ContainerStartFailed: row({
    surface: ['condition'],
    meaning: 'A container’s command cannot be started.',
    action: 'Correct command or image, in the instance’s agent or the SkillPack’s sidecar.',
  }),
  AgentFailed: row({
    surface: ['condition', 'http'],
    status: 502,
    type: 'server_error',
    meaning: 'The agent ended without a valid result, or reported an error.',
    action: 'Read the message and `kubectl logs`; correct the agent or its input.',
  }),
  ModelError: row({
    surface: ['condition', 'http'],
    status: 502,
    type: 'server_error',
    meaning: 'The model’s provider answered with an error or broke off.',
    action: 'Check the instance’s model, baseURL and authSecretRef.',
  }),
  ModelAuthFailed: row({
    surface: ['condition', 'http'],
    status: 502,
    type: 'server_error',
    meaning: 'The model’s provider refused the key.',
    action: 'Name a Secret with a valid key in the instance’s model.authSecretRef.',
  }),
  DeadlineExceeded: row({
    surface: ['condition', 'http'],
    status: 504,
    type: 'server_error',
    meaning: 'The run did not end within its timeout.',
    action: 'Raise spec.timeout, or give the agent less to do.',
  }),
  Cancelled: row({
    surface: ['condition', 'http'],
    status: 502,
    type: 'server_error',
    meaning: 'The run was cancelled.',
    action: 'Start it again if it is still wanted.',
  }),
  JobLost: row({
    surface: ['condition', 'http'],
    status: 502,
    type: 'server_error',
    meaning: 'The run’s Job vanished before its result was seen; a task never runs twice.',
    action: 'Start a new run.',
  }),
  Disrupted: row({
    surface: ['condition', 'http'],
    status: 502,
    type: 'server_error',
    meaning: 'The run’s Pod was evicted, preempted or drained.',
    action: 'Start a new run; a disrupted task is not tried again by itself.',
  }),
  ResultLost: row({
    surface: ['condition', 'http'],
    status: 502,
    type: 'server_error',
    meaning: 'The agent ended well, but its result could not be read completely from the Pod’s log.',
    action: 'Start a new run; if it happens again, look at the node’s log rotation.',
  }),
  ResultTooLarge: row({
    surface: ['condition', 'http'],
    status: 502,
    type: 'server_error',
    meaning: 'The agent’s result is larger than 1 MiB.',
    action: 'Let the agent write large results elsewhere and answer with a reference.',
  }),
  StreamBroken: row({
    surface: ['http'],
    status: 502,
    type: 'server_error',
    meaning: 'A second attempt of the run began after part of the first one’s answer was sent.',
    action: 'Start a new run.',
  }),
  RunDeleted: row({
    surface: ['http', 'cli'],
    status: 502,
    type: 'server_error',
    meaning: 'The run was deleted before it ended.',
    action: 'Start a new run.',
  }),
} as const satisfies Record<string, ErrorRow>;
