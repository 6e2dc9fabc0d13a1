/** What changed while the person was away; servers before it offer none. */

import type { StatusParams } from './protocol';

export const BRIEFING_REQUEST = 'sleeptime/briefing';

/** `since` is a revision or a time, '' when the person was last here. */
export interface BriefingArguments {
  readonly uri?: string;
  readonly since?: string;
}

/** One line that offers it, '' if there is nothing to tell. */
export function briefingOf(status: StatusParams | undefined): string {
  return (status as { briefing?: string } | undefined)?.briefing ?? '';
}
