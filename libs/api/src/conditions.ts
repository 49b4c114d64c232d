/** Types of conditions: the first four the host sets on every run, the others come from the plugins of servers and from schedules. */
export const CONDITION = {
  accepted: 'Accepted',
  applied: 'Applied',
  ready: 'Ready',
  succeeded: 'Succeeded',
  keyReady: 'KeyReady',
  routeAccepted: 'RouteAccepted',
  started: 'Started',
} as const;

export type ConditionType = (typeof CONDITION)[keyof typeof CONDITION];

/** Reasons of conditions that tell no fault; every fault is a row of `ERRORS`. */
export const REASON = {
  accepted: 'Accepted',
  applied: 'Applied',
  waiting: 'Waiting',
  running: 'Running',
  serving: 'Serving',
  completed: 'Completed',
  finished: 'Finished',
  generated: 'Generated',
  supplied: 'Supplied',
  scheduled: 'Scheduled',
  suspended: 'Suspended',
  started: 'Started',
} as const;

export type OrdinaryReason = (typeof REASON)[keyof typeof REASON];

/** What a condition says, and its reasons that tell no fault. */
export interface ConditionRow {
  /** What holds while its status is True, one sentence. */
  readonly meaning: string;
  /** Each ordinary reason with the status it goes with and what it says. */
  readonly reasons: Partial<Record<OrdinaryReason, readonly ['True' | 'False' | 'Unknown', string]>>;
}

/** The vocabulary of conditions; docs/api.md is generated from it. */
export const CONDITIONS: Readonly<Record<ConditionType, ConditionRow>> = {
  Accepted: {
    meaning:
      'The run is valid, its mode is known, and what it refers to exists; the skills of the instance are as they must be.',
    reasons: { Accepted: ['True', 'Nothing is wrong with the run or instance.'] },
  },
  Applied: {
    meaning: 'Every object that the mode wishes exists as wished.',
    reasons: {
      Applied: ['True', 'All objects are there.'],
      Waiting: ['Unknown', 'Nothing was made yet, since something that the run needs is missing.'],
    },
  },
  Ready: {
    meaning:
      'The agent works on the task, or the server answers. On an instance, only while a skill brings a server. ' +
      'On a schedule: its next tick will start a run.',
    reasons: {
      Running: ['True', 'The agent works.'],
      Serving: ['True', 'The server answers at status.endpoint.'],
      Scheduled: ['True', 'The next tick is status.nextScheduleTime.'],
      Suspended: ['False', 'spec.suspend is true.'],
      Waiting: ['False', 'The agent does not work yet.'],
      Finished: ['False', 'The run is over.'],
    },
  },
  Succeeded: {
    meaning: 'The run ended well and its result is stored.',
    reasons: {
      Completed: ['True', 'The run ended with a result.'],
      Waiting: ['Unknown', 'The agent does not work yet.'],
      Running: ['Unknown', 'The agent works.'],
      Serving: ['Unknown', 'The server lives until the run is deleted.'],
    },
  },
  KeyReady: {
    meaning: 'There is a Secret with API keys for the server.',
    reasons: {
      Generated: ['True', 'The operator made the key.'],
      Supplied: ['Unknown', 'A Secret of the user’s own is mounted; the operator does not look into it.'],
      Waiting: ['False', 'The key is not made yet.'],
    },
  },
  RouteAccepted: {
    meaning: 'A Gateway leads to the server: the HTTPRoute is accepted and what it refers to was found.',
    reasons: {
      Accepted: ['True', 'Every parent of the route accepted it.'],
      Waiting: ['Unknown', 'No controller has looked at the route yet.'],
    },
  },
  Started: {
    meaning: 'The last tick of the schedule started a run. Absent before the first tick.',
    reasons: { Started: ['True', 'It did; status.lastScheduleTime is the tick.'] },
  },
};
