import { HEARTBEAT_SECONDS } from '@app/clocks';
import { Watchdog } from './watchdog.js';

const given = (name: string) =>
  process.argv.find((each) => each.startsWith(`--${name}=`))?.slice(name.length + 3);
const home = given('onething-home');
if (!home) throw new Error('--onething-home=<directory> is missing');

// Standard error: where `up` answers programs with JSON, nothing else may stand in its output.
const watchdog = new Watchdog(
  home,
  Number(process.env['CLOCK_HEARTBEAT_SECONDS']) || HEARTBEAT_SECONDS,
  (text) => void process.stderr.write(`${text}\n`),
);
// The terminal of `up` may be gone before us.
process.stderr.on('error', () => undefined);
process.on('SIGTERM', () => process.exit(0));
await watchdog.run();
