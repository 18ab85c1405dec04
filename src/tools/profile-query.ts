import * as z from "zod";
import { querySchema } from "../profile/query.ts";
import { answerSchema } from "./answer-schema.ts";
import { defineTool } from "./tool.ts";

export const profileQuery = defineTool({
  name: "profile.query",
  title: "Ask a profile",
  description:
    "Puts one question to an open profile: summary, hottest functions with their lines and callers, a page of the function table, call tree, bottom-up, sandwich, the functions and lines of a file, a search, a timeline. Times are microseconds.",
  input: z.object({ profileId: z.string(), query: querySchema }),
  output: answerSchema,
  readOnly: true,
  run({ profileId, query }, { services, ...task }) {
    return services.profiles.query(profileId, query, task);
  },
});
