import { roles } from '@app/access';
import { demoActor } from '../../apps/cli/src/demo/accounts.js';
import { ServiceRefused, type CallOptions } from '../../apps/cli/src/installation/running-system.js';
import { SignedInSystem } from '../../apps/cli/src/installation/signed-in-system.js';

/** Users of whom one at least may do nothing of what the stories do: they try every step first. */
const STRANGERS = [demoActor('auditor'), demoActor('culture-officer'), demoActor('employer')];

/** A change that somebody made who must not, or a refusal that does not say what to do. */
export interface Lapse {
  readonly request: string;
  readonly as: string;
  readonly what: string;
}

/** The house as its users reach it, where every change is tried by users of wrong roles before its own user makes it. */
export class WrongRolesFirst extends SignedInSystem {
  readonly lapses: Lapse[] = [];
  tried = 0;

  override async call<Result>(
    service: string,
    method: string,
    path: string,
    options: CallOptions,
  ): Promise<Result> {
    // Looking numbers up is asked for with POST too; who may look at what is the matrix' business.
    if (method !== 'GET' && options.actor.grants[0]!.role in roles && !path.endsWith('/find')) {
      for (const actor of STRANGERS) await this.mustBeRefused(service, method, path, { ...options, actor });
    }
    return super.call<Result>(service, method, path, options);
  }

  private async mustBeRefused(
    service: string,
    method: string,
    path: string,
    options: CallOptions,
  ): Promise<void> {
    this.tried += 1;
    const lapse = (what: string) =>
      this.lapses.push({ request: `${method} ${service} ${path}`, as: options.actor.id, what });
    try {
      await super.call(service, method, path, options);
      lapse('done');
    } catch (error) {
      if (!(error instanceof ServiceRefused)) throw error;
      if (error.status !== 403 && error.status !== 404) lapse(`answered ${error.status} ${error.message}`);
      // A sentence in Chinese, for the person who asked.
      else if (!/\p{Script=Han}{4}/u.test(error.message)) lapse(`says nothing: ${error.message}`);
    }
  }
}
