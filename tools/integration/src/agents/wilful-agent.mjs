/**
 * An agent that is not ours: it knows the protocol from its document alone, and its first argument says in which way
 * it behaves. In the folder that its second names, by a URL, it notes in a file called like its run what happened.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';

const [behaviour, folder] = process.argv.slice(2);
const { SYMPOZIUM_RUN, SYMPOZIUM_ATTEMPT: attempt, SYMPOZIUM_INPUT, SYMPOZIUM_RESULT } = process.env;
const usage = { inputTokens: 7, outputTokens: 1, totalTokens: 8 };
const journal = new URL(SYMPOZIUM_RUN, folder);
const note = (line) => appendFileSync(journal, `${line}\n`);
let seq = 0;

function emit(body) {
  process.stdout.write(`${JSON.stringify({ v: 1, attempt, seq: seq++, ...body })}\n`);
}

function finish(result, exitCode) {
  const bytes = Buffer.from(result.text);
  const digest = { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  const { text, ...rest } = result;
  writeFileSync(SYMPOZIUM_RESULT, JSON.stringify({ v: 1, ...rest, ...digest, ...(text.length < 1000 && { text }) }));
  emit({ type: 'result', finishReason: 'stop', ...result });
  process.exitCode = exitCode;
}

const readTask = () => JSON.parse(readFileSync(SYMPOZIUM_INPUT, 'utf8')).messages.at(-1).content[0].text;
/** Works until a signal ends it. */
const work = () => setInterval(() => {}, 1 << 30);

const BEHAVIOURS = {
  repeat: () => finish({ status: 'ok', text: readTask() }, 0),
  'second-try': () => {
    const second = existsSync(journal);
    note('tried');
    for (const text of second ? ['Hello ', 'again'] : ['Hello ']) emit({ type: 'delta', text });
    if (second) finish({ status: 'ok', text: 'Hello again' }, 0);
    else process.exitCode = 1;
  },
  polite: () => {
    const working = work();
    process.on('SIGTERM', () => {
      note('SIGTERM');
      clearInterval(working);
      finish({ status: 'cancelled', finishReason: 'cancelled', text: 'half ', usage }, 143);
    });
    emit({ type: 'delta', text: 'half ' });
    note(`works as ${process.pid}`);
  },
  deaf: () => {
    work();
    process.on('SIGTERM', () => note('SIGTERM'));
    note(`works as ${process.pid}`);
  },
  garbage: () => {
    process.stdout.write(Buffer.from([0x7b, 0xff, 0x00, 0x0a, 0x7b, 0x22, 0x76]));
    writeFileSync(SYMPOZIUM_RESULT, Buffer.from('{"v":1,"status":"ok",\0 \xff oops', 'latin1'));
  },
  nothing: () => {},
  killed: () => process.kill(process.pid, 'SIGKILL'),
};

emit({ type: 'started' });
BEHAVIOURS[behaviour]();
