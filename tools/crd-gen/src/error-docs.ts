import {
  COMMAND_ERRORS,
  HTTP_ERRORS,
  PLUGIN_ERRORS,
  RUN_ERRORS,
  SCHEDULE_ERRORS,
  SERVER_ERRORS,
  type ErrorRow,
} from '@sympozium/api';
import { code, GENERATED, table } from './markdown.js';

const SECTIONS: readonly { title: string; about: string; rows: Readonly<Record<string, ErrorRow>> }[] = [
  {
    title: 'Runs',
    about:
      'Seen as `status.reason` and in conditions of an AgentRun; over HTTP as `error.code` where a status is given.',
    rows: RUN_ERRORS,
  },
  {
    title: 'Servers',
    about: 'Seen in conditions of a server run, and of the instance that it serves.',
    rows: SERVER_ERRORS,
  },
  {
    title: 'Schedules',
    about: 'Seen in conditions of a schedule, and printed by its commands.',
    rows: SCHEDULE_ERRORS,
  },
  { title: 'HTTP', about: 'The web proxy’s own answers, as `error.code` in OpenAI’s form.', rows: HTTP_ERRORS },
  {
    title: 'Plugins',
    about: 'The operator collects all of them and does not start; those seen in a condition fail one run.',
    rows: PLUGIN_ERRORS,
  },
  {
    title: 'Commands and settings',
    about: 'Printed by the CLI and by every app that does not start.',
    rows: COMMAND_ERRORS,
  },
];

/** The text of docs/errors.md: every row of the error table. */
export function errorDocs(): string {
  const sections = SECTIONS.flatMap(({ title, about, rows }) => [`## ${title}`, about, errorTable(rows)]);
  const lead = 'Every reason, HTTP error code and plugin error that Sympozium writes, with what to do about it.';
  return `${[GENERATED, '# Errors', lead, ...sections].join('\n\n')}\n`;
}

const errorTable = (rows: Readonly<Record<string, ErrorRow>>): string =>
  table(
    ['Code', 'HTTP', 'Seen in', 'Meaning', 'What to do'],
    Object.entries(rows).map(([name, { status, surface, meaning, action }]) => [
      code(name),
      status === undefined ? '' : String(status),
      surface.join(', '),
      meaning,
      action,
    ]),
  );
