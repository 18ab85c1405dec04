import { useCallback, useEffect, useState } from "preact/hooks";
import type { AnswerTo, QueryKind } from "../../src/profile/query.ts";
import type { QueryInputOf } from "../host/query-client.ts";
import { useApp } from "./context.ts";

export interface Asked<K extends QueryKind> {
  /** The latest answer with its own query; stays while a newer one is on its way. */
  readonly latest?: { readonly query: QueryInputOf<K>; readonly answer: AnswerTo<K> };
  readonly isPending: boolean;
  /** Why the newest query has no answer. */
  readonly failure?: string;
  readonly retry: () => void;
}

/**
 * The answer to a query, asked again when the query or the profile changes. A query that is no
 * longer wanted is cancelled. `undefined` asks nothing and forgets the last answer.
 */
export function useAnswer<K extends QueryKind>(query: QueryInputOf<K> | undefined): Asked<K> {
  const { client, revision } = useApp();
  const [attempt, setAttempt] = useState(0);
  const [latest, setLatest] = useState<Asked<K>["latest"]>();
  const [outcome, setOutcome] = useState<{ key: string; failure?: string }>();
  const key = query && JSON.stringify([query, revision, attempt]);

  useEffect(() => {
    if (!query || key === undefined) {
      setLatest(undefined);
      return undefined;
    }
    return client.ask<K>(query, {
      answered: (answer) => {
        setLatest({ query, answer });
        setOutcome({ key });
      },
      failed: (failure) => setOutcome({ key, failure }),
    });
  }, [client, key]);

  const isPending = key !== undefined && outcome?.key !== key;
  const failure = outcome?.key === key ? outcome?.failure : undefined;
  const retry = useCallback(() => setAttempt((count) => count + 1), []);
  return {
    ...(query && latest && { latest }),
    isPending,
    ...(failure !== undefined && { failure }),
    retry,
  };
}
