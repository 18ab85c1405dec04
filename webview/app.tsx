/** The whole view: what the host says, what the user chose, and the panes between them. */
import { useEffect, useMemo, useReducer, useState } from "preact/hooks";
import type { Connection } from "./host/connection.ts";
import { QueryClient } from "./host/query-client.ts";
import { ProfilePanes } from "./profile-panes.tsx";
import { initialPhase, nextPhase } from "./state/phase.ts";
import { restoreState } from "./state/saved-state.ts";
import { reduce } from "./state/view-state.ts";
import { type App, AppContext, filterOf } from "./ui/context.ts";
import { Notice } from "./ui/notice.tsx";
import { Opening } from "./ui/opening.tsx";

export function ProfileView({ connection }: { readonly connection: Connection }) {
  const { post } = connection;
  const [client] = useState(() => new QueryClient(post));
  const [phase, receive] = useReducer(nextPhase, initialPhase);
  const [state, dispatch] = useReducer(reduce, connection.savedState, restoreState);

  useEffect(() => {
    connection.onMessage((message) => {
      client.receive(message);
      receive(message);
      if (message.kind === "reveal") dispatch(message);
      if (message.kind === "show") dispatch(message);
    });
    post({ kind: "ready" });
  }, [connection, client, post]);
  useEffect(() => connection.saveState(state), [connection, state]);

  const revision = phase.kind === "open" ? phase.revision : 0;
  const filter = useMemo(() => filterOf(state.chosen), [state.chosen]);
  const app: App = useMemo(
    () => ({ state, dispatch, client, post, revision, filter }),
    [state, client, post, revision, filter],
  );
  switch (phase.kind) {
    case "opening":
      return <Opening phase={phase} onCancel={() => post({ kind: "cancel-opening" })} />;
    case "failed":
      return <Notice icon="error">{phase.message}</Notice>;
    case "open":
      return (
        <AppContext.Provider value={app}>
          <ProfilePanes title={phase.title} />
        </AppContext.Provider>
      );
  }
}
