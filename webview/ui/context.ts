/** What every component may use: the user's choices, the way to change them, and the host. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Filter } from "../../src/profile/query.ts";
import type { QueryClient } from "../host/query-client.ts";
import type { FromView } from "../protocol.ts";
import type { Action, Chosen, ViewState } from "../state/view-state.ts";

export interface App {
  readonly state: ViewState;
  readonly dispatch: (action: Action) => void;
  readonly client: QueryClient;
  readonly post: (message: FromView) => void;
  /** Grows when every answer is to be asked for again. */
  readonly revision: number;
  /** The choices as queries take them. */
  readonly filter: Partial<Filter>;
}

export const AppContext = createContext<App | undefined>(undefined);

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error("Outside of the app.");
  return app;
}

export function filterOf({ thread, range, includeIdle }: Chosen): Partial<Filter> {
  return { ...(thread !== undefined && { thread }), ...range, includeIdle };
}
